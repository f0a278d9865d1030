#!/usr/bin/env bash
# Starts Orthanc as orthancteam/orthanc does: host id, configuration, then Orthanc itself in this process.
set -o errexit

if [[ $# -ne 1 ]]; then
    echo "docker-entrypoint.sh: give exactly one argument, the path of the configuration (/tmp/orthanc.json)" >&2
    exit 2
fi

# DCMTK asks for the host id when it makes a UID, and glibc asks the DNS when /etc/hostid is not there.
if [[ -n ${FORCE_HOST_ID:-} ]]; then
    echo "$FORCE_HOST_ID" > /etc/hostid
elif [[ ${GENERATE_HOST_ID_IF_MISSING:-true} == true ]]; then
    if [[ ! -f /etc/hostid || $(< /etc/hostid) == not-generated ]]; then
        printf '%x\n' "$(shuf -i 268435456-4294967295 -n 1)" > /etc/hostid
    fi
fi

PYTHONPATH=/startup python3 -m orthanc_startup

options=()
if [[ ${TRACE_ENABLED:-} == true ]]; then
    options+=(--trace)
elif [[ ${VERBOSE_ENABLED:-} == true ]]; then
    options+=(--verbose)
fi
if [[ -n ${LOGDIR:-} ]]; then
    options+=("--logdir=$LOGDIR")
elif [[ -n ${LOGFILE:-} ]]; then
    options+=("--logfile=$LOGFILE")
fi
if [[ ${NO_JOBS:-} == true ]]; then
    options+=(--no-jobs)
fi
if [[ -n ${BEFORE_ORTHANC_STARTUP_SCRIPT:-} ]]; then
    $BEFORE_ORTHANC_STARTUP_SCRIPT
fi

exec Orthanc "${options[@]}" "$1"
