#!/bin/sh
# tfport bench --backends: every way, batch size and concurrency is measured; one that fails leaves the others.
# usage: bench.sh TFPORT DATA-FOLDER
tfport=$1 data=$2
. "$(dirname "$0")/expect.sh"
model=$data/digits.pb
bench() {
    code=$1 text=$2
    shift 2
    expect "$code" "$text" bench "$model" --warmup 0 --duration 0 --iterations 2 "$@"
}
expect 0 "" convert "$model" -o "$out/x.onnx" --quiet

bench 1 "one of them" --backends cpu --backend cpu
bench 1 "are for --backends" --batch 1
bench 1 "'x': numbers from 1" --backends cpu --batch x
bench 1 "'0': numbers from 1" --backends cpu --concurrency 0
bench 1 "no input's first dimension is open" --backends cpu --batch 2 --shape image=1x8x8x1
bench 1 "--batch and --input" --backends cpu --batch 2 --input image="$data/images.npy"
bench 1 "no way to run a model" --backends nosuch
bench 1 "'2000': numbers from 1" --backends cpu --concurrency 2000
bench 5 "FAILED, exit code 5" --backends onnxruntime,cpu --library "$out/none.so"
expect 2 "no such file" bench "$out/missing.pb" --backends cpu
bench 0 "peak memory" --backends cpu --input image="$data/images.npy"

# Two ways, two batches, two concurrencies: as many runs as were asked for, in each thread.
result=$("$tfport" bench "$model" --backends "cpu,cpu:$out/x.onnx" --batch 1,3 --concurrency 1,2 --warmup 0 --duration 0 --iterations 5 \
    --json) || fail "exit code $?"
count() {
    got=$(printf '%s\n' "$result" | grep -c "$1")
    [ "$got" = "$2" ] || fail "$1: $got times, not $2"
}
count '"batch": 1, ' 4
count '"batch": 3, ' 4
count '"concurrency": 1, .*"runs": 5,' 4
count '"concurrency": 2, .*"runs": 10,' 4
count '"peak_memory_bytes": [1-9][0-9]*,' 2
count '"method": "each backend in a process of its own' 1
count '"warm_up_seconds": 0, "seconds": 0, "iterations": 5' 1
finish
