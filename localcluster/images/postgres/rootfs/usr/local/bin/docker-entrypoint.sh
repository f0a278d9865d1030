#!/usr/bin/env bash
# The official PostgreSQL image's documented behaviour: POSTGRES_* and POSTGRES_*_FILE, an initialisation of an empty
# PGDATA with /docker-entrypoint-initdb.d, then the server in this process. Other commands run as they are.
set -Eeuo pipefail

fail() {
    printf 'docker-entrypoint.sh: %s\n' "$1" >&2
    exit 1
}

# Sets NAME from NAME_FILE when that is given, or to a default.
read_setting() {
    local name=$1 file="${1}_FILE" default=${2:-}
    if [[ -n ${!name:-} && -n ${!file:-} ]]; then
        fail "both $name and $file are set; leave one of them out"
    fi
    local value=${!name:-$default}
    if [[ -n ${!file:-} ]]; then
        value=$(< "${!file}")
    fi
    export "$name=$value"
    unset "$file"
}

read_settings() {
    read_setting POSTGRES_PASSWORD
    read_setting POSTGRES_USER postgres
    read_setting POSTGRES_DB "$POSTGRES_USER"
    read_setting POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

prepare_directories() {
    mkdir -p "$PGDATA" /var/run/postgresql
    # Another user's directory cannot be changed; PostgreSQL itself then says whether it can be used.
    chmod 0700 "$PGDATA" 2> /dev/null || true
    chmod 3777 /var/run/postgresql 2> /dev/null || true
    if [[ $(id -u) == 0 ]]; then
        find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
    fi
}

initialised() {
    [[ -s $PGDATA/PG_VERSION ]]
}

# initdb wants the running user to have a name; nss_wrapper gives it one.
name_the_user() {
    getent passwd "$(id -u)" > /dev/null && return
    local library
    library=$(find /usr/lib -name libnss_wrapper.so -print -quit)
    NSS_WRAPPER_PASSWD=$(mktemp) NSS_WRAPPER_GROUP=$(mktemp)
    printf 'postgres:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" > "$NSS_WRAPPER_PASSWD"
    printf 'postgres:x:%s:\n' "$(id -g)" > "$NSS_WRAPPER_GROUP"
    export LD_PRELOAD=$library NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
}

sql() {
    PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" "$@"
}

create_cluster() {
    if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
        fail "the database is not initialised and POSTGRES_PASSWORD is empty; set it, or POSTGRES_PASSWORD_FILE"
    fi
    ls /docker-entrypoint-initdb.d/ > /dev/null
    name_the_user
    local -a arguments=()
    # POSTGRES_INITDB_ARGS is words for the shell, quoted as on a command line.
    eval "arguments=($POSTGRES_INITDB_ARGS)"
    if [[ -n ${POSTGRES_INITDB_WALDIR:-} ]]; then
        arguments+=(--waldir "$POSTGRES_INITDB_WALDIR")
    fi
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

run_scripts() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        case $file in
            *.sh)
                if [[ -x $file ]]; then
                    "$file"
                else
                    # shellcheck disable=SC1090  # the file is the user's own
                    source "$file"
                fi
                ;;
            *.sql) sql --dbname "$POSTGRES_DB" -f "$file" ;;
            *.sql.gz) gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
            *.sql.xz) xzcat "$file" | sql --dbname "$POSTGRES_DB" ;;
            *.sql.zst) zstd -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
            *) printf 'docker-entrypoint.sh: %s has no known ending and is left alone\n' "$file" ;;
        esac
    done
}

initialise() {
    create_cluster
    export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
    # No TCP while the database is being made, so that nobody takes it for ready.
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p ${PGPORT:-5432}" -w start
    if [[ $POSTGRES_DB != postgres ]]; then
        sql --dbname postgres --set "name=$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
    fi
    run_scripts
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD LD_PRELOAD
}

# --help, --version and the like answer and end; they need no database.
asks_only() {
    local argument
    for argument; do
        case $argument in
            -'?' | --help | --describe-config | -V | --version) return 0 ;;
        esac
    done
    return 1
}

main() {
    if [[ ${1:0:1} == - ]]; then
        set -- postgres "$@"
    fi
    if [[ $1 == postgres ]] && ! asks_only "$@"; then
        read_settings
        prepare_directories
        if [[ $(id -u) == 0 ]]; then
            exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
        fi
        initialised || initialise
    fi
    exec "$@"
}

main "$@"
