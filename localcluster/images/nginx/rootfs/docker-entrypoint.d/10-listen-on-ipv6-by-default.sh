#!/bin/sh
# Lets the default server listen on IPv6 too; a configuration that cannot be written is the user's own and stays.
set -e

default=/etc/nginx/conf.d/default.conf
[ -f /proc/net/if_inet6 ] || exit 0
[ -f "$default" ] || exit 0
if ! touch "$default" 2> /dev/null; then
    echo "$0: info: can not modify $default (read-only file system?)"
    exit 0
fi
grep -q 'listen  *\[::]:8080;' "$default" || sed -i 's/^\( *\)listen  *8080;/&\n\1listen [::]:8080;/' "$default"
