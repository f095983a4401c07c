#!/bin/sh
# Converts the bundled network from each of its save formats, runs it, compares with TensorFlow's stored outputs; with a
# TensorRT builds its engine both ways, and runs that where a GPU can.
# usage: run.sh BUILD-FOLDER
set -eu
build=$1
here=$(dirname "$0")
data=$here/digits
out=$build/demo
mkdir -p "$out"

# The stored outputs against the labels: TensorFlow's own accuracy comes from its own file.
expected=$data/tensorflow.npy
# MODEL OUTPUT: a graph's output has the name of its node, a SavedModel's that of its signature.
while read -r name output; do
    model=$data/$name
    file=$(echo "$name" | tr / -)
    echo "== $name"
    "$build/tfport" inspect "$model" | grep -E '^(format|producer|tensorflow|weights|input|output)'
    for opset in 9 17; do
        "$build/tfport" convert "$model" -o "$out/$file-$opset.onnx" --opset $opset
    done
    "$build/tfport" run "$model" --input image="$data/images.npy" --output "$output=$out/$file.npy"
    "$build/digits" "$model" "$data/images.npy" "$data/labels.npy" "$expected" cpu
    # Exit code 5: no ONNX Runtime on this machine, which is fine.
    code=0
    "$build/digits" "$model" "$data/images.npy" "$data/labels.npy" "$expected" onnxruntime 2>"$out/onnxruntime.txt" || code=$?
    case $code in
    0) ;;
    5) echo "onnxruntime  not found, left out (pip install onnxruntime brings it; TFPORT_ONNXRUNTIME names its library)" ;;
    *) cat "$out/onnxruntime.txt" >&2; exit $code ;;
    esac
done <<MODELS
digits.pb Identity
digits.pbtxt Identity
saved_model scores
saved_model_tf1 scores
checkpoint/digits.ckpt dense/Softmax
checkpoint/digits.ckpt.meta dense/Softmax
checkpoint_v1/digits.ckpt dense/Softmax
MODELS

# The weights alone: the same arrays lie in each of these.
echo "== weights"
for name in checkpoint checkpoint_v1 saved_model_tf1; do
    "$build/tfport" extract "$data/$name" 'dense/*' 'conv2d*' -o "$out/weights-$name"
    diff -r "$out/weights-checkpoint" "$out/weights-$name"
done
# A TensorRT that is named, or lies in the build folder, or is found on the machine.
for f in "$build"/tensorrt/lib*.so*; do
    [ ! -e "$f" ] || export TFPORT_TENSORRT="${TFPORT_TENSORRT:-$build/tensorrt}"
done
echo "== tensorrt"
engine() {
    "$build/tfport" build "$data/saved_model" -o "$out/digits-$1.plan" --via "$1" \
        --min-shape image=1x8x8x1 --opt-shape image=32x8x8x1 --max-shape image=360x8x8x1
    "$build/tfport" inspect "$out/digits-$1.plan"
    code=0
    "$build/digits" "$out/digits-$1.plan" "$data/images.npy" "$data/labels.npy" "$expected" tensorrt 2>"$out/engine.txt" || code=$?
    case $code in
    0) ;;
    5) echo "tensorrt     the engine is not run: $(cat "$out/engine.txt")" ;;
    *) cat "$out/engine.txt" >&2; exit $code ;;
    esac
}
if "$build/tfport" tensorrt >"$out/tensorrt.txt" 2>&1; then
    cat "$out/tensorrt.txt"
    if grep -q '^gpus  *[0-9]' "$out/tensorrt.txt" || grep -q '^tensorrt  *TensorRT-RTX' "$out/tensorrt.txt"; then
        engine direct
        engine onnx
    else
        echo "no GPU to build for; TensorRT-RTX builds without one"
    fi
else
    echo "not found, left out (sh setup.sh demo installs TensorRT-RTX; TFPORT_TENSORRT names a library)"
fi

echo "tensorflow   accuracy $(cat "$data/accuracy.txt") on the same images (stored when the network was trained)"
echo "The ONNX files, engines, outputs and weights are in $out"
