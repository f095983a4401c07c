#!/usr/bin/env python3
"""Write src/ir/ops.def, src/ir/attrs.def and src/ir/schema_table.c from the operator schemas of the installed `onnx` package
and from OWN, the ops that the IR has beside ONNX's.

usage: onnx_schema.py [SRC/IR]      (default: src/ir beside this script's folder)
The files are checked in; run this again when the newest onnx package adds an opset, and compare.
"""
import os, re, sys
import onnx
from onnx import defs

AttrType = defs.OpSchema.AttrType
KINDS = {AttrType.INT: "INT", AttrType.FLOAT: "FLOAT", AttrType.STRING: "STRING", AttrType.INTS: "INTS",
         AttrType.FLOATS: "FLOATS", AttrType.STRINGS: "STRINGS", AttrType.TENSOR: "TENSOR", AttrType.GRAPH: "GRAPH",
         AttrType.SPARSE_TENSOR: "SPARSE_TENSOR", AttrType.TYPE_PROTO: "TYPE"}
WHOLE = {"MatMul": "MATMUL", "PRelu": "PRELU", "IsNaN": "IS_NAN"}

# What TensorFlow does on a CPU only and ONNX cannot say; they mean what TensorFlow's ops of these names do. No opset has them
# (since 255), so that the ONNX writer refuses them by name.
# name: inputs, outputs (name, option, group, types), attributes (name, kind, default; None: required)
STRING, FLOAT, INT32, INT64 = (["tensor(%s)" % t] for t in ("string", "float", "int32", "int64"))
INDEX = INT32 + INT64
ANY = list(defs.get_schema("Identity").type_constraints[0].allowed_type_strs)
OWN = {
    "AsString": ([("input", "ONE", 1, ANY)], [("output", "ONE", 0, STRING)],
                 [("precision", "INT", -1), ("scientific", "INT", 0), ("shortest", "INT", 0), ("width", "INT", -1), ("fill", "STRING", "")]),
    # Web-safe base64 (RFC 4648, 5).
    "DecodeBase64": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], []),
    "DecodeCompressed": ([("bytes", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], [("compression_type", "STRING", "")]),
    # DecodeRaw and DecodePaddedRaw: fixed_length is -1, or so many bytes of each string; dtype is one of enum tfp_dtype.
    "DecodeRaw": ([("bytes", "ONE", 0, STRING)], [("output", "ONE", 0, ANY)],
                  [("dtype", "INT", None), ("fixed_length", "INT", -1), ("little_endian", "INT", 1)]),
    # rows[i] of the result sums up table[ids[i]]; of the elements of a row the mean, or the sum over the root of their number, where
    # `combiner` is mean or sqrtn. rows: [n], or indices [n, k] that begin with them. `count` rows, else one more than the last of `rows`; elements of a row below 0 go nowhere. skip: ids
    # that do not count, 1: below 0, 2: beyond the table, too. `base` is added to the sum. decompose/ writes it in ONNX's terms.
    "EmbeddingSum": ([("table", "ONE", 0, FLOAT), ("ids", "ONE", 0, INT64), ("rows", "ONE", 0, INT64), ("count", "OPTIONAL", 0, INT64),
                      ("base", "OPTIONAL", 0, FLOAT)], [("output", "ONE", 0, FLOAT)], [("combiner", "STRING", "sum"), ("skip", "INT", 0)]),
    "EncodeBase64": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], [("pad", "INT", 0)]),
    # Of the domain ai.onnx.ml, version 2: TableFind in its words, made only for the ONNX writer.
    "LabelEncoder": ([("X", "ONE", 0, ANY)], [("Y", "ONE", 0, ANY)],
                     [("keys_strings", "STRINGS", ""), ("keys_int64s", "INTS", ""), ("keys_floats", "FLOATS", ""),
                      ("values_strings", "STRINGS", ""), ("values_int64s", "INTS", ""), ("values_floats", "FLOATS", ""),
                      ("default_string", "STRING", "_Unused"), ("default_int64", "INT", -1), ("default_float", "FLOAT", "")]),
    # A missing feature's default follows `serialized`, for each dense key; absent: it is required. Outputs: indices, values and
    # shapes of the sparse ones, dense values, values and row splits of the ragged ones. dense_shapes: all dimensions, one feature
    # after the other, -1 where the number of rows differs by example; types are those of enum tfp_dtype.
    "ParseExample": ([("serialized", "ONE", 0, STRING), ("dense_defaults", "VARIADIC", 0, ANY)], [("outputs", "VARIADIC", 0, ANY)],
                     [("sparse_keys", "STRINGS", ""), ("sparse_types", "INTS", ""), ("dense_keys", "STRINGS", ""), ("dense_types", "INTS", ""),
                      ("dense_ranks", "INTS", ""), ("dense_shapes", "INTS", ""), ("ragged_keys", "STRINGS", ""), ("ragged_types", "INTS", ""),
                      ("ragged_split_types", "INTS", "")]),
    # The feature lists of tf.SequenceExample messages (their context is what ParseExample reads). Each step of a dense one has
    # dense_shapes values; a list that is missing is empty where dense_may_miss is 1, else required. Outputs: indices, values and
    # shapes of the sparse ones; dense values, padded to the longest list with zeros or empty strings, and the lists' lengths;
    # values, row splits of the lists and row splits of their steps of the ragged ones.
    "ParseFeatureLists": ([("serialized", "ONE", 0, STRING)], [("outputs", "VARIADIC", 0, ANY)],
                          [("sparse_keys", "STRINGS", ""), ("sparse_types", "INTS", ""), ("dense_keys", "STRINGS", ""), ("dense_types", "INTS", ""),
                           ("dense_ranks", "INTS", ""), ("dense_shapes", "INTS", ""), ("dense_may_miss", "INTS", ""), ("ragged_keys", "STRINGS", ""),
                           ("ragged_types", "INTS", ""), ("ragged_split_types", "INTS", "")]),
    # All strings of the last axis as one; the other axes stay.
    "ReduceJoin": ([("inputs", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], [("separator", "STRING", "")]),
    # `pattern` and `rewrite` as RE2 has them, one of each.
    "RegexReplace": ([("input", "ONE", 0, STRING), ("pattern", "ONE", 0, STRING), ("rewrite", "ONE", 0, STRING)],
                     [("output", "ONE", 0, STRING)], [("replace_global", "INT", 1)]),
    # Of `sparse` features with indices, values and shapes (all indices first), then dense ones: every combination of their values,
    # hashed (SparseCross, SparseCrossHashed; with a salt as the latter does it) or joined as text (SparseCrossText: SparseCrossV2).
    "SparseCross": ([("inputs", "VARIADIC", 0, ANY)],
                    [("indices", "ONE", 0, INT64), ("values", "ONE", 0, INT64), ("shape", "ONE", 0, INT64)],
                    [("sparse", "INT", None), ("hash_key", "INT", 0), ("num_buckets", "INT", None), ("salt", "INTS", ""),
                     ("strong_hash", "INT", 0)]),
    "SparseCrossText": ([("inputs", "VARIADIC", 0, ANY)],
                        [("indices", "ONE", 0, INT64), ("values", "ONE", 0, STRING), ("shape", "ONE", 0, INT64)],
                        [("sparse", "INT", None), ("separator", "STRING", "")]),
    # A row without elements gets one, the default at column 0; elements come in the order of their rows. decompose/ writes this one,
    # the next and SumOfOneHot in ONNX's terms.
    "SparseFillEmptyRows": ([("indices", "ONE", 0, INT64), ("values", "ONE", 1, ANY), ("shape", "ONE", 0, INT64), ("default_value", "ONE", 1, ANY)],
                            [("indices", "ONE", 0, INT64), ("values", "ONE", 1, ANY), ("empty", "ONE", 0, ["tensor(bool)"]), ("places", "ONE", 0, INT64)], []),
    # Where the elements of a sparse tensor lie in another shape, of which one dimension may be -1; that shape.
    "SparseReshape": ([("indices", "ONE", 0, INT64), ("shape", "ONE", 0, INT64), ("new_shape", "ONE", 0, INT64)],
                      [("indices", "ONE", 0, INT64), ("shape", "ONE", 0, INT64)], []),
    "StringLength": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, INT32)], [("unit", "STRING", "BYTE")]),
    "StringLower": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], [("encoding", "STRING", "")]),
    "StringNGrams": ([("data", "ONE", 0, STRING), ("data_splits", "ONE", 1, INDEX)],
                     [("ngrams", "ONE", 0, STRING), ("ngrams_splits", "ONE", 1, INDEX)],
                     [("left_pad", "STRING", ""), ("ngram_widths", "INTS", ""), ("pad_width", "INT", 0),
                      ("preserve_short_sequences", "INT", 0), ("right_pad", "STRING", ""), ("separator", "STRING", "")]),
    # The words of each string as a sparse matrix. StringSplitV2 (any_of 0): `delimiter` is one string, none is white space;
    # StringSplit (any_of 1): `delimiter` is a set of bytes, none makes each byte a word.
    "StringSplitSparse": ([("input", "ONE", 0, STRING), ("delimiter", "ONE", 0, STRING)],
                          [("indices", "ONE", 0, INT64), ("values", "ONE", 0, STRING), ("shape", "ONE", 0, INT64)],
                          [("any_of", "INT", 0), ("maxsplit", "INT", -1), ("skip_empty", "INT", 0)]),
    "StringStrip": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], []),
    "StringToHashBucket": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, INT64)], [("num_buckets", "INT", None)]),
    "StringToHashBucketFast": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, INT64)], [("num_buckets", "INT", None)]),
    "StringToHashBucketStrong": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, INT64)],
                                 [("key", "INTS", None), ("num_buckets", "INT", None)]),
    "StringUpper": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)], [("encoding", "STRING", "")]),
    "Substr": ([("input", "ONE", 0, STRING), ("pos", "ONE", 1, INDEX), ("len", "ONE", 1, INDEX)], [("output", "ONE", 0, STRING)],
               [("unit", "STRING", "BYTE")]),
    # Of each row of indices, how often each number from 0 to depth - 1 occurs; others do not count.
    "SumOfOneHot": ([("indices", "ONE", 0, INT64)], [("output", "ONE", 0, ["tensor(float)"])], [("depth", "INT", None)]),
    # values[i] where keys[i] is x, else the default.
    "TableFind": ([("x", "ONE", 1, ANY), ("keys", "ONE", 1, ANY), ("values", "ONE", 2, ANY), ("default_value", "ONE", 2, ANY)],
                  [("output", "ONE", 2, ANY)], []),
    # Of the domain ai.onnx.ml: Trees in its words, made only for the ONNX writer.
    "TreeEnsembleRegressor": ([("X", "ONE", 0, FLOAT)], [("Y", "ONE", 1, FLOAT)],
                              [("n_targets", "INT", None), ("nodes_treeids", "INTS", ""), ("nodes_nodeids", "INTS", ""), ("nodes_featureids", "INTS", ""),
                               ("nodes_values", "FLOATS", ""), ("nodes_modes", "STRINGS", ""), ("nodes_truenodeids", "INTS", ""),
                               ("nodes_falsenodeids", "INTS", ""), ("target_treeids", "INTS", ""), ("target_nodeids", "INTS", ""),
                               ("target_ids", "INTS", ""), ("target_weights", "FLOATS", "")]),
    # Decision trees over features [batch, n], as tables of all their nodes: where the feature is at most the threshold (`equal`: is the
    # threshold) a walk goes left, else right; a leaf leads to itself, others to nodes behind them, at most `depth` times. Sums up leaf[node]
    # ([nodes, targets]) of the trees, which begin at nodes 0, step, 2 * step, .. decompose/ writes it in ONNX's terms.
    "Trees": ([("features", "ONE", 0, INT32), ("feature", "ONE", 0, INT64), ("threshold", "ONE", 0, INT32), ("left", "ONE", 0, INT64),
               ("right", "ONE", 0, INT64), ("equal", "ONE", 0, ["tensor(bool)"]), ("leaf", "ONE", 0, FLOAT)], [("output", "ONE", 0, FLOAT)],
              [("step", "INT", None), ("depth", "INT", None)]),
    # Unicode text of any encoding that ICU knows. errors: strict, replace or ignore. UnicodeDecode gives code points.
    "UnicodeDecode": ([("input", "ONE", 0, STRING)],
                      [("row_splits", "ONE", 0, INT64), ("char_values", "ONE", 0, INT32), ("char_to_byte_starts", "ONE", 0, INT64)],
                      [("errors", "STRING", "replace"), ("input_encoding", "STRING", None), ("replace_control_characters", "INT", 0),
                       ("replacement_char", "INT", 65533)]),
    "UnicodeEncode": ([("input_values", "ONE", 0, INT32), ("input_splits", "ONE", 1, INDEX)], [("output", "ONE", 0, STRING)],
                      [("errors", "STRING", "replace"), ("output_encoding", "STRING", None), ("replacement_char", "INT", 65533)]),
    "UnicodeScript": ([("input", "ONE", 0, INT32)], [("output", "ONE", 0, INT32)], []),
    "UnicodeTranscode": ([("input", "ONE", 0, STRING)], [("output", "ONE", 0, STRING)],
                         [("errors", "STRING", "replace"), ("input_encoding", "STRING", None), ("output_encoding", "STRING", None),
                          ("replace_control_characters", "INT", 0), ("replacement_char", "INT", 65533)]),
    # Strings of one segment as one, in their order.
    "UnsortedSegmentJoin": ([("inputs", "ONE", 0, STRING), ("segment_ids", "ONE", 1, INDEX), ("num_segments", "ONE", 0, INDEX)],
                            [("output", "ONE", 0, STRING)], [("separator", "STRING", "")]),
}
OWN_SINCE = 255

def own_params(formal):
    return [f"{{ {c_text(name)}, PARAM_{option}, {group}, 0x{mask(types):x} }}" for name, option, group, types in formal]

def own_attr(name, kind, default):
    row = f".name = ATTR_{c_name(name)}, .kind = ATTR_KIND_{kind}"
    if default is None:
        row += ", .required = true"
    elif default != "" or kind == "STRING":
        row += f", .preset = true, .{'i' if kind == 'INT' else 's'} = {default if kind == 'INT' else c_text(default)}"
    return "{ " + row + " }"

def c_name(name):
    for a, b in WHOLE.items():
        name = name.replace(a, "_" + b + "_")
    s = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name)
    s = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", s)
    return re.sub(r"_+", "_", s).strip("_").upper()

def mask(types):
    """Bits of tensor element types by TensorProto.DataType; sequences, optionals and maps have none."""
    m = 0
    for t in types:
        x = re.fullmatch(r"tensor\((\w+)\)", t)
        if x:
            m |= 1 << onnx.TensorProto.DataType.Value(x.group(1).upper())
    return m

def c_text(s):
    return '"' + s.replace("\\", "\\\\").replace('"', '\\"') + '"'

def params(schema, formal):
    groups, out = {}, []
    allowed = {t.type_param_str: list(t.allowed_type_strs) for t in schema.type_constraints}
    for p in formal:
        option = {"Single": "ONE", "Optional": "OPTIONAL", "Variadic": "VARIADIC"}[p.option.name]
        types = mask(allowed.get(p.type_str, [p.type_str]))
        group = groups_of(schema).get(p.type_str, 0) if p.is_homogeneous else 0
        out.append(f"{{ {c_text(p.name)}, PARAM_{option}, {group}, 0x{types:x} }}")
    return out

def groups_of(schema):
    return {t.type_param_str: i + 1 for i, t in enumerate(schema.type_constraints)}

def attr_row(name, a):
    kind, d = KINDS[a.type], a.default_value
    row = f".name = ATTR_{c_name(name)}, .kind = ATTR_KIND_{kind}"
    if a.required:
        row += ", .required = true"
    elif kind == "INT" and d.type:
        row += f", .preset = true, .i = {d.i}"
    elif kind == "FLOAT" and d.type:
        row += f", .preset = true, .f = {d.f!r}f"
    elif kind == "STRING" and d.type:
        row += f", .preset = true, .s = {c_text(d.s.decode())}"
    elif kind in ("INTS", "FLOATS", "STRINGS") and d.type and (d.ints or d.floats or d.strings):
        assert kind in ("INTS", "STRINGS"), (name, d)
        if kind == "INTS":
            row += f", .preset = true, .s = {c_text(','.join(map(str, d.ints)))}"
        else:
            row += f", .preset = true, .s = {c_text(','.join(x.decode() for x in d.strings))}"
    return "{ " + row + " }"

def main():
    here = os.path.dirname(os.path.abspath(__file__))
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "src", "ir")
    all_schemas = [s for s in defs.get_all_schemas_with_history() if s.domain == ""]
    ops = sorted({s.name for s in all_schemas} | set(OWN))
    attrs = sorted({a for s in all_schemas for a in s.attributes} | {a[0] for own in OWN.values() for a in own[2]})
    head = f"/* Made by tools/onnx_schema.py from onnx {onnx.__version__}; change that, not this. */\n"
    with open(os.path.join(to, "ops.def"), "w") as f:
        f.write(head + "".join(f'OP({c_name(o)}, "{o}")\n' for o in ops))
    with open(os.path.join(to, "attrs.def"), "w") as f:
        f.write(head + "".join(f'ATTR({c_name(a)}, "{a}")\n' for a in attrs))
    shared = {}

    def array(ctype, rows):
        if not rows:
            return "NULL, 0"
        key = (ctype, tuple(rows))
        if key not in shared:
            shared[key] = f"{'p' if 'param' in ctype else 'a'}{len(shared)}"
        return f"{shared[key]}, {len(rows)}"

    rows = []
    for o in ops:
        if o in OWN:
            ins, outs, own = OWN[o]
            count = lambda formal: 0xffff if formal[-1][1] == "VARIADIC" else len(formal)
            least = lambda formal: sum(p[1] == "ONE" for p in formal)
            i, u = array("struct schema_param", own_params(ins)), array("struct schema_param", own_params(outs))
            a = array("struct schema_attr", [own_attr(*x) for x in sorted(own)])
            rows.append(f"    {{ IR_{c_name(o)}, {OWN_SINCE}, false, {least(ins)}, {count(ins)}, {least(outs)}, {count(outs)}, {i}, {u}, {a} }},\n")
        for s in sorted((s for s in all_schemas if s.name == o), key=lambda s: s.since_version):
            i = array("struct schema_param", params(s, s.inputs))
            u = array("struct schema_param", params(s, s.outputs))
            a = array("struct schema_attr", [attr_row(n, s.attributes[n]) for n in sorted(s.attributes)])
            many = lambda n: min(n, 0xffff)
            rows.append(f"    {{ IR_{c_name(o)}, {s.since_version}, {'true' if s.deprecated else 'false'}, {many(s.min_input)}, "
                        f"{many(s.max_input)}, {many(s.min_output)}, {many(s.max_output)}, {i}, {u}, {a} }},\n")
    table = onnx.helper.VERSION_TABLE
    ir = {}
    for row in table:
        ir.setdefault(row[2], row[1])
    with open(os.path.join(to, "schema_table.c"), "w") as f:
        f.write(head + '#include "ir/schema.h"\n\n// clang-format off\n')
        for (ctype, r), name in shared.items():
            f.write(f"static const {ctype} {name}[] = {{ {', '.join(r)} }};\n")
        f.write("\nconst struct schema schema_table[] = {\n" + "".join(rows) + "};\n")
        f.write("const size_t schema_table_n = sizeof schema_table / sizeof schema_table[0];\n\n")
        f.write("/* The IR version that the first onnx release with each opset wrote. */\n")
        f.write("const uint8_t schema_ir_versions[] = { " +
                ", ".join(f"[{k}] = {v}" for k, v in sorted(ir.items())) + " };\n")
        f.write(f"const int schema_newest_opset = {defs.onnx_opset_version()};\n// clang-format on\n")

if __name__ == "__main__":
    main()
