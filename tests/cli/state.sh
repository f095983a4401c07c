#!/bin/sh
# --state io: what a model changes when it runs is an input and an output; where that cannot be told it is refused.
# usage: state.sh TFPORT DATA CASES
tfport=$1 model=$2/digits.pb
. "$(dirname "$0")/expect.sh"

counter="$out/counter.pbtxt"
cat >"$counter" <<'EOG'
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } } }
node { name: "p" op: "Placeholder" attr { key: "dtype" value { type: DT_BOOL } } attr { key: "shape" value { shape { } } } }
node { name: "v" op: "VarHandleOp" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } }
  attr { key: "shared_name" value { s: "v" } } }
node { name: "add" op: "AssignAddVariableOp" input: "v" input: "x" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "other" op: "AssignSubVariableOp" input: "v" input: "x" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "read" op: "ReadVariableOp" input: "v" input: "^add" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "unordered" op: "ReadVariableOp" input: "v" input: "^add" input: "^other"
  attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "side" op: "Switch" input: "v" input: "p" attr { key: "T" value { type: DT_RESOURCE } } }
node { name: "maybe" op: "AssignAddVariableOp" input: "side:1" input: "x" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "conditional" op: "Identity" input: "x" input: "^maybe" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "count" op: "ResourceCountUpTo" input: "v" attr { key: "T" value { type: DT_FLOAT } }
  attr { key: "limit" value { i: 3 } } }
node { name: "none" op: "AssignAddVariableOp" input: "v" attr { key: "dtype" value { type: DT_FLOAT } } }
node { name: "lacking" op: "Identity" input: "x" input: "^none" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "v/next" op: "Identity" input: "read" attr { key: "T" value { type: DT_FLOAT } } }
EOG
/bin/printf '\223NUMPY\001\000\166\000%-117s\n\000\000\200\077' "{'descr': '<f4', 'fortran_order': False, 'shape': (), }" >"$out/one.npy"
one="--input x=$out/one.npy --input v=$out/one.npy"

expect 3 "has changed it" convert "$3/state_module/export" -o "$out/x.onnx"
expect 0 "v/next" run "$counter" --outputs read --state io $one
expect 0 "" run "$counter" --outputs read --state io $one --output v/next="$out/next.npy"
[ "$(tail -c 4 "$out/next.npy" | od -An -tx1)" = " 00 00 00 40" ] || fail "1 + 1 is not 2"

expect 1 "--state 'both': io is expected" convert "$counter" -o "$out/x.onnx" --state both
refused() {
    expect 3 "$2" convert "$counter" --outputs "$1" --state io -o "$out/x.onnx"
}
refused unordered "and the graph does not tell whether before or behind another write"
refused conditional "node maybe (AssignAddVariableOp): the model changes variable v when it runs, in a branch or a loop"
refused count "node count (ResourceCountUpTo): the model changes variable v when it runs, in a way that has no formula here"
refused v/next "variable v: the model has an output v/next already"
expect 2 "node none (AssignAddVariableOp): it lacks an input" convert "$counter" --outputs lacking --state io -o "$out/x.onnx"
expect 0 "" convert "$model" -o "$out/model.onnx"
expect 1 "state: an ONNX file has none" inspect "$out/model.onnx" --state io
cat >"$out/stateful.json" <<'EOG'
{"class_name": "Sequential", "config": {"name": "s", "layers": [{"class_name": "LSTM", "config": {"name": "l", "units": 2,
  "stateful": true, "batch_input_shape": [2, 3, 4], "dtype": "float32"}}]}, "keras_version": "2.15.0", "backend": "tensorflow"}
EOG
expect 3 "layer l (LSTM): its state as an input and an output" convert "$out/stateful.json" --state io -o "$out/x.onnx"

# A model without state is the same with it.
expect 0 "" convert "$model" -o "$out/x.onnx" --state io --quiet
expect 0 "" convert "$model" -o "$out/y.onnx" --quiet
cmp "$out/x.onnx" "$out/y.onnx" || fail "--state io changes a model without state"
finish
