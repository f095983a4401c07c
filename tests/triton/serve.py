"""libtriton_tfport.so in a real tritonserver, on the loopback interface: what TensorFlow computed, wrong requests, a thousand requests at
a time, a new version under load, a server that is killed. Skipped (77) where the build folder has no server.
usage: serve.py BUILD-FOLDER SOURCE-FOLDER [GPUS]      (GPUS: numbers with commas, whose instances serve instead of the CPU's)"""
import asyncio
import collections
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

import kserve

build, source = (os.path.abspath(p) for p in sys.argv[1:3])
gpus = ["--gpus", sys.argv[3]] if len(sys.argv) > 3 else []
kserve.skip_without_server(build)
scratch = tempfile.mkdtemp(dir=build, prefix="triton-test.")
repository = os.path.join(scratch, "repository")
cases = os.path.join(source, "tests/cases")
digits = os.path.join(source, "demo/digits")
images = np.load(os.path.join(digits, "images.npy")).astype(np.float32)
scores = np.load(os.path.join(digits, "tensorflow.npy"))

# Graphs and models that TensorFlow wrote, with its outputs: types, text, scalars, tables, several inputs.
SERVED = ["keras_cnn", "keras_attention_keras", "saved_model_tables", "keras_text_vectors_model", "parse_example", "string_joins", "products",
          "one_hots", "gathers", "graph_with_weights", "ckpt_v2", "keras_operations_json", "lookup_table_file", "fills"]
ON_GPU = ["keras_cnn", "keras_attention_keras", "graph_with_weights", "ckpt_v2", "keras_operations_json"]

# Rows of a table by numbers that may lie outside, which fails.
LOOKUP = """
node { name: "ids" op: "Placeholder" attr { key: "dtype" value { type: DT_INT32 } }
       attr { key: "shape" value { shape { dim { size: -1 } dim { size: 1 } } } } }
node { name: "table" op: "Const" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "value" value { tensor { dtype: DT_FLOAT
       tensor_shape { dim { size: 3 } } float_val: 5 float_val: 6 float_val: 7 } } } }
node { name: "axis" op: "Const" attr { key: "dtype" value { type: DT_INT32 } } attr { key: "value" value { tensor { dtype: DT_INT32
       tensor_shape { } int_val: 0 } } } }
node { name: "rows" op: "GatherV2" input: "table" input: "ids" input: "axis" attr { key: "Tparams" value { type: DT_FLOAT } }
       attr { key: "Tindices" value { type: DT_INT32 } } attr { key: "Taxis" value { type: DT_INT32 } } }
"""


def tfport(*arguments):
    subprocess.run([os.path.join(build, "tfport"), "triton", *arguments, *gpus, "-o", repository, "--quiet"], check=True)


def check(condition, what):
    if not condition:
        raise SystemExit(f"FAILED: {what}")


def read_case(name):
    case = collections.defaultdict(list)
    for line in open(os.path.join(cases, name, "case.txt")):
        key, *words = line.split()
        case[key].append(words)
    return case


def write_case(name):
    case, folder = read_case(name), os.path.join(cases, name)
    model = case["model"][0][0] if case["model"] and case["model"][0] else "graph.pb"
    options = []
    for key in ("signature", "weights"):
        for words in case[key]:
            options += [f"--{key}", os.path.join(folder, words[0]) if key == "weights" else words[0]]
    if not case["model"]:
        options += ["--outputs", ",".join(o[0] for o in case["output"])]
    tfport(os.path.join(folder, model), "--name", name, *options)
    return case, folder


def agree(ours, theirs):
    if ours.dtype == object:
        return ours.shape == theirs.shape and [bytes(e).rstrip(b"\0") for e in ours.ravel()] == [
            e if isinstance(e, bytes) else str(e).encode() for e in theirs.ravel().tolist()]
    if ours.dtype.kind != "f":
        return ours.shape == theirs.shape and np.array_equal(ours, theirs)
    return ours.shape == theirs.shape and np.allclose(ours, theirs, 1e-3, 1e-5, equal_nan=True)


def whole_examples(array):
    """numpy drops the NULs that a message ends in; its fields tell their lengths."""
    def whole(e):
        at = 0
        while at < len(e):
            n, shift, at = 0, 0, at + 1
            while True:
                n |= (e[at] & 127) << shift
                shift, at = shift + 7, at + 1
                if e[at - 1] < 128:
                    break
            at += n
        return e.ljust(at, b"\0")
    out = np.empty(array.size, object)
    out[:] = [whole(e) for e in array.ravel().tolist()]
    return out.reshape(array.shape)


def check_cases(server, served):
    for name, (case, folder) in served.items():
        inputs = {w[0]: np.load(os.path.join(folder, w[1])) for w in case["input"]}
        inputs.update((w[0], whole_examples(np.load(os.path.join(folder, w[1])))) for w in case["examples"])
        declared = {i["name"]: i for i in json.loads(kserve.call(f"{server.base}/v2/models/{name}")[1])["inputs"]}
        for n, v in inputs.items():  # Triton knows no scalar, alone or in a row: one element; whole numbers are fed to floats
            dtype, rank = kserve.DTYPES.get(declared[n]["datatype"]), len(declared[n]["shape"])
            inputs[n] = (v.astype(dtype) if dtype else v).reshape(v.shape + (1,) * (rank - v.ndim))
        out = kserve.infer(server.base, name, inputs)
        for n, file in (w[:2] for w in case["output"]):
            expected = np.load(os.path.join(folder, file), allow_pickle=True)
            ours = out[n].reshape(expected.shape) if out[n].shape == expected.shape + (1,) else out[n]
            check(agree(ours, expected), f"{name}: output {n} is not TensorFlow's")
    print(f"{len(served)} models give what TensorFlow gave")


def refused(server, model, inputs, words, **change):
    headers, body = kserve.request(inputs)
    try:
        kserve.call(f"{server.base}/v2/models/{model}/infer", change.get("body", body), {**headers, **change.get("headers", {})})
    except kserve.Failure as e:
        check(400 <= e.status < 600 and words in e.text, f"'{words}' is not in: {e}")
        return
    raise SystemExit(f"FAILED: a request that should be refused with '{words}' was answered")


def check_refusals(server):
    one = images[:1]
    refused(server, "digits", {"image": one.astype(np.float64)}, "data-type")
    refused(server, "digits", {"image": one[:, :4]}, "shape")
    refused(server, "digits", {"picture": one}, "picture")
    refused(server, "digits", {"image": np.repeat(one, 64, 0)}, "batch-size")
    refused(server, "nobody", {"image": one}, "nobody")
    refused(server, "digits", {"image": one}, "JSON", body=b"{", headers={"Inference-Header-Content-Length": "1"})
    headers, body = kserve.request({"image": one})
    refused(server, "digits", {"image": one}, "", body=body[:-8])
    if not gpus:
        check_text_refusals(server)
    check(agree(kserve.infer(server.base, "digits", {"image": one})["scores"], scores[:1]), "the server is not what it was")


def check_text_refusals(server):
    name = "string_joins"
    texts = {w[0]: np.load(os.path.join(cases, name, w[1])) for w in read_case(name)["input"]}
    headers, body = kserve.request(texts)
    refused(server, name, texts, "", body=body[:-1] + b"\xff\xff")  # longer than announced
    cut = body.rfind(b"\0\0\0", 0, len(body))
    refused(server, name, texts, "", body=body[:cut] + b"\xff\xff\xff" + body[cut + 3:])  # a length beyond the end


def statistics(server, model):
    return json.loads(kserve.call(f"{server.base}/v2/models/{model}/stats")[1])["model_stats"][-1]


def settled(server, model):
    """Statistics once they stand still: the server counts a request after it has answered."""
    now = statistics(server, model)
    for _ in range(50):
        time.sleep(0.1)
        last, now = now, statistics(server, model)
        if last == now:
            break
    return now


def check_flood(server):
    """A thousand requests at a time, of 1 to 3 rows each."""
    jobs = [(k % (len(images) - 3), 1 + k % 3) for k in range(1000)]
    before = settled(server, "digits")
    begin = time.monotonic()
    answers = asyncio.run(kserve.infer_at_once(server.host, server.port, "digits", [{"image": images[a:a + r]} for a, r in jobs]))
    seconds = time.monotonic() - begin
    for (a, r), (out, _) in zip(jobs, answers):
        check(not isinstance(out, Exception) and agree(out["scores"], scores[a:a + r]), f"rows {a} to {a + r}: {out}")
    after = settled(server, "digits")
    requests = after["inference_stats"]["success"]["count"] - before["inference_stats"]["success"]["count"]
    rows, runs = (after[k] - before[k] for k in ("inference_count", "execution_count"))
    again = sum(times - 1 for _, times in answers)
    check(1000 <= requests <= 1000 + again and rows >= sum(r for _, r in jobs), f"statistics tell of {requests} requests and {rows} rows")
    check(runs < 900, f"{runs} runs: requests do not share them")
    check(after["inference_stats"]["compute_infer"]["ns"] > before["inference_stats"]["compute_infer"]["ns"], "no time of computing is told")
    print(f"1000 requests at a time in {seconds:.2f} s, {rows} rows in {runs} runs, {again} asked again")


def check_one_bad(server):
    """Requests that share runs, some of which ask for a row that is not there."""
    ids = [k % 3 if k % 10 else 77 for k in range(200)]
    answers = asyncio.run(kserve.infer_at_once(server.host, server.port, "lookup", [{"ids": np.array([[i]], np.int32)} for i in ids]))
    for i, (a, _) in zip(ids, answers):
        if i == 77:
            check(isinstance(a, kserve.Failure) and "77" in a.text, f"row 77: {a}")
        else:
            check(not isinstance(a, Exception) and a["rows"].tolist() == [[5.0 + i]], f"row {i}: {a}")


class Load(threading.Thread):
    """Requests one after another until it is stopped; counts answers and failures."""

    def __init__(self, server):
        super().__init__()
        self.server, self.going, self.answers, self.failures, self.wrong = server, True, 0, [], 0

    def run(self):
        while self.going:
            k = self.answers % (len(images) - 1)
            try:
                out = kserve.infer(self.server.base, "digits", {"image": images[k:k + 1]})["scores"]
                self.wrong += not agree(out, scores[k:k + 1])
                self.answers += 1
            except (kserve.Failure, OSError, ValueError) as e:
                self.failures.append(e)
                time.sleep(0.01)


def check_reload(server):
    loads = [Load(server) for _ in range(4)]
    for t in loads:
        t.start()
    for _ in range(3):  # a new version each time, from another save format
        tfport(os.path.join(digits, "saved_model_tf1"), "--name", "digits", "--queue-delay", "2000", "--instances", "2")
        kserve.call(f"{server.base}/v2/repository/models/digits/load", b"")
    time.sleep(0.3)
    for t in loads:
        t.going = False
        t.join()
    check(not any(t.failures for t in loads), f"a request failed while the model was loaded anew: {[t.failures[:1] for t in loads]}")
    check(not any(t.wrong for t in loads), "a wrong answer while the model was loaded anew")
    versions = json.loads(kserve.call(f"{server.base}/v2/models/digits")[1])["versions"]
    check(versions == ["4"], f"versions {versions} are served")
    print(f"{sum(t.answers for t in loads)} requests while 3 versions were loaded, none failed")


def check_kill(server):
    load = Load(server)
    load.start()
    time.sleep(0.2)
    server.stop(kill=True)
    server.start()
    server.wait(300 if gpus else 60)
    time.sleep(0.2)
    load.going = False
    load.join()
    check(load.failures and not load.wrong, "a server that was killed answered on")
    check(agree(kserve.infer(server.base, "digits", {"image": images[:1]})["scores"], scores[:1]), "after the restart")


def write_what_is_for_the_cpu(served):
    open(os.path.join(scratch, "lookup.pbtxt"), "w").write(LOOKUP)
    tfport(os.path.join(scratch, "lookup.pbtxt"), "--queue-delay", "20000")
    subprocess.run([os.path.join(build, "tfport"), "convert", os.path.join(cases, "parse_example/graph.pb"), "--bundle", "-o",
                    os.path.join(scratch, "bundle"), "--quiet"], check=True)
    tfport(os.path.join(scratch, "bundle"))
    served["bundle"] = served["parse_example"]


def main():
    served = {name: write_case(name) for name in (ON_GPU if gpus else SERVED)}
    np.save(os.path.join(scratch, "image.npy"), images[:3])
    tfport(os.path.join(digits, "saved_model"), "--name", "digits", "--queue-delay", "2000", "--instances", "2",
           "--input", f"image={scratch}/image.npy")
    if not gpus:
        write_what_is_for_the_cpu(served)
    subprocess.run([os.path.join(build, "tfport"), "convert", os.path.join(digits, "digits.pb"), "-o", os.path.join(scratch, "file.onnx"),
                    "--quiet"], check=True)
    tfport(os.path.join(scratch, "file.onnx"))
    server = kserve.Server(build, repository, os.path.join(scratch, "log"), ["--model-control-mode=explicit", "--load-model=*"]).wait(300 if gpus else 60)
    try:
        check_cases(server, served)
        check(agree(kserve.infer(server.base, "file", {"image": images[:5]})["Identity"], scores[:5]), "an ONNX file")
        check_refusals(server)
        check_flood(server)
        if not gpus:
            check_one_bad(server)
        check_reload(server)
        check_kill(server)
        check(server.stop() == 0, "the server does not end as it should")
    finally:
        server.stop(kill=True)
    shutil.rmtree(scratch)


main()
