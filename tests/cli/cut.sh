#!/bin/sh
# The core of a model with tf.Example messages and class names: what stands before it, it and the whole agree.
# usage: cut.sh TFPORT CASES
tfport=$1 model=$2/feature_columns/model examples=$2/feature_columns/input_0.npy
. "$(dirname "$0")/expect.sh"

expect 3 "only a CPU can do all of the model (--cut auto writes its core): opset 17 cannot express" convert "$model" -o "$out/x.onnx"
expect 3 "ParseExample" convert "$model" -o "$out/x.onnx" --cut none
expect 1 "--cut 'some': auto or none is expected" convert "$model" -o "$out/x.onnx" --cut some
expect 1 "--cut 'some': auto or none is expected" build "$model" -o "$out/x.plan" --cut some
expect 1 "cut out of the optimized graph" convert "$model" -o "$out/x.onnx" --cut auto --no-optimize

before=linear_model_1/linear_model/weighted_sum deep=input_layer/concat
expect 0 "the core takes $before, $deep and gives logits, Cast; a CPU has to do" convert "$model" -o "$out/core.onnx" --cut auto --verbose
expect 0 "ParseExample, SparseCross, StringToHashBucketFast (2 nodes), TableFind, AsString" convert "$model" -o "$out/core.onnx" --cut auto --verbose
expect 0 "" run "$model" --inputs examples --outputs "$before,$deep" --input examples="$examples" \
    --output $before="$out/wide.npy" --output $deep="$out/deep.npy"
expect 0 "" run "$out/core.onnx" --input $before="$out/wide.npy" --input $deep="$out/deep.npy" --output logits="$out/core.npy"
expect 0 "" run "$model" --input examples="$examples" --output logits="$out/whole.npy"
cmp "$out/core.npy" "$out/whole.npy" || fail "the core gives other logits than the model"

# A model without such ops is written whole.
expect 0 "" convert "$2/activations/graph.pb" -o "$out/whole.onnx"
expect 0 "" convert "$2/activations/graph.pb" -o "$out/cut.onnx" --cut auto
cmp "$out/whole.onnx" "$out/cut.onnx" || fail "a model that needs no cut was changed by it"

# Nothing but a CPU's work.
expect 3 "nothing is left for a device" convert "$2/hash_buckets/graph.pb" -o "$out/x.onnx" --cut auto
finish
