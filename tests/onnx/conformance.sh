#!/bin/sh
# Writes docs/onnx-conformance.md: ONNX's own backend tests on the CPU backend, after conversion to other opsets, and as
# engines of TensorRT-RTX.
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
cd "$work"
head='| | tests | passed | | refused by name | not at that opset | failed |
|---|---|---|---|---|---|---|'

# What did not pass, by reason: names of tests and nodes left out.
reasons() {
    grep -E '^(refused|failed|not written) ' "$1" | sed -E 's/^(refused|failed|not written) +[^:]*: //
        s/node (that makes )?[^ )(]+ \(/node (/; s/; node [^ )]+\)/)/g; s/\(node [^ )]+\)//g; s/(in|on) "[^"]*"/\1 an input/
        s/^[0-9]+ ops? (is|are) not supported[a-z ]*: //; s/^(input|output) "[^"]*" is/an input is/' | sort | uniq -c | sort -k1,1nr -k2 |
        sed -E 's/^ *([0-9]+) (.*)$/| \1 | \2 |/'
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
"$tests" cases --row "as they are" || true
for n in -1 +1 7 9 11 13 15 17 18 19 21 23 25 28; do
    case $n in [-+]*) what="written one opset $([ $n = -1 ] && echo lower || echo higher)" ;; *) what="written at opset $n" ;; esac
    "$tests" cases --opset $n --row "$what, read again" || true
done
echo
echo "Opsets below 7 are read, and written as 7."
echo
echo "What is refused:"
echo
echo "| tests | why |"
echo "|---|---|"
"$tests" cases --verbose >cpu.txt || true
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
    "$tests" constants --engine --row "settings as initializers" || true
    "$tests" constants --engine --verbose >trt.txt || true
    echo
    echo "What does not build with settings as initializers:"
    echo
    echo "| tests | why |"
    echo "|---|---|"
    reasons trt.txt
done
