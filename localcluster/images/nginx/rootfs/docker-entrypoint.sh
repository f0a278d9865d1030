#!/bin/sh
# Runs the start scripts of /docker-entrypoint.d when the command is nginx, then the command in this process.
set -e

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
    scripts=$(find /docker-entrypoint.d/ -follow -type f | sort -V)
    for script in $scripts; do
        case $script in
            *.envsh)
                if [ -r "$script" ]; then
                    # shellcheck disable=SC1090  # the file is the user's own
                    . "$script"
                fi
                ;;
            *.sh) if [ -x "$script" ]; then "$script"; fi ;;
        esac
    done
fi

exec "$@"
