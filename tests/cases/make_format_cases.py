#!/usr/bin/env python3
"""Writes test cases beside this file, as make_cases.py does: one save format or one way of saving each.

usage: make_format_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)

saved_cases.py tells what a case is.
"""
import os, shutil
from google.protobuf import text_format
from saved_cases import case, graph_case, main, np, tf, v1
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2
from tensorflow.python.training.moving_averages import ExponentialMovingAverage

def network(x, units=3, name="net", reuse=None, **more):
    """Two layers of variables, made by hand."""
    with v1.variable_scope(name, reuse=reuse, **more):
        w = v1.get_variable("w", [int(x.shape[-1]), 5], initializer=v1.random_normal_initializer())
        b = v1.get_variable("b", [5], initializer=v1.random_normal_initializer())
        hidden = tf.nn.relu(tf.matmul(x, w) + b)
        return tf.matmul(hidden, v1.get_variable("out", [5, units], initializer=v1.random_normal_initializer()))

def saved(c, outputs, feed, prefix="model.ckpt", meta=True, **saver):
    """Saves the graph's variables; returns what TensorFlow computes."""
    saver = v1.train.Saver(save_relative_paths=True, **saver)
    with c.session() as s:
        s.run([v1.global_variables_initializer(), v1.local_variables_initializer(), v1.tables_initializer()])
        c.randomize(s)
        saver.save(s, c.path(prefix), write_meta_graph=meta)
        return s.run(outputs, feed)

def shorten(path, message, meta_graphs):
    """Drops the definitions of ops, which are most of a text and which nothing reads."""
    with open(path) as f:
        text_format.Parse(f.read(), message)
    for m in meta_graphs(message):
        m.meta_info_def.ClearField("stripped_op_list")
    with open(path, "w") as f:
        f.write(text_format.MessageToString(message))

# -- checkpoints -------------------------------------------------------------------------------------------------------

@graph_case
def ckpt_v2(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    got = saved(c, y, {x: value})
    c.tell("model.ckpt", {"x": value}, {"y": got})
    c.tell("", {"x": value}, {"y": got}, part="folder")
    c.tell("checkpoint", {"x": value}, {"y": got}, part="state_file")
    c.tell("model.ckpt.meta", {"x": value}, {"y": got}, part="meta")
    c.tell("model.ckpt.index", {"x": value}, {"y": got}, part="index")

@graph_case
def ckpt_v2_sharded(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    with tf.device("/cpu:0"):
        y = network(x, name="a")
    with tf.device("/cpu:1"):
        y = network(y, name="b")
    with tf.device("/cpu:2"):
        y = tf.identity(network(y, name="c"), "y")
    c.tell("model.ckpt", {"x": value}, {"y": saved(c, y, {x: value}, sharded=True)})

@graph_case
def ckpt_v1(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    c.tell("model.ckpt", {"x": value}, {"y": saved(c, y, {x: value}, write_version=v1.train.SaverDef.V1)})

@graph_case
def ckpt_v1_sharded(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    with tf.device("/cpu:0"):
        y = network(x, name="a", partitioner=v1.fixed_size_partitioner(2))
    with tf.device("/cpu:1"):
        y = tf.identity(network(y, name="b"), "y")
    got = saved(c, y, {x: value}, write_version=v1.train.SaverDef.V1, sharded=True)
    c.tell("model.ckpt", {"x": value}, {"y": got})

@graph_case
def session_bundle(c):
    """As exporter.py of 2016 wrote it: export, export.meta."""
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    got = saved(c, y, {x: value}, "export", write_version=v1.train.SaverDef.V1)
    os.remove(c.path("checkpoint"))
    c.tell("", {"x": value}, {"y": got})

@graph_case
def metagraph_text(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    got = saved(c, y, {x: value}, meta=False)
    v1.train.export_meta_graph(c.path("model.ckpt.meta"), as_text=True)
    shorten(c.path("model.ckpt.meta"), meta_graph_pb2.MetaGraphDef(), lambda m: [m])
    c.tell("model.ckpt.meta", {"x": value}, {"y": got})

@graph_case
def graph_with_weights(c):
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    got = saved(c, y, {x: value}, "model.ckpt-12", meta=False)
    v1.train.write_graph(v1.get_default_graph(), c.folder, "graph.pbtxt")
    c.tell("graph.pbtxt", {"x": value}, {"y": got}, weights="model.ckpt-12")
    c.tell("graph.pbtxt", {"x": value}, {"y": got}, weights=".", part="folder")

@graph_case
def ckpt_partitioned(c):
    """Parts along either axis, by number, least and largest size, of both kinds of variables."""
    x, value, i = v1.placeholder(tf.float32, [None, 7], "x"), c.normal(3, 7), v1.placeholder(tf.int32, [None], "i")
    outputs = []
    kinds = {"fixed": (v1.fixed_size_partitioner(3), False), "columns": (v1.fixed_size_partitioner(2, axis=1), True),
             "least": (v1.min_max_variable_partitioner(max_partitions=4, min_slice_size=16), True),
             "largest": (v1.variable_axis_size_partitioner(60), False), "one": (v1.fixed_size_partitioner(1), True)}
    for name, (partitioner, resource) in kinds.items():
        with v1.variable_scope(name, partitioner=partitioner, use_resource=resource):
            e = v1.get_variable("e", [7, 4], initializer=v1.random_normal_initializer())
            y = tf.matmul(x, e)
            if name == "fixed":
                y += v1.nn.embedding_lookup(e, i, partition_strategy="div")
            outputs.append(tf.identity(y, f"y_{name}"))
    feed = {x: value, i: np.array([0, 6, 5], np.int32)}
    got = saved(c, outputs, feed)
    c.tell("model.ckpt", {"x": value, "i": feed[i]}, {o.op.name: g for o, g in zip(outputs, got)})

@graph_case
def ckpt_repartitioned(c):
    """Saved in parts, used whole and in other parts, and the other way round."""
    def build(x, p, q):
        y = network(x, name="a", partitioner=p)
        with v1.variable_scope("b", partitioner=q):
            y = tf.matmul(y, v1.get_variable("w", [3, 4]))
        return tf.identity(y, "y")
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    got = saved(c, build(x, v1.fixed_size_partitioner(2), None), {x: value}, meta=False)
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.float32, [None, 4], "x")
        y = build(x, v1.fixed_size_partitioner(3), v1.fixed_size_partitioner(2))
        saver = v1.train.Saver()
        with c.session(g) as s:
            saver.restore(s, c.path("model.ckpt"))
            assert np.allclose(got, s.run(y, {x: value}), 1e-5)
        saver.export_meta_graph(c.path("parts.meta"))
        v1.train.write_graph(g, c.folder, "parts.pb", as_text=False)
    with tf.Graph().as_default() as g:
        y = build(v1.placeholder(tf.float32, [None, 4], "x"), None, None)
        v1.train.Saver().export_meta_graph(c.path("whole.meta"))
    c.tell("parts.meta", {"x": value}, {"y": got}, weights="model.ckpt")
    c.tell("whole.meta", {"x": value}, {"y": got}, weights="model.ckpt", part="whole")
    c.tell("parts.pb", {"x": value}, {"y": got}, weights="model.ckpt", part="without_saver")

@graph_case
def ckpt_renamed(c):
    """A saver with names of its own, and one for some of the variables."""
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = tf.identity(network(x), "y")
    names = {"old/weights": "net/w", "old/bias": "net/b", "net/w": "net/out"}
    variables = {v.op.name: v for v in v1.global_variables()}
    got = saved(c, y, {x: value}, var_list={k: variables[n] for k, n in names.items()})
    c.tell("model.ckpt", {"x": value}, {"y": got})

TYPES = ["half", "bfloat16", "float32", "float64", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64",
         "bool", "complex64", "complex128", "string"]

def typed(c, dtype, *shape):
    a = c.random.integers(0, 2 if dtype == tf.bool else 100, shape)
    if dtype == tf.string:
        return np.array([b"a" * (int(v) % 7) + b"\0\xffz" for v in a.ravel()], object).reshape(shape)
    return (a * (1 + 1j) if dtype.is_complex else a).astype(dtype.as_numpy_dtype)

@graph_case
def ckpt_types(c):
    """Every type; scalars, nothing at all and parts of two of them."""
    arrays, load = {}, []
    for t in TYPES:
        dtype = tf.as_dtype(t)
        for name, shape in ("some", (2, 3)), ("scalar", ()), ("none", (0, 4)):
            if name != "some" and t not in ("half", "string"):
                continue
            value = typed(c, dtype, *shape)
            v1.get_variable(f"{t}/{name}", initializer=tf.constant(value, dtype, shape), use_resource=t != "string")
            if name == "some" and dtype != tf.bfloat16:
                arrays[f"{t}/{name}"] = value
    parts = v1.get_variable("parts", [5, 2], tf.float16, initializer=v1.random_normal_initializer(),
                            partitioner=v1.fixed_size_partitioner(3))
    x, value = v1.placeholder(tf.float32, [2, 3], "x"), c.normal(2, 3)
    variables = {v.op.name: v for v in v1.global_variables()}
    outputs = {}
    for t in TYPES:
        v = variables[f"{t}/some"]
        if t == "string":
            continue
        if tf.as_dtype(t).is_complex:
            outputs[t] = tf.cast(tf.math.real(v) + tf.math.imag(v), tf.float32)
        else:
            outputs[t] = tf.cast(v, tf.float32) * x
    outputs["halves"] = tf.cast(parts, tf.float32)
    named = [tf.identity(o, f"out_{k}") for k, o in outputs.items()]
    saver = v1.train.Saver(save_relative_paths=True)
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        saver.save(s, c.path("model.ckpt"))
        got = s.run(named, {x: value})
        arrays["parts"] = s.run(tf.convert_to_tensor(parts))
    c.tell("model.ckpt", {"x": value}, {o.op.name: g for o, g in zip(named, got)})
    c.tell("model.ckpt", {}, {}, part="arrays", arrays=arrays)

# -- training graphs ---------------------------------------------------------------------------------------------------

def trained(c, loss, optimizer, **minimize):
    step = v1.train.get_or_create_global_step()
    v1.summary.scalar("loss", loss)
    v1.summary.merge_all()
    return optimizer.minimize(loss, step, **minimize)

@graph_case
def training_adam(c):
    """Gradients, slots, summaries and a queue of examples in the graph that is saved."""
    queue = v1.FIFOQueue(8, [tf.float32, tf.int32], [[4], []])
    v1.train.add_queue_runner(v1.train.QueueRunner(queue, [queue.enqueue([tf.zeros([4]), 0])]))
    examples, labels = queue.dequeue_many(2)
    x = v1.placeholder_with_default(examples, [None, 4], "x")
    logits = network(x)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    trained(c, loss, v1.train.AdamOptimizer(0.1))
    y, value = tf.nn.softmax(logits, name="y"), c.normal(3, 4)
    got = saved(c, y, {x: value})
    c.tell("model.ckpt", {"x": value}, {"y": got})
    c.tell("model.ckpt", {}, {"y": got}, part="cut", found={"fifo_queue_DequeueMany": value})

@graph_case
def training_iterator(c):
    """Cut at what a tf.data iterator gives; a value of the iterator is the input."""
    data = tf.data.Dataset.from_tensor_slices((c.normal(8, 4), np.zeros(8, np.int32))).batch(2).repeat()
    x, labels = v1.data.make_initializable_iterator(data).get_next()
    logits = network(x)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    trained(c, loss, v1.train.MomentumOptimizer(0.1, 0.9))
    y, value = tf.nn.softmax(logits, name="y"), c.normal(3, 4)
    got = saved(c, y, {x: value})
    c.tell("model.ckpt", {"IteratorGetNext:0": value}, {"y": got})
    c.tell("model.ckpt", {}, {"y": got}, part="cut", found={"IteratorGetNext": value})

def flagged(x, flag):
    """What knows training from inference."""
    y = v1.layers.conv2d(x, 3, 3, name="conv")
    y = v1.layers.batch_normalization(y, training=flag, name="bn")
    y = tf.nn.relu(y)
    y = v1.layers.flatten(v1.layers.dropout(y, 0.5, training=flag))
    return tf.cond(flag, lambda: tf.nn.dropout(y, rate=0.3), lambda: tf.identity(y)) if not isinstance(flag, bool) else y

def flag_case(c, flag, new_control_flow=False, resource=False):
    (v1.enable_control_flow_v2 if new_control_flow else v1.disable_control_flow_v2)()
    (v1.enable_resource_variables if resource else v1.disable_resource_variables)()
    x, value = v1.placeholder(tf.float32, [None, 5, 5, 2], "x"), c.normal(2, 5, 5, 2)
    flag = flag()
    logits = flagged(x, flag)
    with tf.control_dependencies(v1.get_collection(v1.GraphKeys.UPDATE_OPS)):
        trained(c, tf.reduce_mean(logits ** 2), v1.train.GradientDescentOptimizer(0.01))
    y = tf.nn.softmax(logits, name="y")
    got = saved(c, y, {x: value, flag: False})
    c.tell("model.ckpt", {"x": value}, {"y": got})

@graph_case
def training_placeholder(c):
    flag_case(c, lambda: v1.placeholder(tf.bool, [], "is_training"))

@graph_case
def training_default_cond_v2(c):
    flag_case(c, lambda: v1.placeholder_with_default(False, [], "keras_learning_phase"), True, True)

@graph_case
def training_default_true(c):
    """The default of the flag is for training; inference is what is wanted."""
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    flag = v1.placeholder_with_default(True, [], "phase_train")
    y = tf.identity(v1.layers.batch_normalization(v1.layers.dense(x, 3), training=flag), "y")
    got = saved(c, y, {x: value, flag: False})
    c.tell("model.ckpt", {"x": value, "phase_train": np.array(False)}, {"y": got})

@graph_case
def moving_averages(c):
    """The same checkpoint with and without --moving-averages; also of a partitioned variable."""
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    parts = v1.get_variable("parts", [4, 3], partitioner=v1.fixed_size_partitioner(2))
    whole = v1.get_variable("whole", [3, 2], use_resource=True)
    y = tf.matmul(tf.matmul(x, parts), whole, name="y")
    ema = ExponentialMovingAverage(0.9)
    ema.apply(v1.trainable_variables())
    saver = v1.train.Saver(save_relative_paths=True)
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        c.randomize(s)
        saver.save(s, c.path("model.ckpt"))
        own = s.run(y, {x: value})
        s.run([v1.assign(v, ema.average(v)) for v in v1.trainable_variables()])
        averaged = s.run(y, {x: value})
    assert not np.allclose(own, averaged)
    c.tell("model.ckpt", {"x": value}, {"y": own})
    c.tell("model.ckpt", {"x": value}, {"y": averaged}, part="taken", moving_averages=True)

# -- several devices ---------------------------------------------------------------------------------------------------

@graph_case
def devices_parameter_servers(c):
    """Variables on two servers in parts, a saver that writes a shard for each. The graph is of a worker; what TensorFlow
    computes comes from the same graph without placements."""
    x, value = v1.placeholder(tf.float32, [None, 6], "x"), c.normal(3, 6)
    build = lambda x: tf.identity(network(network(x, name="a", partitioner=v1.fixed_size_partitioner(2)), name="b"), "y")
    got = saved(c, build(x), {x: value}, meta=False)
    with tf.Graph().as_default():
        servers = v1.train.replica_device_setter(ps_tasks=2, worker_device="/job:worker/task:0")
        with v1.device(servers):
            x = v1.placeholder(tf.float32, [None, 6], "x")
            y = build(x)
            trained(c, tf.reduce_mean(y), v1.train.GradientDescentOptimizer(0.1))
        v1.train.Saver([v for v in v1.global_variables() if "step" not in v.name],
                       sharded=True).export_meta_graph(c.path("model.ckpt.meta"))
    c.tell("model.ckpt", {"x": value}, {"y": got})

# -- SavedModels of TensorFlow 1 ---------------------------------------------------------------------------------------

def signature(inputs, outputs, method="tensorflow/serving/predict"):
    info = v1.saved_model.build_tensor_info
    inputs, outputs = ({k: info(t) for k, t in x.items()} for x in (inputs, outputs))
    return v1.saved_model.build_signature_def(inputs, outputs, method)

@graph_case
def saved_model_tf1(c):
    """Two signatures; reference and resource variables; one that is shared by name."""
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    hidden = network(x, name="a")
    y = network(hidden, name="b", use_resource=True)
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        b = v1.saved_model.Builder(c.path("export"))
        b.add_meta_graph_and_variables(s, ["serve"], {
            "serving_default": signature({"in": x}, {"scores": y, "hidden": hidden}),
            "first": signature({"a": x}, {"b": hidden}), "second": signature({"h": hidden}, {"scores": y})})
        b.save()
        got = s.run([hidden, y], {x: value})
    c.tell("export", {"in": value}, {"hidden": got[0], "scores": got[1]}, signature="serving_default")
    c.tell("export", {"a": value}, {"b": got[0]}, signature="first", part="first")
    c.tell("export", {"h": got[0]}, {"scores": got[1]}, signature="second", part="second")

@graph_case
def saved_model_tf1_text(c):
    v1.enable_resource_variables()
    x, value = v1.placeholder(tf.float32, [None, 4], "x"), c.normal(3, 4)
    y = network(x)
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        b = v1.saved_model.Builder(c.path("export"))
        b.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature({"x": x}, {"y": y})})
        b.save(as_text=True)
        shorten(c.path("export", "saved_model.pbtxt"), saved_model_pb2.SavedModel(), lambda m: m.meta_graphs)
        got = s.run(y, {x: value})
    c.tell("export", {"x": value}, {"y": got}, signature="serving_default")

@graph_case
def saved_model_tags(c):
    """Training, serving and serving on a device, with the same variables."""
    b = v1.saved_model.Builder(c.path("export"))
    value, results = c.normal(3, 4), {}
    for tags in (["train"], ["serve"], ["serve", "gpu"]):
        with tf.Graph().as_default() as g, c.session(g) as s:
            x = v1.placeholder(tf.float32, [None, 4], "x")
            y = network(x, reuse=v1.AUTO_REUSE) * (1.0 if tags == ["serve"] else 2.0 if "gpu" in tags else 3.0)
            if tags == ["train"]:
                trained(c, tf.reduce_mean(y), v1.train.GradientDescentOptimizer(0.1))
                s.run(v1.global_variables_initializer())
                b.add_meta_graph_and_variables(s, tags, {"serving_default": signature({"x": x}, {"y": y})})
                results["train"] = s.run(y, {x: value})
            else:
                b.add_meta_graph(tags, {"serving_default": signature({"x": x}, {"y": y})})
    b.save()
    c.tell("export", {"x": value}, {"y": results["train"] / 3}, signature="serving_default")
    c.tell("export", {"x": value}, {"y": results["train"] / 3 * 2}, signature="serving_default", tags="gpu,serve",
           part="gpu")
    c.tell("export", {"x": value}, {"y": results["train"]}, signature="serving_default", tags="train", part="train")

@graph_case
def saved_model_tables(c):
    """A table from an asset for the words, init ops, and a signature of numbers only."""
    os.chdir(c.folder) # the graph holds the path
    with open("words.txt", "w") as f:
        f.write("a\nb\nc\n")
    table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer("words.txt", tf.string, -2, tf.int64, -1), 2)
    x, words = v1.placeholder(tf.float32, [None, 4], "x"), v1.placeholder(tf.string, [None], "words")
    with v1.variable_scope("emb"):
        e = v1.get_variable("e", [5, 4])
    y, value = network(x), c.normal(3, 4)
    z = network(tf.gather(e, table.lookup(words)), reuse=True)
    counter = v1.get_variable("counter", initializer=5.0, collections=[v1.GraphKeys.LOCAL_VARIABLES], trainable=False)
    y = y + counter
    with c.session() as s:
        s.run([v1.global_variables_initializer(), v1.local_variables_initializer(), v1.tables_initializer()])
        b = v1.saved_model.Builder(c.path("export"))
        b.add_meta_graph_and_variables(s, ["serve"], {"numbers": signature({"x": x}, {"y": y}),
            "words": signature({"words": words}, {"z": z})}, v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS),
            main_op=tf.group(v1.tables_initializer(), v1.local_variables_initializer()))
        b.save()
        got = s.run(y, {x: value})
    os.remove("words.txt")
    c.tell("export", {"x": value}, {"y": got}, signature="numbers")

@graph_case
def saved_model_simple_save(c):
    x, value = v1.placeholder(tf.float32, [None, 6, 6, 2], "x"), c.normal(2, 6, 6, 2)
    y = flagged(x, False)
    with c.session() as s:
        s.run(v1.global_variables_initializer())
        c.randomize(s)
        v1.saved_model.simple_save(s, c.path("export"), {"image": x}, {"scores": y})
        got = s.run(y, {x: value})
    c.tell("export", {"image": value}, {"scores": got}, signature="serving_default")

# -- SavedModels of TensorFlow 2 ---------------------------------------------------------------------------------------

@case
def module(c):
    """Several functions and signatures, nested ones with defaults and control outputs, variables of functions."""
    class Module(tf.Module):
        def __init__(self):
            self.w = tf.Variable(c.normal(4, 3), name="same")
            self.b = [tf.Variable(c.normal(3), name="same"), {"deep": tf.Variable(c.normal(3), name="same")}]
            self.counter = tf.Variable(0, dtype=tf.int64)
            self.constant = tf.constant(c.normal(200))
            self.late = None
            self.table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b"], [1.0, 2.0]), -1.0)
        @tf.function
        def scaled(self, x, by=2.0, twice=False):
            return x * by * (2.0 if twice else 1.0)
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
        def __call__(self, x):
            self.counter.assign_add(1)
            y = self.scaled(tf.matmul(x, self.w)) + self.b[0]
            return {"y": self.scaled(y, 3.0, True) + self.b[1]["deep"], "z": y + self.constant[:3]}
        @tf.function(input_signature=[tf.TensorSpec([2, 4], tf.float32, "x"), tf.TensorSpec([], tf.int32, "n")])
        def with_late(self, x, n):
            if self.late is None:
                self.late = tf.Variable(c.normal(4, 2))
            tf.debugging.assert_rank(x, 2)
            tf.print("unused")
            return tf.matmul(x, self.late) * tf.cast(n, tf.float32), n + 1, x
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "words")])
        def words(self, words):
            return self.table.lookup(words)
    m, x = Module(), c.normal(2, 4)
    m.with_late(x, 3)
    tf.saved_model.save(m, c.path("export"), {"serving_default": m.__call__, "late": m.with_late, "words": m.words})
    loaded = tf.saved_model.load(c.path("export"))
    got, late = loaded(x), loaded.signatures["late"](x=tf.constant(x), n=tf.constant(3))
    c.tell("export", {"x": x}, {k: v.numpy() for k, v in got.items()}, signature="serving_default")
    c.tell("export", {"x": x, "n": np.int32(3)}, {k: v.numpy() for k, v in late.items()}, signature="late", part="late")

@case
def module_without_signatures(c):
    """Functions of the object graph: positional structures of arguments and results."""
    class Inner(tf.Module):
        def __init__(self):
            self.w = tf.Variable(c.normal(3, 3))
        @tf.function
        def apply(self, x):
            return tf.matmul(x, self.w)
    class Module(tf.Module):
        def __init__(self):
            self.inner = Inner()
        @tf.function(input_signature=[{"a": tf.TensorSpec([None, 3]), "b": tf.TensorSpec([None, 3])}, tf.TensorSpec([])])
        def __call__(self, pair, scale):
            return self.inner.apply(pair["a"]) * scale, {"diff": pair["a"] - pair["b"]}
    m = Module()
    a, b = c.normal(2, 3), c.normal(2, 3)
    tf.saved_model.save(m, c.path("export"))
    got = m({"a": a, "b": b}, 0.5)
    c.tell("export", {"pair_a": a, "pair_b": b, "scale": np.float32(0.5)},
           {"output_0": got[0].numpy(), "diff": got[1]["diff"].numpy()}, signature="__call__")

@case
def module_control_flow(c):
    """Branches on a Python flag and on a tensor, a loop with known steps, a custom gradient, an inlined XLA function."""
    @tf.custom_gradient
    def clipped(x):
        return tf.clip_by_value(x, -1.0, 1.0), lambda g: g
    class Module(tf.Module):
        def __init__(self):
            self.w = tf.Variable(c.normal(4, 4))
            self.v = tf.Variable(c.normal(4, 4))
        @tf.function(jit_compile=True)
        def compiled(self, x):
            return tf.tanh(tf.matmul(x, self.v))
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
        def __call__(self, x):
            for i in tf.range(3):
                x = tf.matmul(x, self.w) * tf.cast(i + 1, tf.float32)
            if tf.reduce_sum(x) > 0.0:
                x = x + tf.matmul(x, self.v)
            else:
                x = x - 1.0
            return {"y": clipped(self.compiled(x)) + tf.map_fn(lambda r: r * 2.0, tf.ones([2, 4]))[:1]}
    m, x = Module(), c.normal(3, 4)
    tf.saved_model.save(m, c.path("export"), m.__call__,
                        tf.saved_model.SaveOptions(experimental_custom_gradients=True,
                                                   experimental_io_device="/job:localhost"))
    c.tell("export", {"x": x}, {"y": m(x)["y"].numpy()}, signature="serving_default")

@case
def module_variables_in_loops(c):
    """Rows of a variable that only an iteration can name, also in a branch and in a loop inside."""
    class Module(tf.Module):
        def __init__(self):
            self.rows = tf.Variable(c.normal(6, 4))
            self.pages = tf.Variable(c.normal(3, 2, 4))
        @tf.function(input_signature=[tf.TensorSpec([None], tf.int32, "at"), tf.TensorSpec([], tf.int32, "n")])
        def __call__(self, at, n):
            sums = tf.zeros([tf.shape(at)[0], 4])
            last = tf.zeros([2, 4])
            for i in tf.range(n):
                sums += tf.nn.embedding_lookup(self.rows, (at + i) % 6)
                if i % 2 == 0:
                    last += tf.gather(self.pages, i % 3)
                for k in tf.range(i):
                    last -= tf.gather_nd(self.pages, [[k % 3, 0], [i % 3, 1]])
            return {"sums": sums, "last": last}
    m, at, n = Module(), np.int32([1, 5, 0]), np.int32(4)
    tf.saved_model.save(m, c.path("export"))
    c.tell("export", {"at": at, "n": n}, {k: v.numpy() for k, v in m(at, n).items()}, signature="serving_default")

def keras_case(c, model, inputs):
    """As model.save() writes it, less what is for Keras only."""
    for w in model.weights:
        if w.dtype.is_floating:
            v = c.normal(*w.shape, scale=0.5)
            w.assign(tf.cast(np.abs(v) + 0.5 if "variance" in w.name else v, w.dtype))
    model.save(c.path("export"), save_format="tf")
    shutil.rmtree(c.path("export", "assets"), ignore_errors=True)
    os.remove(c.path("export", "keras_metadata.pb"))
    signature = tf.saved_model.load(c.path("export")).signatures["serving_default"]
    got = signature(**{k: tf.constant(v) for k, v in inputs.items()})
    c.tell("export", inputs, {k: v.numpy() for k, v in got.items()}, signature="serving_default")

@case
def keras_cnn(c):
    k = tf.keras
    i = k.Input([6, 6, 2], name="image")
    y = k.layers.Conv2D(3, 3, use_bias=False)(i)
    y = k.layers.Dropout(0.3)(k.layers.BatchNormalization()(y))
    model = k.Model(i, k.layers.GlobalAveragePooling2D(name="scores")(y))
    keras_case(c, model, {"image": c.normal(2, 6, 6, 2)})

@case
def keras_mixed(c):
    k = tf.keras
    k.mixed_precision.set_global_policy("mixed_float16")
    try:
        i = k.Input([6, 6, 2], name="image")
        y = k.layers.Dense(4)(k.layers.Flatten()(k.layers.Conv2D(3, 3, activation="relu")(i)))
        model = k.Model(i, k.layers.Activation("softmax", dtype="float32", name="scores")(y))
        keras_case(c, model, {"image": c.normal(2, 6, 6, 2)})
    finally:
        k.mixed_precision.set_global_policy("float32")

@case
def keras_subclassed(c):
    """Int inputs, structures in and out."""
    k = tf.keras
    class Model(k.Model):
        def __init__(self):
            super().__init__()
            self.words, self.dense = k.layers.Embedding(10, 4), k.layers.Dense(3)
            self.drop = k.layers.Dropout(0.5)
        def call(self, inputs, training=False):
            y = tf.reduce_mean(self.words(inputs["words"]), 1)
            y = self.drop(y, training=training)
            return {"scores": self.dense(y) + inputs["extra"], "pooled": y}
    m = Model()
    m({"words": tf.zeros([1, 5], tf.int32), "extra": tf.zeros([1, 3])})
    keras_case(c, m, {"words": c.random.integers(0, 10, (2, 5)).astype(np.int32), "extra": c.normal(2, 3)})

@case
def keras_rnn(c):
    """Pairs of functions, one for each device, of which one implements the other (api_implements). Only what
    the signature needs is saved, since Keras saves every layer's functions."""
    k = tf.keras
    i = k.Input([3, 3], name="sequence")
    model = k.Model(i, k.layers.Dense(2)(k.layers.LSTM(4)(i)))
    for w in model.weights:
        w.assign(c.normal(*w.shape, scale=0.5))
    module = tf.Module()
    module.all = list(model.variables)
    module.serve = tf.function(lambda x: {"y": model(x)}, [tf.TensorSpec([2, 3, 3], tf.float32, "x")])
    x = c.normal(2, 3, 3)
    tf.saved_model.save(module, c.path("export"), module.serve)
    c.tell("export", {"x": x}, {"y": module.serve(x)["y"].numpy()}, signature="serving_default")

@case
def keras_resaved(c):
    """Loaded and saved again, with a signature of its own and an outer module."""
    k = tf.keras
    inner = k.Sequential([k.Input([4], name="row"), k.layers.Dense(2, "relu")])
    tf.saved_model.save(inner, c.path("first"))
    loaded = tf.saved_model.load(c.path("first"))
    tf.saved_model.save(loaded, c.path("again"))
    name = list(loaded.signatures["serving_default"].structured_outputs)[0]
    class Outer(tf.Module):
        def __init__(self):
            self.loaded, self.shift = loaded, tf.Variable(c.normal(2))
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
        def serve(self, x):
            return {"y": self.loaded.signatures["serving_default"](row=x)[name] + self.shift}
    outer, x = Outer(), c.normal(3, 4)
    tf.saved_model.save(outer, c.path("outer"), {"serve": outer.serve})
    shutil.rmtree(c.path("first"))
    got = tf.saved_model.load(c.path("again")).signatures["serving_default"](row=tf.constant(x))
    c.tell("again", {"row": x}, {k: v.numpy() for k, v in got.items()}, signature="serving_default")
    c.tell("outer", {"x": x}, {"y": outer.serve(tf.constant(x))["y"].numpy()}, signature="serve", part="outer")

@case
def module_sharded_options(c):
    """Variables saved with their devices."""
    class Module(tf.Module):
        def __init__(self):
            with tf.device("/cpu:0"):
                self.a = tf.Variable(c.normal(4, 4))
            with tf.device("/cpu:1"):
                self.b = tf.Variable(c.normal(4, 4))
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, "x")])
        def __call__(self, x):
            with tf.device("/cpu:1"):
                return tf.matmul(tf.matmul(x, self.a), self.b)
    m, x = Module(), c.normal(3, 4)
    tf.saved_model.save(m, c.path("export"), m.__call__, tf.saved_model.SaveOptions(
        experimental_variable_policy=tf.saved_model.experimental.VariablePolicy.SAVE_VARIABLE_DEVICES))
    c.tell("export", {"x": x}, {"output_0": m(x).numpy()}, signature="serving_default")

@case
def object_checkpoint(c):
    """tf.train.Checkpoint with an optimizer and its slots: arrays only."""
    k = tf.keras
    model = k.Sequential([k.layers.Dense(3, name="a"), k.layers.Dense(2, name="b")])
    optimizer = k.optimizers.legacy.Adam(0.1)
    model.build([None, 4])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(c.normal(2, 4)) ** 2)
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    tf.train.Checkpoint(model=model, optimizer=optimizer, step=tf.Variable(7)).write(c.path("ckpt"))
    reader = tf.train.load_checkpoint(c.path("ckpt"))
    keys = [key for key in sorted(reader.get_variable_to_shape_map()) if not key.startswith("_")]
    c.tell("ckpt", {}, {}, arrays={key: reader.get_tensor(key) for key in keys})

if __name__ == "__main__":
    main()
