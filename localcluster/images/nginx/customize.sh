#!/bin/sh
# Lays Debian's nginx out as nginxinc/nginx-unprivileged has it.
set -eu
root=$1

# The stream module lies where no configuration looks for it: /usr/sbin/nginx, which is ours, loads it.
mkdir -p "$root/usr/lib/nginx/built-in"
mv "$root/usr/sbin/nginx" "$root/usr/lib/nginx/nginx"
mv "$root/usr/lib/nginx/modules/ngx_stream_module.so" "$root/usr/lib/nginx/built-in/"
rm -rf "$root"/etc/nginx/modules-* "$root"/etc/nginx/sites-* "$root"/etc/nginx/snippets "$root/etc/nginx/nginx.conf" \
    "$root"/usr/lib/nginx/modules/* "$root/usr/share/nginx/modules" "$root/usr/share/nginx/modules-available"
ln -s /usr/lib/nginx/modules "$root/etc/nginx/modules"

ln -sf /dev/stdout "$root/var/log/nginx/access.log"
ln -sf /dev/stderr "$root/var/log/nginx/error.log"
chmod 0755 "$root/var/log/nginx"
mkdir -p "$root/etc/nginx/conf.d" "$root/var/cache/nginx" "$root/docker-entrypoint.d"
chroot "$root" chown -R 101:0 /etc/nginx /var/cache/nginx
chmod -R g+w "$root/etc/nginx" "$root/var/cache/nginx"
