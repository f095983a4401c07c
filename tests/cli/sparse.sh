#!/bin/sh
# Of a checkpoint only what the graph uses is touched: 10 MiB in the middle of 5000 MiB that are one hole otherwise.
# usage: sparse.sh TFPORT PAGES DATA-FOLDER
tfport=$1 pages=$2 data=$3/checkpoints
. "$(dirname "$0")/expect.sh"

MIB=1024
cp "$data/sparse.index" "$data/sparse.meta" "$out"
file=$out/sparse.data-00000-of-00001

# The arrays' bytes as make_checkpoints.py has them.
make_data() {
    rm -f "$file"
    truncate -s 5000M "$file" && yes tfport1 | head -c 10485760 |
        dd of="$file" bs=1M seek=2500 conv=notrunc iflag=fullblock 2>/dev/null
}

# touches LIMIT-MIB ARGUMENTS...: memory and pages of the data file that the command needs.
touches() {
    limit=$1
    shift
    make_data || fail "the data file cannot be made"
    said=$("$pages" "$file" "$tfport" "$@" 2>&1 </dev/null) || fail "tfport $*: $said"
    peak=$(echo "$said" | sed -n 's/^peak \([0-9]*\) .*/\1/p')
    cached=$(echo "$said" | sed -n 's/^peak .* cached \([0-9]*\)$/\1/p')
    [ "${peak:-0}" -gt 0 ] && [ "$peak" -lt $((256 * MIB)) ] || fail "tfport $*: $peak KiB of memory"
    [ "${cached:-0}" -ge $((10 * MIB)) ] || fail "tfport $*: $cached KiB of the file are in the cache, fewer than written"
    [ "$cached" -lt $((limit * MIB)) ] || fail "tfport $*: $cached KiB of the file were touched"
}

touches 12 inspect "$out/sparse" --inputs x --outputs y
touches 12 convert "$out/sparse" --inputs x --outputs y -o "$out/y.onnx"
[ "$(wc -c <"$out/y.onnx")" -lt $((11 * 1024 * MIB)) ] || fail "the model is larger than what it uses"
touches 12 extract "$out/sparse" dense/kernel -o "$out"
[ "$(tail -c 10485760 "$out/dense/kernel.npy" | head -c 8)" = tfport1 ] || fail "dense/kernel has other values"

# The measure sees what is read: 40 MiB of the hole.
make_data
said=$("$pages" "$file" head -c $((40 * 1024 * MIB)) "$file" | tail -c 40)
[ "${said##* }" -ge $((50 * MIB)) ] || fail "40 MiB read from the hole are not seen: $said"

# What lies in the hole is refused when it is asked for.
expect 2 "array momentum/before: its checksum is" extract "$out/sparse" momentum/before -o "$out"
finish
