#!/bin/sh
# Converts the bundled network from each of its save formats, runs it, compares with TensorFlow's stored outputs.
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
echo "tensorflow   accuracy $(cat "$data/accuracy.txt") on the same images (stored when the network was trained)"
echo "The ONNX files, outputs and weights are in $out"
