#!/usr/bin/env python3
"""Write src/frontend/tensorflow/op_defs.def from the op registry of the installed TensorFlow.

usage: tf_op_defs.py [FILE]      (default: src/frontend/tensorflow/op_defs.def beside this script's folder)
The file is checked in; run this again with a newer TensorFlow and compare. Its grammar is told in op_defs.h.
"""
import os, re, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.python.client import pywrap_tf_session as c_api

# Ops that no saved inference graph holds: made by a rewriter while a graph runs, or training on a TPU.
LEFT_OUT = re.compile("|".join((
    r"^__?(?!(Arg|Retval)$)", r"TPUEmbedding", r"^TPU", r"^Xla(Recv|Send)", r"^Collective", r"^Nccl", r"^Experimental",
    r"^(Resource|Sparse)*Apply[A-Z]",
    r"^BoostedTrees(?!.*(Predict|Bucketize|Handle|Create|Deserialize|GetBucket|States|Initialized))")))
KINDS = {"int": "i", "float": "f", "bool": "b", "string": "s", "type": "t", "shape": "h", "tensor": "x", "func": "g"}

def word(s):
    assert "'" not in s and s.isascii(), s
    return f"'{s}'"

def number(v):
    return str(np.float32(v))

def c_text(s):
    for raw, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\t", "\\t"), ("\n", "\\n")):
        s = s.replace(raw, escaped)
    return f'"{s}"'

def shape(s):
    return "?" if s.unknown_rank else "(" + ",".join(str(d.size) for d in s.dim) + ")"

SINGLE = {"i": lambda v: str(v.i), "f": lambda v: number(v.f), "b": lambda v: str(v.b).lower(),
          "s": lambda v: word(v.s.decode()), "t": lambda v: str(v.type), "h": lambda v: shape(v.shape)}
MANY = {"i": lambda l: map(str, l.i), "f": lambda l: map(number, l.f), "b": lambda l: (str(x).lower() for x in l.b),
        "s": lambda l: (word(x.decode()) for x in l.s), "t": lambda l: map(str, l.type),
        "h": lambda l: map(shape, l.shape)}

def attr(a):
    x = re.fullmatch(r"list\((\w+)\)", a.type)
    kind = KINDS[x.group(1) if x else a.type]
    text = f"{a.name}:{'l' if x else ''}{kind}"
    if not a.HasField("default_value"):
        return text
    if x:
        return text + "=[" + ",".join(MANY[kind](a.default_value.list) if kind in MANY else ()) + "]"
    return text + "=" + SINGLE[kind](a.default_value) if kind in SINGLE else text

def arg(a):
    if a.type_list_attr:
        return f"{a.name}@{a.type_list_attr}"
    many = a.number_attr + "*" if a.number_attr else ""
    return f"{a.name}:{many}{a.type_attr or a.type}{'&' if a.is_ref else ''}"

def main():
    here = os.path.dirname(os.path.abspath(__file__))
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "src", "frontend", "tensorflow", "op_defs.def")
    ops = op_def_pb2.OpList()
    ops.ParseFromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList()))
    rows = {o.name: o for o in ops.op if not LEFT_OUT.search(o.name)}
    with open(to, "w") as f:
        f.write(f"/* Made by tools/tf_op_defs.py from TensorFlow {tf.__version__}; change that, not this. */\n")
        for name in sorted(rows, key=str.encode):
            o = rows[name]
            parts = (map(arg, o.input_arg), map(arg, o.output_arg), map(attr, o.attr))
            f.write(f'OP("{name}", ' + ", ".join(c_text(" ".join(p)) for p in parts) + ")\n")

main()
