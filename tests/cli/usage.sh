#!/bin/sh
# Exit codes and messages of the command itself. usage: usage.sh TFPORT DATA-FOLDER
tfport=$1 data=$2
. "$(dirname "$0")/expect.sh"

model=$data/digits.pb
expect 0 "usage:" --help
expect 0 "tfport 0." --version
expect 1 "usage:"
expect 1 "no command 'frobnicate'" frobnicate
for c in inspect convert extract run compare bench tensorrt; do expect 0 "options:" $c --help; done
expect 1 "inspect takes one model" inspect
expect 1 "no option '--nonsense'" inspect "$model" --nonsense
expect 1 "needs -o" convert "$model"
expect 1 "--weights needs a value" inspect "$model" --weights
expect 1 "extract has no option '--signature'" extract "$model" --signature x
expect 1 "opset 6: from 7 to" convert "$model" -o "$out/x.onnx" --opset 6
expect 1 "opset 1000" convert "$model" -o "$out/x.onnx" --opset 1000
expect 1 "'abc' is no number" convert "$model" -o "$out/x.onnx" --opset abc
expect 2 "no such file" inspect "$out/missing.pb"
expect 2 "not a file" inspect /dev/null
: >"$out/empty.pb"
expect 2 "the file is empty" inspect "$out/empty.pb"
expect 2 "not a model" inspect "$data/images.npy"
expect 0 '"dtype": "float32"' inspect "$model" --json
expect 0 "every op is supported" inspect "$model"
expect 0 "Conv(" inspect "$model" --verbose
expect 1 "nosuch" inspect "$model" --outputs nosuch
expect 1 "image (float32) needs --input" run "$model"
expect 1 "no input 'y'" run "$model" --input y="$data/images.npy"
expect 1 "input image: int32[360] was given, float32[?,8,8,1] is expected" run "$model" --input image="$data/labels.npy"
/bin/printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 8, 8, 1), }" >"$out/whole.npy"
head -c 64 /dev/zero >>"$out/whole.npy" # numbers for an input of floats, as TensorFlow takes them
expect 0 "float32[1,10]" run "$model" --input image="$out/whole.npy"
expect 1 "no output 'nosuch'" run "$model" --input image="$data/images.npy" --output nosuch="$out/y.npy"
expect 1 "backend nosuch" run "$model" --input image="$data/images.npy" --backend nosuch
expect 5 "ONNX Runtime" run "$model" --input image="$data/images.npy" --backend onnxruntime --library "$out/none.so"
expect 0 "float32[360,10]" run "$model" --input image="$data/images.npy"
# oneDNN is for running alone.
export TFPORT_ONEDNN="$out/none.so"
expect 5 "oneDNN: $out/none.so" run "$model" --input image="$data/images.npy"
TFPORT_ONEDNN=$(find /lib /usr/lib -name 'libz.so.1' | head -1)
expect 5 "another version of oneDNN" run "$model" --input image="$data/images.npy"
expect 0 "" convert "$model" -o "$out/x.onnx" --quiet
unset TFPORT_ONEDNN
# ICU is for Unicode text alone.
words=$(dirname "$0")/../cases/string_unicode
export TFPORT_ICU="$out/none.so"
expect 0 "float32[360,10]" run "$model" --input image="$data/images.npy"
expect 5 "ICU: $out/none.so" run "$words/graph.pb" --outputs scripts --input points="$words/input_2.npy"
unset TFPORT_ICU
expect 6 "cannot be created" convert "$model" -o "$out/no/such/folder/x.onnx"
expect 0 "" convert "$model" -o "$out/x.onnx" --quiet
[ -s "$out/x.onnx" ] || { echo "convert wrote nothing"; failures=$((failures + 1)); }
expect 0 "float32[4,8,8,1]" inspect "$model" --shape image=4x8x8x1
expect 1 "--shape" inspect "$model" --shape image=4xx
expect 1 "image" run "$model" --shape image=4x8x8x1 --input image="$data/images.npy"

# The same model and options give the same bytes; a text model the same as its binary form.
"$tfport" convert "$model" -o "$out/y.onnx" && cmp "$out/x.onnx" "$out/y.onnx" || failures=$((failures + 1))

# A full disk leaves neither the result nor a part of it (needs a device that is always full).
if [ -w /dev/full ]; then
    ln -s /dev/full "$out/full"
    expect 0 "" convert "$model" -o "$out/full" # replaced by rename, as any other name
    [ -L "$out/full" ] && { echo "the link was written through"; failures=$((failures + 1)); }
fi
(
    ulimit -f 8
    "$tfport" convert "$model" -o "$out/limited.onnx" 2>/dev/null
)
[ -e "$out/limited.onnx" ] && { echo "a file cut off by the size limit was left"; failures=$((failures + 1)); }

finish
