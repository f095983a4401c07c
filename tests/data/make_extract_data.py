"""Writes the checkpoints that cli/extract.sh, cli/inspect.sh and test_api.c read, into extract/.
Needs TensorFlow 2.15: python3 make_extract_data.py"""
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

here = pathlib.Path(__file__).parent / "extract"


def save(name, tensors, slices=None):
    """`tensors`: (key, value) pairs. SaveV2 takes any key; the Saver above it would not."""
    keys, values = zip(*tensors)
    tf.raw_ops.SaveV2(prefix=str(here / name), tensor_names=keys, tensors=values,
                      shape_and_slices=slices or [""] * len(keys))


def of_dtype(name):
    return tf.cast(tf.constant([0.0, 1.0, 2.0, 3.0]), name)


def types():
    numbers = ["bfloat16", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16",
               "uint32", "uint64", "bool", "complex64", "complex128"]
    tensors = [(f"types/{n}", of_dtype(n)) for n in numbers]
    tensors += [
        ("empty", tf.zeros([0, 3])),
        ("scalar", tf.constant(7, tf.int64)),
        ("strings/plain", tf.constant([b"one", b"", b"th\xffree"])),
        ("strings/ends_in_nul", tf.constant([b"one", b"two\0"])),
        ("quantized", tf.raw_ops.QuantizeV2(input=[0.0, 1.0], min_range=0.0, max_range=1.0, T=tf.quint8)[0]),
        ("list", tf.raw_ops.TensorListReserve(element_shape=[2], num_elements=1, element_dtype=tf.float32)),
        ("star*[1]", tf.constant([1.0])),
        ("parts", tf.reshape(tf.range(6.0), [3, 2])),
        ("parts", tf.reshape(tf.range(6.0, 8.0), [1, 2])),
    ]
    slices = [""] * (len(tensors) - 2) + ["4 2 0,3:0,2", "4 2 3,1:0,2"]
    save("types", tensors, slices)


def hostile():
    one = tf.constant([1.0])
    for file, key in {
        "up": "a/../../up", "absolute": "/tmp/absolute", "double": "a//b", "dot": "a/./b", "slash": "a/",
        "newline": "a\nb\x1b[31m", "dots": "..",
    }.items():
        save(file, [(key, one), ("fine", one)])
    save("folder", [("a", one), ("a.npy/b", one)])


def main():
    here.mkdir(exist_ok=True)
    types()
    save("many", [(f"v{i:02}", tf.constant(i)) for i in range(45)])
    hostile()


main()
