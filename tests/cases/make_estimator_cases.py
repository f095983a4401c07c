#!/usr/bin/env python3
"""Writes test cases beside this file, as make_cases.py does: what models of tf.estimator begin and end with.

usage: make_estimator_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)

Most of these ops no opset has; such a case says "refused 99": that every conversion is refused by name is tested as well.
"""
from saved_cases import case, main, np, tf, v1

v1.disable_eager_execution()
raw = tf.raw_ops

def example(**features):
    """None is a feature without a list."""
    e = tf.train.Example()
    for key, values in features.items():
        f = e.features.feature[key]
        if values is None:
            continue
        kind = f.bytes_list if values and isinstance(values[0], bytes) else \
            f.int64_list if values and isinstance(values[0], int) else f.float_list
        kind.value.extend(values)
        kind.SetInParent()
    return e.SerializeToString()

def unpacked(key, value):
    """A feature of single floats, each with a tag of its own."""
    floats = b"".join(b"\x0d" + np.float32(v).tobytes() for v in value)
    feature = b"\x12" + bytes([len(floats)]) + floats
    entry = b"\x0a" + bytes([len(key)]) + key + b"\x12" + bytes([len(feature)]) + feature
    return b"\x0a" + bytes([len(entry) + 2]) + b"\x0a" + bytes([len(entry)]) + entry

MESSAGES = [
    example(f=[1.5, -2.0, 3.25], n=[7], v=[1.0, 2.0, 3.0, 4.0], s=[b"a", b"bc"], i=[5, -6, 7], w=[b"word"], r=[0.5]),
    example(f=[0.0, 0.0, 0.0], v=[], i=None, w=[b""], r=[]),
    example(f=[9.0, 8.0, 7.0], n=[-(1 << 62)], v=[5.0, 6.0], other=[b"ignored"], r=[1.0, 2.0, 3.0]),
    example(f=[4.0, 4.0, 4.0]) + example(f=[1.0, 2.0, 3.0], s=[b"later"]),
    unpacked(b"f", [6.0, 5.0, 4.0]) + example(n=[0]),
]

@case
def parse_example(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "examples")
        got = raw.ParseExampleV2(
            serialized=x, names=[], sparse_keys=["s", "i"], dense_keys=["f", "n", "v", "w"], ragged_keys=["r"],
            dense_defaults=[tf.zeros([0], tf.float32), tf.constant([42], tf.int64), tf.constant([-1.0]), tf.constant([b"none"])],
            num_sparse=2, sparse_types=[tf.string, tf.int64], ragged_value_types=[tf.float32], ragged_split_types=[tf.int32],
            dense_shapes=[[3], [1], [None, 2], [1]])
        flat = dict(sparse=got.sparse_indices + got.sparse_values + got.sparse_shapes, dense=got.dense_values,
                    ragged=got.ragged_values + got.ragged_row_splits)
        outputs = {f"{k}_{i}": tf.identity(t, f"{k}_{i}") for k, l in flat.items() for i, t in enumerate(l)}
        c.finish(g, {"examples": (x, np.array(MESSAGES, object))}, outputs, ["examples"])

@case
def parse_example_1(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "examples")
        got = raw.ParseExample(serialized=x, names=[], sparse_keys=["s"], dense_keys=["f", "n"],
                               dense_defaults=[tf.zeros([0]), tf.constant([3], tf.int64)], sparse_types=[tf.string],
                               dense_shapes=[[3], [1]])
        flat = got.sparse_indices + got.sparse_values + got.sparse_shapes + got.dense_values
        outputs = {f"y_{i}": tf.identity(t, f"y_{i}") for i, t in enumerate(flat)}
        c.finish(g, {"examples": (x, np.array(MESSAGES, object))}, outputs, ["examples"])

@case
def parse_single_example(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [], "example")
        got = raw.ParseSingleExample(serialized=x, dense_defaults=[tf.zeros([0]), tf.constant([3], tf.int64)], num_sparse=2,
                                     sparse_keys=["s", "i"], dense_keys=["f", "n"], sparse_types=[tf.string, tf.int64],
                                     dense_shapes=[[3], [1]])
        flat = got.sparse_indices + got.sparse_values + got.sparse_shapes + got.dense_values
        outputs = {f"y_{i}": tf.identity(t, f"y_{i}") for i, t in enumerate(flat)}
        c.finish(g, {"example": (x, np.array(MESSAGES[0], object))}, outputs, ["example"])

def sequence(lists, context=b""):
    """The context is laid out like an Example. A step that is None is a feature without a list."""
    s = tf.train.SequenceExample.FromString(context)
    for key, steps in lists.items():
        s.feature_lists.feature_list[key].SetInParent()
        for step in steps:
            f = tf.train.Feature() if step is None else tf.train.Example.FromString(example(x=step)).features.feature["x"]
            s.feature_lists.feature_list[key].feature.append(f)
    return s.SerializeToString()

SEQUENCES = [
    sequence(dict(f=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], s=[[b"a"], [b"b", b"cc"], None], i=[[7], None, [-8, 9]]), example(n=[7], w=[b"one"], r=[1.5])),
    sequence(dict(f=[], s=[[b""]], o=[[3], [4]])),
    sequence(dict(f=[[-1.0, 0.5]], other=[[1.0]], i=[]), example(n=[-3], w=None, r=[2.0, 3.0])),
    sequence(dict(f=[[0.0, 0.0]] * 2)) + sequence(dict(f=[[9.0, 8.0]], i=[[1, 2, 3]])),
]

@case
def parse_sequence_example(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "examples")
        got = raw.ParseSequenceExample(
            serialized=x, debug_name=[], context_dense_defaults=[tf.constant([42], tf.int64)],
            feature_list_dense_missing_assumed_empty=["o"], context_sparse_keys=["w"], context_dense_keys=["n"],
            feature_list_sparse_keys=["i", "s"], feature_list_dense_keys=["f", "o"], Ncontext_sparse=1, Ncontext_dense=1,
            Nfeature_list_sparse=2, Nfeature_list_dense=2, context_sparse_types=[tf.string], feature_list_dense_types=[tf.float32, tf.int64],
            context_dense_shapes=[[1]], feature_list_sparse_types=[tf.int64, tf.string], feature_list_dense_shapes=[[2], []])
        outputs = {f"{field}_{i}": tf.identity(t, f"{field}_{i}") for field, l in got._asdict().items() for i, t in enumerate(l)}
        c.finish(g, {"examples": (x, np.array(SEQUENCES, object))}, outputs, ["examples"])

@case
def parse_sequence_example_2(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "examples")
        got = raw.ParseSequenceExampleV2(
            serialized=x, debug_name=[], context_sparse_keys=["w"], context_dense_keys=["n"], context_ragged_keys=["r"],
            feature_list_sparse_keys=["s"], feature_list_dense_keys=["f", "o"], feature_list_ragged_keys=["i"],
            feature_list_dense_missing_assumed_empty=[False, True], context_dense_defaults=[tf.constant([42], tf.int64)], Ncontext_sparse=1,
            context_sparse_types=[tf.string], context_ragged_value_types=[tf.float32], context_ragged_split_types=[tf.int64],
            context_dense_shapes=[[1]], Nfeature_list_sparse=1, Nfeature_list_dense=2, feature_list_dense_types=[tf.float32, tf.int64],
            feature_list_sparse_types=[tf.string], feature_list_ragged_value_types=[tf.int64], feature_list_ragged_split_types=[tf.int32],
            feature_list_dense_shapes=[[2], []])
        outputs = {f"{field}_{i}": tf.identity(t, f"{field}_{i}") for field, l in got._asdict().items() for i, t in enumerate(l)}
        c.finish(g, {"examples": (x, np.array(SEQUENCES, object))}, outputs, ["examples"])

@case
def parse_single_sequence_example(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [], "example")
        got = raw.ParseSingleSequenceExample(
            serialized=x, feature_list_dense_missing_assumed_empty=["o"], context_sparse_keys=["w"], context_dense_keys=["n"],
            feature_list_sparse_keys=["s", "i"], feature_list_dense_keys=["f", "o"], context_dense_defaults=[tf.constant([42], tf.int64)],
            debug_name="", context_sparse_types=[tf.string], feature_list_dense_types=[tf.float32, tf.int64], context_dense_shapes=[[1]],
            feature_list_sparse_types=[tf.string, tf.int64], feature_list_dense_shapes=[[2], []])
        outputs = {f"{field}_{i}": tf.identity(t, f"{field}_{i}") for field, l in got._asdict().items() for i, t in enumerate(l)}
        c.finish(g, {"example": (x, np.array(SEQUENCES[0], object))}, outputs, ["example"])

@case
def as_string(c):
    with tf.Graph().as_default() as g:
        f = v1.placeholder(tf.float32, [None], "f")
        i = v1.placeholder(tf.int64, [None], "i")
        b = v1.placeholder(tf.bool, [None], "b")
        outputs = dict(plain=tf.as_string(f), three=tf.as_string(f, precision=3), short=tf.as_string(f, shortest=True),
                       science=tf.as_string(f, scientific=True, precision=2), wide=tf.as_string(f, width=12, precision=1),
                       zeros=tf.as_string(i, width=8, fill="0"), left=tf.as_string(i, width=6, fill="-"), whole=tf.as_string(i),
                       small=tf.as_string(tf.cast(i, tf.uint8)), double=tf.as_string(tf.cast(f, tf.float64), precision=9),
                       truth=tf.as_string(b))
        outputs = {k: tf.identity(t, k) for k, t in outputs.items()}
        values = np.array([0, -1.5, 3.14159265, 1e10, -2.5e-8, np.inf, -np.inf, np.nan], np.float32)
        whole = np.array([0, -7, 255, 1 << 40, -(1 << 62)], np.int64)
        c.finish(g, {"f": (f, values), "i": (i, whole), "b": (b, np.array([True, False]))}, outputs)

@case
def hash_buckets(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "x")
        words = [bytes((k * 7 + n * 31) % 255 + 1 for k in range(n)) for n in list(range(0, 130)) + [191, 192, 193, 255, 256, 1000]]
        outputs = {f"h_{n}": tf.identity(tf.strings.to_hash_bucket_fast(x, n), f"h_{n}") for n in (1, 10, 1000003, 2**62)}
        c.finish(g, {"x": (x, np.array(words, object))}, outputs)

@case
def lookup_tables(c):
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None, 3], "x")
        n = v1.placeholder(tf.int64, [None], "n")
        colors = [b"red", b"green", b"blue", b"", b"\xff\xfe", b"a longer name than the others have"]
        to_id = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(colors, np.arange(6, dtype=np.int64)), -1)
        to_name = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(np.arange(6, dtype=np.int64), colors), b"unknown")
        weight = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(np.array([3, 5], np.int64), np.array([0.5, 2.0], np.float32)), -1.0)
        outputs = dict(ids=to_id.lookup(x), names=to_name.lookup(n), weights=weight.lookup(n), size=to_id.size(),
                       first=to_id.lookup(x[0, :1]))
        outputs = {k: tf.identity(t, k) for k, t in outputs.items()}
        values = np.array([[b"red", b"green", b"pink"], [b"", b"\xff\xfe", b"Red"], [b"blue", b"blu", b"a longer name than the others have"],
                           [b"red", b"red", b"red"]], object)
        c.finish(g, {"x": (x, values), "n": (n, np.array([0, 5, 3, 9, -1], np.int64))}, outputs, prepare=[v1.tables_initializer()], refused=0)

@case
def labels_since9(c):
    """From words to words by standard ONNX and ai.onnx.ml alone."""
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "x")
        words = [b"red", b"green", b"blue", b"\xc3\xa9t\xc3\xa9", b""]
        tables = tf.lookup
        ids = tables.StaticHashTable(tables.KeyValueTensorInitializer(words, np.arange(5, dtype=np.int64)), 5).lookup(x)
        weights = tf.constant(np.random.RandomState(5).randn(6, 4).astype(np.float32))
        best = tf.argmax(tf.matmul(tf.one_hot(ids, 6), weights), 1)
        names = tables.StaticHashTable(tables.KeyValueTensorInitializer(np.arange(4, dtype=np.int64), [b"a", b"b", b"", b"dd"]), b"?")
        sizes = tables.StaticHashTable(tables.KeyValueTensorInitializer([b"a", b"dd"], np.array([1.5, 2.5], np.float32)), -1.0)
        outputs = dict(ids=tf.as_string(ids), names=names.lookup(best), small=tf.as_string(tf.cast(best, tf.int32) - 2),
                       sizes=sizes.lookup(names.lookup(best)))
        outputs = {k: tf.identity(t, k) for k, t in outputs.items()}
        c.finish(g, {"x": (x, np.array(words + [b"other", b"red"], object))}, outputs, refused=9, prepare=[v1.tables_initializer()])

@case
def lookup_table_file(c):
    with tf.Graph().as_default() as g:
        with open("/tmp/vocabulary.tsv", "w") as f:
            f.write("alpha\t10\t0.5\nbeta\t20\t1.5\ngamma\t-30\t2.5\n")
        x = v1.placeholder(tf.string, [None], "x")
        asset = tf.constant("/tmp/vocabulary.tsv", name="vocabulary")
        v1.add_to_collection(v1.GraphKeys.ASSET_FILEPATHS, asset)
        lookups = tf.lookup
        def table(key, value, *columns):
            return lookups.StaticHashTable(lookups.TextFileInitializer(asset, key, columns[0], value, columns[1]), -1)
        rows = table(tf.string, tf.int64, 0, 1).lookup(x)
        lines = table(tf.string, tf.int64, lookups.TextFileIndex.WHOLE_LINE, lookups.TextFileIndex.LINE_NUMBER).lookup(x)
        names = lookups.StaticHashTable(lookups.TextFileInitializer(asset, tf.int64, lookups.TextFileIndex.LINE_NUMBER, tf.string, 0), b"?")
        outputs = dict(rows=tf.identity(rows, "rows"), lines=tf.identity(lines, "lines"), names=tf.identity(names.lookup(rows // 10), "names"))
        values = np.array([b"alpha", b"gamma", b"beta\t20\t1.5", b"delta"], object)
        builder = v1.saved_model.Builder(c.path("model"))
        with c.session() as s:
            s.run(v1.tables_initializer())
            got = s.run(list(outputs.values()), {x: values})
            signature = v1.saved_model.predict_signature_def({"x": x}, outputs)
            builder.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature}, main_op=v1.tables_initializer(),
                                                 assets_collection=v1.get_collection(v1.GraphKeys.ASSET_FILEPATHS))
            builder.save()
        c.write(["model model", "signature serving_default"], {"x": values}, dict(zip(outputs, got)))

@case
def sparse_rows(c):
    """Opset 11 and later have what it takes."""
    with tf.Graph().as_default() as g:
        at = v1.placeholder(tf.int64, [None, 2], "at")
        values = v1.placeholder(tf.float32, [None], "values")
        shape = tf.constant([5, 6], tf.int64)
        filled = raw.SparseFillEmptyRows(indices=at, values=values, dense_shape=shape, default_value=-1.0)
        reshaped = raw.SparseReshape(input_indices=at, input_shape=shape, new_shape=tf.constant([3, -1, 2], tf.int64))
        outputs = {f"filled_{i}": tf.identity(t, f"filled_{i}") for i, t in enumerate(filled)}
        outputs.update({f"reshaped_{i}": tf.identity(t, f"reshaped_{i}") for i, t in enumerate(reshaped)})
        places = np.array([[0, 0], [0, 5], [2, 3], [3, 1], [3, 2]], np.int64)
        c.finish(g, {"at": (at, places), "values": (values, np.arange(5, dtype=np.float32))}, outputs, refused=11)

@case
def sparse_cross(c):
    with tf.Graph().as_default() as g:
        words = v1.placeholder(tf.string, [None], "words")
        numbers = v1.placeholder(tf.int64, [None], "numbers")
        dense = v1.placeholder(tf.string, [None, 2], "dense")
        at = [tf.constant([[0, 0], [0, 1], [2, 0]], tf.int64), tf.constant([[0, 0], [1, 0], [2, 0], [2, 1]], tf.int64)]
        outputs = {}
        for buckets in (0, 1000):
            got = raw.SparseCross(indices=at, values=[words, numbers], shapes=[tf.constant([3, 2], tf.int64)] * 2, dense_inputs=[dense],
                                  hashed_output=True, num_buckets=buckets, hash_key=0xDECAFCAFFE, out_type=tf.int64, internal_type=tf.int64)
            outputs.update({f"y{buckets}_{i}": tf.identity(t, f"y{buckets}_{i}") for i, t in enumerate(got)})
        c.finish(g, {"words": (words, np.array([b"a", b"bb", b"c"], object)), "numbers": (numbers, np.array([7, 8, -9, 10], np.int64)),
                      "dense": (dense, np.array([[b"x", b"y"], [b"z", b""], [b"u", b"v"]], object))}, outputs)

def column_model(c):
    """A wide and deep model over parsed examples, as estimators build it."""
    columns = tf.feature_column
    age, color = columns.numeric_column("age"), columns.categorical_column_with_vocabulary_list("color", ["red", "green", "blue"], num_oov_buckets=2)
    city = columns.categorical_column_with_hash_bucket("city", 20)
    wide = [city, columns.crossed_column([columns.bucketized_column(age, [10.0, 30.0, 60.0]), "city"], 50)]
    deep = [age, columns.indicator_column(color), columns.embedding_column(city, 4, combiner="sqrtn")]
    spec = columns.make_parse_example_spec(wide + deep + [color])
    examples = v1.placeholder(tf.string, [None], "examples")
    features = v1.io.parse_example(examples, spec)
    logits = v1.feature_column.linear_model(features, wide) + v1.layers.dense(v1.feature_column.input_layer(features, deep), 1)
    classes = tf.as_string(tf.cast(logits > 0, tf.int32))
    return examples, dict(logits=tf.identity(logits, "logits"), classes=tf.identity(classes, "classes"))

@case
def embedding_columns(c):
    """What sparse columns write out, without the parsing: ids below 0, empty rows, all combiners; indicators before a dense layer."""
    with tf.Graph().as_default() as g:
        at, ids = v1.placeholder(tf.int64, [None, 2], "at"), v1.placeholder(tf.int64, [None], "ids")
        few = v1.placeholder(tf.int32, [None], "few")
        number = v1.placeholder(tf.float32, [5, 3], "number")
        shape = tf.constant([5, 4], tf.int64)
        table, kernel = tf.constant(c.normal(40, 3)), tf.constant(c.normal(83, 6))
        def look(values, **options):
            return v1.nn.safe_embedding_lookup_sparse(table, tf.SparseTensor(at, values, shape), **options)
        outputs = {f"{name}_of_ids": look(ids, combiner=name) for name in ("sum", "mean", "sqrtn")}
        outputs["of_int32"] = look(few, combiner="mean")
        outputs["with_default"] = look(ids, default_id=7, combiner="mean")
        def indicator(values):
            dense = v1.sparse_to_dense(at, shape, values, default_value=-1)
            return tf.reduce_sum(tf.one_hot(dense, 40, on_value=1., off_value=0.), -2)
        columns = tf.concat([indicator(ids), number, indicator(tf.cast(few, tf.int64) + 20)], -1)
        outputs["layer"] = tf.nn.relu(tf.matmul(columns, kernel) + 0.5)
        outputs = {k: tf.identity(t, k) for k, t in outputs.items()}
        places = np.array([[0, 0], [0, 1], [0, 3], [2, 0], [3, 0], [3, 2], [4, 1]], np.int64)
        c.finish(g, {"at": (at, places), "ids": (ids, np.array([3, 3, 39, -1, -5, 12, 0])), "few": (few, np.array([1, 2, 39, 25, 0, -1, 5], np.int32)),
                      "number": (number, c.normal(5, 3))}, outputs, refused=11)

@case
def vocabulary_columns(c):
    """One bucket for all other words, in two tables of the same words; and a bucket whose number is a word's, too."""
    words = [b"red", b"green", b"blue"]
    with tf.Graph().as_default() as g:
        x = v1.placeholder(tf.string, [None], "x")
        tables = [v1.lookup.StaticVocabularyTable(v1.lookup.KeyValueTensorInitializer(words, tf.range(3, dtype=tf.int64)), 1)
                  for _ in range(2)]
        numbers = v1.lookup.StaticHashTable(v1.lookup.KeyValueTensorInitializer(words, tf.constant([-1, 5, 6], tf.int64)), -1)
        found = numbers.lookup(x)
        other = tf.strings.to_hash_bucket_fast(x, 1) + 3
        outputs = {f"column_{i}": tf.identity(t.lookup(x), f"column_{i}") for i, t in enumerate(tables)}
        outputs["also_a_word"] = tf.where(tf.not_equal(found, -1), found, other, name="also_a_word")
        c.finish(g, {"x": (x, np.array(words + [b"other", b"red", b""], object))}, outputs, prepare=[v1.tables_initializer()])

@case
def feature_columns(c):
    messages = [example(age=[12.0], color=[b"red"], city=[b"paris"]), example(age=[70.0], color=[b"pink", b"blue"], city=None),
                example(age=[31.5], city=[b"rome", b"oslo"]), example(age=[0.0], color=[b"green"], city=[b"paris"])]
    with tf.Graph().as_default():
        v1.set_random_seed(5)
        examples, outputs = column_model(c)
        builder = v1.saved_model.Builder(c.path("model"))
        with c.session() as s:
            s.run([v1.global_variables_initializer(), v1.tables_initializer()])
            c.randomize(s)
            got = s.run(list(outputs.values()), {examples: messages})
            signature = v1.saved_model.predict_signature_def({"examples": examples}, outputs)
            builder.add_meta_graph_and_variables(s, ["serve"], {"serving_default": signature}, main_op=v1.tables_initializer(),
                                                 strip_default_attrs=True)
            builder.save()
    c.write(["model model", "signature serving_default"], {"examples": np.array(messages, object)}, dict(zip(outputs, got)), ["examples"])

if __name__ == "__main__":
    main()
