#!/usr/bin/env bash
# Starts Orthanc when its predecessor has left the volume, and lets it be stopped at any time.
set -Eeuo pipefail

lock=/var/lib/pacsstack/orthanc.lock
child=

stop() {
  trap '' TERM INT
  [[ -n $child ]] && kill -TERM "$child" 2>/dev/null
  wait $child || true
  exit 0
}
trap stop TERM INT

# A pod that was deleted has time to finish what it does, and its successor starts meanwhile. Orthanc would find the
# database locked, end, and be restarted after longer and longer pauses; here it waits. Descriptor 9 is inherited.
exec 9>"$lock"
if ! flock -n 9; then
  echo "pacsstack: waiting for the previous Orthanc to release the volume" >&2
  flock -w 290 9 &
  child=$!
  if ! wait "$child"; then
    echo "pacsstack: another Orthanc still holds $lock after 290 s: delete its pod, or see which node still runs it" >&2
    exit 1
  fi
fi

# As a child: process 1 of a container ignores SIGTERM until it has a handler, and Orthanc has none before it has started,
# which with an absent database takes a minute.
/docker-entrypoint.sh /tmp/orthanc.json &
child=$!
wait "$child"
