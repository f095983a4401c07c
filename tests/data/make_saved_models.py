"""Writes small SavedModels and MetaGraphs of TensorFlow 1 and 2 into saved_models/, damaged ones, each in one place, into
../hostile/saved_model/ and ../hostile/meta_graph/, and seeds for the fuzz targets that read them.
Needs TensorFlow 2.15: python3 make_saved_models.py"""
import os
import pathlib
import shutil
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
from google.protobuf import text_format
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2, saved_object_graph_pb2, trackable_object_graph_pb2

from tables import entry, header, masked, table, varint

v1 = tf.compat.v1
here = pathlib.Path(__file__).parent
good, hostile, seeds = here / "saved_models", here.parent / "hostile", here.parent / "fuzz" / "seeds"
KERNEL = np.arange(6, dtype="<f4").reshape(2, 3)
BIAS = np.arange(3, dtype="<f4")
OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"


def plain(model):
    """Without what says where in a program a node was made, and lists of ops."""
    for m in model.meta_graphs:
        m.meta_info_def.ClearField("stripped_op_list")
        nodes = list(m.graph_def.node) + [n for f in m.graph_def.library.function for n in f.node_def]
        for n in nodes:
            n.ClearField("experimental_debug_info")
    return model


def load(folder):
    model = saved_model_pb2.SavedModel.FromString((pathlib.Path(folder) / "saved_model.pb").read_bytes())
    return plain(model)


# -- the models -----------------------------------------------------------------------------------------------------------

def words(folder):
    path = pathlib.Path(folder) / "words.txt"
    path.write_text("one\ntwo\n")
    return str(path)


def graph_1(resource):
    x = v1.placeholder(tf.float32, [None, 2], name="x")
    w = v1.get_variable("w", initializer=KERNEL, use_resource=resource)
    b = v1.get_variable("b", initializer=BIAS, use_resource=resource)
    y = tf.identity(tf.matmul(x, w) + b, name="y")
    return x, y, tf.argmax(y, axis=1, name="class")


def signature(x, y):
    return v1.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})


def model_1(scratch, resource=False):
    """Two meta graphs, two signatures, an asset."""
    folder = str(pathlib.Path(scratch) / f"one_{resource}")
    builder = v1.saved_model.Builder(folder)
    for tags in (["serve"], ["serve", "gpu"]):
        with tf.Graph().as_default(), v1.Session() as session:
            x, y, best = graph_1(resource)
            asset = tf.constant(words(scratch), name="words")
            v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
            session.run(v1.global_variables_initializer())
            if tags == ["serve"]:
                builder.add_meta_graph_and_variables(session, tags, {"serving_default": signature(x, y),
                                                                     "classify": signature(x, best)},
                                                     assets_collection=[asset], strip_default_attrs=True)
            else:
                builder.add_meta_graph(tags, {"serving_default": signature(x, y)}, strip_default_attrs=True)
    builder.save()
    return folder


class Encoder(tf.Module):
    def __init__(self):
        super().__init__()
        self.kernel = tf.Variable(KERNEL, name="kernel")
        self.scale = tf.constant(2.0)

    @tf.function(input_signature=[tf.TensorSpec([None, 2], name="x")])
    def __call__(self, x):
        return tf.matmul(x, self.kernel) * self.scale


class Reader(tf.Module):
    """An asset is captured."""

    def __init__(self, asset):
        super().__init__()
        self.file = tf.saved_model.Asset(asset)

    @tf.function(input_signature=[])
    def path(self):
        return tf.identity(self.file.asset_path)


class Model(tf.Module):
    """Variables, a constant and a table are captured; functions have dicts, keywords and other functions in them."""

    def __init__(self, asset):
        super().__init__()
        self.encoder = Encoder()
        self.bias = tf.Variable(BIAS, name="bias")
        self.again = [self.encoder, self]
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.TextFileInitializer(asset, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                          tf.lookup.TextFileIndex.LINE_NUMBER), -1)

    @tf.function
    def call(self, x, training=False):
        y = self.encoder(x["x"]) + self.bias
        return {"y": tf.nn.relu(y) if training else y, "z": (y, [y + 1.0])}

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def lookup(self, names):
        return self.table.lookup(names)


def small_model_2(scratch, signatures):
    folder = str(pathlib.Path(scratch) / f"small_{signatures}")
    model = Encoder()
    tf.saved_model.save(model, folder, signatures=model.__call__ if signatures else {})
    return folder


def reader_2(scratch):
    folder = str(pathlib.Path(scratch) / "reader")
    tf.saved_model.save(Reader(words(scratch)), folder, signatures={})
    return folder


def model_2(scratch, signatures):
    folder = str(pathlib.Path(scratch) / f"two_{signatures}")
    model = Model(words(scratch))
    x = {"x": tf.TensorSpec([None, 2])}
    for training in (False, True):
        model.call.get_concrete_function(x, training=training)
    chosen = {"serving_default": model.encoder.__call__, "lookup": model.lookup} if signatures else {}
    tf.saved_model.save(model, folder, signatures=chosen)
    return folder


# -- checkpoints ----------------------------------------------------------------------------------------------------------

def arrays_of(folder):
    reader = tf.train.load_checkpoint(str(pathlib.Path(folder) / "variables" / "variables"))
    return {name: reader.get_tensor(name) for name in sorted(reader.get_variable_to_shape_map())}


def save(prefix, arrays):
    names = list(arrays)
    tf.raw_ops.SaveV2(prefix=str(prefix), tensor_names=names, shape_and_slices=[""] * len(names),
                      tensors=[tf.constant(arrays[n]) for n in names])


def data_of(value):
    """The bytes of an array in a data file, and their checksum."""
    if isinstance(value, bytes):
        length = len(value).to_bytes(4, "little")
        stored = masked(length).to_bytes(4, "little")
        return varint(len(value)) + stored + value, masked(length + stored + value)
    return value.tobytes(), masked(value.tobytes())


def by_hand(prefix, arrays, **fields):
    """A checkpoint of one data file; `fields` replace those of every entry."""
    pairs, data = [(b"", header())], b""
    for name in sorted(arrays):
        value = arrays[name]
        text = isinstance(value, bytes)
        dtype = types_pb2.DT_STRING if text else tf.as_dtype(value.dtype).as_datatype_enum
        own, total = data_of(value)
        told = {"offset": len(data), "crc32c": total} | fields
        pairs.append((name.encode(), entry(() if text else value.shape, dtype, own, **told)))
        data += own
    pathlib.Path(f"{prefix}.index").write_bytes(table(pairs))
    pathlib.Path(f"{prefix}.data-00000-of-00001").write_bytes(data)


# -- damage ---------------------------------------------------------------------------------------------------------------

class Folder:
    """A SavedModel in hostile/saved_model: a copy of a model that `change` has its way with."""

    def __init__(self, model, arrays):
        self.model, self.arrays = model.SerializeToString(deterministic=True), arrays

    def write(self, name, change=None, arrays=None, content=None, text=False, variables=True, **fields):
        folder = hostile / "saved_model" / name
        folder.mkdir(parents=True)
        model = saved_model_pb2.SavedModel.FromString(self.model)
        if change:
            change(model)
        if text:
            (folder / "saved_model.pbtxt").write_text(text_format.MessageToString(model))
        else:
            pb = model.SerializeToString(deterministic=True) if content is None else content
            (folder / "saved_model.pb").write_bytes(pb)
        if variables:
            (folder / "variables").mkdir()
            by_hand(folder / "variables" / "variables", self.arrays if arrays is None else arrays, **fields)
        return folder


def shard(folder):
    return folder / "variables" / "variables.data-00000-of-00001"


def without_signature(model):
    sigs = model.meta_graphs[0].signature_def
    sigs["other"].CopyFrom(sigs["serving_default"])
    del sigs["serving_default"]


def with_tags(*tags):
    def change(model):
        for m, own in zip(model.meta_graphs, tags):
            m.meta_info_def.tags[:] = own
    return change


def first(function):
    """A change of the first meta graph, which stays the only one."""
    def change(model):
        del model.meta_graphs[1:]
        function(model.meta_graphs[0])
    return change


def asset_called(name):
    """TensorFlow 1 tells assets in a collection."""
    def change(m):
        packed = m.collection_def["saved_model_assets"].any_list.value[0]
        asset = meta_graph_pb2.AssetFileDef.FromString(packed.value)
        asset.filename = name
        packed.value = asset.SerializeToString()
    return first(change)


def second_asset_called(name):
    """TensorFlow 2, in a field."""
    return lambda model: setattr(model.meta_graphs[0].asset_file_def[0], "filename", name)


def hostile_variables(one, handles):
    one.write("fine")
    one.write("variables_missing", variables=False)
    (one.write("index_missing") / "variables" / "variables.index").unlink()
    shard(one.write("shard_missing")).unlink()
    folder = one.write("shard_short")
    shard(folder).write_bytes(shard(folder).read_bytes()[:-1])
    folder = one.write("checksum_wrong")
    data = bytearray(shard(folder).read_bytes())
    data[0] ^= 1
    shard(folder).write_bytes(data)
    one.write("index_outside", offset=2 ** 40)
    one.write("index_other_shard", shard_id=3)
    one.write("shape_differs", arrays={"b": BIAS, "w": KERNEL.T.copy()})
    one.write("type_differs", arrays={"b": BIAS, "w": KERNEL.astype("<f8")})
    one.write("variable_missing", arrays={"bias": BIAS, "w": KERNEL})
    one.write("variables_of_another", arrays={"conv/bias": BIAS, "conv/kernel": KERNEL})
    handles.write("handle_of_other_rank", arrays={"b": BIAS, "w": KERNEL.reshape(6)})
    handles.write("handle_of_other_type", arrays={"b": BIAS, "w": KERNEL.astype("<i4")})
    handles.write("handle_missing", arrays={"b": BIAS})


def hostile_choices(one):
    one.write("signatures_several", without_signature)
    one.write("tags_several", with_tags(["train"], ["gpu", "serve"]))
    one.write("signature_names_nothing", first(lambda m: setattr(m.signature_def["serving_default"].outputs["y"], "name", "z:0")))
    one.write("signature_without_outputs", first(lambda m: m.signature_def["serving_default"].ClearField("outputs")))
    for version in "1", "12":
        one.write(f"versions/{version}", variables=False)


def hostile_files(one, two):
    pb = saved_model_pb2.SavedModel.FromString(one.model).SerializeToString(deterministic=True)
    one.write("empty_file", content=b"", variables=False)
    one.write("truncated", content=pb[:len(pb) // 2], variables=False)
    one.write("garbage", content=b"\xff" * 64, variables=False)
    one.write("no_meta_graph", lambda model: model.ClearField("meta_graphs"), variables=False)
    one.write("no_graph", first(lambda m: m.ClearField("graph_def")), variables=False)
    one.write("asset_up", asset_called("../words.txt"))
    one.write("text_fine", first(lambda m: None), text=True)
    one.write("text_asset_up", asset_called("../words.txt"), text=True)
    two.write("asset_up_within", second_asset_called("a/../../words.txt"))
    two.write("asset_absolute", second_asset_called("/words.txt"))
    one.write("asset_with_nul", asset_called("words\0.txt"))
    one.write("asset_without_name", asset_called(""))
    folder = hostile / "saved_model" / "nothing"
    folder.mkdir()
    (folder / "readme").write_text("no model\n")


def objects(function):
    """A change of the object graph."""
    def change(model):
        m = model.meta_graphs[0]
        function(m.object_graph_def, m)
    return change


def node(graph, kind):
    return next(n for n in graph.nodes if n.WhichOneof("kind") == kind)


def concrete(graph, word):
    name = next(n for n in sorted(graph.concrete_functions) if word in n and "restored" not in n)
    return name, graph.concrete_functions[name]


def hostile_objects(two, functions, reader):
    def rename_function(graph, m):
        name, _ = concrete(graph, "__call__")
        next(f for f in m.graph_def.library.function if f.signature.name == name).signature.name = "elsewhere"

    def forget_concrete(graph, m):
        for n in graph.nodes:
            for i, _ in enumerate(n.function.concrete_functions):
                n.function.concrete_functions[i] = "nowhere"

    def cycle(graph, m):
        for i in range(len(graph.nodes)):
            graph.nodes[i].children.add(node_id=0, local_name="root")
            graph.nodes[i].children.add(node_id=i, local_name="me")

    functions.write("objects_fine")
    functions.write("objects_cycle", objects(cycle))
    functions.write("object_child_outside", objects(lambda g, m: g.nodes[0].children.add(node_id=999, local_name="a")))
    functions.write("object_child_negative", objects(lambda g, m: g.nodes[0].children.add(node_id=-1, local_name="a")))
    functions.write("capture_outside", objects(lambda g, m: concrete(g, "__call__")[1].bound_inputs.__setitem__(0, 999)))
    functions.write("capture_negative", objects(lambda g, m: concrete(g, "__call__")[1].bound_inputs.__setitem__(0, -1)))
    functions.write("capture_of_root", objects(lambda g, m: concrete(g, "__call__")[1].bound_inputs.__setitem__(0, 0)))
    functions.write("captures_too_many", objects(lambda g, m: concrete(g, "__call__")[1].bound_inputs.extend([1] * 9)))
    functions.write("captures_too_few", objects(lambda g, m: concrete(g, "__call__")[1].ClearField("bound_inputs")))
    functions.write("constant_without_name", objects(lambda g, m: node(g, "constant").constant.ClearField("operation")))
    functions.write("constant_names_nothing", objects(lambda g, m: setattr(node(g, "constant").constant, "operation", "z")))
    reader.write("asset_index_outside", objects(lambda g, m: setattr(node(g, "asset").asset, "asset_file_def_index", 7)))
    functions.write("concrete_in_no_library", objects(rename_function))
    functions.write("functions_nowhere", objects(forget_concrete))
    functions.write("objects_empty", objects(lambda g, m: g.ClearField("nodes")))
    broken = functions.write("objects_damaged")
    model = saved_model_pb2.SavedModel.FromString(functions.model)
    graph = model.meta_graphs[0].object_graph_def.SerializeToString(deterministic=True)
    pb = model.SerializeToString(deterministic=True)
    (broken / "saved_model.pb").write_bytes(pb.replace(graph, b"\xff" * len(graph)))
    two.write("function_missing", lambda model: model.meta_graphs[0].graph_def.library.function.__delitem__(slice(0, 99)))


def hostile_saved_objects(functions):
    def saved(name, change):
        graph = trackable_object_graph_pb2.TrackableObjectGraph.FromString(functions.arrays[OBJECTS])
        change(graph)
        functions.write(name, arrays=functions.arrays | {OBJECTS: graph.SerializeToString(deterministic=True)})

    def key(graph, name):
        for n in graph.nodes:
            for a in n.attributes:
                a.checkpoint_key = name

    def outside(graph):
        for n in graph.nodes:
            for c in n.children:
                c.node_id += 100

    def cycle(graph):
        for i, n in enumerate(graph.nodes):
            n.children.add(node_id=0, local_name="root")
            n.children.add(node_id=i, local_name="me")

    saved("saved_keys_of_nothing", lambda g: key(g, "nowhere"))
    saved("saved_objects_outside", outside)
    saved("saved_objects_cycle", cycle)
    functions.write("saved_objects_damaged", arrays=functions.arrays | {OBJECTS: b"\xff" * 40})
    functions.write("saved_objects_no_text", arrays=functions.arrays | {OBJECTS: BIAS})
    functions.write("saved_objects_missing", arrays={n: a for n, a in functions.arrays.items() if n != OBJECTS})


# -- meta graphs ----------------------------------------------------------------------------------------------------------

def meta_graph(model):
    m = saved_model_pb2.SavedModel.FromString(model.SerializeToString(deterministic=True)).meta_graphs[0]
    m.ClearField("asset_file_def")
    m.meta_info_def.ClearField("tags")
    return m


def hostile_meta_graphs(model):
    folder = hostile / "meta_graph"
    arrays = {"b": BIAS, "w": KERNEL}
    pb = meta_graph(model).SerializeToString(deterministic=True)

    def write(name, content=pb, arrays=arrays, **fields):
        if content is not None:
            (folder / f"{name}.meta").write_bytes(content)
        if arrays is not None:
            by_hand(folder / name, arrays, **fields)

    def state(name, path):
        (folder / name).mkdir()
        (folder / name / "checkpoint").write_text(f'model_checkpoint_path: "{path}"\n')

    write("fine")
    write("graph_only", arrays=None)
    write("weights_only", content=None)
    write("of_another_graph", arrays={"conv/bias": BIAS, "conv/kernel": KERNEL})
    write("shape_differs", arrays={"b": BIAS, "w": KERNEL.T.copy()})
    write("type_differs", arrays={"b": BIAS, "w": KERNEL.astype("<f8")})
    write("variable_missing", arrays={"w": KERNEL})
    write("index_outside", offset=2 ** 40)
    write("shard_missing")
    (folder / "shard_missing.data-00000-of-00001").unlink()
    write("shard_short")
    (folder / "shard_short.data-00000-of-00001").write_bytes(BIAS.tobytes())
    write("checksum_wrong", crc32c=1)
    no_graph = meta_graph(model)
    no_graph.ClearField("graph_def")
    write("no_graph", no_graph.SerializeToString(deterministic=True))
    write("empty", b"")
    write("truncated", pb[:len(pb) // 2])
    text = text_format.MessageToString(meta_graph(model)).encode()
    write("text_cut", text[:len(text) // 2])
    write("text_fine", text)
    state("state_outside", "../fine")
    state("state_of_a_file_that_is_none", "../expected.tsv")
    state("state_outside_and_gone", "../../../nowhere/model")


# -- all ------------------------------------------------------------------------------------------------------------------

def write_seed(target, name, content):
    (seeds / target).mkdir(parents=True, exist_ok=True)
    (seeds / target / name).write_bytes(content)


def write_seeds(one, handles, two, functions, arrays):
    models = {"references": one, "handles": handles, "signatures": two, "functions": functions}
    for name, model in models.items():
        write_seed("fuzz_saved_model", f"{name}.pb", model.SerializeToString(deterministic=True))
    several = saved_model_pb2.SavedModel.FromString(two.SerializeToString())
    several.meta_graphs.add().CopyFrom(one.meta_graphs[0])
    with_tags(["train"], ["gpu", "serve"])(several)
    write_seed("fuzz_saved_model", "several.pb", several.SerializeToString(deterministic=True))
    write_seed("fuzz_saved_model", "references.pbtxt", text_format.MessageToString(one).encode())
    for name, model in models.items():
        write_seed("fuzz_meta_graph", f"{name}.meta", meta_graph(model).SerializeToString(deterministic=True))
    write_seed("fuzz_meta_graph", "variables.meta", (here / "variables" / "model.ckpt.meta").read_bytes())
    write_seed("fuzz_meta_graph", "handles.pbtxt", text_format.MessageToString(meta_graph(handles)).encode())
    graph = functions.meta_graphs[0].object_graph_def
    small = saved_object_graph_pb2.SavedObjectGraph()
    for n in graph.nodes:
        copy = small.nodes.add()
        copy.CopyFrom(n)
        copy.ClearField("function")
    for name, own in ("whole", graph), ("no_functions", small):
        text = own.SerializeToString(deterministic=True)
        write_seed("fuzz_object_graph", name, varint(len(text)) + text + arrays[OBJECTS])
    bare = meta_graph(functions)
    bare.ClearField("object_graph_def")
    (good / "functions.meta").write_bytes(bare.SerializeToString(deterministic=True))


def write_good(one, two):
    """The variables of both, beside which a fuzz target puts any saved_model.pb."""
    arrays = arrays_of(one) | arrays_of(two)
    (good / "variables").mkdir(parents=True)
    save(good / "variables" / "variables", arrays)
    return arrays


def main():
    for folder in good, hostile / "saved_model", hostile / "meta_graph":
        for path in folder.glob("*"):
            if path.name != "expected.tsv":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        one, handles = model_1(scratch), model_1(scratch, True)
        two, functions = model_2(scratch, True), model_2(scratch, False)
        arrays = write_good(one, functions)
        write_seeds(load(one), load(handles), load(two), load(functions), arrays)
        hostile_variables(Folder(load(one), arrays_of(one)), Folder(load(handles), arrays_of(handles)))
        hostile_choices(Folder(load(one), arrays_of(one)))
        reader = reader_2(scratch)
        reader = Folder(load(reader), arrays_of(reader))
        hostile_files(Folder(load(one), arrays_of(one)), reader)
        two, functions = small_model_2(scratch, True), small_model_2(scratch, False)
        hostile_objects(Folder(load(two), arrays_of(two)), Folder(load(functions), arrays_of(functions)), reader)
        hostile_saved_objects(Folder(load(functions), arrays_of(functions)))
        hostile_meta_graphs(load(one))


main()
