#!/usr/bin/env python3
"""Writes test cases beside this file, as make_estimator_cases.py does: lookup tables of TensorFlow 2, mutable ones, and Keras' layers
for text, which use them.

usage: make_table_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
import os, shutil, tempfile
from case_files import new_folder
from saved_cases import case, main, np, tf, v1

lookup = tf.lookup

NO_OPSET = "refused 99"  # of ONNX can say it

def vocabulary(*words):
    """A file elsewhere, which the SavedModel takes a copy of."""
    path = os.path.join(tempfile.mkdtemp(), "words.txt")
    with open(path, "w") as f:
        f.write("\n".join(words) + "\n")
    return path

class Tables(tf.Module):
    def __init__(self):
        super().__init__()
        self.fixed = lookup.StaticHashTable(lookup.KeyValueTensorInitializer(["a", "b", "c"], np.array([3, 4, 5], np.int64)), -1)
        self.file = lookup.StaticVocabularyTable(
            lookup.TextFileInitializer(vocabulary("x", "y", "z"), tf.string, lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                       lookup.TextFileIndex.LINE_NUMBER, value_index_offset=2), num_oov_buckets=5)
        self.grown = lookup.experimental.MutableHashTable(tf.string, tf.int64, -7)
        self.grown.insert(["q", "r"], np.array([9, 8], np.int64))
        self.dense = lookup.experimental.DenseHashTable(tf.int64, tf.int64, -7, empty_key=-1, deleted_key=-2, initial_num_buckets=8)
        self.dense.insert(np.array([1, 5], np.int64), np.array([11, 55], np.int64))

    @tf.function
    def look(self, x, n):
        return dict(fixed=self.fixed.lookup(x), file=self.file.lookup(x), grown=self.grown.lookup(x), dense=self.dense.lookup(n),
                    size=self.fixed.size())

INPUTS = dict(x=np.array([b"a", b"x", b"q", b"zz", b"z"], object), n=np.array([1, 2, 5], np.int64))

def call(m, **more):
    return {k: v.numpy() for k, v in m.look(**{k: tf.constant(v) for k, v in (INPUTS | more).items()}).items()}

@case
def tables_of_module(c):
    m = Tables()
    got = call(m)
    signature = m.look.get_concrete_function(tf.TensorSpec([None], tf.string, "x"), tf.TensorSpec([None], tf.int64, "n"))
    tf.saved_model.save(m, c.path("model"), signatures={"serving_default": signature})
    c.write(["model model", "signature serving_default", NO_OPSET], INPUTS, got)

@case
def tables_of_objects(c):
    """No signature: a function of the module is called with what it captured."""
    m = Tables()
    got = call(m)
    tf.saved_model.save(m, c.path("model"))
    c.write(["model model", "signature look", NO_OPSET], INPUTS, got)

@case
def tables_in_loops(c):
    class Loops(Tables):
        @tf.function
        def look(self, x, n):
            total = tf.zeros([], tf.int64)
            for i in tf.range(tf.size(x)):
                total += self.file.lookup(x[i])
                if n[i] > 1:
                    total = 10 * total + self.fixed.lookup(x[i]) + self.fixed.size()
            return dict(total=total)
    m, n = Loops(), np.array([1, 2, 5, 0, 3], np.int64)
    got = call(m, n=n)
    signature = m.look.get_concrete_function(tf.TensorSpec([None], tf.string, "x"), tf.TensorSpec([None], tf.int64, "n"))
    tf.saved_model.save(m, c.path("model"), signatures={"serving_default": signature})
    c.write(["model model", "signature serving_default", NO_OPSET], INPUTS | dict(n=n), got)

@case
def tables_mutable(c):
    with tf.Graph().as_default():
        x = v1.placeholder(tf.string, [None], "x")
        table = lookup.experimental.MutableHashTable(tf.string, tf.int64, -7, name="grown")
        filled = table.insert(["q", "r"], np.array([9, 8], np.int64))
        y = tf.identity(table.lookup(x), "y")
        with c.session() as s:
            s.run(filled)
            got = s.run(y, {x: INPUTS["x"]})
            builder = v1.saved_model.Builder(c.path("model"))
            signature = v1.saved_model.predict_signature_def({"x": x}, {"y": y})
            builder.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature})
            builder.save()
    c.write(["model model", "signature serving_default"], {"x": INPUTS["x"]}, {"y": got})

@case
def bincounts(c):
    with tf.Graph().as_default() as g:
        splits, values = v1.placeholder(tf.int64, [None], "splits"), v1.placeholder(tf.int32, [None], "values")
        weights, at = v1.placeholder(tf.float32, [None], "weights"), v1.placeholder(tf.int64, [None, 2], "at")
        raw, none, out = tf.raw_ops, tf.zeros([0], tf.int32), {}
        for binary in (False, True):
            out[f"ragged_{binary}"] = raw.RaggedBincount(splits=splits, values=values, size=4, weights=none, binary_output=binary)
            out[f"sparse_{binary}"] = raw.SparseBincount(indices=at, values=values, dense_shape=tf.constant([3, 4], tf.int64), size=4,
                                                         weights=none, binary_output=binary)
        out["weighted"] = raw.RaggedBincount(splits=splits, values=values, size=4, weights=weights)
        out["vector"] = raw.SparseBincount(indices=at[:, 1:], values=values, dense_shape=tf.constant([4], tf.int64), size=4, weights=weights)
        out = {k: tf.identity(t, k) for k, t in out.items()}
        feeds = {splits: [0, 2, 2, 5], values: [1, 3, 0, 7, 0], weights: [0.5, 1, 2, 3, 4], at: [[0, 0], [0, 1], [2, 0], [2, 1], [2, 3]]}
        c.finish(g, {t.op.name: (t, np.array(v, t.dtype.as_numpy_dtype)) for t, v in feeds.items()}, out, refused=0)

# -- Keras ----------------------------------------------------------------------------------------------------------

L = tf.keras.layers
COLORS = ["red", "green", "blue"]
WORDS = ["the", "cat", "world", "the cat"]
X = np.array([["red", "pink"], ["blue", "green"], ["", "red"]], object)
N = np.array([[1, 5], [7, 9], [0, 5]], np.int64)
T = np.array([["Hello, world! The cat."], ["the CAT sat"], [""]], object)
FORMATS = {"h5": "model.h5", "keras": "model.keras", "model": "model"}

def text_input(width, name):
    return tf.keras.Input((width,), dtype=tf.string, name=name)

def save(c, layers, formats=FORMATS, refused=True, **inputs):
    """The model of layers by name, in all formats."""
    feeds = {k: tf.keras.Input(v.shape[1:], dtype=tf.string if v.dtype == object else v.dtype, name=k) for k, v in inputs.items()}
    outputs = layers(**feeds)
    model = tf.keras.Model(feeds, outputs)
    got = [t.numpy() for t in model({k: tf.constant(v) for k, v in inputs.items()})]
    for part, name in formats.items():
        folder = new_folder(f"{c.folder}_{part}")
        model.save(os.path.join(folder, name))
        names = [t.node.layer.name for t in outputs]
        c.write([f"model {name}"] + [NO_OPSET] * refused, inputs, dict(zip(names, got)), folder=folder)
    shutil.rmtree(c.folder)

@case
def keras_text_lookups(c):
    save(c, lambda x, n: [
        L.StringLookup(vocabulary=COLORS, name="plain")(x),
        L.StringLookup(vocabulary=COLORS, num_oov_indices=3, mask_token="", name="masked")(x),
        L.StringLookup(vocabulary=COLORS + ["", "pink"], num_oov_indices=0, name="strict")(x),
        L.StringLookup(vocabulary=COLORS, output_mode="multi_hot", name="multi_hot")(x),
        L.StringLookup(vocabulary=COLORS, output_mode="count", name="count")(x),
        L.StringLookup(vocabulary=COLORS, output_mode="tf_idf", idf_weights=[1.5, 2.5, 3.5], name="tf_idf")(x),
        L.StringLookup(vocabulary=COLORS, invert=True, name="inverted")(n),
        L.IntegerLookup(vocabulary=[5, 7], num_oov_indices=2, mask_token=0, name="integers")(n),
        L.IntegerLookup(vocabulary=[5, 7], output_mode="one_hot", name="one_hot")(n[:, :1])], x=X, n=N)

@case
def keras_text_hashes(c):
    save(c, lambda x, n, a, b: [
        L.Hashing(10, name="plain")(x), L.Hashing(10, mask_value="", name="masked")(x), L.Hashing(10, salt=3, name="salted")(x),
        L.Hashing(1000, salt=[3, 4], name="salts")(x), L.Hashing(5, output_mode="multi_hot", name="multi_hot")(x),
        L.Hashing(10, name="numbers")(n), L.Hashing(6, salt=9, output_mode="count", name="counted")(n),
        L.HashedCrossing(100, name="crossed")((a, b)), L.HashedCrossing(10, output_mode="one_hot", name="crossed_one_hot")((a, b))],
        x=X, n=N, a=X[:, :1], b=N[:, :1])

@case
def keras_text_vectors(c):
    save(c, lambda t: [
        L.TextVectorization(vocabulary=WORDS, name="plain")(t),
        L.TextVectorization(vocabulary=WORDS, output_sequence_length=4, name="four")(t),
        L.TextVectorization(vocabulary=WORDS, ngrams=2, output_mode="multi_hot", name="grams")(t),
        L.TextVectorization(vocabulary=list("the ca"), output_mode="count", standardize="lower", split="character", name="letters")(t),
        L.TextVectorization(vocabulary=WORDS, standardize="strip_punctuation", split=None, output_mode="int", name="whole")(t),
        L.TextVectorization(vocabulary=WORDS, idf_weights=[1.0, 2.0, 3.0, 4.0], output_mode="tf_idf", name="weighted")(t)], t=T)

def adapted(layer, values):
    layer.adapt(values)
    return layer

@case
def keras_text_adapted(c):
    """HDF5 has no place for what layers adapt to."""
    save(c, lambda x, n, t: [
        adapted(L.StringLookup(mask_token="", name="strings"), ["red", "red", "blue"])(x),
        adapted(L.StringLookup(output_mode="count", name="counted"), ["red", "red", "blue"])(x),
        adapted(L.IntegerLookup(name="integers"), [5, 5, 7])(n),
        adapted(L.TextVectorization(name="texts"), ["the cat", "the world"])(t),
        adapted(L.TextVectorization(output_mode="multi_hot", name="bags"), ["the cat", "the world"])(t)],
        formats={"keras": "model.keras", "model": "model"}, x=X, n=N, t=T)

@case
def keras_buckets_adapted(c):
    values = c.normal(60, 1)
    save(c, lambda f: [adapted(L.Discretization(num_bins=5, name="five"), values)(f),
                       adapted(L.Discretization(num_bins=49, output_mode="multi_hot", name="many"), values)(f),
                       adapted(L.Discretization(num_bins=49, epsilon=0.05, name="few"), values)(f)],
         refused=False, f=c.normal(8, 2))

@case
def keras_vocabulary_file(c):
    """The SavedModel has the file, with an offset for the index of unknown values."""
    path = vocabulary(*COLORS)
    save(c, lambda x: [L.StringLookup(vocabulary=path, num_oov_indices=2, name="many")(x), L.StringLookup(vocabulary=path, name="one")(x)],
         formats={"model": "model"}, x=X)

if __name__ == "__main__":
    main()
