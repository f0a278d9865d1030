#!/usr/bin/env bash
# Starts PostgreSQL so that never two servers work on one data directory, and so that the password in the Secret holds.
set -Eeuo pipefail
umask 0077

config=/etc/pacsstack
secrets=/etc/pacsstack-secrets
fresh="$PGDATA.init"

fail() {
  echo "pacsstack: $*" >&2
  exit 1
}

single_user() {
  # The text of a statement that fails must not reach the log: a password may be in it.
  postgres --single -D "$1" -c config_file="$config/postgresql.conf" -c hba_file="$config/pg_hba.conf" \
    -c log_min_error_statement=panic -c exit_on_error=on "$2"
}

literal() { printf "'%s'" "${1//\'/\'\'}"; }
identifier() { printf '"%s"' "${1//\"/\"\"}"; }

take_lock() {
  # The server and all its processes inherit descriptor 9, so the lock lasts as long as any of them. A process id in
  # postmaster.pid proves nothing here: each server is process 1 of its own container.
  exec 9>"$(dirname "$PGDATA")/pacsstack.lock"
  flock -n 9 && return
  echo "pacsstack: waiting for the previous server to release the data directory" >&2
  # In the background, or bash would not act on SIGTERM until flock ends.
  flock -w 290 9 &
  wait $! || fail "another PostgreSQL still holds $PGDATA after 290 s: delete its pod, or see which node still runs it"
}

read_secret() {
  role=$(<"$secrets/username")
  password=$(<"$secrets/password")
  [[ -n $role && -n $password ]] || fail "the keys username and password of the Secret must not be empty"
  [[ $role$password != *[$'\n\r\\']* ]] || fail "username and password of the Secret must be one line without a backslash"
}

initialise() {
  # Under another name until it is complete: a first start that was killed must not look initialised.
  echo "pacsstack: making a new database" >&2
  rm -rf "$fresh"
  initdb --pgdata="$fresh" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --data-checksums --no-instructions \
    --auth-local=peer --auth-host=scram-sha-256 >&2
  single_user "$fresh" postgres >/dev/null <<SQL
CREATE ROLE $(identifier "$role") LOGIN
CREATE DATABASE $(identifier "$DATABASE") OWNER $(identifier "$role")
SQL
  single_user "$fresh" "$DATABASE" >/dev/null <<SQL
CREATE EXTENSION pg_trgm
SQL
  sync
  mv "$fresh" "$PGDATA"
  sync
}

check_version() {
  local data server
  data=$(<"$PGDATA/PG_VERSION")
  server=$(postgres --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')
  [[ $data == "$server" ]] || fail "the data directory was made by PostgreSQL $data, the image holds $server:" \
    "set spec.postgres.managed.image to a $data image, or dump and restore into a new stack"
}

set_password() {
  local answer
  if ! answer=$(single_user "$PGDATA" postgres <<SQL
ALTER ROLE $(identifier "$role") LOGIN PASSWORD $(literal "$password")
SELECT 'pacsstack-' || 'role-ready' FROM pg_authid WHERE rolname = $(literal "$role") AND rolpassword LIKE 'SCRAM-SHA-256\$%'
SQL
  ) || [[ $answer != *pacsstack-role-ready* ]]; then
    fail "could not set the password of role $role: put the username that this database was made with back into the Secret"
  fi
}

trap 'exit 143' TERM INT
take_lock
read_secret
[[ -s $PGDATA/PG_VERSION ]] || initialise
check_version
chmod 0700 "$PGDATA"
# A power cut can leave an empty file, which would block the start. Under the lock it belongs to nobody.
[[ -s $PGDATA/postmaster.pid ]] || rm -f "$PGDATA/postmaster.pid"
set_password
unset role password
trap - TERM INT

# On the command line, where neither a parameter of the resource nor ALTER SYSTEM can override them.
exec postgres -D "$PGDATA" -c config_file="$config/postgresql.conf" -c hba_file="$config/pg_hba.conf" \
  -c listen_addresses='*' -c port=5432 -c unix_socket_directories=/var/run/postgresql \
  -c fsync=on -c full_page_writes=on -c synchronous_commit=on -c zero_damaged_pages=off
