"""Writes the checkpoints that test_weights.c reads, into checkpoints/, and those that it must see refused, into
../hostile/checkpoint/, and seeds for the fuzz targets of checkpoints. Needs TensorFlow 2.15: python3 make_checkpoints.py

Element i of every numeric array is (3 i + 1) mod 100 (mod 2 for bool; complex ones have its negative as imaginary part),
so that the test knows the values by itself."""
import os
import pathlib
import struct

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_slice_pb2, types_pb2, versions_pb2
from tensorflow.core.protobuf import tensor_bundle_pb2 as bundle

from tables import entry, header, masked, table, varint

here = pathlib.Path(__file__).parent
good, bad, fuzz = here / "checkpoints", here.parent / "hostile" / "checkpoint", here.parent / "fuzz" / "seeds"
raw = tf.raw_ops

PLAIN = "float double half bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex64 complex128".split()
QUANTIZED = {"qint8": "int8", "quint8": "uint8", "qint16": "int16", "quint16": "uint16", "qint32": "int32"}
# What the writer of version 1 knows.
PLAIN_V1 = "float double half int8 int16 int32 int64 uint8 uint16 bool complex64 complex128".split()


def values(dtype, *shape):
    v = (np.arange(int(np.prod(shape))) * 3 + 1) % 100
    if dtype == "bool":
        v = v % 2
    kind = tf.as_dtype(QUANTIZED.get(dtype, dtype)).as_numpy_dtype
    v = (v - 1j * v if dtype.startswith("complex") else v).astype(kind).reshape(shape)
    return tf.bitcast(tf.constant(v), tf.as_dtype(dtype)) if dtype in QUANTIZED else tf.constant(v)


def text(*strings, shape=None):
    return tf.constant(strings if shape is None else np.array(strings, object).reshape(shape))


STRINGS = (b"", b"a\0b", b"\0", bytes(range(256)) * 2, "ä".encode(), b"last")


# -- good ones ----------------------------------------------------------------------------------------------------------

def save_v2(prefix, arrays, slices=None):
    names = list(arrays)
    raw.SaveV2(prefix=str(prefix), tensor_names=[n if isinstance(n, bytes) else n.split("|")[0] for n in names],
               shape_and_slices=[(slices or {}).get(n, "") for n in names], tensors=list(arrays.values()))


def merge(prefix, shards):
    """As a sharded saver does it."""
    parts = [f"{prefix}_temp/part-{i}" for i in range(len(shards))]
    for part, (arrays, slices) in zip(parts, shards):
        save_v2(part, arrays, slices)
    raw.MergeV2Checkpoints(checkpoint_prefixes=parts, destination_prefix=str(prefix))


def types():
    arrays = {f"types/{t}": values(t, 2, 3) for t in PLAIN + list(QUANTIZED)}
    arrays |= {f"scalars/{t}": values(t) for t in ("float", "complex128", "bool")}
    arrays |= {"empty/rows": values("float", 0, 3), "empty/columns": values("int64", 2, 0), "deep": values("int8", *[1] * 9, 2),
               "text/scalar": tf.constant(b"one"), "text/nuls": text(*STRINGS, shape=(2, 3)),
               "text/none": tf.zeros([0], tf.string), "Aside": values("int8", 1), "a" * 300: values("int8", 3),
               "variant": raw.EmptyTensorList(element_shape=[2], max_num_elements=-1, element_dtype=tf.float32)}
    save_v2(good / "types", arrays)


def parts():
    """Along the first axis, the second, and both; parts lie in all of three data files."""
    rows, columns, grid, long = (values("float", 7, 2), values("int16", 3, 5), values("double", 4, 4),
                                 values("uint8", 8300))
    merge(good / "parts", [
        ({"rows|0": rows[:3], "columns|0": columns[:, :1], "grid|0": grid[:2, :3], "long|0": long[:70],
          "whole": values("float", 4)},
         {"rows|0": "7 2 0,3:-", "columns|0": "3 5 -:0,1", "grid|0": "4 4 0,2:0,3", "long|0": "8300 0,70"}),
        ({"rows|1": rows[5:], "columns|1": columns[:, 1:5], "grid|1": grid[2:, :3], "long|1": long[8200:]},
         {"rows|1": "7 2 5,2:-", "columns|1": "3 5 -:1,4", "grid|1": "4 4 2,2:0,3", "long|1": "8300 8200,100"}),
        ({"rows|2": rows[3:5], "grid|2": grid[:, 3:], "long|2": long[70:8200], b"on\xffe": values("float", 2)},
         {"rows|2": "7 2 3,2:-", "grid|2": "4 4 -:3,1", "long|2": "8300 70,8130", b"on\xffe": "2 0,2"})])


def keys():
    """One-element parts at starts that need 1 to 9 bytes in the parts' keys; nothing reads the array itself."""
    starts = [0, 63, 64, 8191, 8192] + [2 ** i - k for i in (20, 27, 34, 41, 48, 55, 62) for k in (1, 0)]
    save_v2(good / "keys", {f"k|{i}": values("int8", 1, 1) for i in starts},
            {f"k|{i}": f"{2 ** 62 + 1} 1 {i},1:-" for i in starts})


def objects():
    root = tf.Module()
    root.layer = tf.Module()
    root.layer.kernel = tf.Variable(values("float", 2, 3))
    root.step = tf.Variable(values("int64"))
    tf.train.Checkpoint(model=root).write(str(good / "objects"))


def save_v1(path, arrays, slices=None):
    names = list(arrays)
    raw.SaveSlices(filename=str(path), tensor_names=[n.split("|")[0] for n in names],
                   shapes_and_slices=[(slices or {}).get(n, "") for n in names], data=list(arrays.values()))


def version_1():
    arrays = {f"types/{t}": values(t, 2, 3) for t in PLAIN_V1}
    save_v1(good / "old", arrays | {"scalar": values("float"), "text": text(*STRINGS, shape=(2, 3)),
                                    "zeros": tf.zeros([300], tf.float32)})
    rows, grid = values("float", 7, 2), values("int32", 4, 4)
    save_v1(good / "old_parts-00000-of-00002", {"rows|0": rows[:3], "grid|0": grid[:2, :3], "whole": values("float", 4)},
            {"rows|0": "7 2 0,3:-", "grid|0": "4 4 0,2:0,3"})
    save_v1(good / "old_parts-00001-of-00002", {"rows|1": rows[3:], "grid|1": grid[2:, :3], "grid|2": grid[:, 3:]},
            {"rows|1": "7 2 3,4:-", "grid|1": "4 4 2,2:0,3", "grid|2": "4 4 -:3,1"})


# -- hostile ones: tables put together by hand ---------------------------------------------------------------------------

def slices(*boxes):
    out = []
    for box in boxes:
        s = tensor_slice_pb2.TensorSliceProto()
        for start, length in box:
            e = s.extent.add(start=start)
            if length is not None:
                e.length = length
        out.append(s)
    return out


def sparse():
    """Index and graph of 5000 MiB of which 10 MiB are used. tests/cli/sparse.sh makes the data file: one hole, and in its
    middle these bytes. The arrays in the hole have wrong checksums."""
    mib, text = 1 << 20, b"tfport1\n"
    before, used, behind = 2500 * mib, 10 * mib, 2490 * mib
    crc = masked(text * (used // len(text)))
    (good / "sparse.index").write_bytes(table([
        (b"", header()),
        (b"dense/kernel", entry(shape=(2560, 1024), size=used, offset=before, crc32c=crc)),
        (b"momentum/before", entry(shape=(before // 4,), size=before, offset=0, crc32c=1)),
        (b"table/behind", entry(shape=(behind // 4,), size=behind, offset=before + used, crc32c=1))]))
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        x = v1.placeholder(tf.float32, [None, 2560], name="x")
        shapes = {"dense/kernel": [2560, 1024], "momentum/before": [before // 4], "table/behind": [behind // 4]}
        saved = {n: v1.get_variable(n, s, initializer=v1.zeros_initializer(), use_resource=False) for n, s in shapes.items()}
        tf.matmul(x, saved["dense/kernel"], name="y")
        meta = v1.train.Saver(saved).export_meta_graph(clear_devices=True, strip_default_attrs=True)
    meta.meta_info_def.ClearField("stripped_op_list")
    (good / "sparse.meta").write_bytes(meta.SerializeToString(deterministic=True))


def seed(target, name, pairs):
    """Pairs as tests/fuzz/checkpoint_files.h reads them."""
    (fuzz / target).mkdir(parents=True, exist_ok=True)
    (fuzz / target / name).write_bytes(b"".join(varint(len(k)) + varint(len(v)) + k + v for k, v in pairs))


SEEDS_V2 = ["fine", "text_fine", "part_fine", "overlap_of_boxes", "hole", "newer", "bool_of_2", "resource"]
SEEDS_V1 = ["v1_fine", "v1_types", "v1_two_types", "v1_hole", "v1_parts"]

EIGHT = struct.pack("<2f", 1, 4)


def write(name, pairs, data=EIGHT, head=header()):
    pairs = ([] if head is None else [(b"", head)]) + pairs
    (bad / f"{name}.index").write_bytes(table(pairs))
    if name in SEEDS_V2:
        seed("fuzz_bundle_index", name, pairs)
    if data is not None:
        (bad / f"{name}.data-00000-of-00001").write_bytes(data)


def hostile():
    whole = entry(data=EIGHT)
    write("fine", [(b"x", whole)])
    write("big_endian", [(b"x", whole)], None, header(endianness=1))
    write("no_header", [(b"x", whole)], None, None)
    write("empty_table", [], None, None)
    write("damaged_header", [(b"x", whole)], None, b"\x08")
    write("damaged_entry", [(b"x", b"\x0a\x05")], None)
    write("no_shards", [(b"x", whole)], None, header(0))
    write("negative_shards", [(b"x", whole)], None, header(-3))
    write("absurd_shards", [(b"x", whole)], None, header(2 ** 31 - 1))
    write("newer", [(b"x", whole)], None, header(version=versions_pb2.VersionDef(producer=9, min_consumer=9)))
    write("not_for_us", [(b"x", whole)], None, header(version=versions_pb2.VersionDef(producer=9, bad_consumers=[1])))
    write("twice", [(b"x", whole), (b"x", whole)], None)
    write("unordered", [(b"y", whole), (b"x", whole)], None)
    write("nul_in_key", [(b"x\0y", whole)], None)
    write("missing_shard", [(b"x", whole)], None)
    write("other_shard", [(b"x", entry(data=EIGHT, shard_id=1))], None)
    write("negative_shard", [(b"x", entry(data=EIGHT, shard_id=-1))], None)
    write("short_shard", [(b"x", whole)], EIGHT[:7])
    write("far_offset", [(b"x", entry(data=EIGHT, offset=2 ** 63 - 9))])
    write("overflowing_offset", [(b"x", entry(data=EIGHT, offset=2 ** 63 - 1))], None)
    write("negative_offset", [(b"x", entry(data=EIGHT, offset=-1))], None)
    write("negative_size", [(b"x", bundle.BundleEntryProto(dtype=1, size=-8).SerializeToString())], None)
    write("wrong_checksum", [(b"x", whole)], EIGHT[::-1])
    write("wrong_size", [(b"x", entry((3,), data=EIGHT))])
    write("huge_shape", [(b"x", entry((2 ** 30, 2 ** 30), data=EIGHT))])
    write("overflowing_shape", [(b"x", entry((2 ** 62, 2 ** 62), data=EIGHT))])
    write("negative_dimension", [(b"x", entry((-2,), data=EIGHT))], None)
    write("unknown_rank", [(b"x", bundle.BundleEntryProto(dtype=1, shape={"unknown_rank": True}).SerializeToString())], None)
    write("many_dimensions", [(b"x", entry((1,) * 17, data=EIGHT[:4]))], None)
    write("no_type", [(b"x", entry(dtype=0, data=EIGHT))])
    write("resource", [(b"x", entry(dtype=types_pb2.DT_RESOURCE, data=EIGHT))])
    write("unknown_type", [(b"x", entry(dtype=99, data=EIGHT))])
    write("bool_of_2", [(b"x", entry((3,), types_pb2.DT_BOOL, data=b"\0\1\2"))], b"\0\1\2")
    hostile_strings()
    hostile_parts()
    (bad / "no_table.index").write_bytes(b"\0" * 100)
    (bad / "short.index").write_bytes(b"abc")
    hostile_states()
    hostile_version_1()


def hostile_strings():
    lengths = b"\1\2" + struct.pack("<I", masked(struct.pack("<2I", 1, 2)))
    good_sum = masked(struct.pack("<2I", 1, 2) + lengths[2:] + b"abc")

    def strings(name, data, crc=good_sum, shape=(2,)):
        e = bundle.BundleEntryProto.FromString(entry(shape, types_pb2.DT_STRING, data=data))
        e.crc32c = crc
        write(name, [(b"x", e.SerializeToString())], data)

    strings("text_fine", lengths + b"abc")
    strings("text_wrong_checksum", lengths + b"abd")
    strings("text_wrong_lengths", b"\2\1" + lengths[2:] + b"abc")
    strings("text_too_long", lengths + b"ab")
    strings("text_too_short", lengths + b"abcd")
    strings("text_huge_length", b"\1" + varint(2 ** 64 - 1) + b"\0\0\0\0abc")
    strings("text_no_end", b"\xff" * 16)
    strings("text_many", lengths + b"abc", shape=(2 ** 40,))


def hostile_parts():
    def parts(name, boxes, shape=(4,)):
        e = bundle.BundleEntryProto(dtype=1, slices=slices(*boxes))
        for d in shape:
            e.shape.dim.add(size=d)
        write(name, [(b"x", e.SerializeToString())], None)

    parts("part_without_entry", [[(0, 2)], [(2, 2)]])
    parts("hole", [[(0, 1)], [(2, 2)]])
    parts("overlap", [[(0, 3)], [(2, 2)]])
    parts("overlap_hides_hole", [[(0, 2)], [(1, 2)]])
    parts("overlap_of_boxes", [[(0, 2), (0, 2)], [(1, 1), (1, 2)]], (2, 3))
    parts("same_part_twice", [[(0, None)], [(0, None)]])
    parts("part_outside", [[(0, 2)], [(2, 3)]])
    parts("part_far_outside", [[(2 ** 63 - 1, 2 ** 63 - 1)]])
    parts("part_negative", [[(-1, 5)]])
    parts("part_of_other_rank", [[(0, 4), (0, 1)]])
    parts("part_of_scalar", [[], []], ())
    parts("parts_huge", [[(0, 2 ** 40)], [(2 ** 40, 2 ** 40)]], (2 ** 41,))
    parts("parts_too_many", [[(i, 1), (k, 1)] for i in range(33) for k in range(33)], (33, 33))
    # The part's own entry: under its key (name, rank, start and length in order-preserving code).
    key = b"\0x\0\1\1\1" + b"\x80" + b"\x82"
    array = bundle.BundleEntryProto(dtype=1, slices=slices([(0, 2)]))
    array.shape.dim.add(size=2)
    for name, part in (("part_fine", entry(data=EIGHT)), ("part_of_other_type", entry(dtype=3, data=EIGHT)),
                       ("part_of_other_shape", entry((1, 2), data=EIGHT)), ("part_damaged", b"\x0a\x05"),
                       ("part_in_other_file", entry(data=EIGHT, shard_id=7))):
        write(name, [(key, part), (b"x", array.SerializeToString())])


def hostile_states():
    def state(name, content):
        (bad / name).mkdir(exist_ok=True)
        (bad / name / "checkpoint").write_text(content)

    state("state_of_nothing", 'model_checkpoint_path: ""\n')
    state("state_of_missing", 'model_checkpoint_path: "/nowhere/model.ckpt-9"\n'
                              'all_model_checkpoint_paths: "../fine"\nall_model_checkpoint_paths: "../gone"\n')
    state("state_damaged", 'model_checkpoint_path: "\n')
    state("state_unknown_field", 'model_checkpoint_path: "../fine"\nmodel_weights: 3\n')
    state("state_of_itself", 'model_checkpoint_path: "checkpoint"\n')
    (bad / "several").mkdir(exist_ok=True)
    for name in "model-2", "model-10":
        (bad / "several" / f"{name}.index").write_bytes(b"")
    (bad / "nothing").mkdir(exist_ok=True)
    (bad / "nothing" / "readme").write_text("no weights\n")


def hostile_version_1():
    from tensorflow.core.util import saved_tensor_slice_pb2 as slice_pb2

    def meta(*arrays):
        m = slice_pb2.SavedTensorSlices()
        m.meta.SetInParent()
        for name, shape, dtype, boxes in arrays:
            t = m.meta.tensor.add(name=name, type=dtype, slice=slices(*boxes))
            for d in shape:
                t.shape.dim.add(size=d)
        return b"", m.SerializeToString()

    def value(name, floats, box=((0, None),)):
        s = slice_pb2.SavedTensorSlices()
        s.data.name = name
        s.data.slice.CopyFrom(slices(box)[0])
        s.data.data.float_val.extend(floats)
        return s.SerializeToString()

    def one(name, *pairs):
        if name in SEEDS_V1:
            seed("fuzz_checkpoint_v1", name, pairs)
        if name not in ("v1_types", "v1_parts"):
            (bad / name).write_bytes(table(list(pairs)))

    all_of_x = b"\0x\0\1\1\1" + b"\x80" + b"\x7f"
    x = meta(("x", (2,), 1, [[(0, None)]]))
    one("v1_fine", x, (all_of_x, value("x", [1, 4])))
    one("v1_empty")
    one("v1_no_list", (b"a", b"b"))
    one("v1_damaged_list", (b"", b"\x0a\x05"))
    one("v1_list_is_data", (b"", value("x", [1, 4])))
    one("v1_no_part", x)
    one("v1_too_few", x, (all_of_x, value("x", [1])))
    one("v1_too_many", x, (all_of_x, value("x", [1, 2, 3])))
    one("v1_no_data", x, (all_of_x, b""))
    one("v1_other_name", x, (all_of_x, value("y", [1, 4])))
    one("v1_damaged_part", x, (all_of_x, b"\x12\x05"))
    one("v1_no_name", meta(("", (2,), 1, [[(0, None)]])))
    one("v1_no_slice", meta(("x", (2,), 1, [])))
    one("v1_hole", meta(("x", (2,), 1, [[(0, 1)]])))
    one("v1_two_types", meta(("x", (2,), 1, [[(0, 1)]]), ("x", (2,), 2, [[(1, 1)]])))
    one("v1_huge", meta(("x", (2 ** 60,), 1, [[(0, None)]])), (all_of_x, value("x", [1, 4])))
    one("v1_huge_parts", meta(("x", (2 ** 40,), 1, [[(0, 2)], [(2, 2 ** 40 - 2)]])))
    one("v1_unknown_rank", meta(("x", (-1,), 1, [[(0, None)]])))
    one("v1_shards-00000-of-00002", meta(("x", (4,), 1, [[(0, 2)]])))
    halves = [[(0, 1)], [(1, 1)]]
    one("v1_parts", meta(("x", (2,), 1, halves)), *((b"\0x\0\1\1\1" + bytes([0x80 + i, 0x81]), value("x", [i], b))
                                                  for i, b in enumerate(halves)))
    one("v1_types", *many_types(slice_pb2, meta))
    one("v1_mixed-00000-of-00001", x)
    one("v1_mixed-00000-of-00002", x)


def many_types(slice_pb2, meta):
    fields = {"b": (10, "bool_val", [True, False]), "c": (8, "scomplex_val", [1, 2, 3, 4]), "h": (19, "half_val", [1, 2]),
              "i": (9, "int64_val", [-1, 2 ** 40]), "q": (11, "int_val", [-1, 5]), "s": (7, "string_val", [b"", b"a\0"])}
    yield meta(*((name, (2,), dtype, [[(0, None)]]) for name, (dtype, _, _) in fields.items()))
    for name, (_, field, elements) in fields.items():
        s = slice_pb2.SavedTensorSlices()
        s.data.name = name
        getattr(s.data.data, field).extend(elements)
        yield b"\0" + name.encode() + b"\0\1\1\1\x80\x7f", s.SerializeToString()


def data_seeds():
    lengths = b"\1\2" + struct.pack("<I", masked(struct.pack("<2I", 1, 2)))
    folder = fuzz / "fuzz_bundle_data"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "strings").write_bytes(b"\2" + lengths + b"abc")
    (folder / "no_strings").write_bytes(b"\0" * 5)
    (folder / "bools").write_bytes(b"\1\0\1\1")
    (folder / "long").write_bytes(b"\1" + varint(200) + b"\0\0\0\0" + b"x" * 200)


def snappy_seeds():
    """Blocks: what to pack, literals, copies, and some that are damaged."""
    folder = fuzz / "fuzz_snappy"
    folder.mkdir(parents=True, exist_ok=True)
    entries = b"\0\1\1ax" + b"\1\1\1bx" + b"\0\2\x08bcabcdabcd"
    plain = entries + struct.pack("<3I", 0, 10, 2)

    def literal(data):
        return bytes([len(data) - 1 << 2]) + data

    def copy(length, offset):
        return bytes([length - 1 << 2 | 2]) + struct.pack("<H", offset)

    copied = literal(entries[:19]) + copy(4, 4) + literal(plain[23:])
    (folder / "plain").write_bytes(plain)
    (folder / "literals").write_bytes(varint(len(plain)) + literal(plain[:20]) + literal(plain[20:]))
    (folder / "copies").write_bytes(varint(len(plain)) + copied)
    (folder / "claims_more").write_bytes(varint(1 << 30) + copied)
    (folder / "copies_from_before").write_bytes(varint(68) + literal(b"abcd") + copy(64, 5))
    (folder / "dense").write_bytes(varint(1 + 64 * 9) + literal(b"\0") + copy(64, 1) * 9)


def main():
    for folder in good, bad:
        folder.mkdir(exist_ok=True)
    types()
    parts()
    keys()
    objects()
    version_1()
    (good / "checkpoint").write_text('model_checkpoint_path: "/gone/objects"\nall_model_checkpoint_paths: "types"\n')
    hostile()
    data_seeds()
    sparse()
    snappy_seeds()


main()
