"""What the scripts share whose cases are functions of a graph's inputs.

NAME/graph.pb  GraphDef        NAME/in_K.npy, out_K.npy
NAME/case.txt  lines "input NAME FILE", "output NAME FILE", "note TEXT"
A case is a function from placeholders to outputs under @case(arrays.., shapes=..): `shapes` gives a placeholder's shape
where it is not its array's; None in it is a dimension that is not known, None instead of it an unknown rank.
Random numbers are seeded by the case's name.
"""
import os
from case_files import new_folder, np, seed_of, write_case, write_wanted
import tensorflow as tf

raw = tf.raw_ops
v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
MOST = 24
cases, edits, without_kernel = [], {}, set()

def case(*arrays, shapes=None):
    def add(function):
        cases.append((function.__name__, function, arrays, shapes))
        return function
    return add

def edited(edit):
    """`edit` changes the GraphDef that is written, not the one that TensorFlow runs."""
    def add(function):
        edits[function.__name__] = edit
        return function
    return add

def cpu_only(function):
    """ONNX Runtime has no kernel for it."""
    without_kernel.add(function.__name__)
    return function

class Random:
    """Arrays described now and drawn when the case is made, so that no case depends on another."""
    def __init__(self, draw):
        self.draw = draw

def normal(*shape, dtype=np.float32, scale=1.0):
    return Random(lambda r: (r.standard_normal(shape) * scale).astype(dtype))

def uniform(low, high, *shape, dtype=np.float32):
    return Random(lambda r: r.uniform(low, high, shape).astype(dtype))

def ints(low, high, *shape, dtype=np.int32):
    return Random(lambda r: r.integers(low, high, shape).astype(dtype))

def since(opset, *outputs):
    """Outputs that no opset below this one can express."""
    return [(opset, o) for o in outputs]

def draw(name, arrays):
    r = np.random.default_rng(seed_of(name))
    return [a.draw(r) if isinstance(a, Random) else np.asarray(a) for a in arrays]

def placeholders(arrays, shapes):
    return [v1.placeholder(a.dtype, (shapes or {}).get(i, a.shape), name=f"x{i}") for i, a in enumerate(arrays)]

def write(name, function, arrays, shapes, to):
    """One folder, or NAME_1, NAME_2 .. of at most MOST outputs each; NAME_sinceN for those that need opset N."""
    arrays = draw(name, arrays)
    with tf.Graph().as_default() as graph:
        inputs = placeholders(arrays, shapes)
        outputs = function(*inputs)
        outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
        opsets = [o[0] if isinstance(o, tuple) else 0 for o in outputs]
        outputs = [tf.identity(o[1] if isinstance(o, tuple) else o, name=f"out{i}") for i, o in enumerate(outputs)]
        with v1.Session(graph=graph) as session:
            results = session.run(outputs, dict(zip(inputs, arrays)))
    graph = graph.as_graph_def()
    more = ["cpu-only"] if name in without_kernel else []
    for opset in sorted(set(opsets)):
        mine = [(i, a) for i, a in enumerate(results) if opsets[i] == opset]
        parts = -(-len(mine) // MOST)
        for part in range(parts):
            folder = name + (f"_since{opset}" if opset else "") + (f"_{part + 1}" if parts > 1 else "")
            write_part(new_folder(to, folder), graph, arrays, mine[part::parts],
                       [f"refused {opset}"] * (opset > 0) + more, edits.get(name))

def write_part(folder, graph, arrays, results, more=(), edit=None):
    graph = v1.graph_util.extract_sub_graph(graph, [f"out{i}" for i, _ in results])
    used = {n.name for n in graph.node}
    lines = []
    if edit:
        edit(graph)
    with open(os.path.join(folder, "graph.pb"), "wb") as f:
        f.write(graph.SerializeToString(deterministic=True))
    for i, a in enumerate(arrays):
        if f"x{i}" in used:
            np.save(os.path.join(folder, f"in_{i}.npy"), a)
            lines.append(f"input x{i} in_{i}.npy")
    for i, a in results:
        np.save(os.path.join(folder, f"out_{i}.npy"), np.asarray(a))
        lines.append(f"output out{i} out_{i}.npy")
    write_case(folder, [*lines, *more], f"tensorflow {tf.__version__}")

def main(write=write):
    write_wanted([(c[0], c) for c in cases], lambda c, to: write(*c, to))
