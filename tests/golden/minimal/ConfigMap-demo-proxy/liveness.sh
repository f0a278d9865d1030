#!/bin/sh
# Called as a liveness probe with the name of Orthanc's Service. nginx looks up its address once, when it reads its
# configuration; when the Service was made anew, it has another address, and nginx must look again. The first call always
# makes it look again: what nginx was told at its start may have been an answer that the name server still remembered.
set -eu
known=/tmp/orthanc-address

# Without an answer from the name server there is nothing to compare, and a restart would not help.
address=$(getent hosts "$1") || exit 0
if [ ! -e "$known" ] || [ "$address" != "$(cat "$known")" ]; then
  echo "pacsstack: $1 is at ${address%% *}, reading the configuration again" > /proc/1/fd/2
  nginx -s reload
  printf '%s' "$address" > "$known"
fi
kill -0 "$(cat /tmp/nginx.pid)"
