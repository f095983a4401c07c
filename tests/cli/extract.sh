#!/bin/sh
# Arrays of checkpoints as .npy files; names that would lead elsewhere. usage: extract.sh TFPORT DEMO-FOLDER DATA-FOLDER
tfport=$1 demo=$2 data=$3/extract
. "$(dirname "$0")/expect.sh"

files() {
    find "$1" -type f | wc -l
}
# describes FILE DESCR: the header of an .npy file says so.
describes() {
    head -c 128 "$1" | grep -aq "'descr': '$2'" || fail "$1 is not of type $2"
}

# All that can be written, the rest in notes.
expect 0 "21 arrays in $out/all" extract "$data/types" -o "$out/all"
expect 0 "note: array list is left out: $data/types: array list is of type variant" extract "$data/types" -o "$out/all"
expect 0 "note: array strings/ends_in_nul is left out" extract "$data/types" -o "$out/all"
[ "$(files "$out/all")" = 21 ] || fail "$(files "$out/all") files, expected 21"
while read -r name descr; do
    describes "$out/all/types/$name.npy" "$descr"
done <<TYPES
bfloat16 <f4
float16 <f2
float32 <f4
float64 <f8
int8 |i1
int16 <i2
int32 <i4
int64 <i8
uint8 |u1
uint16 <u2
uint32 <u4
uint64 <u8
bool |b1
complex64 <c8
complex128 <c16
TYPES
describes "$out/all/strings/plain.npy" '|S6'
for name in bfloat16 float32; do
    values=$(tail -c 16 "$out/all/types/$name.npy" | od -An -tf4 | tr -s ' ')
    [ "$values" = " 0 1 2 3" ] || fail "values of types/$name: $values"
done
values=$(tail -c 32 "$out/all/parts.npy" | od -An -v -tf4 -w32 | tr -s ' ')
[ "$values" = " 0 1 2 3 4 5 6 7" ] || fail "values of parts: $values"

# Chosen ones: a name is meant as it stands, also with a * in it; patterns go over slashes.
expect 0 "1 array in" extract "$data/types" 'star*[1]' -o "$out/star"
[ -s "$out/star/star*[1].npy" ] || fail "star*[1].npy is not there"
expect 0 "2 arrays in" extract "$data/types" scalar types/bool -o "$out/two"
expect 0 "7 arrays in" extract "$data/types" 't*/*int?' 'types/u*' scalar scalar 'types/bool' -o "$out/some"
expect 0 "3 arrays in" extract "$data/types" 's*' -o "$out/s"
expect 1 "no array is called 'types/flaot32'; near it: types/float32" extract "$data/types" types/flaot32 -o "$out/none"
expect 1 "no array matches 'x*'" extract "$data/types" scalar 'x*' -o "$out/none"
expect 3 "variant" extract "$data/types" list -o "$out/none"
expect 3 "ends with a NUL" extract "$data/types" strings/ends_in_nul -o "$out/none"
[ -e "$out/none" ] && [ "$(files "$out/none")" != 0 ] && fail "something was written after a failure"
expect 1 "extract needs -o DIR" extract "$data/types"
expect 1 "extract needs -o DIR" extract "$data/types" -o ""
expect 1 "extract needs -o DIR" extract "$data/types" --list -o "$out/none"
expect 1 "extract takes a model" extract -o "$out/none"
expect 0 "variant[]" extract "$data/types" --list
expect 0 "(2 parts)" extract "$data/types" 'pa*' --list
expect 0 '"name": "list", "dtype": null, "type": "variant", "shape": [], "bytes": 48, "parts": 0, "file": null}' \
    extract "$data/types" --json -o "$out/all" --quiet
expect 0 "\"shape\": [4, 2], \"bytes\": 32, \"parts\": 2, \"file\": \"$out/all/parts.npy\"" \
    extract "$data/types" parts --json -o "$out/all"

# Names that lead elsewhere: nothing is written, not even the array beside them.
mkdir -p "$out/in/a/b"
for name in up absolute double dot slash newline dots; do
    expect 2 "nothing was written" extract "$data/$name" -o "$out/in/a/b"
    expect 0 "1 array in" extract "$data/$name" fine -o "$out/fine"
    expect 0 "float32[1]" extract "$data/$name" --list
done
expect 2 "'a/../../up': its name has a part '.' or '..'" extract "$data/up" 'a*' -o "$out/in/a/b"
expect 2 "its name begins with a slash" extract "$data/absolute" /tmp/absolute -o "$out/in/a/b"
expect 2 "array 'a\\x0ab\\x1b[31m': its name has a control character" extract "$data/newline" -o "$out/in/a/b"
[ "$(files "$out/in")" = 0 ] || fail "files were written: $(find "$out/in" -type f)"
expect 2 "arrays 'a' and 'a.npy/b' cannot both be files" extract "$data/folder" -o "$out/folder"
[ -e "$out/folder" ] && fail "one of a and a.npy/b was written"
expect 0 "1 array in" extract "$data/folder" a -o "$out/folder"
expect 0 "1 array in" extract "$data/folder" a.npy/b -o "$out/other"

# Every path that means a checkpoint.
for model in checkpoint checkpoint/digits.ckpt checkpoint/digits.ckpt.index checkpoint/digits.ckpt.meta \
    checkpoint_v1 checkpoint_v1/digits.ckpt saved_model_tf1 saved_model_tf1/saved_model.pb; do
    expect 0 "16 arrays" extract "$demo/$model" -o "$out/model"
    [ -d "$out/first" ] || cp -r "$out/model" "$out/first"
    diff -r "$out/first" "$out/model" >/dev/null || fail "$model gives other arrays"
    rm -r "$out/model"
done
expect 0 "17 arrays" extract "$demo/saved_model" -o "$out/objects"
[ -s "$out/objects/model/0/.ATTRIBUTES/VARIABLE_VALUE.npy" ] || fail "an object's array is not there"
describes "$out/objects/_CHECKPOINTABLE_OBJECT_GRAPH.npy" "|S$(tail -c +129 "$out/objects/_CHECKPOINTABLE_OBJECT_GRAPH.npy" | wc -c)"
# TensorFlow.js: the file and its folder; what is quantized comes as the numbers that it means.
for model in model.json ''; do
    expect 0 "9 arrays in" extract "$3/../cases/tfjs_layers_quantized/$model" -o "$out/js"
done
describes "$out/js/parts/depthwise_kernel.npy" '<f4'
expect 0 "float32[6,5]" extract "$3/../cases/tfjs_graph_quantized" --list
expect 2 "no file of weights" extract "$demo/digits.pb" -o "$out/none"
expect 2 "nosuch.index" extract "$demo/nosuch" -o "$out/none"

# Damage.
cp "$data"/types.* "$out"
shard=$out/types.data-00000-of-00001
at=$(grep -aob "onethree" "$shard" | head -n 1 | cut -d: -f1)
[ -n "$at" ] || at=$(grep -aob "one" "$shard" | head -n 1 | cut -d: -f1)
printf X | dd of="$shard" bs=1 seek="$at" conv=notrunc 2>/dev/null
expect 2 "checksum" extract "$out/types" 'strings/*' -o "$out/damaged"
expect 0 "1 array" extract "$out/types" 'strings/*' --no-verify -o "$out/damaged"
head -c 20 "$data/types.data-00000-of-00001" >"$shard"
expect 2 "the file has 20" extract "$out/types" -o "$out/damaged"
rm "$shard"
expect 2 "$shard" extract "$out/types" -o "$out/damaged"
expect 0 "float32[4,2]" extract "$out/types" --list

# A folder that cannot be made, a file cut off by a limit.
: >"$out/file"
expect 6 "$out/file" extract "$demo/checkpoint" -o "$out/file"
expect 6 "the folder cannot be made" extract "$demo/checkpoint" -o "$out/file/in"
(
    ulimit -f 4
    "$tfport" extract "$demo/checkpoint" dense/kernel -o "$out/limited"
) >/dev/null 2>&1
[ -z "$(find "$out/limited" -name '*.npy')" ] || fail "a file cut off by the size limit was left"
finish
