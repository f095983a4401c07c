#!/bin/sh
# ONNX's own backend tests, as the installed onnx package makes them; skipped (77) where there is none.
# usage: run.sh PYTHON FOLDER MAKE-OPTION PROGRAM [ARGUMENT..]
#     make_cases.py keeps the tests in FOLDER (MAKE-OPTION: --nodes, or one of its options), which PROGRAM gets first; a
#     program in Python is run by PYTHON
python=$1 folder=$2 make=$3 program=$4
shift 4
[ -x "$python" ] || { echo "skipped: no $python"; exit 77; }
[ "$make" != --nodes ] || make=
"$python" "$(dirname "$0")/make_cases.py" "$folder" $make || exit $?
case $program in
*.py) exec "$python" "$program" "$folder" "$@" ;;
*) exec "$program" "$folder" "$@" ;;
esac
