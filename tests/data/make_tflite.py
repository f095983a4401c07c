#!/usr/bin/env python3
"""Write TensorFlow Lite files that must fail into ../hostile/tflite/ (Python with tensorflow 2.15, for its schema). expected.tsv
there, one row a file, is kept: run the unit test test_hostile with TFP_ACCEPT=1 after a change."""
import os, pathlib
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as s

folder = pathlib.Path(__file__).parent.parent / "hostile" / "tflite"
FLOAT, INT32, STRING, INT8 = s.TensorType.FLOAT32, s.TensorType.INT32, s.TensorType.STRING, s.TensorType.INT8
B = s.BuiltinOperator

class Model:
    """y = f(x), x of shape [2, 3], until something is wrong."""
    def __init__(self):
        self.m = s.ModelT()
        self.m.version, self.m.description = 3, "by hand"
        self.m.operatorCodes, self.m.subgraphs, self.m.buffers, self.m.signatureDefs = [], [], [s.BufferT()], []
        self.g = self.subgraph()
        self.x, self.y = self.tensor("x", [2, 3]), self.tensor("y", [2, 3])
        self.g.inputs, self.g.outputs = [self.x], [self.y]

    def subgraph(self):
        g = s.SubGraphT()
        g.tensors, g.operators, g.inputs, g.outputs = [], [], [], []
        self.m.subgraphs.append(g)
        return g

    def tensor(self, name, shape, type=FLOAT, data=None, scale=None, zero=None, axis=0, g=None):
        t = s.TensorT()
        t.name, t.shape, t.type, t.hasRank = name, shape, type, True
        if data is not None:
            b = s.BufferT()
            b.data = np.frombuffer(bytes(data), np.uint8)
            t.buffer = len(self.m.buffers)
            self.m.buffers.append(b)
        if scale is not None:
            t.quantization = s.QuantizationParametersT()
            t.quantization.scale, t.quantization.zeroPoint, t.quantization.quantizedDimension = scale, zero or [0] * len(scale), axis
        g = g or self.g
        g.tensors.append(t)
        return len(g.tensors) - 1

    def op(self, builtin, inputs, outputs, options=None, g=None, custom=None, payload=None, **fields):
        c = s.OperatorCodeT()
        c.builtinCode, c.deprecatedBuiltinCode, c.customCode = builtin, min(builtin, 127), custom
        self.m.operatorCodes.append(c)
        o = s.OperatorT()
        o.opcodeIndex, o.inputs, o.outputs = len(self.m.operatorCodes) - 1, inputs, outputs
        if options:
            o.builtinOptionsType = getattr(s.BuiltinOptions, options)
            o.builtinOptions = getattr(s, options + "T")()
            for k, v in fields.items():
                setattr(o.builtinOptions, k, v)
        if payload is not None:
            o.customOptions = np.frombuffer(payload, np.uint8)
        (g or self.g).operators.append(o)
        return o

    def signature(self, key, subgraph, output):
        d, i, o = s.SignatureDefT(), s.TensorMapT(), s.TensorMapT()
        i.name, i.tensorIndex, o.name, o.tensorIndex = "in", self.x, "out", output
        d.signatureKey, d.subgraphIndex, d.inputs, d.outputs = key, subgraph, [i], [o]
        self.m.signatureDefs.append(d)

    def bytes(self):
        b = flatbuffers.Builder(1024)
        b.Finish(self.m.Pack(b), b"TFL3")
        return bytes(b.Output())

files = {}
def file(function):
    m = Model()
    files[function.__name__] = function(m) or m.bytes()

def floats(*v):
    return np.array(v, "<f4").tobytes()

@file
def fine(m):
    m.op(B.RELU, [m.x], [m.y])
    m.signature("serve", 0, m.y)

@file
def only_identifier(m):
    return b"\0\0\0\0TFL3"

@file
def cut(m):
    m.op(B.RELU, [m.x], [m.y])
    return m.bytes()[:200]

@file
def version_4(m):
    m.op(B.RELU, [m.x], [m.y])
    m.m.version = 4

@file
def no_subgraph(m):
    m.m.subgraphs = []

@file
def no_code(m):
    m.op(B.RELU, [m.x], [m.y]).opcodeIndex = 7

@file
def no_tensor(m):
    m.op(B.RELU, [9], [m.y])

@file
def no_input_tensor(m):
    m.op(B.RELU, [m.x], [m.y])
    m.g.inputs = [-1]

@file
def nothing_makes_it(m):
    m.op(B.ADD, [m.x, m.tensor("z", [2, 3])], [m.y], "AddOptions")

@file
def made_twice(m):
    m.op(B.RELU, [m.x], [m.y])
    m.op(B.RELU, [m.x], [m.y])

@file
def input_left_out(m):
    m.op(B.ADD, [m.x, -1], [m.y], "AddOptions")

@file
def cycle(m):
    m.op(B.RELU, [m.y], [m.y])

@file
def short_data(m):
    m.op(B.ADD, [m.x, m.tensor("w", [3], data=floats(1, 2))], [m.y], "AddOptions")

@file
def open_data(m):
    m.op(B.ADD, [m.x, m.tensor("w", [-1], data=floats(1, 2))], [m.y], "AddOptions")

@file
def negative_size(m):
    m.op(B.ADD, [m.x, m.tensor("w", [-3], data=floats(1, 2, 3))], [m.y], "AddOptions")

@file
def large_data(m):
    m.op(B.ADD, [m.x, m.tensor("w", [1 << 30] * 4, data=floats(1))], [m.y], "AddOptions")

@file
def string_offsets(m):
    m.op(B.HASHTABLE_FIND, [m.x, m.tensor("words", [1], STRING, data=np.array([1, 12, 99], "<i4").tobytes())], [m.y])

@file
def type_unknown(m):
    m.op(B.ADD, [m.x, m.tensor("w", [3], 77, data=floats(1, 2, 3))], [m.y], "AddOptions")

@file
def scales_and_zero_points(m):
    m.op(B.DEQUANTIZE, [m.tensor("w", [3], INT8, b"abc", [1, 2, 3], [1, 2])], [m.y])

@file
def scales_and_shape(m):
    m.op(B.DEQUANTIZE, [m.tensor("w", [2], INT8, b"ab", [1, 2, 3])], [m.y])

@file
def activation_sign_bit(m):
    m.op(B.ADD, [m.x, m.x], [m.y], "AddOptions", fusedActivationFunction=5)

@file
def filter_of_rank_2(m):
    m.op(B.CONV_2D, [m.x, m.tensor("w", [1, 3], data=floats(1, 2, 3))], [m.y], "Conv2DOptions", strideW=1, strideH=1)

@file
def filter_does_not_fit(m):
    x, y = m.tensor("a", [1, 2, 2, 3]), m.tensor("b", [1, 2, 2, 4])
    m.g.inputs, m.g.outputs = [x], [y]
    m.op(B.DEPTHWISE_CONV_2D, [x, m.tensor("w", [1, 1, 1, 4], data=floats(1, 2, 3, 4))], [y], "DepthwiseConv2DOptions", strideW=1, strideH=1)

@file
def strides_of_zero(m):
    x, y = m.tensor("a", [1, 2, 2, 1]), m.tensor("b", [1, 2, 2, 1])
    m.g.inputs, m.g.outputs = [x], [y]
    m.op(B.CONV_2D, [x, m.tensor("w", [1, 1, 1, 1], data=floats(1))], [y], "Conv2DOptions")

@file
def custom_unknown(m):
    m.op(B.CUSTOM, [m.x], [m.y], custom="Sparkle")

@file
def op_unknown(m):
    m.op(9999, [m.x], [m.y])

@file
def keeps_its_state(m):
    m.op(B.SVDF, [m.x, m.x, m.x], [m.y], "SVDFOptions")

@file
def flex_without_node(m):
    m.op(B.CUSTOM, [m.x], [m.y], custom="FlexErf", payload=b"")

@file
def detection_without_options(m):
    m.op(B.CUSTOM, [m.x, m.x, m.x], [m.y, m.tensor("a", [1]), m.tensor("b", [1]), m.tensor("c", [1])],
         custom="TFLite_Detection_PostProcess", payload=b"\x01\x04\x01")

def branch(m, then):
    m.op(B.IF, [m.tensor("p", [], s.TensorType.BOOL, b"\x01"), m.x], [m.y], "IfOptions", thenSubgraphIndex=then, elseSubgraphIndex=then)

@file
def no_such_subgraph(m):
    branch(m, 5)

@file
def calls_itself(m):
    g = m.subgraph()
    p, x, y = m.tensor("p", [], s.TensorType.BOOL, b"\x01", g=g), m.tensor("a", [2, 3], g=g), m.tensor("b", [2, 3], g=g)
    g.inputs, g.outputs = [x], [y]
    m.op(B.IF, [p, x], [y], "IfOptions", g=g, thenSubgraphIndex=1, elseSubgraphIndex=1)
    branch(m, 1)

@file
def deep(m):
    for i in range(1, 41):
        g = m.subgraph()
        p, x, y = m.tensor("p", [], s.TensorType.BOOL, b"\x01", g=g), m.tensor("a", [2, 3], g=g), m.tensor("b", [2, 3], g=g)
        g.inputs, g.outputs = [x], [y]
        m.op(B.IF, [p, x], [y], "IfOptions", g=g, thenSubgraphIndex=i % 40 + 1, elseSubgraphIndex=i % 40 + 1)
    branch(m, 1)

@file
def branches_differ(m):
    g = m.subgraph()
    x = m.tensor("a", [2, 3], g=g)
    g.inputs, g.outputs = [x, x], [x, x]
    branch(m, 1)

@file
def signature_of_none(m):
    m.op(B.RELU, [m.x], [m.y])
    m.signature("serve", 3, m.y)

@file
def signature_tensor(m):
    m.op(B.RELU, [m.x], [m.y])
    m.signature("serve", 0, 99)

@file
def variable_changes(m):
    h = m.tensor("h", [1], s.TensorType.RESOURCE)
    m.op(B.VAR_HANDLE, [], [h], "VarHandleOptions", sharedName="counter")
    m.op(B.ASSIGN_VARIABLE, [h, m.x], [], "AssignVariableOptions")
    m.op(B.RELU, [m.x], [m.y])

@file
def variable_without_value(m):
    h = m.tensor("h", [1], s.TensorType.RESOURCE)
    m.op(B.VAR_HANDLE, [], [h], "VarHandleOptions", sharedName="counter")
    m.op(B.READ_VARIABLE, [h], [m.y], "ReadVariableOptions")

def sparse(m, shape, segments, indices, data):
    w = m.tensor("w", shape, data=data)
    p = m.g.tensors[w].sparsity = s.SparsityParametersT()
    p.traversalOrder, p.blockMap, p.dimMetadata = [0, 1], [], [s.DimensionMetadataT(), s.DimensionMetadataT()]
    p.dimMetadata[0].denseSize = shape[0]
    lists = p.dimMetadata[1]
    lists.format, lists.arraySegmentsType, lists.arrayIndicesType = 1, s.SparseIndexVector.Uint8Vector, s.SparseIndexVector.Uint8Vector
    lists.arraySegments, lists.arrayIndices = s.Uint8VectorT(), s.Uint8VectorT()
    lists.arraySegments.values, lists.arrayIndices.values = segments, indices
    d = m.tensor("d", shape)
    m.op(B.DENSIFY, [w], [d], "DensifyOptions")
    m.op(B.ADD, [m.x, d], [m.y], "AddOptions")

@file
def sparse_index(m):
    sparse(m, [2, 3], [0, 1, 2], [0, 3], floats(1, 2))

@file
def sparse_segments(m):
    sparse(m, [2, 3], [0, 200, 2], [0, 1], floats(1, 2))

@file
def sparse_data(m):
    sparse(m, [2, 3], [0, 1, 2], [0, 1], floats(1))

@file
def sparse_and_huge(m):
    sparse(m, [1 << 15, 1 << 15], [0, 1, 2], [0, 1], floats(1, 2))

folder.mkdir(exist_ok=True)
for name, content in files.items():
    (folder / (name + ".tflite")).write_bytes(content)
