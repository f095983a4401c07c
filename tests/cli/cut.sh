#!/bin/sh
# The core of a model with tf.Example messages and class names: what stands before it, it and the whole agree.
# usage: cut.sh TFPORT CASES
tfport=$1 model=$2/feature_columns/model examples=$2/feature_columns/input_0.npy
. "$(dirname "$0")/expect.sh"

expect 3 "only a CPU can do all of the model (--cut auto writes its core, --bundle all parts): opset 17 cannot express" convert "$model" -o "$out/x.onnx"
expect 3 "ParseExample" convert "$model" -o "$out/x.onnx" --cut none
expect 1 "--cut \"logit\": the optimized graph has no such value; near it: logits" convert "$model" -o "$out/x.onnx" --cut logit
expect 1 "--cut \"zzzz\": the optimized graph has no such value; inspect --verbose shows it" inspect "$model" --cut zzzz
expect 1 "--cut: auto, or names of values to cut at" build "$model" -o "$out/x.plan" --cut logits,auto
expect 1 "cut out of the optimized graph" convert "$model" -o "$out/x.onnx" --cut auto --no-optimize

before=linear_model_1/linear_model/weighted_sum deep=input_layer/concat
expect 0 "the core takes $before, $deep and gives logits, Cast; a CPU has to do" convert "$model" -o "$out/core.onnx" --cut auto --verbose
expect 0 "ParseExample, SparseCross, StringToHashBucketFast (2 nodes), TableFind, AsString" convert "$model" -o "$out/core.onnx" --cut auto --verbose
expect 0 "" run "$model" --inputs examples --outputs "$before,$deep" --input examples="$examples" \
    --output $before="$out/wide.npy" --output $deep="$out/deep.npy"
expect 0 "" run "$out/core.onnx" --input $before="$out/wide.npy" --input $deep="$out/deep.npy" --output logits="$out/core.npy"
expect 0 "" run "$model" --input examples="$examples" --output logits="$out/whole.npy"
cmp "$out/core.npy" "$out/whole.npy" || fail "the core gives other logits than the model"

# Named values: the core begins at those that depend on no other, and ends at those that do.
expect 0 "the core takes $before, $deep and gives logits; a CPU has to do" convert "$model" -o "$out/core.onnx" --cut $deep,logits:0 --verbose
expect 0 "the core takes logits and gives Cast; a CPU has to do" convert "$model" -o "$out/core.onnx" --cut logits --verbose
expect 0 "gives a value that the core was cut at" inspect "$model" --cut logits
expect 0 "stands behind the values that the core was cut at" inspect "$model" --cut $deep,logits

# What inspect tells of the parts.
expect 0 "parses tf.Example messages" inspect "$model"
expect 0 '{"op": "AsString", "count": 1, "reason": "handles strings", "node": "AsString"}' inspect "$model" --json
expect 0 '"parts": [
  {"role": "core",' inspect "$2/activations/graph.pb" --json

# An embedding over a sparse column is one step, however many ops TensorFlow wrote; only a default of one's own is filled in.
"$tfport" inspect "$2/embedding_columns/graph.pb" --verbose >"$out/steps"
for steps in 5=EmbeddingSum 0=Unique 1=SparseFillEmptyRows; do
    [ "$(grep -c "= ${steps#*=}(" "$out/steps")" = "${steps%=*}" ] || fail "not ${steps%=*} of ${steps#*=}: $(cat "$out/steps")"
done
"$tfport" inspect "$2/vocabulary_columns/graph.pb" --verbose >"$out/steps"
[ "$(grep -c "= TableFind(" "$out/steps")" = 2 ] || fail "two tables of the same words are not one: $(cat "$out/steps")"

# Trees are those of ai.onnx.ml in a whole file, which is read back, and plain in a core.
trees=$2/boosted_trees
expect 0 "" convert "$trees/model" --signature predict -o "$out/trees.onnx"
grep -q TreeEnsembleRegressor "$out/trees.onnx" || fail "trees are written otherwise"
expect 0 "logits" run "$out/trees.onnx" --input age="$trees/input_0.npy" --input g="$trees/input_1.npy"
expect 0 "" convert "$trees/model" --signature predict -o "$out/core.onnx" --cut auto
! grep -q TreeEnsembleRegressor "$out/core.onnx" || fail "a core has trees of ai.onnx.ml"

# A model without such ops is written whole.
expect 0 "" convert "$2/activations/graph.pb" -o "$out/whole.onnx"
expect 0 "" convert "$2/activations/graph.pb" -o "$out/cut.onnx" --cut auto
cmp "$out/whole.onnx" "$out/cut.onnx" || fail "a model that needs no cut was changed by it"

# Nothing but a CPU's work.
expect 3 "nothing is left for a device" convert "$2/hash_buckets/graph.pb" -o "$out/x.onnx" --cut auto
finish
