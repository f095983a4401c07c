#!/bin/sh
# Includes go one way: base <- codec <- schema <- ir <- {weights, decompose} <- {optimize, frontend/*, backend/*, tool} <- api
# <- cli.
# usage: includes.sh SOURCE-FOLDER
set -eu
cd "$1/src"
failures=0
# may FOLDER "ALLOWED-PREFIXES": every quoted include of FOLDER's files begins with one of them.
may() {
    bad=$(grep -rnE '^#include "' "$1" | grep -vE "#include \"($2)" || true)
    [ -z "$bad" ] || { echo "$bad"; failures=1; }
}
may base 'base/|tfport/'
may codec 'codec/|base/|tfport/'
may schema 'schema/|codec/|base/|tfport/'
may ir 'ir/|schema/|codec/|base/|tfport/'
low='ir/|schema/|codec/|base/|tfport/'
may decompose "decompose/|$low"
may weights "weights/|$low"
low="weights/|$low"
may optimize "optimize/|decompose/decompose.h|$low"
may frontend/tensorflow "frontend/tensorflow/|frontend/frontend.h|$low"
may frontend/onnx "frontend/onnx/|frontend/frontend.h|$low"
may frontend/keras "frontend/keras/|frontend/frontend.h|$low"
may backend/onnx "backend/onnx/|decompose/|$low"
may backend/cpu "backend/cpu/|backend/backend.h|decompose/|$low"
may backend/onnxruntime "backend/onnxruntime/|backend/backend.h|$low"
may backend/tensorflow "backend/tensorflow/|backend/backend.h|$low"
may backend/tensorrt "backend/tensorrt/|backend/backend.h|decompose/|$low"
may tool "tool/|$low"
may api "api/|tool/|backend/backend.h|backend/onnx/(legalize|onnx_write).h|backend/tensorrt/(plan_file|trt_make|trt_reader|trt_settings|trt_shared|cuda).h|frontend/frontend.h|optimize/(cut|optimize|precision).h|$low"
may cli '[a-z_]+[.]h"|tfport/' # its own by their bare names
may triton 'triton/|tfport/'
same=$(find . -name '*.[ch]' -printf '%f\n' | sort | uniq -d)
[ -z "$same" ] || { echo "file names that occur twice: $same"; failures=1; }
exit $failures
