#!/usr/bin/env python3
"""How many of the models with recurrent cells that a corpus holds end in ONNX's LSTM, GRU and RNN.

usage: recurrent_nodes.py --tfport BIN --root DIR [--min-share PERCENT]     (Python with onnx)

Counted are graphs and SavedModels; what only holds weights is lowered by layers. A model counts as done when it has such
a node and no Loop or Scan is left that multiplies matrices. Left out are those where it is not possible: cells with a
clipped state, which ONNX's ops do not have, and cells that TensorFlow itself had unrolled when it wrote the file.
"""
import argparse, collections, json, os, re, subprocess, sys, tempfile, glob, tarfile
import onnx

RECURRENT = re.compile(r"rnn|lstm|gru")
FORMATS = ("frozen_pb", "frozen_pb_tf2", "graph_pbtxt", "ckpt_v2", "saved_model_tf1", "saved_model_tf2", "saved_model_keras")
NOT_POSSIBLE = re.compile(r"convlstm|block_cell|_cell$|static_|unroll|clip|^tf1\.block_lstm_fused")

def unpacked(root):
    packed = glob.glob(os.path.join(root, "*.tar.xz"))
    if glob.glob(os.path.join(root, "manifest*.jsonl")) or not packed:
        return root, None
    folder = tempfile.TemporaryDirectory()
    with tarfile.open(packed[0]) as t:
        t.extractall(folder.name)
    return folder.name, folder

def arguments(row, root):
    args = [os.path.join(root, row["path"])]
    if row.get("signature"):
        return args + ["--signature", row["signature"]]
    if row["format"].startswith(("frozen", "graph", "ckpt")):
        args += ["--inputs", ",".join(i["name"] for i in row["inputs"]), "--outputs", ",".join(o["name"] for o in row["outputs"])]
    return args

def count(graph, inside, ops):
    for n in graph.node:
        ops[n.op_type] += 1
        ops["product in a loop"] += inside and n.op_type in ("MatMul", "Gemm")
        for a in n.attribute:
            if a.type == onnx.AttributeProto.GRAPH:
                count(a.g, inside or n.op_type in ("Loop", "Scan"), ops)

def done(row, root, tfport, out):
    if subprocess.run([tfport, "convert", *arguments(row, root), "-o", out], capture_output=True).returncode:
        return False
    ops = collections.Counter()
    count(onnx.load(out).graph, False, ops)
    return ops["LSTM"] + ops["GRU"] + ops["RNN"] > 0 and not ops["product in a loop"]

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--tfport", required=True)
    ap.add_argument("--root", required=True)
    ap.add_argument("--min-share", type=float, default=0)
    o = ap.parse_args()
    root, folder = unpacked(o.root)
    rows = []
    for manifest in sorted(glob.glob(os.path.join(root, "manifest*.jsonl"))):
        rows += [json.loads(line) for line in open(manifest) if line.strip()]
    rows = [r for r in rows if r["format"] in FORMATS and r["outputs"] and RECURRENT.search(r["id"].rsplit(".", 1)[0])]
    possible = [r for r in rows if not NOT_POSSIBLE.search(r["id"].rsplit(".", 1)[0])]
    with tempfile.TemporaryDirectory() as d:
        missed = [r for r in possible if not done(r, root, o.tfport, os.path.join(d, "x.onnx"))]
    for r in missed:
        print(f"not: {r['id']} [{r['format']}]")
    share = 100.0 * (len(possible) - len(missed)) / max(1, len(possible))
    print(f"{len(possible) - len(missed)} of {len(possible)} models with recurrent cells end in LSTM, GRU or RNN "
          f"({share:.1f} %); {len(rows) - len(possible)} more cannot")
    return 0 if possible and share >= o.min_share else 1

if __name__ == "__main__":
    sys.exit(main())
