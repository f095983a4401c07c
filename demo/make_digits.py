#!/usr/bin/env python3
"""Write the demo network in each save format that tfport reads, with test images and TensorFlow's outputs.

usage: make_digits.py [FOLDER] [--train]     (default: digits/ beside this script; needs tensorflow-cpu 2.15)
A small CNN on scikit-learn's 8x8 digits: Conv + batch norm + ReLU, depthwise, max pooling, dense; seeds are fixed.
With --train (needs scikit-learn) the network is trained anew, and the frozen graph, the images and TensorFlow's outputs
are written; without, the weights are those of the frozen graph that is there, so that all formats hold the same ones.
"""
import argparse, os, shutil
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import numpy as np, tensorflow as tf
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

L = tf.keras.layers
v1 = tf.compat.v1

def network():
    return tf.keras.Sequential([
        tf.keras.Input((8, 8, 1), name="image"),
        L.Conv2D(16, 3, padding="same", use_bias=False), L.BatchNormalization(), L.ReLU(),
        L.DepthwiseConv2D(3, padding="same", use_bias=False), L.BatchNormalization(), L.ReLU(6.0),
        L.Conv2D(24, 1, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(32, 3, padding="same", activation="relu"), L.Flatten(),
        L.Dropout(0.3), L.Dense(10, activation="softmax")])

def train(to):
    from sklearn.datasets import load_digits
    tf.keras.utils.set_random_seed(7)
    digits = load_digits()
    images = (digits.images / 16.0).astype("f4")[..., None]
    labels = digits.target.astype("i4")
    order = np.random.default_rng(7).permutation(len(images))
    images, labels = images[order], labels[order]
    train, test = slice(0, 1437), slice(1437, None)
    model = network()
    model.compile(tf.keras.optimizers.legacy.Adam(2e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(images[train], labels[train], epochs=12, batch_size=32, verbose=0)
    np.save(os.path.join(to, "images.npy"), images[test])
    np.save(os.path.join(to, "labels.npy"), labels[test])
    np.save(os.path.join(to, "tensorflow.npy"), model(images[test], training=False).numpy())
    f = tf.function(lambda image: model(image, training=False)).get_concrete_function(
        tf.TensorSpec([None, 8, 8, 1], tf.float32, name="image"))
    graph = convert_variables_to_constants_v2(f).graph.as_graph_def()
    for node in graph.node:
        node.attr.pop("_output_shapes", None)
    open(os.path.join(to, "digits.pb"), "wb").write(graph.SerializeToString(deterministic=True))
    open(os.path.join(to, "digits.pbtxt"), "w").write(str(graph))
    right = (model(images[test], training=False).numpy().argmax(1) == labels[test]).mean()
    open(os.path.join(to, "accuracy.txt"), "w").write(f"{right:.4f}\n")
    print(f"{len(images[test])} test images, accuracy {right:.4f}, {model.count_params()} parameters")

def weights_of(path):
    """The variables' values in Keras' order, which is the frozen graph's."""
    graph = v1.GraphDef()
    graph.ParseFromString(open(path, "rb").read())
    constants = [n for n in graph.node if n.op == "Const" and n.name.endswith("/resource")]
    return [tf.make_ndarray(n.attr["value"].tensor) for n in constants]

def save_tensorflow_2(weights, to):
    model = network()
    model.set_weights(weights)
    images, expected = (np.load(os.path.join(to, f)) for f in ("images.npy", "tensorflow.npy"))
    np.testing.assert_allclose(model(images, training=False), expected, atol=1e-6)
    serve = tf.function(lambda image: {"scores": model(image, training=False)}, input_signature=[
        tf.TensorSpec([None, 8, 8, 1], tf.float32, name="image")])
    module = tf.Module()
    module.model = model.weights
    module.serve = serve
    tf.saved_model.save(module, os.path.join(to, "saved_model"), signatures=serve)

def save_tensorflow_1(weights, to):
    with tf.Graph().as_default(), v1.Session() as session:
        v1.keras.backend.set_session(session)
        model = network()
        model.set_weights(weights)
        v1.saved_model.simple_save(session, os.path.join(to, "saved_model_tf1"), {"image": model.input},
                                   {"scores": model.output})
        for folder, version in ("checkpoint", v1.train.SaverDef.V2), ("checkpoint_v1", v1.train.SaverDef.V1):
            os.makedirs(os.path.join(to, folder))
            saver = v1.train.Saver(write_version=version, save_relative_paths=True)
            saver.save(session, os.path.join(to, folder, "digits.ckpt"))

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("folder", nargs="?", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "digits"))
    ap.add_argument("--train", action="store_true")
    o = ap.parse_args()
    os.makedirs(o.folder, exist_ok=True)
    if o.train:
        train(o.folder)
    for folder in "saved_model", "saved_model_tf1", "checkpoint", "checkpoint_v1":
        shutil.rmtree(os.path.join(o.folder, folder), ignore_errors=True)
    weights = weights_of(os.path.join(o.folder, "digits.pb"))
    save_tensorflow_2(weights, o.folder)
    save_tensorflow_1(weights, o.folder)

if __name__ == "__main__":
    main()
