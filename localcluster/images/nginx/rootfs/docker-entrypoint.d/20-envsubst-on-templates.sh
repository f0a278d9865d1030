#!/bin/sh
# Fills /etc/nginx/templates/*.template from the environment into /etc/nginx/conf.d.
set -e

templates=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
output=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}

[ -d "$templates" ] || exit 0
if [ ! -w "$output" ]; then
    echo "$0: ERROR: $templates exists, but $output is not writable"
    exit 0
fi
# Only names that are in the environment are replaced: nginx has variables of its own.
names=$(env | cut -d= -f1 | grep -E "${NGINX_ENVSUBST_FILTER:-.}" | sed 's/.*/${&}/' | tr '\n' ' ')
find "$templates" -follow -type f -name "*$suffix" | while read -r template; do
    relative=${template#"$templates/"}
    target="$output/${relative%"$suffix"}"
    mkdir -p "$(dirname "$target")"
    envsubst "$names" < "$template" > "$target"
done
