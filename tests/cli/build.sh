#!/bin/sh
# tfport build on a real TensorRT-RTX, which builds without a GPU: both ways, shapes and profiles, precision, build options,
# what is told beside the engine, and what is refused. usage: build.sh TFPORT DEMO-FOLDER FAKE-CUDA FAKE-TENSORRT-10 TENSORRT-FOLDER
tfport=$1 demo=$2 cuda=$3 fake=$4 tensorrt=$5
. "$(dirname "$0")/expect.sh"
model=$demo/digits.pb saved=$demo/saved_model
fixed="--shape image=2x8x8x1"

nothing_left() {
    for f in "$out"/*; do
        case $f in *.part | *none.plan*) fail "$1 left $f" ;; esac
    done
}

# -- without any TensorRT ---------------------------------------------------------------------------------------------
unset TFPORT_TENSORRT
expect 1 "takes one model" build
expect 1 "needs -o" build "$model"
expect 1 "--via 'x'" build "$model" -o "$out/none.plan" --via x
expect 1 "precision int4" build "$model" -o "$out/none.plan" --precision int4
expect 1 "float32" build "$model" -o "$out/none.plan" --fp32-ops Exp
expect 1 "no option '--nosuch'" build "$model" -o "$out/none.plan" --nosuch
expect 1 "builder-optimization-level '9': a number from 0 to 5" build "$model" -o "$out/none.plan" --builder-optimization-level 9
expect 1 "memory-pool-size 'x'" build "$model" -o "$out/none.plan" --memory-pool-size x
expect 1 "compute-capability" build "$model" -o "$out/none.plan" --compute-capability 8
expect 1 "hardware-compatibility 'x': none, ampere+" build "$model" -o "$out/none.plan" --hardware-compatibility x
expect 1 "shapes of 2 and of 4 dimensions" build "$model" -o "$out/none.plan" --min-shape image=1x2 --max-shape image=1x2x3x4
expect 5 "/nowhere" build "$model" -o "$out/none.plan" --tensorrt /nowhere
expect 2 "nosuch.pb" build "$out/nosuch.pb" -o "$out/none.plan"
expect 6 "cannot be created" build "$model" -o "$out/nosuch/none.plan"
expect 6 "is a folder" build "$model" -o "$out"
# TensorRT that needs a GPU, on a machine without.
expect 5 "" build "$model" -o "$out/none.plan" --tensorrt "$fake" $fixed
nothing_left "a refused build"

found=
for f in "$tensorrt"/libtensorrt_rtx.so.*; do [ -e "$f" ] && found=$f; done
[ -n "$found" ] || finish_skipped "no TensorRT-RTX in $tensorrt; tools/get-tensorrt-rtx installs it"
export TFPORT_TENSORRT="$tensorrt"

# -- both ways, and what is told --------------------------------------------------------------------------------------
tells() {
    got=$("$tfport" inspect "$1" 2>&1)
    case $got in *"$2"*) ;; *) fail "inspect $1: '$2' is not in: $got" ;; esac
}
for via in direct onnx; do
    for precision in fp32 tf32 fp16 bf16; do
        plan=$out/$via-$precision.plan
        expect 0 "" build "$model" -o "$plan" --via $via --precision $precision $fixed
        [ -s "$plan" ] || fail "no $plan"
        grep -q "\"precision\": \"$precision\"" "$plan.json" || fail "$plan.json has another precision"
    done
    grep -q '"name": "image", "dtype": "float32", "shape": \[2, 8, 8, 1\]' "$plan.json" || fail "$(cat "$plan.json")"
    grep -q '"name": "Identity", "dtype": "float32", "shape": \[2, 10\]' "$plan.json" || fail "$(cat "$plan.json")"
    grep -q '"name": "TensorRT-RTX' "$plan.json" || fail "no library in $plan.json"
    grep -q '"format": "GraphDef (binary)"' "$plan.json" || fail "no source in $plan.json"
    cmp -s "$out/$via-fp32.plan" "$out/$via-fp16.plan" && fail "$via: fp16 changes nothing"
    expect 0 "" build "$model" -o "$out/again.plan" --via $via $fixed
    [ "$(wc -c <"$out/again.plan")" = "$(wc -c <"$out/$via-fp32.plan")" ] || fail "$via: the same build has another size"
done
for m in "$saved" "$demo/saved_model_tf1" "$demo/checkpoint/digits.ckpt" "$demo/checkpoint_v1" "$demo/digits.pbtxt"; do
    expect 0 "" build "$m" -o "$out/formats.plan" $fixed
done

# What data decide cannot be a CUDA graph: branches, not loops whose rounds are counted.
for via in direct onnx; do
    for case in "if_and_loops true" "if_known false"; do
        expect 0 "" build "$(dirname "$0")/../cases/${case% *}/graph.pb" -o "$out/flow.plan" --via $via
        grep -q "\"data_dependent_flow\": ${case#* }" "$out/flow.plan.json" || fail "$via: $case: $(cat "$out/flow.plan.json")"
    done
done

# Attention of all forms, which is a layer, and one of the parser's ops: with known and with open shapes.
attends() { # CASE OUTPUTS NOTE INPUT=LEAST:GREATEST ..
    graph=$(dirname "$0")/../cases/$1/graph.pb outputs=$2 joined=$3 fixed_shapes="" ranges=""
    shift 3
    for input; do
        least=${input%:*} most=${input%%=*}=${input#*:}
        fixed_shapes="$fixed_shapes --shape $most" ranges="$ranges --min-shape $least --max-shape $most"
    done
    for options in "--via direct" "--via onnx" "--via direct --precision fp16" "--via onnx --precision fp16"; do
        for shapes in "$fixed_shapes" "$ranges"; do
            expect 0 "$joined" build "$graph" -o "$out/attention.plan" --outputs "$outputs" --verbose $options $shapes
            case $joined:$got in
            :*Attention*) fail "$graph, $outputs: $got" ;;
            esac
        done
    done
}
attends attention_masked out0 "becomes 1 Attention" x0=1x5x12:2x5x12 x1=1x5:2x5
attends attention_causal out0 "becomes 1 Attention" x0=1x5x12:2x5x12
attends attention_causal out5 "becomes 1 Attention" x0=1x5x12:2x5x12
attends attention_across out0,out1,out2,out3,out4 "becomes 5 Attention" x0=1x5x12:2x5x12 x1=1x7x12:2x7x12 x2=1x1x1x7:2x1x1x7
attends attention_open_lengths out0 "becomes 1 Attention" x0=1x3x12:2x9x12 x1=1x3:2x9
attends attention_not out2 "" x0=1x5x12:2x5x12

# -- shapes and profiles ----------------------------------------------------------------------------------------------
expect 1 "input image has open dimensions [-1, 8, 8, 1]" build "$model" -o "$out/none.plan"
expect 1 "input image has open dimensions [-1, 8, 8, 1]" build "$model" -o "$out/none.plan" --via onnx
expect 1 "nosuch" build "$model" -o "$out/none.plan" --opt-shape nosuch=1x2 $fixed
expect 1 "dimensions" build "$model" -o "$out/none.plan" --opt-shape image=1x2
# Two open sizes that meet in a broadcast are one size of the engine where they have the same range, else two.
cat >"$out/meet.pbtxt" <<'END'
node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "b" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "sum" op: "AddV2" input: "a" input: "b" attr { key: "T" value { type: DT_FLOAT } } }
END
for via in direct onnx; do
    expect 0 "a_d0 of input a and b_d0 of input b are one size" build "$out/meet.pbtxt" -o "$out/meet.plan" --via $via --verbose \
        --min-shape a=1x3 --max-shape a=8x3 --min-shape b=1x3 --max-shape b=8x3
    grep -q '"name": "b", "dtype": "float32", "shape": \["a_d0", 3\]' "$out/meet.plan.json" || fail "$(cat "$out/meet.plan.json")"
    grep -q '"name": "sum", "dtype": "float32", "shape": \["a_d0", 3\]' "$out/meet.plan.json" || fail "$(cat "$out/meet.plan.json")"
    expect 0 "" build "$out/meet.pbtxt" -o "$out/meet.plan" --via $via --min-shape a=1x3 --max-shape a=8x3 --min-shape b=1x3 --opt-shape b=1x3 --max-shape b=8x3
    grep -q '"name": "b", "dtype": "float32", "shape": \["b_d0", 3\]' "$out/meet.plan.json" || fail "$(cat "$out/meet.plan.json")"
done
# So are sizes that a model compares; which way it goes is told then, and TensorRT need not have both.
cat >"$out/compared.pbtxt" <<'END'
node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "b" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
  attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "of_a" op: "Shape" input: "a" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "of_b" op: "Shape" input: "b" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "equal" op: "Equal" input: "of_a" input: "of_b" attr { key: "T" value { type: DT_INT32 } } }
node { name: "axis" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
  attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape { dim { size: 1 } } int_val: 0 } } } }
node { name: "all" op: "All" input: "equal" input: "axis" }
node { name: "ways" op: "Switch" input: "a" input: "all" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "sum" op: "Sum" input: "ways" input: "axis" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "tanh" op: "Tanh" input: "ways:1" attr { key: "T" value { type: DT_FLOAT } } }
node { name: "y" op: "Merge" input: "sum" input: "tanh" attr { key: "T" value { type: DT_FLOAT } } attr { key: "N" value { i: 2 } } }
END
for via in direct onnx; do
    expect 0 "a_d0 of input a and b_d0 of input b are one size" build "$out/compared.pbtxt" -o "$out/compared.plan" --via $via --verbose \
        --inputs a,b --outputs y:0 --min-shape a=1x3 --max-shape a=8x3 --min-shape b=1x3 --max-shape b=8x3
    grep -q '"name": "y", "dtype": "float32", "shape": \["a_d0", 3\]' "$out/compared.plan.json" || fail "$(cat "$out/compared.plan.json")"
    ! "$tfport" build "$out/compared.pbtxt" -o "$out/none.plan" --via $via --inputs a,b --outputs y:0 --min-shape a=1x3 --max-shape a=8x3 \
        --min-shape b=1x3 --max-shape b=9x3 >"$out/log" 2>&1 || fail "both ways were built: $(cat "$out/log")"
done
for via in direct onnx; do
    expect 0 "" build "$saved" -o "$out/open.plan" --via $via --min-shape image=1x8x8x1 --opt-shape image=8x8x8x1 --max-shape image=32x8x8x1
    grep -q '{"input": "image", "of": "dimensions", "min": \[1, 8, 8, 1\], "opt": \[8, 8, 8, 1\], "max": \[32, 8, 8, 1\]}' "$out/open.plan.json" ||
        fail "$(cat "$out/open.plan.json")"
    # The k-th of a kind belongs to profile k; what is missing of the three is as another.
    expect 0 "" build "$saved" -o "$out/two.plan" --via $via --min-shape image=1x8x8x1 --max-shape image=4x8x8x1 \
        --min-shape image=5x8x8x1 --max-shape image=64x8x8x1
    tells "$out/two.plan" "profile 1   image  [5,8,8,1] to [64,8,8,1], best at [64,8,8,1]"
    [ "$(grep -c '"min"' "$out/two.plan.json")" = 2 ] || fail "not two profiles: $(cat "$out/two.plan.json")"
done
expect 1 "refused" build "$saved" -o "$out/none.plan" --min-shape image=9x8x8x1 --opt-shape image=2x8x8x1 --max-shape image=4x8x8x1

# -- in a bundle ------------------------------------------------------------------------------------------------------
expect 0 "" build "$model" -o "$out/bundle" --bundle $fixed
[ "$(ls "$out/bundle" | tr '\n' ' ')" = "bundle.json core.plan core.plan.json " ] || fail "$(ls "$out/bundle")"
tells "$out/bundle/core.plan" "TensorRT-RTX"
expect 0 "core  core.plan" inspect "$out/bundle"
expect 1 "--cut none is for an engine alone" build "$model" -o "$out/bundle" --bundle --cut none $fixed

# -- an ONNX file as it is --------------------------------------------------------------------------------------------
expect 0 "" convert "$model" -o "$out/x.onnx" --opset 11
expect 0 "" build "$out/x.onnx" -o "$out/x.plan" $fixed
grep -q '"format": "ONNX"' "$out/x.plan.json" || fail "an ONNX file is not told as the source"
expect 0 "" convert "$model" -o "$out/outside.onnx" --external-above 1000
[ -s "$out/outside.onnx.data" ] || fail "no external data"
expect 0 "" build "$out/outside.onnx" -o "$out/x.plan" $fixed --via onnx
mv "$out/outside.onnx.data" "$out/elsewhere"
expect 2 "outside.onnx" build "$out/outside.onnx" -o "$out/none.plan" $fixed
expect 1 "open dimensions" build "$out/x.onnx" -o "$out/none.plan"
expect 0 "" build "$out/x.onnx" -o "$out/x.plan" --via direct $fixed
expect 1 "--via direct cuts it into parts" build "$out/x.onnx" -o "$out/none" --bundle $fixed
expect 3 "takes the types that the file has" build "$out/x.onnx" -o "$out/none.plan" --precision fp16
head -c 1500 "$out/x.onnx" >"$out/cut.onnx"
expect 2 "cut.onnx" build "$out/cut.onnx" -o "$out/none.plan"
: >"$out/empty.onnx"
expect 2 "empty.onnx" build "$out/empty.onnx" -o "$out/none.plan"
cp "$model" "$out/foreign.onnx"
expect 2 "foreign.onnx" build "$out/foreign.onnx" -o "$out/none.plan"
expect 2 "nosuch.onnx" build "$out/nosuch.onnx" -o "$out/none.plan"

# -- precision --------------------------------------------------------------------------------------------------------
expect 0 "" build "$model" -o "$out/half.plan" --precision fp16 --fp32-ops default,Conv $fixed
cmp -s "$out/half.plan" "$out/direct-fp16.plan" && fail "--fp32-ops changes nothing"
expect 0 "no node is named like nosuch*" build "$model" -o "$out/half.plan" --precision fp16 --fp32-nodes 'nosuch*' --verbose $fixed
expect 1 "op Nosuch" build "$model" -o "$out/none.plan" --precision fp16 --fp32-ops Nosuch $fixed
expect 0 "" build "$model" -o "$out/half.plan" --precision fp16 --fp32-ops none $fixed

# -- options ----------------------------------------------------------------------------------------------------------
expect 0 "" build "$model" -o "$out/o.plan" $fixed --compute-capability 8.9,12.0 --builder-optimization-level 2 \
    --memory-pool-size workspace:64M --profiling-verbosity detailed --max-aux-streams 0
grep -q '"compute_capabilities": \[89, 120\]' "$out/o.plan.json" || fail "$(cat "$out/o.plan.json")"
expect 3 "compute capabilities" build "$model" -o "$out/none.plan" $fixed --compute-capability 9.0
expect 3 "OBEY_PRECISION" build "$model" -o "$out/none.plan" $fixed --strict-types
expect 0 "" build "$model" -o "$out/o.plan" $fixed --timing-cache "$out/cache"
expect 0 "" build "$model" -o "$out/o.plan" $fixed --timing-cache "$out/cache"
expect 2 "no timing cache" build "$model" -o "$out/none.plan" $fixed --timing-cache "$model"

# -- which GPU --------------------------------------------------------------------------------------------------------
expect 5 "CUDA driver" build "$model" -o "$out/none.plan" $fixed --device 1
export TFPORT_CUDA="$cuda" FAKE_CUDA_DEVICES=2
expect 0 "" build "$model" -o "$out/o.plan" $fixed --device 1
grep -q '"compute_capabilities": \[90\]' "$out/o.plan.json" || fail "$(cat "$out/o.plan.json")"
expect 1 "GPU 2: there are 2" build "$model" -o "$out/none.plan" $fixed --device 2
# To run an ONNX file: what goes in is read by the parser before there is a shape to build for.
export TFPORT_ENGINE_CACHE="$out/engines"
expect 1 "input image (float32) needs --input" run "$out/x.onnx" --backend tensorrt
expect 1 "needs --input" run "$out/x.onnx" --backend tensorrt --via direct
expect 1 "--signature is for models that tfport reads" run "$out/x.onnx" --backend tensorrt --signature x
unset TFPORT_CUDA
expect 5 "TensorRT-RTX needs none" run "$out/x.onnx" --backend tensorrt
expect 5 "TensorRT-RTX needs none" bench "$model" --backend tensorrt

# -- stopping ---------------------------------------------------------------------------------------------------------
# Sixteen profiles take a while; the signal comes when the library is there. The old engine stays, and nothing else.
many=
for k in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
    many="$many --min-shape image=${k}x8x8x1 --max-shape image=$((k * 2))x8x8x1"
done
# stop SIGNAL FILE: the exit code is in $code.
stop() {
    "$tfport" build "$saved" -o "$2" $many >"$out/stopped" 2>&1 &
    until grep -q libtensorrt_rtx "/proc/$!/maps" 2>/dev/null; do kill -0 $! || break; done
    kill "-$1" $!
    wait $! 2>/dev/null
    code=$?
}
cp "$out/direct-fp32.plan" "$out/kept.plan"
cp "$out/direct-fp32.plan.json" "$out/kept.plan.json"
for signal in INT TERM; do
    stop $signal "$out/kept.plan"
    [ $code = 6 ] || fail "a build that was sent $signal: exit code $code"
    grep -q "the build was stopped" "$out/stopped" || fail "a build that was sent $signal: $(cat "$out/stopped")"
    cmp -s "$out/kept.plan" "$out/direct-fp32.plan" || fail "a stopped build wrote"
done
stop KILL "$out/none.plan"
[ $code = 137 ] || fail "a build that was killed: exit code $code"
nothing_left "a refused or killed build"
finish
