"""What the scripts that write test cases share, whatever made the model: a case's folder, its arrays and its case.txt.

A script SCRIPT [--to DIR] [NAME..] writes its cases beside this file, or into DIR; without names it writes all.
"""
import os, shutil, sys, zlib
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.basename(sys.argv[0])

def seed_of(name):
    return zlib.crc32(name.encode())

def new_folder(*path):
    folder = os.path.join(*path)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder

def plain(array):
    """As an .npy file holds it: bfloat16 as float32, strings as bytes."""
    array = np.asarray(array)
    if array.dtype.name == "bfloat16":
        return array.astype(np.float32)
    return np.array(array, dtype=bytes) if array.dtype.kind in "OSU" else array

def save_arrays(folder, kind, named, examples=()):
    """KIND_0.npy .. of pairs of a name and an array; returns the lines of case.txt. `examples` are inputs of such messages."""
    lines = []
    for i, (name, array) in enumerate(named):
        np.save(os.path.join(folder, f"{kind}_{i}.npy"), plain(array))
        lines.append(f"{'examples' if name in examples else kind} {name} {kind}_{i}.npy")
    return lines

def write_case(folder, lines, maker):
    """case.txt; `maker` computed the results."""
    with open(os.path.join(folder, "case.txt"), "w") as f:
        f.write("\n".join([*lines, f"note {maker}, {SCRIPT}"]) + "\n")

def write_wanted(named, write):
    """write(case, DIR) for each of the pairs of a name and a case that the command line asks for."""
    to, names = HERE, sys.argv[1:]
    if names[:1] == ["--to"]:
        to, names = names[1], names[2:]
    for name, case in named:
        if not names or name in names:
            write(case, to)
            print(name, flush=True)
