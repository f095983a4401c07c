#!/bin/sh
# Runs a command with TFPORT_TENSORRT set to a folder, or is skipped (77) where no TensorRT-RTX lies in it.
# usage: with_tensorrt.sh FOLDER COMMAND..
folder=$1
shift
for f in "$folder"/libtensorrt_rtx.so.*; do
    [ -e "$f" ] || continue
    TFPORT_TENSORRT=$folder exec "$@"
done
echo "skipped: no TensorRT-RTX in $folder; tools/get-tensorrt-rtx installs it"
exit 77
