#!/usr/bin/env python3
"""Shape inference held against onnx.shape_inference: types, ranks and dimensions of every value of a model, the model as
it is and with dimensions of its inputs left open.

usage: shapes.py FOLDER TFPORT [--filter TEXT] [--min-known PERCENT] [--verbose]
    FOLDER: searched for *.onnx; and for models to convert to ONNX first: those of case.txt files (tests/cases) and of
    manifest*.jsonl (the corpus of TensorFlow's models)

exits with 77 where there is no onnx package. What both know must be the same, which is a failure otherwise. What onnx knows and `tfport inspect` does not is counted, by
the op that makes the value; fewer known than wanted is a failure, too. Shapes that the file states of results are taken
out first, and every value becomes an output, so that inspect shows it."""
import collections
import concurrent.futures
import glob
import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import onnx
    from onnx import shape_inference
except ImportError as e:
    print(f"no onnx package: {e}", file=sys.stderr)
    sys.exit(77)

# tfport's names of types that are spelled otherwise than ONNX's
OTHER_NAMES = {"float32": "float", "float64": "double", "float4_e2m1fn": "float4e2m1", "float8_e8m0fnu": "float8e8m0"}
MANY = 200  # a model of more values is asked for that many of them, evenly


def strip(model):
    """Takes out what the file knows of results; gives the op behind each value of the main graph."""
    graph = model.graph
    makers = {name: n.op_type for n in graph.node for name in n.output if name}
    typed = [o for o in graph.output if o.type.WhichOneof("value") not in (None, "tensor_type")]
    if typed:
        return {}
    names = list(makers)
    names = names[:: len(names) // MANY + 1]
    del graph.value_info[:]
    del graph.output[:]
    graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    return {name: makers[name] for name in names}


def leave_open(model):
    """Dimensions of the inputs get names, equal ones the same; those of a vector or scalar stay, since they count."""
    given = {t.name for t in model.graph.initializer}
    for info in model.graph.input:
        if info.name in given or len(info.type.tensor_type.shape.dim) < 2:
            continue
        for d in info.type.tensor_type.shape.dim:
            if d.dim_value > 1:
                d.dim_param = f"n{d.dim_value}"


def reference(model, names):
    """name -> (element type, list of numbers, names of the inputs' dimensions and None; or None for the rank)"""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = shape_inference.infer_shapes(model, data_prop=True).graph
    own_names = {d.dim_param for i in model.graph.input for d in i.type.tensor_type.shape.dim if d.dim_param}
    found = {}
    for info in list(known.output) + list(known.value_info):
        t = info.type.tensor_type
        dims = [d.dim_value if d.HasField("dim_value") else d.dim_param if d.dim_param in own_names else None
                for d in t.shape.dim]
        if info.name in names and info.type.WhichOneof("value") == "tensor_type":
            word = onnx.TensorProto.DataType.Name(t.elem_type).lower()
            found[info.name] = (word, dims if t.HasField("shape") else None)
    return found


def own(tfport, model):
    """The same by `tfport inspect`; None when the model is refused."""
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "model.onnx")
        with open(path, "wb") as f:
            f.write(model.SerializeToString())
        done = subprocess.run([tfport, "inspect", "--json", path], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"inspect: exit code {done.returncode}: {done.stderr.strip()}")
    told = json.loads(done.stdout) if done.stdout else {}
    if done.returncode == 3 or told.get("refusal"):
        return None
    return {o["name"]: (OTHER_NAMES.get(o["dtype"], o["dtype"].replace("_", "")), o.get("shape")) for o in told["outputs"]}


class Tally:
    def __init__(self):
        self.known, self.less = 0, collections.Counter()
        self.wrong = []
        self.refused = self.not_inferred = self.models = 0

    def add(self, other):
        self.known += other.known
        self.less += other.less
        self.wrong += other.wrong
        self.refused += other.refused
        self.not_inferred += other.not_inferred
        self.models += other.models

    def compare(self, where, op, want, have):
        self.known += 1
        if have[0] != want[0] != "undefined":
            self.wrong.append(f"{where} ({op}): type {have[0]}, onnx has {want[0]}")
        if want[1] is None:
            return
        if have[1] is None:
            self.less[f"{op}: the rank, as of {where}"] += 1
            return
        if len(want[1]) != len(have[1]):
            self.wrong.append(f"{where} ({op}): {have[1]}, onnx has {want[1]}")
            return
        for w, h in zip(want[1], have[1]):
            if w is None or (w == 0 and isinstance(h, str)):  # onnx takes some open dimensions of Attention for 0
                continue
            self.known += 1
            if isinstance(w, int) and isinstance(h, int) and w != h:
                self.wrong.append(f"{where} ({op}): {have[1]}, onnx has {want[1]}")
            elif (isinstance(w, int) and not isinstance(h, int)) or (isinstance(w, str) and isinstance(h, str) and w != h):
                self.less[f"{op}: {want[1]} of {where}, which is {have[1]}"] += 1


def from_case(path):
    """The words for `tfport convert` behind those of a case."""
    folder, words, model = os.path.dirname(path), [], "graph.pb"
    outputs, inputs = [], []
    with open(path) as f:
        for line in f:
            word, _, rest = line.strip().partition(" ")
            if word == "model":
                model = rest
            elif word in ("signature", "tags"):
                words += [f"--{word}", rest]
            elif word == "weights":
                words += ["--weights", os.path.join(folder, rest)]
            elif word == "moving-averages":
                words.append("--moving-averages")
            elif word in ("input", "output"):
                (inputs if word == "input" else outputs).append(rest.rpartition(" ")[0])
    if "--signature" not in words and inputs:
        words += ["--inputs", ",".join(inputs)]
    if "--signature" not in words and outputs:
        words += ["--outputs", ",".join(outputs)]
    return [os.path.join(folder, model), *words]


def from_row(root, row):
    """The same of a row of the corpus."""
    words = [os.path.join(root, row["path"])]
    if row.get("signature"):
        words += ["--signature", row["signature"]]
    elif row["format"] in ("frozen_pb", "graph_pbtxt"):
        words += ["--inputs", ",".join(i["name"] for i in row["inputs"])] if row["inputs"] else []
        words += ["--outputs", ",".join(o["name"] for o in row["outputs"])]
    return words


def models(root):
    """Name -> a path, or words for `tfport convert`."""
    found = {}
    for folder, _, files in os.walk(root):
        for f in files:
            path = os.path.join(folder, f)
            if f.endswith(".onnx"):
                found[os.path.relpath(path, root).removesuffix("/model.onnx")] = path
            elif f == "case.txt" and "\narray " not in open(path).read():
                found[os.path.relpath(folder, root)] = from_case(path)
    for manifest in glob.glob(os.path.join(root, "manifest*.jsonl")):
        with open(manifest) as f:
            rows = [json.loads(line) for line in f]
        found |= {row["id"]: from_row(root, row) for row in rows if row["format"] in ("frozen_pb", "keras_h5", "saved_model_tf2")}
    return found


def check(tfport, source, name, open_dims):
    """One model; one that is not converted, whatever for, is for other tests."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as work:
        path = source if isinstance(source, str) else os.path.join(work, "model.onnx")
        if path != source:
            words = [tfport, "convert", *source, "-o", path, "--opset", str(onnx.defs.onnx_opset_version()), "--quiet"]
            if subprocess.run(words, capture_output=True, timeout=600).returncode:
                return tally
        model = onnx.load(path, load_external_data=False)
    makers = strip(model)
    if not makers:
        return tally
    if open_dims:
        leave_open(model)
    tally.models = 1
    try:
        want = reference(model, makers)
    except Exception:
        tally.not_inferred = 1
        return tally
    try:
        have = own(tfport, model)
    except Exception as e:
        tally.wrong.append(f"{name}: {e}")
        return tally
    if have is None:
        tally.refused = 1
        return tally
    for value, (elem_type, dims) in want.items():
        tally.compare(f"{name}{' (open)' if open_dims else ''}: {value}", makers[value], (elem_type, dims), have[value])
    return tally


def main():
    root, tfport = sys.argv[1:3]
    verbose = "--verbose" in sys.argv
    options = [a for a in sys.argv[3:] if a != "--verbose"]
    options = dict(zip(options[::2], options[1::2]))
    jobs = [(source, name, open_dims) for name, source in sorted(models(root).items()) if options.get("--filter", "") in name
            for open_dims in (False, True)]
    total = Tally()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in pool.map(lambda job: check(tfport, *job), jobs):
            total.add(one)
    for text in total.wrong:
        print(f"wrong {text}")
    if verbose:
        for what, n in total.less.most_common():
            print(f"{n:6} not known of {what}")
    less = total.less.total()
    share = 100 * (total.known - less) / max(1, total.known)
    print(f"{total.models} models, {total.refused} refused by name, {total.not_inferred} not inferred by onnx: of {total.known} "
          f"ranks and dimensions that onnx knows {len(total.wrong)} are wrong, {less} are not known, {share:.2f} % are")
    sys.exit(not total.known or bool(total.wrong) or share < float(options.get("--min-known", 0)))


if __name__ == "__main__":
    main()
