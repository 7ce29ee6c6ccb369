#!/bin/sh
# Runs `evenkeel check` for a pipeline: Markdown for people, SARIF where it is wanted, and evenkeel's own exit code,
# exactly. What is asked for comes in variables, as action.yml hands it over. It installs nothing, and needs nothing but
# sh, awk and evenkeel.
#
# No way through it ends with 0 but evenkeel's: a program that writes no report is "could not tell" (2); one that is missing
# or cannot be started is the shell's own 127 or 126.
set -u

program=${EVENKEEL_BINARY:-evenkeel}
environments=${EVENKEEL_ENVIRONMENTS:-}     # names, separated by blanks; none: all that are configured
config=${EVENKEEL_CONFIG_FILE:-}            # none: evenkeel.toml here or above
dimensions=${EVENKEEL_DIMENSIONS:-}
fail_on=${EVENKEEL_FAIL_ON:-}
folder=${EVENKEEL_REPORTS:-evenkeel-reports}
wants_sarif=${EVENKEEL_SARIF:-false}
summary=${GITHUB_STEP_SUMMARY:-}            # none: stdout
outputs=${GITHUB_OUTPUT:-/dev/null}
most=900000                                 # bytes; GitHub refuses a summary over 1 MiB and then shows none of it

# Ends with that code, and says so to the steps after this one.
leave() {
    printf 'exit-code=%s\n' "$1" >> "$outputs"
    exit "$1"
}

# Ends with that code and a reason, where the report would have stood.
give_up() {
    printf 'evenkeel: %s\n' "$2" >&2
    printf '**evenkeel could not tell**: %s\n' "$2" | show
    leave "$1"
}

# Writes stdin to the summary, or to stdout where there is none.
show() {
    if [ -n "$summary" ]; then cat >> "$summary"; else cat; fi
}

# Runs the check once, for all reports. Its exit code is evenkeel's; a file of an earlier run is never left.
reports() {
    rm -f "$folder/evenkeel.md" "$folder/evenkeel.sarif" || return 74
    set -- check --format "markdown=$folder/evenkeel.md"
    if [ "$wants_sarif" = true ]; then set -- "$@" --format "sarif=$folder/evenkeel.sarif"; fi
    if [ -n "$config" ]; then set -- "$@" --config "$config"; fi
    if [ -n "$dimensions" ]; then set -- "$@" --dimension "$dimensions"; fi
    if [ -n "$fail_on" ]; then set -- "$@" --fail-on "$fail_on"; fi
    set -f
    # shellcheck disable=SC2086  # names are separated by blanks, and no pattern is expanded
    set -- "$@" -- $environments
    set +f
    "$program" "$@"
}

case $wants_sarif in
    true | false) ;;
    *) give_up 64 "sarif is true or false, not '$wants_sarif'" ;;
esac
command -v "$program" > /dev/null 2>&1 ||
    give_up 127 "there is no program $program on this runner; docs/guide/ci-gate.md says how it comes there"
mkdir -p "$folder" || give_up 74 "cannot make the folder $folder"

code=0
reports || code=$?
if [ ! -s "$folder/evenkeel.md" ]; then
    if [ "$code" -eq 0 ]; then give_up 2 "$program ended with 0 and wrote no report: it is not evenkeel, or broken"; fi
    give_up "$code" "evenkeel check ended with $code and wrote no report; the log says why"
fi
LC_ALL=C awk -v most="$most" '
    { size += length($0) + 1 }
    size > most { print "\n\n… the report goes on in the file evenkeel.md"; exit }
    { print }
' "$folder/evenkeel.md" | show

if [ "$wants_sarif" = true ]; then
    if [ -s "$folder/evenkeel.sarif" ]; then
        printf 'sarif=%s\n' "$folder/evenkeel.sarif" >> "$outputs"
    else
        printf 'evenkeel: no SARIF was written\n' >&2
        if [ "$code" -eq 0 ]; then give_up 2 "the report says 0, and no SARIF was written"; fi
    fi
fi
leave "$code"
