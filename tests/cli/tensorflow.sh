#!/bin/sh
# TensorFlow itself as a backend: what it says of the cases is what it said when they were made, also where tfport has to refuse. Skipped
# where its C library is not found.
# usage: tensorflow.sh TFPORT DATA-FOLDER CASES [all]
tfport=$1 data=$2 cases=$3
. "$(dirname "$0")/expect.sh"

expect 5 "TensorFlow's C library: " compare "$data/digits.pb" --backends tensorflow,cpu --tensorflow "$out/none.so"
expect 5 "lacks TF_Version" compare "$data/digits.pb" --backends tensorflow,cpu --tensorflow libm.so.6
probe=$("$tfport" compare "$data/digits.pb" --backends tensorflow,cpu 2>&1)
case $? in
0) ;;
5) finish_skipped "$probe" ;;
*) fail "$probe" ;;
esac

# agrees NAME: a case's inputs through TensorFlow against its stored outputs.
agrees() {
    folder=$cases/$1
    set --
    model=$folder/graph.pb
    while read -r what name file rest; do
        case $what in
        input | examples) set -- "$@" --input "$name=$folder/$file" ;;
        output) set -- "$@" --reference "$name=$folder/$file" ;;
        model) model=$folder/$name ;;
        signature) set -- "$@" --signature "$name" ;;
        esac
    done <"$folder/case.txt"
    expect 0 "agrees" compare "$model" --backends tensorflow "$@" --rtol 1e-5 --atol 1e-5
}

for f in checkpoint/digits.ckpt checkpoint_v1/digits.ckpt checkpoint_v1/digits.ckpt.meta digits.pbtxt saved_model saved_model_tf1; do
    expect 0 "agrees in 10 elements" compare "$data/$f" --backends tensorflow,cpu
done
[ "${4:-}" = all ] && chosen=$(cd "$cases" && ls -d ./*/graph.pb | xargs -n1 dirname) ||
    chosen="casts as_string ckpt_v2 keras_cnn feature_columns if_and_loops conv2d_types"
for c in $chosen; do agrees "$c"; done
expect 0 "float32[360,10]" run "$data/digits.pb" --backend tensorflow --input image="$data/images.npy"
expect 1 "image: int32[360] was given" run "$data/digits.pb" --backend tensorflow --input image="$data/labels.npy"
expect 0 "agrees" compare "$data/digits.pb" --backends tensorflow,cpu --inputs sequential/re_lu/Relu --outputs sequential/dense/BiasAdd:0 \
    --shape sequential/re_lu/Relu=2x8x8x16
expect 3 "reads no Keras" compare "$cases/keras_1_images/model.h5" --backends tensorflow,cpu
finish
