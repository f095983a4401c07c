"""Planted errors: a weight changed in one layer of an ONNX file; bisect must name that layer.
usage: planted_errors.py TFPORT DEMO-FOLDER CASES"""
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

tfport, demo, cases = map(os.path.abspath, sys.argv[1:4])
networks = {"digits": f"{demo}/digits.pb", "recurrent": f"{cases}/keras_recurrent_h5/model.h5",
            "attention": f"{cases}/keras_attention_h5/model.h5"}
heavy = ("Conv", "MatMul", "Gemm", "LSTM", "GRU")
most = 4  # layers of a network that errors are planted in
failures = 0


def run(*arguments):
    got = subprocess.run([tfport, *arguments], capture_output=True, text=True)
    return got.returncode, got.stdout, got.stderr


def fail(*what):
    global failures
    failures += 1
    print(*what)


def layers(model):
    """Nodes with weights in the main graph, at most `most`, evenly."""
    weights = {i.name for i in model.graph.initializer}
    all_of_them = [k for k, n in enumerate(model.graph.node) if n.op_type in heavy and n.input[1] in weights]
    return all_of_them[::max(1, len(all_of_them) // most)][:most]


def plant(model, at, path):
    """Large enough to be seen through what follows."""
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    name = changed.graph.node[at].input[1]
    w = next(i for i in changed.graph.initializer if i.name == name)
    values = numpy_helper.to_array(w).copy()
    values += np.float32(0.5) * np.sign(values + 1e-9)
    w.CopyFrom(numpy_helper.from_array(values, name))
    onnx.save(changed, path)
    # The same weights may serve several nodes, of which the first may take zeros: one of them is to be named.
    return [n for n in changed.graph.node if name in n.input]


def check(network, model, ways, nodes, folder):
    code, out, err = run("compare", model, "--backends", ",".join(ways), "--save-bisect", folder, "--json", "--seed", "3")
    what = f"{network}, {ways}, {nodes[0].name}:"
    if code != 4:
        return fail(what, "exit code", code, err)
    found = json.loads(out)["bisect"]
    if "at" not in found:
        return fail(what, found)
    named = found["at"]
    if not any(named["tensor"] in n.output and named["op"] == n.op_type for n in nodes):
        return fail(what, "named", named, "after", found["rounds"])
    # the sub-model alone shows it
    lines = [shlex.split(line) for line in open(f"{folder}/README.txt") if line.startswith("  tfport ")]
    for words, wanted in zip(lines, (0, 4)):
        got = subprocess.run([tfport, *words[1:]], cwd=folder, capture_output=True, text=True)
        if got.returncode != wanted:
            fail(what, words, "exit code", got.returncode, got.stderr)
    if os.path.exists(f"{folder}/other.onnx") != (len(lines) == 2):
        fail(what, "saved", lines)
    shutil.rmtree(folder)
    return found["rounds"]


def main():
    code, _, err = run("compare", networks["digits"], "--backends", "cpu,onnxruntime")
    if code == 5:
        print("skipped:", err)
        sys.exit(77)
    done = 0
    for network, path in networks.items():
        with tempfile.TemporaryDirectory() as folder:
            run("convert", path, "-o", f"{folder}/model.onnx")
            model = onnx.load(f"{folder}/model.onnx")
            for at in layers(model):
                nodes = plant(model, at, f"{folder}/changed.onnx")
                for reference, other in (("cpu", ""), ("cpu", "cpu:"), ("onnxruntime", "")):
                    rounds = check(network, path, [reference, f"{other}{folder}/changed.onnx"], nodes, f"{folder}/saved")
                    done += 1
                    if rounds and rounds > 8:
                        fail(network, nodes[0].name, "took", rounds, "rounds")
            # the same ONNX file on both sides
            nodes = plant(model, layers(model)[0], f"{folder}/changed.onnx")
            check(network, f"{folder}/model.onnx", ["onnxruntime", f"{folder}/changed.onnx"], nodes, f"{folder}/saved")
    print(f"{done} planted errors, {failures} failures")
    sys.exit(failures > 0 or done < 9)


main()
