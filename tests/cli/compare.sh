#!/bin/sh
# tfport compare: what it tells, its exit codes, its inputs. usage: compare.sh TFPORT DATA-FOLDER CASES
# ONNX Runtime takes part where one is found.
tfport=$1 data=$2 cases=$3
. "$(dirname "$0")/expect.sh"
model=$data/digits.pb
expect 0 "" convert "$model" -o "$out/x.onnx" --quiet
compare() {
    code=$1 text=$2
    shift 2
    expect "$code" "$text" compare "$model" "$@"
}

compare 1 "--backends is missing"
compare 1 "two ways at least" --backends cpu
compare 1 "'nosuch' is no way to run a model" --backends cpu,nosuch
compare 1 "onnx@x: an opset is expected" --backends cpu,onnx@x
expect 1 "compare takes one model" compare --backends cpu,cpu
expect 2 "no such file" compare "$out/missing.pb" --backends cpu,cpu
compare 1 "no input 'y'" --backends cpu,cpu --range y=0:1
compare 1 "--range 'image=1': NAME=LO:HI is expected" --backends cpu,cpu --range image=1
compare 1 "no values from 2 to 1" --backends cpu,cpu --range image=2:1
compare 1 "no output 'z'" --backends cpu,cpu --rtol z=1
compare 1 "--rtol 'x'" --backends cpu,cpu --rtol x
compare 1 "--atol '-1'" --backends cpu,cpu --atol -1
compare 1 "no output 'z'" --backends cpu --reference z="$data/tensorflow.npy"
compare 1 "--via is for tensorrt" --backends cpu,cpu --via onnx
compare 1 "one of them" --backends cpu,cpu --samples "$out" --input image="$data/images.npy"

# The same model in three files agrees; TensorFlow's own answers are met, but not to the last bit.
compare 0 "agrees in 10 elements" --backends "cpu,$data/digits.pbtxt,$data/saved_model,cpu:$out/x.onnx"
compare 0 "agrees in 3600 elements" --backends cpu --input image="$data/images.npy" --reference Identity="$data/tensorflow.npy"
compare 4 "Identity differs by its values" --backends cpu --input image="$data/images.npy" \
    --reference Identity="$data/tensorflow.npy" --rtol 1e-9
compare 0 "" --backends cpu --input image="$data/images.npy" --reference Identity="$data/tensorflow.npy" --rtol 1e-9 \
    --atol Identity:0=1e-5
compare 4 "Identity differs by its shape" --backends cpu --reference Identity="$data/tensorflow.npy"
compare 4 "DIFFERS in type" --backends cpu --input image="$data/images.npy" --reference Identity="$data/labels.npy"

# A way that fails leaves the others; what differs comes first.
compare 5 "agrees in 10 elements" --backends "cpu,onnxruntime,cpu:$out/x.onnx" --library "$out/none.so"
compare 5 "onnxruntime, the reference" --backends onnxruntime,cpu --library "$out/none.so"
compare 4 "Identity differs" --backends cpu,onnxruntime --library "$out/none.so" --input image="$data/images.npy" \
    --reference Identity="$data/tensorflow.npy" --rtol 1e-9
echo nonsense >"$out/nonsense.bin"
compare 2 "nonsense.bin  FAILED" --backends "cpu,$out/nonsense.bin"
compare 1 "graph.pb: the model has no input" --backends "cpu,$cases/casts/graph.pb"
expect 1 "its shape is needed" compare "$cases/activations/graph.pb" --backends cpu,cpu

# The first wrong node (planted_errors.py finds some): not where nothing differs, or where the reference is a file.
compare 0 "agrees" --backends cpu,cpu --bisect
compare 4 "references here are files" --backends cpu --input image="$data/images.npy" --reference Identity="$data/tensorflow.npy" \
    --rtol 1e-9 --bisect
! "$tfport" compare "$model" --backends cpu,cpu --bisect --json | grep -q bisect || fail "a node was named though nothing differs"

# Inputs: made up by seed and range; folders of samples; batches of a model whose batch is fixed.
compare 0 '"runs": 1, "source": "made up, seed 7"' --backends cpu,cpu --seed 7 --json
mkdir -p "$out/samples/a" "$out/samples/b" "$out/batches" "$out/empty"
for d in samples/a samples/b batches; do cp "$data/images.npy" "$out/$d/image.npy"; done
compare 0 '"elements": 7200, "beyond": 0' --backends cpu,cpu --samples "$out/samples" --json
compare 0 '"runs": 360' --backends cpu,cpu --samples "$out/batches" --shape image=1x8x8x1 --json
compare 0 '"runs": 1,' --backends cpu,cpu --samples "$out/batches" --json
compare 1 "neither image.npy nor a folder" --backends cpu,cpu --samples "$out/empty"
compare 6 "No such file" --backends cpu,cpu --samples "$out/missing"
rm "$out/samples/b/image.npy"
compare 2 "samples/b/image.npy" --backends cpu,cpu --samples "$out/samples"

if "$tfport" run "$out/x.onnx" --backend onnxruntime --input image="$data/images.npy" >/dev/null 2>&1; then
    compare 0 "onnx@9  onnxruntime" --backends "cpu,onnxruntime,onnx@9,$out/x.onnx"
    expect 0 "agrees" compare "$out/x.onnx" --backends onnxruntime,onnx@11,cpu
    compare 1 "opset 6: from 7 to" --backends cpu,onnx@6
fi
finish
