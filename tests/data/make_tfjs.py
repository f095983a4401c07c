#!/usr/bin/env python3
"""Write models of TensorFlow.js that must fail into ../hostile/tfjs/, and seeds for the fuzz target that reads them.
expected.tsv there, one row a file, is kept: run the unit test test_hostile with TFP_ACCEPT=1 after a change."""
import base64, copy, json, pathlib, struct

here = pathlib.Path(__file__).parent
hostile, seeds = here.parent / "hostile" / "tfjs", here.parent / "fuzz" / "seeds" / "fuzz_tfjs"

def constant(name, dtype, shape):
    value = {"dtype": dtype, "tensorShape": {"dim": [{"size": str(n)} for n in shape]}}
    return {"name": name, "op": "Const", "attr": {"dtype": {"type": dtype}, "value": {"tensor": value}}}

# y = x * w + b, b in a function
graph = {
    "format": "graph-model", "convertedBy": "by hand",
    "signature": {"inputs": {"x": {"name": "x:0", "dtype": "DT_FLOAT"}}, "outputs": {"y": {"name": "y:0", "dtype": "DT_FLOAT"}}},
    "modelTopology": {
        "node": [
            {"name": "x", "op": "Placeholder", "attr": {"dtype": {"type": "DT_FLOAT"}, "shape": {"shape": {"dim": [{"size": "-1"}, {"size": "2"}]}}}},
            constant("w", "DT_FLOAT", [2]),
            {"name": "product", "op": "Mul", "input": ["x", "w"], "attr": {"T": {"type": "DT_FLOAT"}}},
            {"name": "sum", "op": "PartitionedCall", "input": ["product"],
             "attr": {"f": {"func": {"name": "add"}}, "Tin": {"list": {"type": ["DT_FLOAT"]}}, "Tout": {"list": {"type": ["DT_FLOAT"]}}}},
            {"name": "y", "op": "Identity", "input": ["sum"], "attr": {"T": {"type": "DT_FLOAT"}}},
        ],
        "library": {"function": [{
            "signature": {"name": "add", "inputArg": [{"name": "a", "type": "DT_FLOAT"}], "outputArg": [{"name": "r", "type": "DT_FLOAT"}]},
            "nodeDef": [constant("add/b", "DT_DOUBLE", [2]),
                        {"name": "cast", "op": "Cast", "input": ["add/b:output:0"], "attr": {"SrcT": {"type": "DT_DOUBLE"}, "DstT": {"type": "DT_FLOAT"}}},
                        {"name": "s", "op": "AddV2", "input": ["a", "cast:y:0"], "attr": {"T": {"type": "DT_FLOAT"}}}],
            "ret": {"r": "s:z:0"}}]},
        "versions": {"producer": 1645}},
    "weightsManifest": [{"paths": ["fine.bin"], "weights": [{"name": "w", "dtype": "float32", "shape": [2]},
                                                           {"name": "add/b", "dtype": "float32", "shape": [2]}]}],
}

# words -> numbers, by a table that a graph of its own fills
table = {
    "format": "graph-model",
    "signature": {"inputs": {"word": {"name": "word:0", "dtype": "DT_STRING"},
                             "unknown:0": {"name": "unknown:0", "dtype": "DT_RESOURCE", "resourceId": 7}},
                  "outputs": {"y": {"name": "find:0", "dtype": "DT_INT64"}}},
    "modelTopology": {"node": [
        {"name": "word", "op": "Placeholder", "attr": {"dtype": {"type": "DT_STRING"}, "shape": {"shape": {"dim": [{"size": "-1"}]}}}},
        {"name": "unknown", "op": "Placeholder", "attr": {"dtype": {"type": "DT_RESOURCE"}}},
        constant("missing", "DT_INT64", []),
        {"name": "find", "op": "LookupTableFindV2", "input": ["unknown", "word", "missing"],
         "attr": {"Tin": {"type": "DT_STRING"}, "Tout": {"type": "DT_INT64"}}}]},
    "modelInitializer": {"node": [
        {"name": "table", "op": "HashTableV2", "attr": {"key_dtype": {"type": "DT_STRING"}, "value_dtype": {"type": "DT_INT64"},
                                                         "shared_name": {"s": base64.b64encode(b"table_1").decode()}}},
        constant("keys", "DT_STRING", [2]), constant("values", "DT_INT64", [2]),
        {"name": "fill", "op": "LookupTableImportV2", "input": ["table", "keys", "values"],
         "attr": {"Tin": {"type": "DT_STRING"}, "Tout": {"type": "DT_INT64"}}}]},
    "initializerSignature": {"outputs": {"table:0": {"name": "table:0", "dtype": "DT_RESOURCE", "resourceId": 7}}},
    "weightsManifest": [{"paths": ["words.bin"], "weights": [
        {"name": "keys", "dtype": "string", "shape": [2]}, {"name": "values", "dtype": "int32", "shape": [2]},
        {"name": "missing", "dtype": "int32", "shape": []}]}],
}

def layer(name, config, inbound):
    return {"class_name": name, "config": config, "name": config["name"], "inbound_nodes": inbound}

layers = {
    "modelTopology": {"keras_version": "2.15.0", "backend": "tensorflow", "model_config": {"class_name": "Functional", "config": {
        "name": "model", "input_layers": [["x", 0, 0]], "output_layers": [["dense", 0, 0]], "layers": [
            layer("InputLayer", {"name": "x", "batch_input_shape": [None, 2], "dtype": "float32"}, []),
            layer("Dense", {"name": "dense", "units": 1, "use_bias": True, "activation": "linear"}, [[["x", 0, 0, {}]]])]}}},
    "weightsManifest": [{"paths": ["fine.bin"], "weights": [{"name": "dense/kernel", "dtype": "float32", "shape": [2, 1]},
                                                           {"name": "dense/bias", "dtype": "float32", "shape": [1]}]}],
}

def write(folder, name, model):
    with open(folder / name, "w") as f:
        json.dump(model, f) if not isinstance(model, str) else f.write(model)

def broken(name, base, change):
    model = copy.deepcopy(base)
    change(model)
    write(hostile, name + ".json", model)

def weight(i, **members):
    """Changes members of array i of the manifest; None drops one."""
    def change(model):
        w = model["weightsManifest"][0]["weights"][i]
        for key, value in members.items():
            w.pop(key, None) if value is None else w.update({key: value})
    return change

def path(*paths):
    return lambda model: model["weightsManifest"][0].update(paths=list(paths))

def node(i, **members):
    return lambda model: model["modelTopology"]["node"][i].update(members)

def quantized(**q):
    return weight(0, quantization=q)

def main():
    for folder in hostile, seeds:
        folder.mkdir(parents=True, exist_ok=True)
        for f in folder.iterdir():
            if f.name != "expected.tsv":
                f.unlink()
    (hostile / "fine.bin").write_bytes(struct.pack("<4f", 2, 3, 0.5, -1))
    (hostile / "words.bin").write_bytes(b"\3\0\0\0red\0\0\0\0" + struct.pack("<3i", 5, 7, -1))
    (hostile / "twos.bin").write_bytes(b"\2" * 16)

    broken("path_above", graph, path("../tfjs/fine.bin"))
    broken("path_absolute", graph, path("/etc/passwd"))
    broken("path_inside", graph, path("a/../../fine.bin"))
    broken("path_twice", graph, path("fine.bin", "./fine.bin"))
    broken("path_no_text", graph, path(5))
    broken("path_missing", graph, path("missing.bin"))
    broken("paths_none", graph, lambda m: m["weightsManifest"][0].pop("paths"))
    broken("manifest_object", graph, lambda m: m.update(weightsManifest={"paths": []}))
    broken("too_short", graph, weight(1, shape=[3]))
    broken("shape_huge", graph, weight(0, shape=[1 << 40, 1 << 40]))
    broken("shape_large", graph, weight(0, shape=[1 << 60]))
    broken("shape_negative", graph, weight(0, shape=[-2]))
    broken("shape_fraction", graph, weight(0, shape=[2.5]))
    broken("shape_none", graph, weight(0, shape=None))
    broken("shape_many", graph, weight(0, shape=[1] * 17))
    broken("name_none", graph, weight(0, name=None))
    broken("name_nul", graph, weight(0, name="a\0b"))
    broken("name_twice", graph, weight(1, name="w"))
    broken("dtype_unknown", graph, weight(0, dtype="int4"))
    broken("dtype_none", graph, weight(0, dtype=None))
    broken("quantized_int8", graph, quantized(dtype="int8", scale=1, min=0))
    broken("quantized_no_scale", graph, quantized(dtype="uint8", min=0))
    broken("quantized_nan", graph, quantized(dtype="uint8", scale=1, min=float("nan")))
    broken("quantized_bool", graph, weight(0, dtype="bool", quantization={"dtype": "uint8", "scale": 1, "min": 0}))
    broken("bool_of_two", graph, lambda m: (path("twos.bin")(m), weight(0, dtype="bool")(m), weight(1, shape=[])(m)))
    broken("string_long", table, lambda m: (path("twos.bin")(m)))
    broken("strings_many", table, weight(0, shape=[1 << 40]))
    broken("constant_missing", graph, weight(0, name="v"))
    broken("constant_shape", graph, weight(0, shape=[1, 2]))
    broken("constant_type", graph, lambda m: (weight(0, dtype="complex64")(m), weight(1, shape=[0])(m)))
    broken("constant_in_function", graph, weight(1, name="b"))
    broken("topology_none", graph, lambda m: m.update(modelTopology=None))
    broken("topology_text", graph, lambda m: m.update(modelTopology="{}"))
    broken("node_list", graph, lambda m: m["modelTopology"].update(node={"x": 1}))
    broken("word_unknown", graph, lambda m: node(2, attr={"T": {"type": "DT_FLOAT9"}})(m))
    broken("base64_wrong", graph, lambda m: node(2, attr={"T": {"s": "*"}})(m))
    broken("op_unknown", graph, node(2, op="Multiply"))
    broken("signature_names_nothing", graph, lambda m: m["signature"]["outputs"]["y"].update(name="z:0"))
    broken("signature_list", graph, lambda m: m.update(signature={"inputs": [5]}))
    # No failure: the metadata's signature counts, by which the output is called.
    broken("signature_in_metadata", graph, lambda m: m.update(userDefinedMetadata={"signature": {"outputs": {"out": {"name": "y:0"}}}}))
    broken("resource_of_nobody", table, lambda m: m["signature"]["inputs"]["unknown:0"].update(resourceId=8))
    broken("resource_names_nothing", table, lambda m: m["signature"]["inputs"]["unknown:0"].update(name="no"))
    broken("initializer_functions", table, lambda m: m["modelInitializer"].update(library={"function": [{"signature": {"name": "f"}}]}))
    broken("initializer_constant", table, lambda m: m["modelInitializer"]["node"].append(constant("more", "DT_INT64", [1])))
    broken("layers_array_missing", layers, lambda m: m["weightsManifest"][0]["weights"].pop())
    broken("layers_array_elsewhere", layers, weight(1, name="dance/bias"))
    broken("layers_shape", layers, weight(0, shape=[1, 2]))
    broken("layers_tree", layers, lambda m: (weight(0, name="layers/dense/vars/0")(m), weight(1, name="layers/dense/vars/2")(m)))
    broken("layers_missing_file", layers, path("missing.bin"))
    text = json.dumps(graph)
    write(hostile, "cut.json", text[:-40])

    for name, model in ("graph", graph), ("table", table), ("layers", layers):
        write(seeds, name, model)
    for name, change in ("quantized", quantized(dtype="uint8", scale=0.5, min=-1)), ("half", quantized(dtype="float16")), \
                        ("shards", path("fine.bin", "words.bin")), ("strings", weight(0, dtype="string")):
        model = copy.deepcopy(graph)
        change(model)
        write(seeds, name, model)
    tree = copy.deepcopy(layers)
    weight(0, name="layers/dense/vars/0")(tree)
    weight(1, name="layers/dense/vars/1")(tree)
    write(seeds, "tree", tree)

main()
