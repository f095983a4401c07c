#!/usr/bin/env python3
"""ONNX's own backend tests through the command: `tfport run` of each model, `tfport convert` of it one opset higher, ONNX's
checker on what was written, and `tfport run` of that.

usage: commands.py FOLDER TFPORT [--filter TEXT] [--min-pass PERCENT]     FOLDER: as make_cases.py writes it

Values come and go as .npy files; tests with values that these have no type for (strings, bfloat16, float8, 4 bits,
sequences) are left out. What is refused (exit code 3, with a message) counts apart; anything else that is not right is a
failure, and one of them, or fewer passed than wanted, is exit code 1."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import numpy_helper

REFUSED = 3  # the command's exit code
RANDOM = {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
PLAIN = {np.dtype(t) for t in ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", "c8", "c16")}


class Outcome(Exception):
    """Ends a test before it passed."""


class Refused(Outcome):
    pass


class LeftOut(Outcome):
    pass


def command(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    if done.returncode == REFUSED and "tfport: " in done.stderr:
        raise Refused(done.stderr.strip())
    if done.returncode:
        raise Outcome(f"{' '.join(words[:2])}: exit code {done.returncode}: {done.stderr.strip()}")


def values(data, kind):
    found = []
    while os.path.exists(path := os.path.join(data, f"{kind}_{len(found)}.pb")):
        proto = onnx.TensorProto()
        try:
            with open(path, "rb") as f:
                proto.ParseFromString(f.read())
            found.append(numpy_helper.to_array(proto))
        except Exception as e:
            raise LeftOut("a value that is no tensor") from e
        if proto.data_type == onnx.TensorProto.BFLOAT16 or found[-1].dtype not in PLAIN:
            raise LeftOut("a type that .npy lacks")
    return found


def compare(name, have, want, rtol, atol, random):
    if have.dtype != want.dtype or have.shape != want.shape:
        raise Outcome(f"output {name} is {have.dtype}{list(have.shape)}, {want.dtype}{list(want.shape)} is expected")
    if random or not want.size:
        return
    if want.dtype.kind in "fc":
        finite = np.abs(want[np.isfinite(want)])
        atol += 1e-6 * (finite.max().astype(np.float64) if finite.size else 0)
        rtol = max(rtol, 2**-9 if want.dtype == np.float16 else 0)
        wide = np.complex128 if want.dtype.kind == "c" else np.float64
        same = np.allclose(have.astype(wide), want.astype(wide), rtol, atol, equal_nan=True)
    else:
        same = np.array_equal(have, want)
    if not same:
        raise Outcome(f"output {name} differs")


class Case:
    def __init__(self, tfport, folder, work):
        self.tfport, self.folder, self.work = tfport, folder, work
        self.path = os.path.join(folder, "model.onnx")
        self.model = onnx.load(self.path)
        graph = self.model.graph
        given = {t.name for t in graph.initializer}
        self.inputs = [i.name for i in graph.input if i.name not in given]
        self.outputs = [o.name for o in graph.output]
        ops = {n.op_type for n in graph.node} | {n.op_type for f in self.model.functions for n in f.node}
        self.random = bool(ops & RANDOM) or "training_dropout" in folder
        with open(os.path.join(folder, "tolerance")) as f:
            self.rtol, self.atol = map(float, f.read().split())

    def run(self, path, want):
        words = [self.tfport, "run", path, "--threads", "1", "--quiet"]
        for i, name in enumerate(self.inputs):
            words += ["--input", f"{name}={self.work}/in{i}.npy"]
        for i, name in enumerate(self.outputs):
            words += ["--output", f"{name}={self.work}/out{i}.npy"]
        command(*words)
        for i, name in enumerate(self.outputs):
            compare(name, np.load(f"{self.work}/out{i}.npy"), want[i], self.rtol, self.atol, self.random)

    def check(self):
        data = os.path.join(self.folder, "test_data_set_0")
        given, want = values(data, "input"), values(data, "output")
        for i, value in enumerate(given):
            np.save(f"{self.work}/in{i}.npy", value)
        self.run(self.path, want)
        newest = onnx.defs.onnx_opset_version()
        own = max((o.version for o in self.model.opset_import if o.domain in ("", "ai.onnx")), default=newest)
        higher = os.path.join(self.work, "higher.onnx")
        command(self.tfport, "convert", self.path, "-o", higher, "--opset", str(max(7, min(own + 1, newest))), "--quiet")
        onnx.checker.check_model(higher)
        self.run(higher, want)


def check(tfport, folder):
    """The word for the outcome, and why."""
    try:
        with tempfile.TemporaryDirectory() as work:
            Case(tfport, folder, work).check()
    except Refused as e:
        return "refused", str(e)
    except LeftOut as e:
        return "left out", str(e)
    except Exception as e:
        return "failed", str(e)
    return "passed", ""


def main():
    root, tfport = sys.argv[1:3]
    options = dict(zip(sys.argv[3::2], sys.argv[4::2]))
    folders = sorted(os.path.join(root, name) for name in os.listdir(root)
                     if os.path.exists(os.path.join(root, name, "model.onnx")) and options.get("--filter", "") in name)
    counts = dict.fromkeys(("passed", "refused", "left out", "failed"), 0)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for folder, (outcome, why) in zip(folders, pool.map(lambda folder: check(tfport, folder), folders)):
            counts[outcome] += 1
            if outcome == "failed":
                print(f"failed {os.path.basename(folder)}: {why}")
    print(", ".join(f"{n} {word}" for word, n in counts.items()))
    ran = len(folders) - counts["left out"]
    sys.exit(not ran or counts["failed"] > 0 or 100 * counts["passed"] < float(options.get("--min-pass", 0)) * ran)


if __name__ == "__main__":
    main()
