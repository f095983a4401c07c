# Sourced by the tests of the command: $tfport is the program, $out a scratch folder that goes with the shell.
set -u
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
failures=0

fail() {
    echo "$*"
    failures=$((failures + 1))
}

# expect CODE "TEXT IN THE OUTPUT" ARGUMENTS...
expect() {
    code=$1 text=$2
    shift 2
    got=$("$tfport" "$@" 2>&1 </dev/null)
    have=$?
    [ $have = "$code" ] || fail "tfport $*: exit code $have, expected $code: $got"
    case $got in
    *"$text"*) ;;
    *) fail "tfport $*: '$text' is not in: $got" ;;
    esac
}

finish() {
    [ $failures = 0 ] && echo "all expectations met"
    exit $((failures > 0))
}

# Ends a test that what is installed does not allow; an earlier failure counts.
finish_skipped() {
    echo "skipped: $*"
    [ $failures = 0 ] && exit 77
    exit 1
}
