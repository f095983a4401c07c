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
for format in pb pbtxt; do
    model=$data/digits.$format
    echo "== digits.$format"
    "$build/tfport" inspect "$model" | grep -E '^(format|producer|weights|input|output)'
    for opset in 9 17; do
        "$build/tfport" convert "$model" -o "$out/digits-$format-$opset.onnx" --opset $opset
    done
    "$build/tfport" run "$model" --input image="$data/images.npy" --output Identity="$out/digits-$format.npy"
    "$build/digits" "$model" "$data/images.npy" "$data/labels.npy" "$expected" cpu
    # Exit code 5: no ONNX Runtime on this machine, which is fine.
    code=0
    "$build/digits" "$model" "$data/images.npy" "$data/labels.npy" "$expected" onnxruntime 2>"$out/onnxruntime.txt" || code=$?
    case $code in
    0) ;;
    5) echo "onnxruntime  not found, left out (pip install onnxruntime brings it; TFPORT_ONNXRUNTIME names its library)" ;;
    *) cat "$out/onnxruntime.txt" >&2; exit $code ;;
    esac
done
echo "tensorflow   accuracy $(cat "$data/accuracy.txt") on the same images (stored when the network was trained)"
echo "The ONNX files and outputs are in $out"
