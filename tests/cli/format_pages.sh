#!/bin/sh
# The pages in docs/formats: each that is mentioned exists, each that exists is cited from the code, and the bytes of
# their examples are those of the files they name ("Bytes of `FILE`", then lines "    OFFSET: BYTES  what").
# usage: format_pages.sh SOURCE-FOLDER
set -u
cd "$1" || exit 1
failures=0
fail() {
    echo "$*"
    failures=$((failures + 1))
}

# FILE:PAGE of every mention: a path from the root, or within the pages a link to a page beside.
mentions() {
    grep -roE 'docs/formats/[A-Za-z0-9_-]+\.md' src docs README.md CONTRIBUTING.md
    grep -oE '\]\([A-Za-z0-9_-]+\.md' docs/formats/*.md | sed 's,](,docs/formats/,'
}
for mention in $(mentions | sort -u); do
    [ -f "${mention#*:}" ] || fail "${mention%%:*}: there is no ${mention#*:}"
done

for page in docs/formats/*.md; do
    grep -rqF "$page" src || fail "$page: nothing in src/ cites it"
done

# PAGE FILE OFFSET BYTES of every line of an example.
examples() {
    awk '
        FNR == 1 { file = "" }
        /Bytes of `[^`]+`/ { file = $0; sub(/.*Bytes of `/, "", file); sub(/`.*/, "", file); next }
        /^[^ ]/ { file = "" }
        file != "" && /^    [0-9a-f]+: / {
            bytes = ""
            sub(/^ +/, "")
            offset = $1
            sub(/:$/, "", offset)
            line = substr($0, length($1) + 2)
            sub(/  .*/, "", line)
            n = split(line, word, " ")
            for (i = 1; i <= n && word[i] ~ /^[0-9a-f][0-9a-f]$/; i++) bytes = bytes word[i]
            if (i <= n && word[i] != "..") bytes = bytes "?" word[i]
            print FILENAME, file, offset, bytes
        }' docs/formats/*.md
}
lines=0
examples >"${TMPDIR:-/tmp}/format_pages.$$"
while read -r page file offset bytes; do
    lines=$((lines + 1))
    have=$(od -An -v -tx1 -j "$((0x$offset))" -N "$((${#bytes} / 2))" "$file" | tr -d ' \n')
    [ "$have" = "$bytes" ] || fail "$page: byte $offset of $file: the page has $bytes, the file $have"
done <"${TMPDIR:-/tmp}/format_pages.$$"
rm -f "${TMPDIR:-/tmp}/format_pages.$$"
[ $lines -gt 0 ] || fail "no example was found in any page"
[ $failures = 0 ] && echo "pages and $lines lines of bytes are right"
exit $((failures > 0))
