#!/bin/sh
# ONNX's own backend tests, as the installed onnx package makes them; skipped (77) where there is none.
# usage: run.sh PYTHON ONNX_NODE_TESTS FOLDER [OPTION..]     the tests are kept in FOLDER
python=$1 program=$2 folder=$3
shift 3
[ -x "$python" ] || { echo "skipped: no $python"; exit 77; }
"$python" "$(dirname "$0")/make_cases.py" "$folder" || exit $?
exec "$program" "$folder" "$@"
