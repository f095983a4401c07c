#!/bin/sh
# A model in a folder of prefix, core and suffix: written, told of, run as one; and what is wrong with one that was changed.
# usage: bundle.sh TFPORT CASES TENSORRT-FOLDER
tfport=$1 model=$2/feature_columns/model examples=$2/feature_columns/input_0.npy tensorrt=$3
. "$(dirname "$0")/expect.sh"
bundle=$out/bundle

expect 0 "" convert "$model" -o "$bundle" --bundle
[ "$(ls "$bundle" | tr '\n' ' ')" = "bundle.json core.onnx prefix.onnx suffix.onnx " ] || fail "$(ls "$bundle")"
expect 0 "prefix  prefix.onnx  (a CPU)" inspect "$bundle"
expect 0 "SavedModel (TensorFlow 1)" inspect "$bundle"
expect 0 '"reason": "parses tf.Example messages"' inspect "$bundle" --json
expect 0 "" run "$bundle" --input examples="$examples" --output logits="$out/parts.npy" --output classes="$out/names.npy"
expect 0 "" run "$model" --input examples="$examples" --output logits="$out/whole.npy" --output classes="$out/classes.npy"
cmp "$out/parts.npy" "$out/whole.npy" && cmp "$out/names.npy" "$out/classes.npy" || fail "the bundle gives other values than the model"
expect 0 "" bench "$bundle" --input examples="$examples" --duration 0 --iterations 2 --warmup 0
expect 1 "no input 'x'" run "$bundle" --input x="$examples"
expect 1 "--signature is for models that tfport reads" run "$bundle" --signature predict
expect 1 "is a bundle, which runs as it is" convert "$bundle" -o "$out/x.onnx"

# Written again over itself, elsewhere cut, and with large weights outside.
expect 0 "" convert "$model" -o "$bundle" --bundle --cut logits --external-above 0
expect 0 "" run "$bundle" --input examples="$examples" --output logits="$out/parts.npy"
cmp "$out/parts.npy" "$out/whole.npy" || fail "the bundle that is cut at the logits gives other values"

# Not over what is no bundle.
mkdir "$out/full" && echo x >"$out/full/x"
expect 1 "is there already and no bundle" convert "$model" -o "$out/full" --bundle
expect 1 "is there already and no bundle" convert "$model" -o "$out/full/x" --bundle
expect 6 "cannot be made" convert "$model" -o "$out/nowhere/bundle" --bundle
expect 1 "cut out of the optimized graph" convert "$model" -o "$out/b" --bundle --no-optimize

# change SED-SCRIPT CODE TEXT: what is told is changed
change() {
    sed "$1" "$bundle/bundle.json" >"$out/changed"
    rm -rf "$out/other" && cp -r "$bundle" "$out/other" && cp "$out/changed" "$out/other/bundle.json"
    expect "$2" "$3" run "$out/other" --input examples="$examples"
}
change 's/"tfport_bundle": 1/"tfport_bundle": 2/' 2 "bundle of version 2; version 1 is known"
change 's/"path": "core.onnx"/"path": "..\/bundle\/core.onnx"/' 2 "a path that stays in the bundle's folder is expected"
change 's/"path": "core.onnx"/"path": "\/etc\/passwd"/' 2 "a path that stays in the bundle's folder is expected"
change 's/"path": "core.onnx"/"path": "prefix.onnx"/' 2 "its size or checksum differs"
change 's/"part": "suffix", "output": "classes"/"part": "suffix", "output": "class"/' 2 "an output of a part that stands before it is expected"
change 's/{"input": "examples"}/{"part": "core", "output": "Cast"}/' 2 "an output of a part that stands before it is expected"
change 's/"role": "suffix"/"role": "prefix"/' 2 "in this order"
change 's/"role": "core"/"role": "middle"/' 2 "another word is expected"
change 's/"role": "suffix", "kind": "onnx"/"role": "suffix", "kind": "plan"/' 2 "as the part is none for a device"
change 's/"name": "Cast", "dtype": "int32"/"name": "Cast", "dtype": "int64"/' 2 "is not as the bundle tells of it"
change 's/"dtype": "string"/"dtype": "words"/' 2 "an element type by numpy's word is expected"
change 's/"crc32c": [0-9]*/"crc32c": -1/' 2 "a number of 32 bits is expected"
head -c 700 "$bundle/bundle.json" >"$out/other/bundle.json"
expect 2 "not JSON" inspect "$out/other"

cp "$bundle/bundle.json" "$out/other/bundle.json" && rm "$out/other/suffix.onnx"
expect 2 "suffix.onnx" run "$out/other" --input examples="$examples"
ln -s "$bundle/suffix.onnx" "$out/other/suffix.onnx"
expect 2 "lies outside the bundle's folder" run "$out/other" --input examples="$examples"
rm "$out/other/suffix.onnx" && printf x | cat "$bundle/suffix.onnx" - >"$out/other/suffix.onnx"
expect 2 "its size or checksum differs" inspect "$out/other"

# The core as an engine.
set -- "$tensorrt"/libtensorrt_rtx.so.*
if [ -e "$1" ]; then
    expect 0 "" build "$model" -o "$out/engine" --bundle --tensorrt "$tensorrt" --compute-capability 8.9 \
        --min-shape input_layer/concat=1x10 --max-shape input_layer/concat=64x10 \
        --min-shape linear_model_1/linear_model/weighted_sum=1x1 --max-shape linear_model_1/linear_model/weighted_sum=64x1
    expect 0 "core  core.plan" inspect "$out/engine"
    expect 3 "backend cpu does not run" run "$out/engine" --backend cpu --input examples="$examples"
fi
finish
