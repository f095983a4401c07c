#!/bin/sh
# Writes docs/onnx-conformance.md: ONNX's own backend tests on the CPU backend, after conversion to other opsets, and as
# engines of TensorRT-RTX. Debian's older generation of them takes part where it is installed.
# usage: conformance.sh BUILD-FOLDER > docs/onnx-conformance.md       BUILD-FOLDER has venv/ with onnx, and tensorrt/
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
python=$build/venv/bin/python
tests=$build/tests/onnx_node_tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$python" "$here/make_cases.py" "$work/cases"
"$python" "$here/make_cases.py" "$work/constants" --constants
"$python" "$here/make_cases.py" "$work/files" --files
cd "$work"
head='| | tests | passed | | refused by name | not at that opset | failed |
|---|---|---|---|---|---|---|'

# What did not pass, by reason: names of tests and nodes left out.
reasons() {
    grep -E '^(refused|failed|not written) ' "$1" | sed -E 's/^(refused|failed|not written) +[^:]*: //
        s/node (that makes )?[^ )(]+ \(/node (/; s/; node [^ )]+\)/)/g; s/\(node [^ )]+\)//g; s/(in|on) "[^"]*"/\1 an input/
        s/^[0-9]+ ops? (is|are) not supported[a-z ]*: //; s/^(input|output) "[^"]*" is/an input is/' | sort | uniq -c | sort -k1,1nr -k2 |
        cut -c1-260 | sed -E 's/^ *([0-9]+) (.*[^ ]) *$/| \1 | \2 |/'
}

echo "# ONNX's own tests"
echo
echo "The backend tests of operators that the onnx package $("$python" -c 'import onnx; print(onnx.__version__)') makes, run through the public API."
echo "This page is written by \`sh tests/onnx/conformance.sh build\`. Results must agree within the test's own tolerance (float16"
echo "and bfloat16: two places of the last bit); what is refused is refused by name with exit code 3. Counted are the tests"
echo "whose ops are all of the default domain; the others are ai.onnx.ml's, previews and training."
echo
echo "## On the CPU backend"
echo
echo "$head"
"$tests" cases --verbose --row "as they are" >cpu.txt || true
grep '^|' cpu.txt
for n in -1 +1 7 9 11 13 15 17 18 19 21 23 25 28; do
    case $n in [-+]*) what="written one opset $([ $n = -1 ] && echo lower || echo higher)" ;; *) what="written at opset $n" ;; esac
    "$tests" cases --opset $n --row "$what, read again" || true
done
echo
echo "Opsets below 7 are read, and written as 7."
echo
echo "## Those that are files, on the CPU backend"
echo
echo "The package's whole graphs (simple), what PyTorch wrote (pytorch-converted, pytorch-operator), its image networks without"
echo "weights (light); and an older generation of all of them, opset 17 and below, which is Debian's package libonnx-testdata 1.12.0."
echo "Of the older ones, four are left out that give values of another shape than their model declares."
echo
echo "$head"
: >files.txt
for set in files/simple files/pytorch-converted files/pytorch-operator files/light /usr/share/libonnx-testdata/data; do
    [ -d "$set" ] || continue
    name=$(basename "$set")
    [ "$name" != data ] || name="older tests"
    for n in 0 -1 +1; do
        case $n in 0) what="" ;; -1) what=", one opset lower" ;; +1) what=", one opset higher" ;; esac
        "$tests" "$set" --opset $n --verbose --row "$name$what" >one.txt || true
        grep '^|' one.txt
        [ $n != 0 ] || cat one.txt >>files.txt
    done
done
echo
echo "What is refused of all these:"
echo
echo "| tests | why |"
echo "|---|---|"
cat files.txt >>cpu.txt
reasons cpu.txt
for folder in "$build"/tensorrt; do
    ls "$folder"/libtensorrt_rtx.so.* >/dev/null 2>&1 || continue
    export TFPORT_TENSORRT="$folder"
    echo
    echo "## As engines of TensorRT-RTX, layer by layer"
    echo
    echo "The tests give axes, shapes and scales as inputs, where files have initializers; the second line has them as initializers."
    echo
    echo "$head"
    "$tests" cases --engine --row "as they are" || true
    "$tests" constants --engine --verbose --row "settings as initializers" >trt.txt || true
    grep '^|' trt.txt
    echo
    echo "What does not build with settings as initializers:"
    echo
    echo "| tests | why |"
    echo "|---|---|"
    reasons trt.txt
done
