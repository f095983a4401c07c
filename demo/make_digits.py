#!/usr/bin/env python3
"""Train the demo network and write it in each save format that tfport reads, with test images and TensorFlow's outputs.

usage: make_digits.py [FOLDER]      (default: digits/ beside this script; needs tensorflow-cpu 2.15 and scikit-learn)
A small CNN on scikit-learn's 8x8 digits: Conv + batch norm + ReLU, depthwise, max pooling, dense; seeds are fixed.
"""
import os, sys
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
import numpy as np, tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

L = tf.keras.layers

def network():
    return tf.keras.Sequential([
        tf.keras.Input((8, 8, 1), name="image"),
        L.Conv2D(16, 3, padding="same", use_bias=False), L.BatchNormalization(), L.ReLU(),
        L.DepthwiseConv2D(3, padding="same", use_bias=False), L.BatchNormalization(), L.ReLU(6.0),
        L.Conv2D(24, 1, activation="relu"), L.MaxPooling2D(2),
        L.Conv2D(32, 3, padding="same", activation="relu"), L.Flatten(),
        L.Dropout(0.3), L.Dense(10, activation="softmax")])

def main():
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "digits")
    os.makedirs(to, exist_ok=True)
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

if __name__ == "__main__":
    main()
