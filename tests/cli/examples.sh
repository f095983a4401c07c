#!/bin/sh
# Serialized examples from TFRecord files: what the command makes of them is what it makes of the same messages in an .npy file.
# usage: examples.sh TFPORT TESTS
tfport=$1 case=$2/cases/parse_example data=$2/data/tfrecord
. "$(dirname "$0")/expect.sh"

all="--output dense_0=%s_0.npy --output sparse_2=%s_1.npy --output ragged_0=%s_2.npy"
outputs() {
    printf '%s' "$all" | sed "s,%s,$out/$1,g"
}
expect 0 "" run "$case/graph.pb" --input examples="$case/input_0.npy" $(outputs npy)
for form in plain gzip zlib; do
    expect 0 "" run "$case/graph.pb" --input examples="$data/$form.tfrecord" $(outputs $form)
    for i in 0 1 2; do
        cmp -s "$out/npy_$i.npy" "$out/${form}_$i.npy" || fail "$form.tfrecord: output $i is another"
    done
done
head -c 200 "$data/plain.tfrecord" >"$out/cut.tfrecord"
expect 2 "cut.tfrecord: record 1 at byte 150 is cut off" run "$case/graph.pb" --input examples="$out/cut.tfrecord"
expect 2 "is it a TFRecord file?" run "$case/graph.pb" --input examples="$case/graph.pb"
finish
