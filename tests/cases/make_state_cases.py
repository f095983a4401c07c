#!/usr/bin/env python3
"""Writes test cases beside this file, as make_format_cases.py does: models that change variables when they run.

usage: make_state_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)

A variable NAME is an input NAME (its value before) and an output NAME/next (its value behind); TensorFlow's own run gives both.
"""
from saved_cases import case, graph_case, main, np, tf, v1

def run(c, variables, feed, y):
    """One run from values that are not the initial ones, in a graph that is saved without a checkpoint."""
    before = {}
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        for v in variables:
            before[v.op.name] = np.asarray(c.normal(*v.shape) * 4).astype(v.dtype.base_dtype.as_numpy_dtype)
            v.load(before[v.op.name], s)
        got = s.run(y, feed)
        after = {v.op.name + "/next": s.run(v) for v in variables}
        tf.io.write_graph(v1.graph_util.extract_sub_graph(s.graph_def, [y.op.name]), c.folder, "graph.pb", as_text=False)
    x = {t.op.name: value for t, value in feed.items()}
    c.tell("graph.pb", {}, {y.op.name: got, **after}, found={**x, **before}, state="io")

@graph_case
def state_references(c):
    """Reads before, between and behind writes of references; what a write gives is used, too."""
    x = v1.placeholder(tf.float32, [None, 3], "x")
    count = v1.get_variable("count", [], tf.int32, v1.zeros_initializer())
    sums = v1.get_variable("sums", [3], tf.float32, v1.zeros_initializer())
    old = tf.identity(sums)
    with tf.control_dependencies([old]):
        add = v1.assign_add(sums, tf.reduce_sum(x, 0))
    with tf.control_dependencies([add]):
        between = sums * 2.0
    with tf.control_dependencies([between]):
        less = v1.assign_sub(sums, old * 0.5)
    with tf.control_dependencies([less]):
        last = sums + 0.0
    times = tf.cast(v1.assign_add(count, 2), tf.float32)
    y = tf.add_n([old, between, last, less], "sum")
    run(c, [count, sums], {x: c.normal(4, 3)}, tf.identity(y * times, "y"))

@graph_case(resources=True)
def state_resources(c):
    """The same with handles, a slice that is written and reads in a branch and a loop."""
    x = v1.placeholder(tf.float32, [None, 3], "x")
    table = v1.get_variable("table", [5, 3], tf.float32, v1.zeros_initializer())
    scale = v1.get_variable("scale", [], tf.float32, v1.ones_initializer())
    with tf.control_dependencies([scale.assign(scale * 0.5)]):
        branch = tf.cond(tf.reduce_sum(x) > 1e9, lambda: x, lambda: x * scale.read_value())
    with tf.control_dependencies([branch]):
        written = table.scatter_nd_update([[1], [3]], branch[:2])
    with tf.control_dependencies([written]):
        rows = tf.nn.embedding_lookup(table, [3, 0, 1])
        total = tf.while_loop(lambda i, s: i < 7, lambda i, s: (i + 1, s + table.sparse_read(i % 5)),
                              [tf.constant(0), tf.zeros([3])])[1]
    with tf.control_dependencies([rows, total]):
        more = table.scatter_nd_add([[0], [0]], branch[2:4])
    with tf.control_dependencies([more]):
        y = tf.identity(rows + total + tf.cast(tf.shape(table)[0], tf.float32), "y")
    run(c, [table, scale], {x: c.normal(4, 3)}, y)

@case
def state_module(c):
    """A function of TensorFlow 2, which calls others: all that they write is behind it, whoever needs their results."""
    class Module(tf.Module):
        def __init__(self):
            self.count = tf.Variable(3, dtype=tf.int64, name="count")
            self.mean = tf.Variable([0.5, -1.5, 2.0], name="mean")
        @tf.function
        def update(self, x):
            self.mean.assign(0.9 * self.mean + 0.1 * tf.reduce_mean(x, 0))
            return self.count.assign_add(1)
        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, "x")])
        def __call__(self, x):
            before = self.mean * 1.0
            self.update(x)
            n = self.update(x * 2.0)
            return {"y": (x - self.mean) * tf.cast(n, tf.float32) + before}
    m, x = Module(), c.normal(5, 3)
    tf.saved_model.save(m, c.path("export"), m.__call__)
    before = {"count": m.count.numpy(), "mean": m.mean.numpy()}
    y = m(x)["y"].numpy()
    c.tell("export", {"x": x, **before}, {"y": y, "count/next": m.count.numpy(), "mean/next": m.mean.numpy()},
           signature="serving_default", state="io")

@case
def state_recurrent(c):
    """Layers with stateful=True: the state of the last batch goes into the next one."""
    k = tf.keras
    model = k.Sequential([
        k.layers.LSTM(4, stateful=True, return_sequences=True, batch_input_shape=(2, 3, 5), name="first"),
        k.layers.GRU(3, stateful=True, name="second"), k.layers.Dense(2, name="last")])
    x = c.normal(2, 3, 5)
    model.predict(x, verbose=0)
    states = [s for layer in model.layers[:2] for s in layer.states]
    for s in states:
        s.assign(c.normal(*s.shape))
    model.export(c.path("export"))
    before = [s.numpy() for s in states]
    y = model.predict(x, verbose=0)
    names = ["first/Variable_1", "first/Variable", "second/Variable"] # as they are saved, each once
    c.tell("export", {"first_input": x, **dict(zip(names, before))},
           {"output_0": y, **{n + "/next": s.numpy() for n, s in zip(names, states)}}, signature="serving_default", state="io")

if __name__ == "__main__":
    main()
