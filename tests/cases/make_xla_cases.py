#!/usr/bin/env python3
"""Writes test cases beside this file, as make_cases.py does, of ops that only TensorFlow's compiler XLA runs.

usage: make_xla_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
from case_files import new_folder
from graph_cases import case, draw, ints, main, normal, np, placeholders, tf, write_part
from tensorflow.compiler.tf2xla.python import xla
from tensorflow.compiler.xla import xla_data_pb2

def write(name, function, arrays, shapes, to):
    arrays = draw(name, arrays)
    results = tf.function(function, jit_compile=True)(*map(tf.constant, arrays))
    with tf.Graph().as_default() as graph:
        for i, o in enumerate(function(*placeholders(arrays, shapes))):
            tf.identity(o, name=f"out{i}")
    write_part(new_folder(to, name), graph.as_graph_def(), arrays, [(i, a.numpy()) for i, a in enumerate(results)])

def dot(x, y, joined, batch=([], []), **more):
    d = xla_data_pb2.DotDimensionNumbers(lhs_contracting_dimensions=joined[0], rhs_contracting_dimensions=joined[1],
                                         lhs_batch_dimensions=batch[0], rhs_batch_dimensions=batch[1])
    return xla.dot_general(x, y, d, **more)

@case(normal(2, 3, 4), normal(4, 5), normal(5, 2, 3, 4), ints(-9, 9, 3, 4, dtype=np.int8), ints(-9, 9, 4, dtype=np.int8),
      shapes={0: (None, 3, 4), 2: (5, None, 3, 4)})
def xla_dots(x, y, z, i, j):
    return [dot(x, y, ([2], [0])), dot(x, y, ([2], [0]), use_v2=True, preferred_element_type=tf.float32),
            dot(x, z, ([2], [3]), ([0], [1])), dot(x, z, ([1, 2], [2, 3]), ([0], [1])), dot(y, z, ([1], [0])),
            dot(z, x, ([], []), ([2, 1, 3], [1, 0, 2])), dot(y, y, ([], [])),
            dot(i, j, ([1], [0]), use_v2=True, preferred_element_type=tf.int32)]

def conv(x, w, strides, padding, spread, dilations, orders, groups=1, **more):
    """`orders`: letters N C and digits for the image, I O and digits for the filter, N C and digits for the result."""
    a, k, o = orders
    n = range(len(a) - 2)
    d = xla_data_pb2.ConvolutionDimensionNumbers(
        input_batch_dimension=a.index("N"), input_feature_dimension=a.index("C"),
        input_spatial_dimensions=[a.index(str(i)) for i in n], kernel_input_feature_dimension=k.index("I"),
        kernel_output_feature_dimension=k.index("O"), kernel_spatial_dimensions=[k.index(str(i)) for i in n],
        output_batch_dimension=o.index("N"), output_feature_dimension=o.index("C"),
        output_spatial_dimensions=[o.index(str(i)) for i in n])
    return xla.conv(x, w, strides, padding, spread, dilations, d, groups, **more)

@case(normal(2, 7, 8, 4), normal(3, 2, 4, 6), normal(3, 3, 2, 6), normal(5, 4, 2), normal(3, 3, 4), normal(2, 3, 4, 5, 2),
      normal(2, 2, 2, 3, 2), shapes={0: (None, 7, 8, 4), 3: (5, None, 2)})
def xla_convolutions(x, w, grouped, line, line_filter, volume, volume_filter):
    flat = ("N01C", "01IO", "N01C")
    return [
        conv(x, w, [1, 1], [[0, 0], [0, 0]], [1, 1], [1, 1], flat),
        conv(x, w, [2, 1], [[1, 1], [0, 1]], [1, 1], [1, 1], flat, use_v2=True, preferred_element_type=tf.float32),
        conv(x, w, [1, 2], [[2, 0], [1, 3]], [1, 1], [2, 3], flat),
        conv(x, w, [1, 1], [[1, 1], [1, 1]], [2, 3], [1, 1], flat),
        conv(x, w, [1, 1], [[-1, 2], [1, -2]], [1, 1], [1, 1], flat),
        conv(x, w, [1, 1], [[-1, -1], [3, 0]], [2, 2], [2, 1], flat),
        conv(x, grouped, [1, 1], [[1, 1], [1, 1]], [1, 1], [1, 1], flat, 2),
        conv(tf.transpose(x, [0, 3, 1, 2]), tf.transpose(w, [3, 2, 1, 0]), [1, 1], [[0, 0], [0, 0]], [1, 1], [1, 1],
             ("NC01", "OI10", "10CN")),
        conv(tf.transpose(line, [1, 0, 2]), line_filter[:, :2], [2], [[1, 1]], [1], [1], ("N0C", "0IO", "C0N")),
        conv(volume, volume_filter, [1, 1, 2], [[0, 1], [1, 1], [0, 0]], [1, 2, 1], [1, 1, 1], ("N012C", "012OI", "N012C")),
    ]

@case(normal(3, 4, 5), normal(1, 4, 5), normal(2, 4, 3), ints(0, 9, 6), ints(0, 9, 2), np.int32([1, 0, 2]), np.int32([7, -2, 4]),
      np.int64([3]), shapes={0: (None, 4, 5), 3: (None,)})
def xla_blocks(x, row, block, line, pair, at, outside, place):
    put, cut = xla.dynamic_update_slice, xla.dynamic_slice
    return [put(x, row, at), put(x, row, outside), put(x, block, at), put(x, block, outside), put(x, x, at), put(line, pair, place),
            put(line, pair[:0], place), put(x, row, [1, 0, 0]), cut(x, at, [1, 4, 3]), cut(x, outside, [2, 4, 2]), cut(line, place, [4]),
            cut(line, place - 9, [2])]

if __name__ == "__main__":
    main(write)
