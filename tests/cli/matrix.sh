#!/bin/sh
# `tfport matrix` and `view`: reports that are valid, what is done before is kept, a process that ends costs one cell.
# usage: matrix.sh TFPORT CASES-FOLDER
tfport=$1 cases=$2
. "$(dirname "$0")/expect.sh"
command -v python3 >/dev/null || finish_skipped "no python3 to read the reports with"
here=$(cd "$(dirname "$0")" && pwd)
unset TFPORT_TENSORRT
report() { python3 "$here/matrix_report.py" "$@" || fail "matrix_report.py $*"; }

# -- usage ---------------------------------------------------------------------------------------------------------
expect 1 "-o FOLDER" matrix "$cases/ckpt_v2"
expect 1 "no models were found" matrix "$here" -o "$out/none"
expect 1 "are known" matrix "$cases/ckpt_v2" -o "$out/none" --ways nosuch
expect 1 "7 to" matrix "$cases/ckpt_v2" -o "$out/none" --opsets 6
expect 1 "is no number" matrix "$cases/ckpt_v2" -o "$out/none" --timeout soon
expect 1 "no regular expression" matrix "$cases/ckpt_v2" -o "$out/none" --filter '('
expect 1 "view takes one model" view "$cases/ckpt_v2/model.ckpt"
printf '%s\n' '{"id": "a", "path": "x.pb"}' '{"id": "b"}' >"$out/bad.jsonl"
expect 2 'line 2: no "path"' matrix "$out/bad.jsonl" -o "$out/none"
printf '%s\n' '{"id": "a", "path": "x.pb"' >"$out/bad.jsonl"
expect 2 "line 1" matrix "$out/bad.jsonl" -o "$out/none"
printf '%s\n' '{"id": "a", "path": "x.pb"}' '{"id": "a", "path": "y.pb"}' >"$out/bad.jsonl"
expect 1 "two models have the id 'a'" matrix "$out/bad.jsonl" -o "$out/none"
printf '%s\n' '{"id": "a", "path": "x.pb", "inputs": [{"npy": "x.npy"}]}' >"$out/bad.jsonl"
expect 2 'lists of' matrix "$out/bad.jsonl" -o "$out/none"

# -- a manifest: references that are stored, a name that wants to be markup, files that are not there ---------------------
mkdir "$out/small"
cp -r "$cases/ckpt_v2" "$cases/conv2d_static" "$out/small"
cat >"$out/small/manifest.jsonl" <<'EOF'
{"id": "checkpoint", "group": "g/one", "tf_api": "tf.Session (1.15.0)", "tf_version": "1.15.0", "format": "ckpt_v2", "path": "ckpt_v2/model.ckpt", "inputs": [{"name": "x:0", "npy": "ckpt_v2/input_0.npy"}], "outputs": [{"name": "y:0", "npy": "ckpt_v2/output_0.npy"}], "signature": null}
{"id": "</script><script>alert(1)</script>&\"", "group": "g/two", "tf_api": "tf.Session (1.15.0)", "tf_version": "1.15.0", "format": "graph", "path": "conv2d_static/graph.pb", "inputs": [], "outputs": []}
{"id": "swapped", "group": "g/two", "format": "ckpt_v2", "path": "ckpt_v2/model.ckpt", "inputs": [{"name": "x:0", "npy": "ckpt_v2/input_0.npy"}], "outputs": [{"name": "y:0", "npy": "ckpt_v2/input_0.npy"}]}
{"id": "absent", "group": "g/two", "format": "frozen_pb", "path": "nosuch.pb", "inputs": [], "outputs": []}
{"id": "arrays", "group": "g/two", "format": "ckpt_v2_vars", "path": "ckpt_v2/model.ckpt", "inputs": [], "outputs": []}
EOF
expect 4 "differs" matrix "$out/small" -o "$out/first" --ways cpu,onnx,plan-direct,arrays --opsets 13 --library "$out/nosuch.so" \
    --tensorrt "$out/nosuch" --jobs 2
report valid "$out/first"
report status "$out/first" checkpoint cpu=agrees onnx@13=missing plan-direct=missing arrays=-
report status "$out/first" swapped cpu=differs
report status "$out/first" absent cpu=unreadable onnx@13=unreadable
report status "$out/first" arrays cpu=- arrays=agrees
report status "$out/first" '</script><script>alert(1)</script>&"' cpu=runs
grep -q "1.15.0 | ckpt_v2 | 1 | 1/1 |" "$out/first/report.md" || fail "no row of the checkpoint in $(cat "$out/first/report.md")"
! grep -q "$out/small" "$out/first/report.json" || fail "a report names this machine's folders"

# -- what is unchanged is not done again; what is missing is looked for again ---------------------------------------------
again() { "$tfport" matrix "$out/small" -o "$out/first" --ways cpu,arrays --jobs 1 2>&1; }
before=$(grep -c . "$out/first/journal.jsonl")
text=$(again)
case $text in *"10 of 11 tasks were done before"*) ;; *) fail "not 10 of 11 tasks were kept: $text" ;; esac
[ "$(grep -c . "$out/first/journal.jsonl")" = $((before + 1)) ] || fail "more than the machine was looked at"
touch "$out/small/ckpt_v2/input_0.npy"
printf 'x' >>"$out/small/conv2d_static/graph.pb"
text=$(again)
case $text in *"8 of 11 tasks were done before"*) ;; *) fail "a changed model was kept: $text" ;; esac

# -- killed in the middle, it goes on and gives the same report -----------------------------------------------------------
many='^(a|b|c|d|ckpt)[a-z0-9_]*/'
begin() { exec "$tfport" matrix "$cases" --filter "$many" --ways cpu,onnx --opsets 9,17 --jobs 2 --quiet "$@"; }
matrix() { (begin "$@"); }
matrix -o "$out/whole" >/dev/null 2>&1
report valid "$out/whole"
begin -o "$out/killed" >/dev/null 2>&1 &
pid=$!
while [ "$(cat "$out/killed/journal.jsonl" 2>/dev/null | wc -l)" -lt 20 ] && kill -0 $pid 2>/dev/null; do sleep 0.02; done
kill -9 $pid
wait $pid 2>/dev/null
[ ! -e "$out/killed/report.json" ] || fail "it was killed too late for this test"
printf '{"key": "half' >>"$out/killed/journal.jsonl" # a line that was being written
matrix -o "$out/killed" >/dev/null 2>&1
report same "$out/whole" "$out/killed"

# -- a process that crashes costs its cell -------------------------------------------------------------------------------
begin -o "$out/crashed" >/dev/null 2>&1 &
pid=$!
for n in 1 2 3 4; do
    while [ "$(cat "$out/crashed/journal.jsonl" 2>/dev/null | wc -l)" -lt $((n * 10)) ] && kill -0 $pid 2>/dev/null; do sleep 0.02; done
    for child in $(cat /proc/$pid/task/$pid/children 2>/dev/null); do kill -ABRT "$child"; done
done
wait $pid
report crashes "$out/whole" "$out/crashed" SIGABRT 8
matrix -o "$out/crashed" >/dev/null 2>&1 # what crashed is tried again
report same "$out/whole" "$out/crashed"

# -- limits, on a model that wants 2.4 GB and seconds ----------------------------------------------------------------------
cat >"$out/big.pbtxt" <<'EOF'
node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape { } } } }
node { name: "dims" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32
  tensor_shape { dim { size: 2 } } int_val: 20000 int_val: 30000 } } } }
node { name: "axis" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32
  tensor_shape { } int_val: 0 } } } }
node { name: "filled" op: "Fill" input: "dims" input: "x" attr { key: "T" value { type: DT_FLOAT } } attr { key: "index_type" value { type: DT_INT32 } } }
node { name: "sums" op: "Cumsum" input: "filled" input: "axis" attr { key: "T" value { type: DT_FLOAT } } attr { key: "Tidx" value { type: DT_INT32 } }
  attr { key: "exclusive" value { b: false } } attr { key: "reverse" value { b: false } } }
node { name: "most" op: "Max" input: "sums" input: "axis" attr { key: "T" value { type: DT_FLOAT } } attr { key: "Tidx" value { type: DT_INT32 } }
  attr { key: "keep_dims" value { b: false } } }
versions { producer: 134 }
EOF
expect 4 "1 memory" matrix "$out/big.pbtxt" "$cases/ckpt_v2" -o "$out/limits" --ways cpu --memory 300 --jobs 1
report status "$out/limits" big.pbtxt cpu=memory
report status "$out/limits" model.ckpt cpu=runs
expect 4 "1 timeout" matrix "$out/big.pbtxt" -o "$out/limits" --ways cpu --memory 400 --timeout 0.05 --filter big
expect 4 "1 memory" matrix "$out/big.pbtxt" -o "$out/limits" --ways cpu --memory 400 --filter big

# -- a full disk: files may have 8 KiB ----------------------------------------------------------------------------------------
(
    trap '' XFSZ
    ulimit -f 16
    matrix -o "$out/full" >/dev/null 2>"$out/full.txt"
    [ $? = 6 ]
) || fail "a full disk is no I/O failure: $(cat "$out/full.txt")"
grep -q "journal cannot be written" "$out/full.txt" || fail "not told that the disk is full: $(cat "$out/full.txt")"
[ "$(grep -c . "$out/full/journal.jsonl")" -gt 1 ] || fail "nothing is kept when the disk is full"
matrix -o "$out/full" >/dev/null 2>&1
report same "$out/whole" "$out/full"

# -- one model -------------------------------------------------------------------------------------------------------------
expect 0 "" view "$cases/ckpt_v2/model.ckpt" -o "$out/view.html" --quiet
report page "$out/view.html" 1
expect 2 "nosuch.pb" view "$out/nosuch.pb" -o "$out/view.html"
finish
