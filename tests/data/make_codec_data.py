"""Writes the npy and onnx files that the codec's unit tests read. Needs numpy and onnx: python3 make_codec_data.py"""
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper

here = pathlib.Path(__file__).parent


def npy(name, array, version=(1, 0)):
    with open(here / "npy" / f"{name}.npy", "wb") as f:
        np.lib.format.write_array(f, array, version=version)


def npy_files():
    one = np.arange(1, 7).reshape(2, 3)
    for kind in "f2 f4 f8 i2 i4 i8 u2 u4 u8 c8 c16".split():
        values = one - 1j * one if kind[0] == "c" else one
        npy(f"little_{kind}", values.astype("<" + kind))
        npy(f"big_{kind}", values.astype(">" + kind))
    npy("i1", one.astype("i1"))
    npy("u1", one.astype("u1"))
    npy("b1", one % 2 == 1)
    npy("fortran_i4", np.asfortranarray(one.astype("<i4")))
    npy("fortran_big_i4", np.asfortranarray(one.astype(">i4")))
    npy("fortran_3d_u1", np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)))
    npy("version2", one.astype("<i4"), (2, 0))
    npy("version3", one.astype("<i4"), (3, 0))
    npy("scalar", np.array(7, "<i8"))
    npy("vector", np.array([1.5, -2.5], "<f4"))
    npy("empty", np.zeros((0, 3), "<f4"))
    words = ["", "a", "h\u00e9llo", "\u20ac", "\U0001f600", "x\0y"]
    npy("little_U", np.array(words, "<U5"))
    npy("big_U", np.array(words, ">U5"))
    npy("bytes_S", np.array([w.encode()[:5] for w in ["", "a", "hello", "x\0y"]], "S5"))
    npy("object", np.array([{}, None], dtype=object))
    npy("structured", np.zeros(2, [("a", "<i4"), ("b", "<f4")]))
    npy("date", np.zeros(2, "<M8[s]"))
    npy("long_double", np.zeros(2, "<f16"))


def onnx_file():
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, -1.0])
    raw = helper.make_tensor("r", TensorProto.INT64, [2], np.array([3, -4], "<i8").tobytes(), raw=True)
    text = helper.make_tensor("s", TensorProto.STRING, [2], [b"a", b""])
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3, None])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [])
    sequence = helper.make_value_info("q", helper.make_sequence_type_proto(x.type))
    body = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "body", [], [y])
    node = helper.make_node(
        "Op", ["x", "", "w"], ["y"], name="n", domain="test", f0=0.0, f=1.5, i0=0, i=-1, s0=b"", s=b"text", t=raw,
        g=body, floats=[0.0, 2.5], ints=[0, 1, -1], strings=[b"", b"b"], tensors=[raw, text], graphs=[body],
        tp=x.type)
    graph = helper.make_graph([node], "main", [x], [y], [tensor, raw, text], value_info=[sequence], doc_string="doc")
    model = helper.make_model(graph, producer_name="test", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"key": "value"})
    (here / "onnx" / "kinds.onnx").write_bytes(model.SerializeToString(deterministic=True))


npy_files()
onnx_file()
