#!/bin/sh
# tfport triton: what config.pbtxt tells of a model, the files around it, engines of several kinds, versions; what is refused; clusters.
# usage: triton.sh TFPORT DEMO-FOLDER TESTS-FOLDER PYTHON
tfport=$1 demo=$2 tests=$3 python=$4
. "$(dirname "$0")/expect.sh"
cases=$tests/cases r=$out/repository

# has FILE "LINE".. : each is a line of it, spaces aside.
has() {
    file=$1
    shift
    for line in "$@"; do
        sed 's/^ *//' "$file" | grep -qxF -- "$line" || fail "$file has no line: $line"
    done
}

nothing_left() {
    [ -z "$(ls -A "$r" 2>/dev/null)" ] || fail "$1 left $(ls -A "$r")"
}

# -- refusals, which leave nothing -------------------------------------------------------------------------------------
expect 1 "needs -o" triton "$demo/digits.pb"
expect 1 "takes a model" triton -o "$r"
expect 1 "backend x: written for are tfport, onnxruntime and tensorrt" triton "$demo/digits.pb" -o "$r" --backend x
expect 1 "is no engine, which Triton's backend tensorrt takes" triton "$demo/digits.pb" -o "$r" --backend tensorrt
expect 1 "only engines of one model are served together" triton "$demo/digits.pb" "$demo/digits.pbtxt" -o "$r"
expect 1 "'a/b' cannot be a model's name" triton "$demo/digits.pb" -o "$r" --name a/b
expect 1 "'.' cannot be a model's name" triton "$demo/digits.pb" -o "$r" --name .
expect 1 "'..' cannot be a model's name" triton "$demo/digits.pb" -o "$r" --name ..
expect 1 "--gpus 'x': all, or numbers" triton "$demo/digits.pb" -o "$r" --gpus x
expect 1 "instances: 1 to 1024" triton "$demo/digits.pb" -o "$r" --instances 5000
expect 1 "there is no output 'x'" triton "$demo/digits.pb" -o "$r" --labels x="$demo/accuracy.txt"
expect 1 "labels for output Identity, whose last dimension is 10" triton "$demo/digits.pb" -o "$r" --labels Identity="$demo/accuracy.txt"
expect 1 "there is no input 'x'" triton "$demo/digits.pb" -o "$r" --input x="$demo/images.npy"
expect 1 "has another type or shape" triton "$demo/digits.pb" -o "$r" --input image="$demo/labels.npy"
expect 1 "what it runs on, precision and threads are for the backend tfport" triton "$demo/digits.pb" -o "$r" --backend onnxruntime --run-on cpu
expect 3 "its rank is not known, Triton asks for one" triton "$cases/unknown_rank_shapes/graph.pb" -o "$r"
expect 2 "no such file" triton "$out/nosuch" -o "$r"
printf 'broken' > "$out/broken.pb"
expect 2 "broken.pb" triton "$out/broken.pb" -o "$r"
expect 3 "ParseExample" triton "$cases/parse_example/graph.pb" -o "$r" --backend onnxruntime
nothing_left "a refusal"

# -- a model as it is --------------------------------------------------------------------------------------------------
seq 10 > "$out/digits.txt"
expect 0 "" triton "$demo/saved_model" -o "$r" --name digits --labels scores="$out/digits.txt" --input image="$demo/images.npy" \
    --instances 2 --queue-delay 500 --keep-versions 2
has "$r/digits/config.pbtxt" 'name: "digits"' 'backend: "tfport"' 'max_batch_size: 32' 'data_type: TYPE_FP32' 'dims: 8' 'dims: 10' \
    'label_filename: "digits.txt"' 'count: 2' 'kind: KIND_CPU' 'max_queue_delay_microseconds: 500' 'num_versions: 2' \
    'input_data_file: "input_0"' 'default_model_filename: "model"'
cmp "$out/digits.txt" "$r/digits/digits.txt" || fail "the labels are others"
[ "$(wc -c < "$r/digits/warmup/input_0")" = 256 ] || fail "the warm-up is not one image"
diff -r "$demo/saved_model" "$r/digits/1/model" || fail "the model is not as it was"

# The next version, from a checkpoint with another graph.
expect 0 "" triton "$demo/checkpoint/digits.ckpt" -o "$r" --name digits --gpus 0,1 --no-warmup --max-batch 0
has "$r/digits/config.pbtxt" 'max_batch_size: 0' 'kind: KIND_GPU' 'gpus: 0' 'gpus: 1' 'default_model_filename: "model/digits.ckpt"' 'dims: -1'
grep -q model_warmup "$r/digits/config.pbtxt" && fail "a warm-up that was not asked for"
[ "$(ls -A "$r/digits" | tr '\n' ' ')" = "1 2 config.pbtxt digits.txt warmup " ] || fail "the folder has $(ls -A "$r/digits")"
expect 1 "version 2 is there already" triton "$demo/digits.pb" -o "$r" --name digits --model-version 2
expect 0 "" triton "$demo/digits.pb" -o "$r" --name digits --model-version 7
[ -e "$r/digits/7/model/digits.pb" ] || fail "version 7 is not there"

# Options of the model, and weights that lie elsewhere, are told to the backend.
expect 0 "" triton "$cases/graph_with_weights/graph.pbtxt" -o "$r" --name weights --weights "$cases/graph_with_weights/model.ckpt-12" --inputs x --outputs y
has "$r/weights/config.pbtxt" 'key: "weights"' 'string_value: "weights/model.ckpt-12"' 'key: "inputs"' 'string_value: "x"'
[ -e "$r/weights/1/weights/model.ckpt-12.index" ] || fail "the weights are not there"
expect 0 "" triton "$cases/saved_model_tables/export" -o "$r" --name tables --signature numbers --run-on onnxruntime --threads 3 --precision fp16
has "$r/tables/config.pbtxt" 'key: "signature"' 'string_value: "numbers"' 'key: "backend"' 'string_value: "onnxruntime"' 'key: "threads"' 'string_value: "3"' 'string_value: "fp16"'

# Text, scalars, shapes that are given.
expect 0 "" triton "$cases/string_bytes/graph.pb" -o "$r" --name text
has "$r/text/config.pbtxt" 'data_type: TYPE_STRING'
expect 0 "" triton "$cases/fills/graph.pb" -o "$r" --name scalars
has "$r/scalars/config.pbtxt" 'max_batch_size: 0' 'dims: 1'

# -- batches -----------------------------------------------------------------------------------------------------------
# Rows that depend on one another: the shapes alone look like a batch.
cat > "$out/running.pbtxt" <<'G'
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } }
       attr { key: "shape" value { shape { dim { size: -1 } dim { size: 3 } } } } }
node { name: "axis" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32
       tensor_shape { } int_val: 0 } } } }
node { name: "y" op: "Cumsum" input: "x" input: "axis" attr { key: "T" value { type: DT_FLOAT } } }
G
expect 0 "rows that run together come out otherwise than alone: requests are not batched" triton "$out/running.pbtxt" -o "$r"
has "$r/running/config.pbtxt" 'max_batch_size: 0'
expect 1 "there is no batch" triton "$out/running.pbtxt" -o "$r" --max-batch 8
expect 1 "no open first dimension in common" triton "$cases/fills/graph.pb" -o "$r" --max-batch 8

# -- ONNX --------------------------------------------------------------------------------------------------------------
expect 0 "" triton "$demo/digits.pb" -o "$r" --name onnx --backend onnxruntime --opset 15
has "$r/onnx/config.pbtxt" 'platform: "onnxruntime_onnx"' 'backend: "onnxruntime"'
expect 0 "" run "$r/onnx/1/model.onnx" --input image="$demo/images.npy"
expect 0 "" triton "$r/onnx/1/model.onnx" -o "$r" --name again --backend onnxruntime
cmp "$r/onnx/1/model.onnx" "$r/again/1/model.onnx" || fail "an ONNX file was changed"

# -- engines -----------------------------------------------------------------------------------------------------------
# plan FILE "CAPABILITIES" HARDWARE [LAST-DIMENSION [TYPE]]: nine bytes, and what is told of an engine.
plan() {
    printf 123456789 > "$1"
    cat > "$1.json" <<J
{"tfport_plan": 1, "tfport": "0.1.0", "source": {"format": "GraphDef (binary)", "producer": ""},
 "tensorrt": {"name": "TensorRT 10.3.0", "version": [10, 3, 0], "rtx": false, "version_compatible": false},
 "compute_capabilities": [$2], "hardware_compatibility": "$3", "precision": "fp16", "plan": {"bytes": 9, "crc32c": 3808858755},
 "inputs": [{"name": "image", "dtype": "float32", "shape": ["n", 8, 8, ${4:-1}]}],
 "outputs": [{"name": "scores", "dtype": "${5:-float32}", "shape": ["n", 10]}],
 "profiles": [[{"input": "image", "of": "dimensions", "min": [1, 8, 8, ${4:-1}], "opt": [8, 8, 8, ${4:-1}], "max": [16, 8, 8, ${4:-1}]}]]}
J
}
plan "$out/a.plan" 80 none
plan "$out/b.plan" "89, 90" none
plan "$out/c.plan" 80 ampere+
plan "$out/d.plan" 80 ampere+
plan "$out/e.plan" 75 none 3
expect 0 "" triton "$out/a.plan" -o "$r" --name engine
has "$r/engine/config.pbtxt" 'platform: "tensorrt_plan"' 'max_batch_size: 16' 'kind: KIND_GPU' 'default_model_filename: "model.plan"'
cmp "$out/a.plan" "$r/engine/1/model.plan" && cmp "$out/a.plan.json" "$r/engine/1/model.plan.json" || fail "the engine was changed"
expect 1 "the engine takes at most 16 rows" triton "$out/a.plan" -o "$r" --name engine --max-batch 17
expect 1 "takes a model, no engine" triton "$out/a.plan" -o "$r" --backend onnxruntime
expect 0 "" triton "$out/a.plan" "$out/b.plan" "$out/c.plan" -o "$r" --name mixed --gpus all
has "$r/mixed/config.pbtxt" 'key: "8.0"' 'value: "model_8.0.plan"' 'key: "8.9"' 'key: "9.0"' 'value: "model_8.9.plan"' 'default_model_filename: "model.plan"'
cmp "$out/b.plan.json" "$r/mixed/1/model_8.9.plan.json" || fail "nothing is told of one of several engines"
expect 1 "two of the engines are for compute capability 8.0" triton "$out/a.plan" "$out/a.plan" -o "$r" --name twice
expect 1 "a second engine that is not for one compute capability" triton "$out/c.plan" "$out/d.plan" -o "$r" --name twice
expect 1 "they are not one model" triton "$out/a.plan" "$out/e.plan" -o "$r" --name twice
plan "$out/f.plan" 80 none 1 complex64
expect 3 "output scores: Triton has no type for complex64" triton "$out/f.plan" -o "$r" --name twice
rm "$out/a.plan.json"
printf 'ftrt and no more' > "$out/a.plan"
expect 3 "nothing is told of this engine" triton "$out/a.plan" -o "$r" --name twice
[ ! -e "$r/twice" ] || fail "a refusal left a folder"

# -- clusters ----------------------------------------------------------------------------------------------------------
printf '# two\n10.0.0.1\n  triton-b.example:8100  # the other\n\n[fe80::1]:8000\n' > "$out/hosts"
expect 0 "" triton --cluster "$out/hosts" -o "$out/cluster" --port 9000 --image models/triton:1.2 --replicas 3-5
has "$out/cluster/haproxy.cfg" 'bind :9000' 'server 10.0.0.1_8000 10.0.0.1:8000 tcp-ut 5s' 'server triton-b.example_8100 triton-b.example:8100 tcp-ut 5s resolvers system init-addr last,libc,none' \
    'server _fe80__1__8000 [fe80::1]:8000 tcp-ut 5s'
has "$out/cluster/Dockerfile" 'FROM ${TRITON} AS libraries' 'COPY --from=build /opt/tfport /opt/tfport'
for package in $(sed -n 's/^packages="\(.*\)"$/\1/p' "$tests/../setup.sh"); do
    grep -qw -- "$package" "$out/cluster/Dockerfile" || fail "the Dockerfile lacks $package, which setup.sh installs"
done
has "$out/cluster/kubernetes.yaml" 'replicas: 3' 'maxReplicas: 5' 'image: models/triton:1.2'
expect 0 "" triton --cluster "$out/hosts" -o "$out/gpus" --gpus 0,1
has "$out/gpus/kubernetes.yaml" 'nvidia.com/gpu: "2"'
"$python" "$tests/triton/manifest.py" "$out/cluster/kubernetes.yaml" "$out/gpus/kubernetes.yaml"
code=$?
[ $code = 0 ] || [ $code = 77 ] || [ ! -x "$python" ] || fail "kubernetes.yaml is not what Kubernetes takes"
if command -v haproxy >/dev/null; then
    haproxy -c -f "$out/gpus/haproxy.cfg" >"$out/check" 2>&1 || fail "haproxy.cfg: $(cat "$out/check")"
fi
for host in 'a b' 'a:0' 'a:70000' '[fe80::1' 'a;b' 'a:8000x' '-' '-a' 'a-' ':80' "$(printf 'a\033')"; do
    printf '%s\n' "$host" > "$out/bad"
    expect 1 "NAME, NAME:PORT or [IPv6]:PORT is expected" triton --cluster "$out/bad" -o "$out/none"
done
printf 'a:8000\nA\n' > "$out/bad"
expect 1 "host 'A' is named twice" triton --cluster "$out/bad" -o "$out/none"
: > "$out/bad"
expect 1 "no host is named" triton --cluster "$out/bad" -o "$out/none"
expect 6 "cannot be read" triton --cluster "$out/nosuch" -o "$out/none"
expect 1 "--replicas '8-': 2-8 is expected" triton --cluster "$out/hosts" -o "$out/none" --replicas 8-
expect 1 "at least 1, and not more than the most" triton --cluster "$out/hosts" -o "$out/none" --replicas 8-2
expect 1 "is no name in Kubernetes" triton --cluster "$out/hosts" -o "$out/none" --name Big
expect 1 "is no name of an image" triton --cluster "$out/hosts" -o "$out/none" --image 'a b'
expect 1 "takes no model" triton --cluster "$out/hosts" "$demo/digits.pb" -o "$out/none"
[ ! -e "$out/none" ] || fail "a refusal left a folder"
finish
