#!/bin/sh
# Lays Debian's PostgreSQL out as the official image has it.
set -eu
root=$1

rm -rf "$root"/var/lib/postgresql/* "$root"/etc/postgresql/*
sample="$root/usr/share/postgresql/17/postgresql.conf.sample"
sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "$sample"
grep -q "^listen_addresses = '\*'" "$sample"

chroot "$root" install -d -o postgres -g postgres -m 1777 /var/lib/postgresql /var/lib/postgresql/data
chroot "$root" install -d -o postgres -g postgres -m 3777 /var/run/postgresql
mkdir -p "$root/docker-entrypoint-initdb.d"
chroot "$root" localedef -i en_US -c -f UTF-8 en_US.UTF-8
