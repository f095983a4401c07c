"""Writes the checkpoint and the meta graph that test_tf_variables.c reads, into variables/.
Needs TensorFlow 2.15: python3 make_variables_data.py"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf

v1 = tf.compat.v1
here = pathlib.Path(__file__).parent / "variables"


def ramp(*shape, start):
    return np.arange(start, start + int(np.prod(shape)), dtype="f4").reshape(shape)


def build():
    """Every variable once, of all the ways to save one; each `out_...` is a result."""
    x = v1.placeholder(tf.float32, [None, 2], name="x")

    # In three parts, as references: rows 0-2, 3-4, 5-6 of w.
    with v1.variable_scope("", partitioner=v1.fixed_size_partitioner(3), use_resource=False):
        w = v1.get_variable("w", initializer=v1.constant_initializer(0), shape=[7, 2])
    tf.matmul(x, tf.convert_to_tensor(w), transpose_b=True, name="out_parts")
    v1.nn.embedding_lookup(w, v1.constant([6, 0, 3]), partition_strategy="div", name="out_lookup")

    # A handle whose moving average is kept, and one that the saver calls otherwise.
    b = v1.get_variable("scope/b", initializer=ramp(2, start=100), use_resource=True)
    averages = tf.train.ExponentialMovingAverage(0.5)
    averages.apply([b])
    tf.add(x, b.read_value(), name="out_average")
    renamed = v1.get_variable("renamed", initializer=ramp(2, start=200), use_resource=False)
    tf.add(x, renamed, name="out_renamed")

    # Not saved: one has a constant initial value, one a random one.
    tf.add(x, v1.get_variable("unsaved", initializer=v1.ones_initializer(), shape=[2]), name="out_unsaved")
    tf.add(x, v1.get_variable("random", initializer=v1.random_uniform_initializer(), shape=[2]), name="out_random")

    # Read before and behind a change.
    counter = v1.get_variable("counter", initializer=ramp(2, start=300), use_resource=True)
    before = counter.read_value()
    with v1.control_dependencies([before]):
        change = counter.assign_add([1, 1], read_value=False)
    tf.add(x, before, name="out_before")
    with v1.control_dependencies([change]):
        with v1.control_dependencies([v1.no_op(name="between")]):
            tf.add(x, counter.read_value(), name="out_behind")
    reference = v1.get_variable("reference", initializer=ramp(2, start=400), use_resource=False)
    tf.add(x, v1.assign_add(reference, [1, 1]), name="out_changed")

    every = {v.op.name: v for v in [b, counter, reference, averages.average(b)]}
    every.update({"w": w, "another": renamed})
    return v1.train.Saver(every, write_version=v1.train.SaverDef.V2)


def main():
    here.mkdir(exist_ok=True)
    with tf.Graph().as_default() as graph, v1.Session() as session:
        saver = build()
        init = v1.global_variables_initializer()
        meta = saver.export_meta_graph(clear_devices=True, strip_default_attrs=True)
        session.run(init)
        for i, rows in enumerate([(0, 3), (3, 5), (5, 7)]):
            part = graph.get_tensor_by_name(f"w/part_{i}:0")
            session.run(v1.assign(part, ramp(7, 2, start=0)[slice(*rows)]))
        average = graph.get_tensor_by_name("scope/b/ExponentialMovingAverage:0")
        session.run(tf.raw_ops.AssignVariableOp(resource=average, value=ramp(2, start=150)))
        saver.save(session, str(here / "model.ckpt"), write_meta_graph=False, write_state=False)
    meta.meta_info_def.ClearField("stripped_op_list")
    (here / "model.ckpt.meta").write_bytes(meta.SerializeToString(deterministic=True))


main()
