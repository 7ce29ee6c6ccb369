#!/bin/sh
# `evenkeel check` from cron: says nothing where it ends with 0, and all it knows where it does not, which cron mails.
# Ends with evenkeel's own exit code; with 75 where the run before it has not ended yet.
#
#   nightly.sh FOLDER [arguments of evenkeel check]
#
# FOLDER has evenkeel.toml; environment.sh in it, if there is one, exports the URLs and is for its owner alone (chmod
# 0600).
set -u

if [ $# -eq 0 ]; then
    printf 'usage: nightly.sh FOLDER [arguments of evenkeel check]\n' >&2
    exit 64
fi
cd "$1" || exit 78
shift
if [ ! -r evenkeel.toml ]; then
    printf 'evenkeel: there is no evenkeel.toml in %s\n' "$PWD"
    exit 78
fi
for program in flock evenkeel; do
    if ! command -v "$program" > /dev/null 2>&1; then
        printf 'evenkeel: there is no program %s in PATH=%s\n' "$program" "$PATH"
        exit 127
    fi
done
# Held until this script and what it started have ended.
exec 9< evenkeel.toml
if ! flock -n 9; then
    printf 'evenkeel: the run before this one has not ended\n'
    exit 75
fi

if [ -f environment.sh ]; then . ./environment.sh; fi
said=$(mktemp) || exit 74
trap 'rm -f "$said"' EXIT
code=0
evenkeel check "$@" > "$said" 2>&1 || code=$?
if [ "$code" -eq 0 ] && [ ! -s "$said" ]; then
    printf 'evenkeel: it ended with 0 and said nothing: that is no answer\n'
    exit 2
fi
if [ "$code" -ne 0 ]; then
    printf 'evenkeel check ended with %s in %s\n\n' "$code" "$PWD"
    cat "$said"
fi
exit "$code"
