#!/bin/sh
# Lays Debian's Orthanc out as orthancteam/orthanc has it.
set -eu
root=$1

# Plug-ins wait beside the directory that Orthanc reads; real files, since a hard link or a copy of them is made at start.
available="$root/usr/share/orthanc/plugins-available"
mkdir -p "$available"
for library in "$root"/usr/share/orthanc/plugins/lib*.so; do
    name=$(basename "$library")
    path=$(chroot "$root" readlink -f "/usr/share/orthanc/plugins/$name")
    mv "$root$path" "$available/$name"
    rm -f "$library"
done
ln -s plugins-available "$root/usr/share/orthanc/plugins-disabled"
mkdir -p "$root/run/orthanc/plugins"

ln -s ../../sbin/Orthanc "$root/usr/local/bin/Orthanc"
rm -rf "$root"/etc/orthanc/* "$root"/var/lib/orthanc
mkdir -p "$root/var/lib/orthanc/db" "$root/run/secrets"
echo not-generated > "$root/etc/hostid"
chroot "$root" chown -R orthanc:orthanc /var/lib/orthanc /usr/share/orthanc/plugins /usr/share/orthanc/plugins-available \
    /run/orthanc /etc/hostid /tmp
chroot "$root" localedef -i en_US -c -f UTF-8 en_US.UTF-8
