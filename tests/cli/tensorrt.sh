#!/bin/sh
# tfport tensorrt, and run, bench and inspect on engines, against the fake CUDA driver and TensorRT of tests/fake.
# usage: tensorrt.sh TFPORT FAKE-CUDA FAKE-TENSORRT-10 DATA-FOLDER
tfport=$1 cuda=$2 tensorrt=$3 data=$4
. "$(dirname "$0")/expect.sh"

# with NAME=VALUE CODE TEXT ARGUMENTS...: expect with another environment
with() {
    setting=$1 name=${1%%=*}
    shift
    eval "saved=\${$name-}"
    export "$setting"
    expect "$@"
    export "$name=$saved"
}

export TFPORT_CUDA="$cuda" TFPORT_TENSORRT="$tensorrt" FAKE_CUDA_DEVICES=2

expect 0 "TensorRT 10.3.0" tensorrt
expect 0 "Fake GPU 1  compute capability 9.0, 7 processors, 3.0 GiB" tensorrt
expect 0 '"version": [10, 3, 0], "rtx": false' tensorrt --json
expect 0 '"cuda_version": 12040, "no_gpu": null, "gpus": [{"number": 0, "name": "Fake GPU 0", "compute_capability": [9, 0]' tensorrt --json
expect 5 "/nowhere" tensorrt --tensorrt /nowhere
expect 5 "no builder in it" tensorrt --tensorrt libc.so.6
expect 1 "takes no model" tensorrt x
with FAKE_CUDA_DEVICES=0 0 "CUDA_ERROR_NO_DEVICE" tensorrt
with TFPORT_CUDA=/nowhere/cuda.so 0 "gpus        the CUDA driver: /nowhere/cuda.so" tensorrt

plan=$out/x.plan
printf 'ftrt 100300\ninput image 0 -1x8x8x1\noutput y 0 add1 image\nrange 0 image 1x8x8x1 4x8x8x1 400x8x8x1\n' >"$plan"
expect 0 "y  float32[360,8,8,1]" run "$plan" --input image="$data/images.npy"
expect 0 "" run "$plan" --input image="$data/images.npy" --output y="$out/y.npy" --device 1
[ "$(wc -c <"$out/y.npy")" = "$(wc -c <"$data/images.npy")" ] || fail "the output has another size than the input"
cmp -s "$out/y.npy" "$data/images.npy" && fail "the output is the input"
expect 1 "GPU 2: there are 2, counted from 0" run "$plan" --input image="$data/images.npy" --device 2
expect 3 "backend cpu does not run" run "$plan" --backend cpu
expect 1 "needs --input" run "$plan"
expect 1 "--signature is for models that tfport reads" run "$plan" --signature x
expect 1 "--inputs is for models that tfport reads" bench "$plan" --inputs x
expect 1 "--shape is for models" run "$plan" --shape image=1x8x8x1
expect 5 "/nowhere" run "$plan" --tensorrt /nowhere --input image="$data/images.npy"
with FAKE_CUDA_DEVICES=0 5 "CUDA_ERROR_NO_DEVICE" run "$plan" --input image="$data/images.npy"
with FAKE_CUDA_NO_ROOM=1 6 "pinned host memory" run "$plan" --input image="$data/images.npy"
with FAKE_CUDA_NO_ROOM=2 6 "device memory" run "$plan" --input image="$data/images.npy"

expect 0 "TensorRT engine" inspect "$plan"
expect 0 "input       image  float32[?,8,8,1]" inspect "$plan"
expect 0 '"engine": {"Layers": ["add"]}' inspect "$plan" --json
with FAKE_CUDA_DEVICES=0 5 "CUDA_ERROR_NO_DEVICE" inspect "$plan"

bench="--duration 0 --iterations 3 --warmup 0"
expect 0 "CUDA graph, with transfers" bench "$plan" $bench
expect 0 "enqueue, without transfers" bench "$plan" $bench
expect 0 "input     image  float32[4,8,8,1]" bench "$plan" $bench
expect 0 "gpu       Fake GPU 1, compute capability 9.0" bench "$plan" $bench --device 1
expect 0 "image  float32[7,8,8,1]" bench "$plan" $bench --shape image=7x8x8x1
expect 0 "image  float32[360,8,8,1]" bench "$plan" $bench --input image="$data/images.npy"
expect 0 '"layers": [' bench "$plan" $bench --profile --json
expect 0 '"method": "one run after the other' bench "$plan" $bench --json
expect 0 "100.0 %  add1" bench "$plan" $bench --profile
got=$("$tfport" bench "$plan" $bench --no-cuda-graph)
case $got in *"CUDA graph,"*) fail "--no-cuda-graph measured one: $got" ;; esac
expect 1 "profile 0 takes image [1, 8, 8, 1] to [400, 8, 8, 1]" bench "$plan" $bench --shape image=401x8x8x1
expect 1 "there is no input 'x'" bench "$plan" $bench --shape x=1
expect 1 "'-3' is no number" bench "$plan" --duration -3
expect 1 "'soon' is no number" bench "$plan" --warmup soon
expect 0 "whole run" bench "$data/digits.pb" $bench
expect 0 '"shape": [5, 8, 8, 1]' bench "$data/digits.pb" $bench --shape image=5x8x8x1 --json
expect 0 "Conv sequential/conv2d/Conv2D" bench "$data/digits.pb" $bench --profile
expect 2 "no such file" bench "$out/none.pb"

# On a model: the engine is built, or taken from the cache. What the fake builds of are sums.
model=$out/add.pbtxt export TFPORT_ENGINE_CACHE="$out/cache" FAKE_TRT_BUILT="$out/built"
cat >"$model" <<'EOF'
node { name: "image" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 8 } dim { size: 8 } dim { size: 1 } } } } }
node { name: "by" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { dim { size: 1 } dim { size: 1 } dim { size: 1 } dim { size: 1 } }
    float_val: 7 } } } }
node { name: "y" op: "AddV2" input: "image" input: "by" attr { key: "T" value { type: DT_FLOAT } } }
EOF
builds() {
    [ "$(cat "$out/built" 2>/dev/null | wc -l)" = "$1" ] || fail "$2: $(cat "$out/built" 2>/dev/null | wc -l) engines were built, not $1"
}
on="--backend tensorrt"
image="--input image=$data/images.npy"
expect 0 "y  float32[360,8,8,1]" run "$model" $on $image
expect 0 "the engine is the one in $out/cache/" run "$model" $on $image --verbose
builds 1 "twice the same"
"$tfport" run "$model" $on $image --output y="$out/y7.npy" && "$tfport" run "$model" --backend cpu $image --output y="$out/cpu7.npy"
cmp "$out/y7.npy" "$out/cpu7.npy" || fail "the engine gives something else than the CPU"
expect 0 "" run "$model" $on $image --no-engine-cache
expect 0 "" run "$model" $on $image --engine-cache "$out/elsewhere"
builds 3 "another cache and none"
expect 0 "" run "$model" $on $image --precision tf32
expect 0 "" run "$model" $on $image --builder-optimization-level 1
expect 0 "" run "$model" $on $image --min-shape image=1x8x8x1 --max-shape image=400x8x8x1
expect 0 "" run "$model" $on $image --shape image=360x8x8x1
builds 7 "other options"
expect 1 "profile 0 takes image" run "$model" $on $image --max-shape image=20x8x8x1 --min-shape image=1x8x8x1
expect 0 "CUDA graph, with transfers" bench "$model" $on $bench --shape image=3x8x8x1
expect 0 "input     image  float32[1,8,8,1]" bench "$model" $on $bench
expect 1 "--precision is for --backend tensorrt" run "$model" $image --precision fp16
expect 1 "--builder-threads is for --backend tensorrt" run "$plan" $image --builder-threads 3
expect 1 "--engine-cache is for --backend tensorrt" bench "$plan" --engine-cache "$out/x"
expect 1 "strip-weights" run "$model" $on $image --strip-weights
expect 1 "precision int3" run "$model" $on $image --precision int3
expect 5 "/nowhere" run "$model" $on $image --tensorrt /nowhere
with FAKE_CUDA_DEVICES=0 5 "TensorRT-RTX needs none" run "$model" $on $image
with FAKE_CUDA_DEVICES=0 5 "CUDA_ERROR_NO_DEVICE" bench "$model" $on
with TFPORT_ENGINE_CACHE="$model/x" 0 "engines are not kept: $model/x is no folder" run "$model" $on $image --verbose
for f in "$out"/cache/*; do printf x >"$f"; done
expect 0 "an engine is built anew: $out/cache/" run "$model" $on $image --verbose
for f in "$out"/cache/*; do case $f in *.plan) ;; *) fail "$f is left in the cache" ;; esac; done

# Several at once, on an empty cache and on a damaged engine: all are right, and what is left is one whole engine.
for round in 1 2 3; do
    if [ $round = 3 ]; then for f in "$out"/many/*; do printf x >"$f"; done; else rm -rf "$out/many"; fi
    all=
    for k in 1 2 3 4 5 6; do
        "$tfport" run "$model" $on $image --engine-cache "$out/many" --output y="$out/many$k.npy" & all="$all $!"
    done
    for pid in $all; do wait "$pid" || fail "one of several at once: exit code $?"; done
    for k in 1 2 3 4 5 6; do cmp "$out/many$k.npy" "$out/cpu7.npy" || fail "one of several at once gives something else"; done
    [ "$(ls "$out/many" | wc -l)" = 1 ] || fail "several at once left $(ls "$out/many")"
    expect 0 "the engine is the one in $out/many/" run "$model" $on $image --engine-cache "$out/many" --verbose
done

# What is not TensorRT's is not taken for it, and what is damaged is told.
printf 'ftrt 99\n' >"$plan"
expect 2 "got 99, please rebuild" run "$plan" --input image="$data/images.npy"
printf '{"tfport_plan": 1}' >"$plan.json"
expect 2 "x.plan.json: tfport: a string is expected" run "$plan" --input image="$data/images.npy"
printf '\211TFPPLAN\001' >"$plan"
expect 2 "the engine bundle ends in its header" run "$plan" --input image="$data/images.npy"
expect 2 "the engine bundle ends in its header" inspect "$plan" --json

finish
