#!/bin/sh
# Files that fill tables: one that a link leads to outside the model's folder is not read, one that is missing or too short is named.
# usage: tables.sh TFPORT CASES
tfport=$1 case=$2/lookup_table_file
. "$(dirname "$0")/expect.sh"

cp -r "$case/model" "$out/model"
asset=$out/model/assets/vocabulary.tsv
run() {
    expect "$1" "$2" run "$out/model" --input x="$case/input_0.npy"
}
run 0 "lines"
mv "$asset" "$out/model/other.tsv"
ln -s ../other.tsv "$asset"
run 0 "lines"
mv "$out/model/other.tsv" "$out/outside.tsv"
ln -sf "$out/outside.tsv" "$asset"
run 2 "asset \"vocabulary.tsv\": it is a link out of"
rm "$asset"
printf 'alpha\t10\t0.5\nbeta\tmany\t1.5\n' >"$asset"
run 2 "line 2 of its file has no int64 in column 1"
printf 'alpha\t10\t0.5\nbeta\t20\t1.5\nalpha\t30\t1.5\n' >"$asset"
run 2 "its keys 0 and 2 are the same, their values differ"
rm "$asset"
run 2 "vocabulary.tsv"
finish
