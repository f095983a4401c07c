#!/usr/bin/env python3
"""Writes the hostile Keras files beside this one. (Python with h5py and numpy.)"""
import base64, json, os, struct, zipfile, zlib
import h5py, numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
def path(name):
    return os.path.join(HERE, name)

def layer(kind, name, inbound=None, **config):
    made = {"class_name": kind, "config": {"name": name, **config}}
    if inbound is not None:
        made.update(name=name, inbound_nodes=inbound)
    return made

def functional(layers, outputs, inputs=("x",)):
    return {"class_name": "Functional", "keras_version": "2.15.0", "backend": "tensorflow", "config": {
        "name": "m", "layers": layers, "input_layers": [[i, 0, 0] for i in inputs], "output_layers": outputs}}

x = layer("InputLayer", "x", [], batch_input_shape=[None, 3], dtype="float32")
def after(name="x", node=0, tensor=0):
    return [[[name, node, tensor, {}]]]

def write_json(name, what):
    with open(path(name), "w") as f:
        f.write(what if isinstance(what, str) else json.dumps(what))

def write_h5(name, model, weights={}, layer_names=None):
    with h5py.File(path(name), "w") as f:
        if model is not None:
            f.attrs["model_config"] = json.dumps(model)
        g = f.create_group("model_weights")
        g.attrs["layer_names"] = np.array([n.encode() for n in (layer_names or weights)] or [], dtype="S32")
        for n, arrays in weights.items():
            s = g.create_group(n)
            s.attrs["weight_names"] = np.array([k.encode() for k in arrays], dtype="S64")
            for k, a in arrays.items():
                s.create_dataset(k, data=a)

dense = layer("Dense", "dense", after(), units=2)
dense_model = functional([x, dense], [["dense", 0, 0]])
kernel, bias = np.ones((3, 2), "f"), np.ones(2, "f")

write_json("custom.json", functional([x, layer("MyPackage>Swirl", "swirl", after()), layer("Twist", "twist", after("swirl"))],
                                     [["twist", 0, 0]]))
write_json("cycle.json", functional([x, layer("Activation", "a", after("b"), activation="relu"),
                                     layer("Activation", "b", after("a"), activation="relu")], [["a", 0, 0]]))
write_json("no_such_node.json", functional([x, layer("Activation", "a", after("x"), activation="relu")], [["a", 7, 0]]))
write_json("no_such_tensor.json", functional([x, layer("Activation", "a", after("x", 0, 5), activation="relu")], [["a", 0, 0]]))
write_json("twice.json", functional([x, x], [["x", 0, 0]]))
write_json("no_layers.json", {"class_name": "MyModel", "config": {"units": 3}})
write_json("empty.json", {"class_name": "Sequential", "config": {"name": "m", "layers": []}})
write_json("deep.json", '{"class_name": "Sequential", "config": ' + "[" * 100000)
write_json("cut.json", json.dumps(dense_model)[:200])
write_json("weights_missing.json", dense_model)
write_json("activation.json", functional([x, layer("Activation", "a", after(), activation="sparkle")], [["a", 0, 0]]))
write_json("wrong_kind.json", functional([x, layer("LeakyReLU", "a", after(), alpha={"no": "number"})], [["a", 0, 0]]))
write_json("text.json", functional([x, layer("TextVectorization", "t", after())], [["t", 0, 0]]))
words = layer("InputLayer", "x", [], batch_input_shape=[None, 1], dtype="string")
for name, kind, config in [("text_file", "StringLookup", dict(vocabulary="/etc/passwd")),
                           ("text_tokens", "StringLookup", dict(vocabulary=["a", 7])),
                           ("text_unknown", "StringLookup", dict(vocabulary=["a"], num_oov_indices=-1)),
                           ("text_weights", "StringLookup", dict(vocabulary=["a"], output_mode="tf_idf", idf_weights=["b"])),
                           ("text_numbers", "IntegerLookup", dict(vocabulary=[1, 2])),
                           ("text_bins", "Hashing", dict(num_bins=1, mask_value="")),
                           ("text_grams", "TextVectorization", dict(vocabulary=["a"], split="whitespace", ngrams=1000000)),
                           ("text_function", "TextVectorization", dict(vocabulary=["a"], standardize="__lambda__"))]:
    write_json(name + ".json", functional([words, layer(kind, "t", after(), **config)], [["t", 0, 0]]))
write_json("lambda.json", functional([x, layer("Lambda", "l", after(), function=["4wEAAAA=", None, None])], [["l", 0, 0]]))
def python(seed):
    with open(os.path.join(HERE, "../../fuzz/seeds/fuzz_python", seed), "rb") as f:
        return [base64.b64encode(f.read()).decode(), None, None]

write_json("lambda_jump.json", functional([x, layer("Lambda", "l", after(), function=python("3_11_3"))], [["l", 0, 0]]))
write_json("lambda_free.json", functional([x, layer("Lambda", "l", after(), function=python("3_8_2"))], [["l", 0, 0]]))
write_json("lambda_named.json", functional([x, layer("Lambda", "l", after(), function="scaled", function_type="function")],
                                           [["l", 0, 0]]))
write_json("function.json", functional([x, layer("TFOpLambda", "f", [["x", 0, 0, {}]], function="linalg.svd")], [["f", 0, 0]]))
nested = x
write_json("nested.json", functional([x, layer("RNN", "r", after(), cell={"class_name": "MyCell", "config": {"name": "c"}})],
                                     [["r", 0, 0]]))

write_h5("weights_only.h5", None, {"dense": {"dense/kernel:0": kernel, "dense/bias:0": bias}})
write_h5("shape.h5", dense_model, {"dense": {"dense/kernel:0": np.ones((3, 5), "f"), "dense/bias:0": bias}})
write_h5("count.h5", dense_model, {"dense": {"dense/kernel:0": kernel}})
write_h5("layer_missing.h5", dense_model, {})
write_h5("array_missing.h5", dense_model, {"dense": {"dense/kernel:0": kernel, "dense/bias:0": bias}})
with h5py.File(path("array_missing.h5"), "a") as f:
    del f["model_weights/dense/dense/bias:0"]
write_h5("elsewhere.h5", dense_model, {"dense": {"dense/kernel:0": kernel, "dense/bias:0": bias}})
with h5py.File(path("elsewhere.h5"), "a") as f:
    del f["model_weights/dense/dense/bias:0"]
    f["model_weights/dense/dense/bias:0"] = h5py.ExternalLink("weights_only.h5", "/model_weights/dense/dense/bias:0")
write_h5("bomb.h5", dense_model, {"dense": {"dense/kernel:0": kernel, "dense/bias:0": bias}})
with h5py.File(path("bomb.h5"), "a") as f:
    del f["model_weights/dense/dense/kernel:0"]
    f.create_dataset("model_weights/dense/dense/kernel:0", (1 << 40, 2), "f4", chunks=(1024, 2))
whole = open(path("shape.h5"), "rb").read()
open(path("cut.h5"), "wb").write(whole[:len(whole) // 2])
open(path("signature.h5"), "wb").write(whole[:8] + b"\xff" * 64)

def write_zip(name, members):
    with zipfile.ZipFile(path(name), "w", zipfile.ZIP_DEFLATED) as z:
        for n, data in members.items():
            z.writestr(n, data)

config = json.dumps(dense_model)
write_zip("no_config.keras", {"metadata.json": "{}"})
write_zip("path.keras", {"metadata.json": "{}", "../config.json": config})
write_zip("no_weights.keras", {"metadata.json": '{"keras_version": "3.0.0"}', "config.json": config})
write_zip("no_group.keras", {"metadata.json": '{"keras_version": "3.0.0"}', "config.json": config,
                             "model.weights.h5": open(path("weights_only.h5"), "rb").read()})
write_zip("bomb.keras", {"config.json": config})
data = bytearray(open(path("bomb.keras"), "rb").read())
at = data.rindex(b"PK\1\2")
struct.pack_into("<I", data, at + 24, 0xfffffff0)
open(path("bomb.keras"), "wb").write(data)
data = bytearray(open(path("no_weights.keras"), "rb").read())
open(path("cut.keras"), "wb").write(data[:-30])
data[data.index(b"config.json") + 20] ^= 0x55
open(path("damaged.keras"), "wb").write(data)
