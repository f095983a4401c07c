#!/usr/bin/env python3
"""Writes test cases beside this file: models that TensorFlow's converter wrote for TensorFlow.js.

usage: make_tfjs_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15, tf_keras 2.15 and tensorflowjs 4.22;
                                                   without names: all)

saved_cases.py tells what a case is.
"""
import contextlib, io, json, os, sys, tempfile, types

class Absent(types.ModuleType):
    """What the converter imports and nothing here needs."""
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return None

for missing in "tensorflow_decision_forests", "jax", "jax.experimental", "jax.experimental.jax2tf":
    sys.modules.setdefault(missing, Absent(missing))

from case_files import HERE
from saved_cases import case, main, np, tf
from tensorflowjs import read_weights
from tensorflowjs.converters import keras_h5_conversion, tf_saved_model_conversion_v2 as converter

layers = tf.keras.layers

def graph_model(c, module, function, **options):
    """Converts one function of a module; what it returns is a dictionary."""
    with tempfile.TemporaryDirectory() as saved, contextlib.redirect_stdout(io.StringIO()):
        tf.saved_model.save(module, saved, signatures=function)
        converter.convert_tf_saved_model(saved, c.folder, skip_op_check=True, **options)

def layers_model(c, model, quantization=None, shard=1 << 22, by_layer=False):
    with tempfile.TemporaryDirectory() as folder:
        model.save(os.path.join(folder, "model.h5"))
        made = keras_h5_conversion.h5_merged_saved_model_to_tfjs_format(os.path.join(folder, "model.h5"), by_layer)
        keras_h5_conversion.write_artifacts(*made, c.folder, quantization, weight_shard_size_bytes=shard)

def stored_arrays(c):
    """All arrays by name, as the converter's own reader has them."""
    with open(c.path("model.json")) as f:
        groups = read_weights.read_weights(json.load(f)["weightsManifest"], c.folder, flatten=True)
    return {w["name"]: w["data"] for w in groups}

def randomize(c, model):
    model.set_weights([np.abs(c.normal(*w.shape)) + 0.1 if "variance" in v.name else c.normal(*w.shape, scale=0.5)
                       for v, w in zip(model.weights, model.get_weights())])

# -- graph models --------------------------------------------------------------------------------------------------------

def images(c, size=7):
    x = tf.keras.Input([size, size, 3], name="image")
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = layers.DepthwiseConv2D(3, activation="relu6")(y)
    y = layers.DepthwiseConv2D(2, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    y = layers.Conv2D(5, 2, strides=2)(y)
    y = layers.PReLU(shared_axes=[1, 2])(y)
    y = layers.Conv2D(4, 1)(layers.LeakyReLU(0.3)(y))
    y = layers.PReLU()(y) # which the converter fuses with the convolution, also where that is used elsewhere, too: here it is not
    z = layers.PReLU()(layers.Dense(6)(layers.Flatten()(y)))
    return tf.keras.Model(x, {"scores": layers.Dense(3, activation="sigmoid")(z), "features": y})

@case
def tfjs_graph_images(c):
    """Convolutions and products with what comes behind them in one op; many small files."""
    model, value = images(c), c.normal(2, 7, 7, 3)
    randomize(c, model)
    call = tf.function(lambda image: model(image), input_signature=[tf.TensorSpec([None, 7, 7, 3], name="image")])
    graph_model(c, model, call, weight_shard_size_bytes=500)
    c.tell("model.json", {"image": value}, {k: v.numpy() for k, v in model(value).items()})
    c.tell("", {"image": value}, {k: v.numpy() for k, v in model(value).items()}, part="folder")

class Loops(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None, 3], name="x"), tf.TensorSpec([], tf.int32, name="n")])
    def call(self, x, n):
        list_of = tf.TensorArray(tf.float32, 4, element_shape=[None, 3])
        for i in tf.range(4):
            list_of = list_of.write(i, x * tf.cast(i + 1, tf.float32))
        sum_of = tf.zeros_like(x)
        i = tf.constant(0, tf.int64)
        while i < tf.cast(n, tf.int64):
            sum_of += list_of.stack()[i % 4]
            i += 1
        if tf.reduce_sum(x) > 0:
            sum_of = -sum_of
        return {"sum": sum_of, "steps": i + tf.constant([5, 7], tf.int64)}

def loops(c, **options):
    module, x, n = Loops(), c.normal(2, 3), np.array(6, np.int32)
    graph_model(c, module, module.call, **options)
    c.tell("model.json", {"x": x, "n": n}, {k: v.numpy() for k, v in module.call(x, n).items()})

@case
def tfjs_graph_loops(c):
    """Switch and Merge, constants in functions, int64 that the weights have as int32."""
    loops(c)

@case
def tfjs_graph_functions(c):
    """While and If with the library's functions."""
    loops(c, control_flow_v2=True)

class Quantized(tf.Module):
    """With constants a, b, c that the case sets to what the files hold of them."""
    def __init__(self, values):
        self.values = values

    @tf.function(input_signature=[tf.TensorSpec([None, 6], name="x")])
    def call(self, x):
        a, b, c, d = (tf.constant(v, name=name) for name, v in self.values.items())
        return {"y": tf.matmul(tf.tanh(tf.matmul(x, a)) + b, c) * d}

@case
def tfjs_graph_quantized(c):
    """Weights of 8 and 16 bits and of float16, and one that is the same everywhere."""
    values = {"a": c.normal(6, 5), "b": c.normal(5), "c": c.normal(5, 4), "d": np.full([4], 0.75, np.float32)}
    x, module = c.normal(3, 6), Quantized(values)
    graph_model(c, module, module.call, weight_shard_size_bytes=50,
                quantization_dtype_map={"uint8": ["*a"], "uint16": ["*b", "*d"], "float16": ["*c"]})
    stored = stored_arrays(c)
    same = {k: next(v for v in stored.values() if v.shape == was.shape and np.allclose(v, was, atol=0.05))
            for k, was in values.items()}
    assert any(np.any(same[k] != values[k]) for k in "ac"), "nothing was rounded"
    rounded = Quantized(same)
    c.tell("model.json", {"x": x}, {"y": rounded.call(x)["y"].numpy()}, arrays=stored)

class Tables(tf.Module):
    def __init__(self):
        words = tf.lookup.KeyValueTensorInitializer(["red", "green", ""], tf.constant([3, 5, 7], tf.int64))
        names = tf.lookup.KeyValueTensorInitializer(tf.constant([3, 5], tf.int64), ["rouge", "vert"])
        self.words = tf.lookup.StaticHashTable(words, -1)
        self.names = tf.lookup.StaticHashTable(names, "?")

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="word")])
    def call(self, word):
        number = self.words.lookup(word)
        return {"number": number, "name": self.names.lookup(number)}

@case
def tfjs_graph_tables(c):
    """Two tables, which a graph of their own fills, and weights that are strings."""
    module, words = Tables(), np.array(["green", "blue", "", "red"])
    graph_model(c, module, module.call)
    c.tell("model.json", {"word": words}, {k: v.numpy() for k, v in module.call(tf.constant(words)).items()})

# -- layers models ------------------------------------------------------------------------------------------------------

def sequences():
    """Layers with inner layers, and a nested model that is called twice."""
    left, right = tf.keras.Input([5, 4], name="left"), tf.keras.Input([5, 4], name="right")
    inner = tf.keras.Sequential([layers.Input([5, 4]), layers.Dense(6, activation="tanh", name="project"),
                                 layers.BatchNormalization(name="norm"),
                                 layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both_ways")], name="encoder")
    y = layers.Concatenate()([inner(left), inner(right)])
    y = layers.RNN([layers.GRUCell(4), layers.LSTMCell(3)], name="stack")(y)
    y = layers.Dense(6, name="hidden")(y)
    return tf.keras.Model([left, right], layers.Dense(2, name="scores")(layers.BatchNormalization(name="last_norm")(y)))

def tell_layers(c, model, values, **more):
    c.tell("model.json", values, {model.output_names[0]: model([*values.values()]).numpy()}, **more)

@case
def tfjs_layers_sequences(c):
    model = sequences()
    randomize(c, model)
    layers_model(c, model, by_layer=True, shard=900)
    tell_layers(c, model, {"left": c.normal(2, 5, 4), "right": c.normal(2, 5, 4)})

@case
def tfjs_layers_quantized(c):
    """The answer is that of the weights as they are in the files."""
    x = tf.keras.Input([6, 6, 2], name="image")
    y = layers.SeparableConv2D(4, 3, activation="relu", name="parts")(x)
    y = layers.BatchNormalization(name="norm")(y)
    model = tf.keras.Model(x, layers.Dense(3, name="scores")(layers.Flatten()(y)))
    randomize(c, model)
    layers_model(c, model, {"uint8": ["parts/*"], "float16": ["norm/*"], "uint16": ["scores/*"]}, shard=64)
    stored = stored_arrays(c)
    model.set_weights([stored[w.name[:-2]] for w in model.weights])
    tell_layers(c, model, {"image": c.normal(2, 6, 6, 2)}, arrays=stored)

@case
def tfjs_layers_js(c):
    """As TensorFlow.js itself saves a model: the topology is the configuration, and an array has the name of the inner layer only."""
    model = sequences()
    randomize(c, model)
    layers_model(c, model)
    with open(c.path("model.json")) as f:
        saved = json.load(f)
    config = saved["modelTopology"]["model_config"]
    saved["modelTopology"] = dict(config, keras_version="tfjs-layers 4.22.0", backend="tensor_flow.js")
    for group in saved["weightsManifest"]:
        for w in group["weights"]:
            way = w["name"].split("/") # both_ways/forward_lstm/lstm_cell/kernel
            w["name"] = f"{way[1]}/{way[3]}" if way[0] == "both_ways" else w["name"]
    saved["convertedBy"] = None
    with open(c.path("model.json"), "w") as f:
        json.dump(saved, f)
    tell_layers(c, model, {"left": c.normal(2, 5, 4), "right": c.normal(2, 5, 4)})

if __name__ == "__main__":
    main()
