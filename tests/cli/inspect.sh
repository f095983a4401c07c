#!/bin/sh
# What inspect tells of each save format, as text and as JSON. usage: inspect.sh TFPORT DEMO-FOLDER DATA-FOLDER
tfport=$1 demo=$2 data=$3
. "$(dirname "$0")/expect.sh"

# json MODEL OPTIONS...: asks for the JSON, of which is_true() looks at m.
json() {
    command -v python3 >/dev/null || return 0
    "$tfport" inspect "$@" --json >"$out/json" || fail "inspect $* --json failed"
}
is_true() {
    command -v python3 >/dev/null || return 0
    python3 -c 'import json, sys; m = json.load(open(sys.argv[1])); sys.exit(not eval(sys.argv[2]))' "$out/json" "$1" ||
        fail "not true: $1: $(cat "$out/json")"
}
command -v python3 >/dev/null || echo "no python3: the JSON is not looked at"

# A SavedModel of TensorFlow 2.
m=$demo/saved_model
expect 0 "format      SavedModel (TensorFlow 2)" inspect "$m"
expect 0 "tensorflow  2.15.1" inspect "$m"
expect 0 "readers     GraphDef version 12 and newer" inspect "$m"
expect 0 "tags        serve" inspect "$m"
expect 0 "  serving_default  tensorflow/serving/predict  (in use)
    input   image   float32[image_d0,8,8,1]
    output  scores  float32[scores_d0,10]" inspect "$m"
expect 0 "variables   17 arrays, 53176 bytes" inspect "$m"
expect 0 "     576  float32[3,3,1,16]   model/0/.ATTRIBUTES/VARIABLE_VALUE" inspect "$m"
expect 0 "every op is supported" inspect "$m"
expect 0 "signature" inspect "$m" --signature serving_default --tags serve
expect 1 "serving_default" inspect "$m" --signature nosuch
expect 1 "{serve}" inspect "$m" --tags train
expect 0 "Conv(" inspect "$m" --verbose
json "$m"
is_true 'm["tags"] == ["serve"] and m["tensorflow_version"] == "2.15.1" and m["min_consumer"] == 12'
is_true 'm["signature_used"] == "serving_default" and m["refusal"] == "" and len(m["files"]) == 3'
is_true 'all(f["present"] and f["size"] > 500 for f in m["files"])'
is_true 'm["signatures"][0]["inputs"] == [{"name": "image", "dtype": "float32", "shape": ["image_d0", 8, 8, 1]}]'
is_true '[v["parts"] for v in m["variables"]] == [0] * 17'
is_true 'm["variables"][1]["type"] == "float" and m["variables"][1]["shape"] == [3, 3, 1, 16]'

# The other formats of the same network.
expect 0 "format      SavedModel (TensorFlow 1)" inspect "$demo/saved_model_tf1"
expect 0 "format      MetaGraph (binary)" inspect "$demo/checkpoint/digits.ckpt.meta"
expect 0 "format      checkpoint V2 (tensor bundle)" inspect "$demo/checkpoint/digits.ckpt"
expect 0 "format      checkpoint V1" inspect "$demo/checkpoint_v1"
json "$demo/digits.pb"
is_true 'm["variables"] == m["signatures"] == m["tags"] == [] and m["signature_used"] == ""'

# TensorFlow.js: a graph with its signature, and layers; the files that the arrays lie in.
m=$data/../cases
expect 0 "format      TensorFlow.js graph model" inspect "$m/tfjs_graph_images"
expect 0 "    output  features  float32[features_d0,2,2,4]" inspect "$m/tfjs_graph_images/model.json"
expect 0 "tfjs_graph_images/group1-shard2of4.bin" inspect "$m/tfjs_graph_images"
expect 1 "has no tags" inspect "$m/tfjs_graph_images" --tags serve
# TensorFlow Lite: who wrote it, tensors of the first subgraph, signatures of others.
expect 0 "producer    MLIR Converted, for TensorFlow 2.3.0 and newer" inspect "$m/tflite_int8/model.tflite"
expect 0 "input       serving_default_image      int8[2,7,6,3]" inspect "$m/tflite_int8/model.tflite"
expect 0 "    output  scores" inspect "$m/tflite_int8/model.tflite"
expect 1 "has no tags" inspect "$m/tflite_int8/model.tflite" --tags serve
expect 1 "has no weights from a checkpoint" inspect "$m/tflite_int8/model.tflite" --weights "$m"
expect 1 "no signature nope; there are: decode, encode" inspect "$m/tflite_signatures/model.tflite" --signature nope
expect 0 "every op is supported" inspect "$m/tflite_signatures/model.tflite" --signature encode
expect 0 "format      TensorFlow.js layers model" inspect "$m/tfjs_layers_js"
expect 0 "producer    Keras tfjs-layers 4.22.0" inspect "$m/tfjs_layers_js"
json "$m/tfjs_layers_sequences/"
is_true 'len(m["files"]) == len({f["path"] for f in m["files"]}) > 3 and all(f["present"] for f in m["files"])'
is_true '[i["name"] for i in m["inputs"]] == ["left", "right"] and m["weight_elements"] == sum(l["parameters"] for l in m["layers"])'

# A checkpoint without its graph: no ops, but why it cannot be run.
expect 0 "variables   23 arrays" inspect "$data/extract/types"
expect 0 "no graph" inspect "$data/extract/types"
expect 0 "48  variant[]      list" inspect "$data/extract/types"
expect 3 "no graph" convert "$data/extract/types" -o "$out/x.onnx"
got=$("$tfport" inspect "$data/extract/types")
case $got in *ops*) fail "ops of a checkpoint without a graph: $got" ;; esac
json "$data/extract/types"
is_true 'm["ops"] == m["inputs"] == m["outputs"] == [] and "graph" in m["refusal"]'
is_true 'next(v for v in m["variables"] if v["name"] == "list")["dtype"] is None'

# Long lists are cut unless all is asked for.
expect 0 "and 5 more; --verbose lists all" inspect "$data/extract/many"
expect 0 "v44" inspect "$data/extract/many" --verbose
[ "$("$tfport" inspect "$data/extract/many" | grep -c ' v[0-9][0-9]$')" = 40 ] || fail "not 40 variables are shown"
json "$data/extract/many"
is_true 'len(m["variables"]) == 45'

# What a terminal would act on.
expect 0 'a\x0ab\x1b[31m' inspect "$data/extract/newline"
json "$data/extract/newline"
is_true 'm["variables"][0]["name"] == "a\nb\x1b[31m"'

# Files that are missing are told; what needs them fails.
mkdir "$out/moved"
cp "$demo"/checkpoint/digits.ckpt.index "$demo"/checkpoint/digits.ckpt.meta "$out/moved"
cp "$data"/extract/types.index "$out/moved"
expect 0 "missing  $out/moved/types.data-00000-of-00001" inspect "$out/moved/types"
json "$out/moved/types"
is_true '[f["present"] for f in m["files"]] == [True, False]'
expect 0 "missing  $out/moved/digits.ckpt.data-00000-of-00001" inspect "$out/moved/digits.ckpt"
json "$out/moved/digits.ckpt"
is_true '"data-00000-of-00001" in m["refusal"] and len(m["ops"]) > 4 and len(m["variables"]) > 4'
expect 2 "digits.ckpt.data-00000-of-00001" convert "$out/moved/digits.ckpt" -o "$out/x.onnx"
[ -e "$out/x.onnx" ] && fail "a model without its weights was written"

# Weights from elsewhere: the same, hence the same model.
cp "$demo/checkpoint/digits.ckpt.meta" "$out/alone.meta"
expect 2 "" convert "$out/alone.meta" -o "$out/x.onnx"
expect 2 "have no value" run "$out/alone.meta"
expect 0 "have no value" inspect "$out/alone.meta"
json "$out/alone.meta"
is_true '"have no value" in m["refusal"] and m["variables"] == [] and len(m["ops"]) > 4'
expect 0 "" convert "$out/alone.meta" --weights "$demo/checkpoint_v1" -o "$out/x.onnx"
expect 0 "" convert "$demo/checkpoint/digits.ckpt.meta" -o "$out/y.onnx"
cmp "$out/x.onnx" "$out/y.onnx" || fail "the same weights from another file give another model"
expect 2 "nosuch.index" convert "$out/alone.meta" --weights "$out/nosuch" -o "$out/z.onnx"
variables=$data/variables/model.ckpt
expect 0 "" convert "$variables" --outputs out_average -o "$out/x.onnx"
expect 0 "" convert "$variables" --outputs out_average --moving-averages -o "$out/y.onnx"
cmp -s "$out/x.onnx" "$out/y.onnx" && fail "--moving-averages changes nothing"

# Loops of few iterations are written out, or not.
loops=$data/../cases/loops_nested/graph.pb
expect 0 "" convert "$loops" -o "$out/written.onnx"
expect 0 "" convert "$loops" --unroll 0 -o "$out/loops.onnx"
cmp -s "$out/written.onnx" "$out/loops.onnx" && fail "--unroll 0 changes nothing"
expect 1 "--unroll" convert "$loops" --unroll some -o "$out/x.onnx"

# A checksum that differs, and going on without.
mkdir "$out/damaged"
cp "$demo"/checkpoint/digits.ckpt* "$out/damaged"
printf '\001' | dd of="$out/damaged/digits.ckpt.data-00000-of-00001" bs=1 seek=4000 conv=notrunc 2>/dev/null
expect 2 "checksum" convert "$out/damaged/digits.ckpt" -o "$out/z.onnx"
expect 0 "" convert "$out/damaged/digits.ckpt" -o "$out/z.onnx" --no-verify
finish
