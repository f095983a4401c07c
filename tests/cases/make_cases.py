#!/usr/bin/env python3
"""Writes the test cases beside this file: one folder each, a TensorFlow graph with inputs and TensorFlow's own outputs.
graph_cases.py tells what a case is.

usage: make_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
from graph_cases import case, ints, main, normal, np, raw, since, tf, uniform

# -- element-wise ------------------------------------------------------------------------------------------------------

special = np.array([0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 3.25, -7.75, 20.0, -20.0], np.float32)

@case(special, normal(3, 5), shapes={1: (None, 5)})
def unary_float(x, y):
    ops = [raw.Abs, raw.Neg, raw.Sign, raw.Ceil, raw.Floor, raw.Round, raw.Rint, raw.Exp, raw.Expm1, raw.Square,
           raw.Sin, raw.Cos, raw.Tan, raw.Atan, raw.Sinh, raw.Cosh, raw.Asinh, raw.Erf, raw.Erfc, raw.Sigmoid, raw.Tanh]
    return [op(x=v) for op in ops for v in (x, y)]

@case(uniform(-0.95, 0.95, 4, 3), uniform(0.05, 9.0, 4, 3), uniform(1.01, 9.0, 4, 3), uniform(0.01, 0.99, 4, 3))
def unary_domains(small, positive, above, share):
    return [raw.Asin(x=small), raw.Acos(x=small), raw.Atanh(x=small), raw.Acosh(x=above), raw.Log(x=positive),
            raw.Log1p(x=small), raw.Log1p(x=positive), raw.Sqrt(x=positive), raw.Rsqrt(x=positive),
            raw.Reciprocal(x=positive), raw.Inv(x=small), raw.Erfinv(x=small), raw.Ndtri(x=share)]

@case(np.array([-6.7, -5.3, -4.5, -3.2, -2.6, -1.5, -0.7, -0.2, -0.01, 0.01, 0.3, 0.5, 0.7, 0.999, 1.0, 1.2,
                1.9999, 2.0, 2.5, 3.0, 4.5, 8.0, 13.0, 40.5, 300.0], np.float32),
                np.array([0.0, -1.0, -2.0, 1e-3, np.inf], np.float32))
def gamma(x, poles):
    return [raw.Lgamma(x=x), raw.Lgamma(x=poles), raw.Digamma(x=x)]

@case(normal(2, 3, 4, scale=4), shapes={0: None})
def activations(x):
    return [raw.Relu(features=x), raw.Relu6(features=x), raw.LeakyRelu(features=x),
            raw.LeakyRelu(features=x, alpha=0.05),
            raw.Elu(features=x), raw.Selu(features=x), raw.Softplus(features=x), raw.Softsign(features=x)]

@case(normal(3, 4, dtype=np.float64, scale=3), normal(3, 4, dtype=np.float16))
def unary_other_floats(x, h):
    ops = [raw.Exp, raw.Sin, raw.Floor, raw.Round, raw.Sigmoid, raw.Tanh, raw.Abs, raw.Square]
    return [op(x=v) for op in ops for v in (x, h)] + [raw.Erf(x=h), raw.Relu6(features=h), raw.Softplus(features=x),
            raw.Selu(features=h)]

@case(ints(-9, 9, 5), ints(-9, 9, 5, dtype=np.int64), ints(-9, 9, 5, dtype=np.int8), ints(0, 9, 5, dtype=np.uint8),
      ints(-9, 9, 5, dtype=np.int16))
def unary_ints(i, l, b, u, s):
    return [raw.Abs(x=i), raw.Sign(x=l), raw.Neg(x=b), raw.Square(x=i), raw.Relu(features=u), raw.Relu(features=s),
            raw.Relu6(features=i), raw.Round(x=i), raw.Invert(x=i), raw.Invert(x=u), raw.OnesLike(x=b),
            raw.ZerosLike(x=u),
            raw.Sign(x=i), raw.Abs(x=s)]

@case(np.array([0.0, np.inf, -np.inf, np.nan, 1.0], np.float32))
def tests_of_floats(x):
    return [raw.IsNan(x=x), raw.IsInf(x=x), raw.IsFinite(x=x), raw.LogicalNot(x=raw.IsFinite(x=x))]

@case(np.array([-2.7, -1.0, -0.2, 0.0, 0.9, 1.5, 100.3], np.float32), ints(-3, 4, 6), np.array([True, False]),
      np.array([300, -1, 70000, 5], np.int32))
def casts(x, i, t, wide):
    return [tf.cast(x, tf.int32), tf.cast(x, tf.int64), tf.cast(x, tf.bool), tf.cast(x, tf.float16),
            tf.cast(x, tf.float64),
            tf.cast(i, tf.float32), tf.cast(i, tf.bool), tf.cast(t, tf.float32), tf.cast(t, tf.int64),
            tf.cast(wide, tf.uint8),
            tf.cast(wide, tf.int8), tf.cast(wide, tf.int16), tf.bitcast(i, tf.uint32),
            *since(26, tf.bitcast(x, tf.int32))]

@case(normal(3, 1, 4), normal(2, 4), shapes={0: (None, 1, None)})
def binary_float(x, y):
    names = ["Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "Atan2",
    "FloorDiv",
             "FloorMod", "TruncateMod", "Mod", "Less", "LessEqual", "Greater", "GreaterEqual", "Equal", "NotEqual"]
    return [getattr(raw, n)(**({"y": x, "x": y} if n == "Atan2" else {"x": x, "y": y})) for n in names]

@case(np.array([0, 0, 1, -2, 5, 0], np.float32), np.array([0, 3, 0, 4, 2, -1], np.float32), uniform(0.1, 3, 6))
def binary_guarded(x, y, positive):
    return [raw.DivNoNan(x=x, y=y), raw.MulNoNan(x=1 / x, y=y * 0), raw.Xdivy(x=x, y=y), raw.Xlogy(x=x, y=raw.Abs(x=y)),
            raw.Xlog1py(x=x, y=positive), raw.Pow(x=positive, y=x),
            raw.ApproximateEqual(x=x, y=x + 0.05, tolerance=0.1),
            raw.ApproximateEqual(x=x, y=x + 0.2, tolerance=0.1)]

@case(np.array([-7, -6, -1, 0, 1, 6, 7, 7, -7], np.int32), np.array([3, -3, 4, 5, -2, -4, 7, -3, -3], np.int32))
def binary_ints(x, y):
    names = ["FloorDiv", "FloorMod", "Mod", "TruncateMod", "TruncateDiv", "Div", "Maximum", "Minimum",
    "SquaredDifference",
             "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Less", "GreaterEqual", "Equal", "Sub"]
    out = [getattr(raw, n)(x=x, y=y) for n in names]
    for to in (tf.int64, tf.int8, tf.int16):
        a, b = tf.cast(x, to), tf.cast(y, to)
        out += [raw.FloorDiv(x=a, y=b), raw.FloorMod(x=a, y=b), raw.Maximum(x=a, y=b), raw.AddV2(x=a, y=b)]
    a, b = tf.cast(tf.abs(x), tf.uint8), tf.cast(tf.abs(y), tf.uint8)
    return out + [raw.FloorDiv(x=a, y=b), raw.FloorMod(x=a, y=b), raw.Sub(x=a, y=b), raw.Pow(x=x, y=tf.abs(y)),
                  raw.NotEqual(x=a, y=b)]

@case(np.array([-128, -5, -1, 0, 1, 5, 127], np.int8), np.array([0, 1, 2, 3, 7, 9, 5], np.int8))
def shifts(x, y):
    out = []
    for to in (tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint32, tf.uint64):
        a, b = tf.cast(x, to), tf.cast(y, to)
        out += [raw.LeftShift(x=a, y=b), raw.RightShift(x=a, y=b)]
    return out

@case(normal(2, 3), normal(2, 3), np.array([[True, False, True], [False, False, True]]), np.array([True, False]),
      shapes={0: (None, 3), 1: (None, 3), 2: (None, 3), 3: (None,)})
def choices(x, y, c, rows):
    return [raw.Select(condition=c, x=x, y=y), raw.Select(condition=rows, x=x, y=y),
            raw.Select(condition=rows[0], x=x, y=y), raw.SelectV2(condition=c, t=x, e=0.5),
            raw.SelectV2(condition=rows[:, None], t=x, e=y),
            raw.ClipByValue(t=x, clip_value_min=-tf.abs(y), clip_value_max=tf.abs(y)),
            raw.LogicalAnd(x=c, y=rows[:, None]), raw.LogicalOr(x=c, y=rows[:, None]),
            raw.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=0.75),
            raw.AddN(inputs=[x, y, x]), raw.AddN(inputs=[x]), raw.AccumulateNV2(inputs=[x, y], shape=[2, 3]),
            raw.Equal(x=tf.constant([1.0, 2.0]), y=tf.constant([1.0, 2.0, 3.0]), incompatible_shape_error=False)]

@case(normal(2, 3, 4, 5), normal(5), normal(3), normal(2, 3), shapes={0: (None, 3, None, 5)})
def bias(x, last, second, flat):
    return [raw.BiasAdd(value=x, bias=last), raw.BiasAdd(value=x, bias=second, data_format="NCHW"),
            raw.BiasAddV1(value=x, bias=last), raw.BiasAdd(value=flat, bias=second),
            raw.L2Loss(t=x)]

# -- reductions --------------------------------------------------------------------------------------------------------

@case(normal(2, 3, 4), shapes={0: (None, 3, None)})
def reduce_float(x):
    out = []
    for op in (raw.Sum, raw.Mean, raw.Prod, raw.Max, raw.Min, raw.EuclideanNorm):
        out += [op(input=x, axis=[0, -1]), op(input=x, axis=1, keep_dims=True), op(input=x, axis=[]),
                op(input=x, axis=[0, 1, 2])]
    return out

@case(normal(2, 3, 4), shapes={0: None})
def reduce_unknown_rank(x):
    return [tf.reduce_sum(x), tf.reduce_mean(x, axis=[1], keepdims=True), tf.reduce_max(x, axis=-1)]

@case(ints(-9, 9, 3, 4), shapes={0: (None, 4)})
def reduce_ints(x):
    out = []
    for to in (tf.int32, tf.int64, tf.int8, tf.int16):
        v = tf.cast(x, to)
        out += [raw.Sum(input=v, axis=0), raw.Mean(input=v, axis=1), raw.Max(input=v, axis=[0, 1]),
                raw.Min(input=v, axis=-1),
                raw.Prod(input=v, axis=[1])]
    u = tf.cast(tf.abs(x), tf.uint8)
    return out + [raw.Sum(input=u, axis=1), raw.Mean(input=u, axis=0), raw.Max(input=u, axis=1),
    raw.Min(input=u, axis=[])]

@case(np.array([[[True, False], [True, True]], [[False, False], [True, True]]]), np.zeros((2, 0), bool),
      shapes={0: (None, 2, 2)})
def reduce_bools(x, nothing):
    return [raw.All(input=x, axis=0), raw.All(input=x, axis=[1, 2], keep_dims=True), raw.Any(input=x, axis=-1),
            raw.Any(input=x, axis=[0, 1, 2]), raw.All(input=x, axis=[]), raw.All(input=nothing, axis=1),
            raw.Any(input=nothing, axis=1)]

@case(ints(0, 4, 3, 4, 2), normal(3, 5), shapes={0: (None, 4, 2)})
def arg_extremes(i, x):
    return [raw.ArgMax(input=i, dimension=1), raw.ArgMin(input=i, dimension=0, output_type=tf.int32),
            raw.ArgMax(input=x, dimension=-1, output_type=tf.int32), raw.ArgMin(input=x, dimension=0),
            raw.ArgMax(input=tf.cast(i, tf.uint8), dimension=2), raw.ArgMax(input=i > 1, dimension=1)]

@case(ints(-9, 9, 3, 4, 2), normal(4, 3, dtype=np.float64), ints(-2**45, 2**45, 6, dtype=np.int64), normal(2, 5), np.zeros(0, np.int32),
      shapes={0: (None, None, None), 1: (None, None), 2: (None,), 3: (None, None), 4: (None,)})
def cumulative_open_lengths(i, x, long, y, none):
    return [raw.Cumsum(x=v, axis=axis, exclusive=exclusive, reverse=reverse) for exclusive in (False, True) for reverse in (False, True)
            for v, axis in ((i, 0), (i, 1), (i, -1), (x, 0), (long, 0), (y, 1), (none, 0))]

@case(normal(3, 4, 2), ints(-5, 5, 3, 4), shapes={0: (None, 4, None)})
def cumulative(x, i):
    out = []
    for exclusive in (False, True):
        for reverse in (False, True):
            a = dict(exclusive=exclusive, reverse=reverse)
            out += [raw.Cumsum(x=x, axis=1, **a), raw.Cumprod(x=x, axis=-1, **a), raw.Cumprod(x=x, axis=0, **a),
                    raw.Cumsum(x=i, axis=0, **a), raw.Cumprod(x=i, axis=1, **a)]
            if not exclusive:
                out.append(raw.CumulativeLogsumexp(x=x, axis=1, **a))
    return out + [raw.Cumsum(x=tf.cast(i, tf.int16), axis=1)]

# -- shapes ------------------------------------------------------------------------------------------------------------

@case(normal(2, 6, 4), shapes={0: (None, 6, None)})
def reshapes(x):
    s = tf.shape(x)
    return [tf.reshape(x, [-1, 4]), tf.reshape(x, [s[0], 3, 2, s[2]]), tf.reshape(x, tf.stack([s[0] * s[2], -1])),
            tf.reshape(x, tf.concat([s[:1], [12, -1]], 0)), tf.expand_dims(x, 1), tf.expand_dims(x, -1),
            tf.squeeze(tf.reshape(x, [1, -1, 1, 6]), [0, -2]), tf.reshape(x[:, :0], [0, 7]),
            raw.Shape(input=x), raw.Shape(input=x, out_type=tf.int64), raw.Size(input=x), raw.Rank(input=x)]

@case(normal(2, 1, 3), shapes={0: None})
def unknown_rank_shapes(x):
    return [tf.rank(x), tf.shape(x), tf.size(x, out_type=tf.int64), tf.expand_dims(x, 0), tf.expand_dims(x, -1),
            tf.squeeze(x, [1]), *since(8, tf.zeros_like(x)), x[:1], x[..., 1], x[..., None, 1:], tf.reshape(x, [3, 2]),
            tf.concat([x, x], -1), tf.stack([x, x], 0), raw.Shape(input=x)[0] * 2]

@case(normal(2, 3, 4), normal(2, 3, 1), shapes={0: (None, 3, None), 1: (None, None, 1)})
def join_and_split(x, y):
    return [tf.concat([x, y], -1), raw.Concat(concat_dim=2, values=[y, x, y]), tf.stack([x, x * 2], axis=1),
            tf.stack([x, x], axis=-1), *tf.unstack(x, axis=1), *raw.Unpack(value=x[:, :1], num=1, axis=1),
            *tf.split(x, 3, axis=1), *tf.split(x, [1, 2], axis=1), *tf.split(x, [1, -1], axis=-1),
            *raw.Split(axis=0, value=tf.concat([x, x], 0), num_split=2), *raw.ShapeN(input=[x, y])]

@case(normal(2, 3, 4), shapes={0: (None, 3, None)})
def transposes(x):
    return [tf.transpose(x), tf.transpose(x, [1, 0, 2]), raw.ConjugateTranspose(x=x, perm=[2, 1, 0]),
            tf.transpose(x, [0, 2, 1]), raw.Tile(input=x, multiples=[1, 2, 3]),
            tf.tile(x, tf.concat([[1], tf.shape(x)[:1], [1]], 0))]

@case(np.int32(4), np.float32(2.5), normal(3, 1), shapes={2: (None, 1)})
def fills(n, f, x):
    return [tf.fill([n, 2], f), tf.fill([2, 3], True), tf.range(n), tf.range(f, 10.0, 1.5), tf.range(n, -5, -2),
            tf.range(tf.cast(n, tf.int64)), tf.linspace(f, 10.0, n), tf.linspace(1.0, 2.0, 1), tf.zeros([n]),
            tf.broadcast_to(x, [2, 3, n]), tf.broadcast_dynamic_shape(tf.shape(x), [n]),
            raw.BroadcastArgs(s0=[2, 1, 3], s1=tf.stack([n, 1])), tf.ones_like(x), tf.eye(n), tf.eye(3, num_columns=5),
            tf.eye(2, batch_shape=[n])]

@case(ints(-1, 5, 2, 3), np.int32(4), normal(), shapes={0: (None, 3)})
def one_hots(i, depth, on):
    return [tf.one_hot(i, 4), tf.one_hot(i, depth, on_value=on, off_value=-1.0, axis=1),
            tf.one_hot(i, 3, axis=0, dtype=tf.int64),
            tf.one_hot(tf.cast(tf.abs(i), tf.uint8), 5, True, False), tf.one_hot(i[0, 0], depth)]

# -- slices ------------------------------------------------------------------------------------------------------------

@case(normal(4, 5, 6), np.int32(1), np.int32(3), shapes={0: (None, 5, None)})
def strided_slices(x, a, b):
    return [x[1:3], x[:, ::2], x[::-1], x[:, 3:0:-1], x[-2:, :-1, 1::3], x[0], x[-1, :, 2], x[..., 0], x[..., 1:3],
            x[:, None],
            x[None, ..., None], x[1, None, ..., -1], x[a], x[:, a], x[a:b], x[:b, a:, ::2], x[a, :, b],
            x[:, a, None, b:],
            x[..., a], x[a, ..., b], x[-a], x[:, -a:], x[a:b, 0, ::-1], x[2:1], x[:, 9:1:-2], x[:, -9:9],
            x[..., tf.newaxis, a, :],
            raw.StridedSlice(input=x, begin=[1, 1], end=[0, 0], strides=[1, 1], begin_mask=1, end_mask=3),
            raw.StridedSlice(input=x, begin=[0, 0, 2], end=[0, 0, 0], strides=[1, 1, 1], new_axis_mask=5,
                             shrink_axis_mask=5, begin_mask=2, end_mask=2), x[:, -9::-1]]

@case(normal(4, 5), np.int32(2), shapes={0: (None, None)})
def slices(x, n):
    return [tf.slice(x, [1, 2], [2, 3]), tf.slice(x, [0, 1], [-1, 2]), tf.slice(x, [1, 0], [-1, -1]),
            tf.slice(x, [n, 1], [1, -1]),
            tf.slice(x, [0, 0], tf.stack([n, 3])), tf.slice(x, tf.stack([1, n]), tf.stack([n, -1])),
            tf.shape(x)[1:] * 2, tf.shape(x)[-1]]

@case(normal(3, 4), ints(0, 9, 3, 4), np.array([[1, 0], [2, 3]], np.int32), shapes={0: (None, 4)})
def pads(x, i, p):
    return [tf.pad(x, [[1, 2], [0, 3]]), tf.pad(x, p), tf.pad(i, p, constant_values=7),
            tf.pad(x, p, constant_values=-1.5),
            tf.pad(x, [[2, 1], [3, 0]], "REFLECT"), tf.pad(x, [[2, 3], [0, 4]], "SYMMETRIC"),
            tf.pad(x, [[1, 1], [1, 0]], "SYMMETRIC"),
            tf.pad(i, [[1, 0], [2, 2]], "REFLECT"), tf.pad(i > 4, [[1, 0], [0, 1]])]

@case(normal(3, 4, 5), np.array([2, 4, 1], np.int32), np.int32(7), shapes={0: (None, 4, None)})
def reversals(x, lengths, shift):
    return [tf.reverse(x, [0]), tf.reverse(x, [1, -1]), raw.Reverse(tensor=x, dims=[True, False, True]),
            tf.reverse_sequence(x, lengths, seq_axis=1, batch_axis=0),
            tf.reverse_sequence(x, lengths, seq_axis=2, batch_axis=0),
            tf.reverse_sequence(tf.transpose(x, [1, 0, 2]), lengths, seq_axis=0, batch_axis=1),
            tf.reverse_sequence(tf.transpose(x, [1, 2, 0]), lengths, seq_axis=0, batch_axis=2),
            tf.roll(x, 2, 1), tf.roll(x, [-1, 3], [0, 2]), tf.roll(x, shift, 0), tf.roll(x, [1, 1], [1, 1])]

# -- diagonals ---------------------------------------------------------------------------------------------------------

@case(normal(2, 4, 5), normal(2, 3), normal(2, 2, 3), normal(2, 3, 3), np.int32(1),
      shapes={0: (None, 4, 5), 1: (None, 3)})
def diagonals(x, d, band, square, one):
    out = [raw.MatrixBandPart(input=x, num_lower=a, num_upper=b) for a,
           b in ((-1, 0), (0, -1), (1, 2), (-1, -1), (0, 0))]
    out += [raw.MatrixBandPart(input=x, num_lower=one, num_upper=one - 2), raw.MatrixDiag(diagonal=d),
            raw.MatrixDiagPart(input=x), raw.MatrixSetDiag(input=square, diagonal=d), raw.Diag(diagonal=d),
            raw.Diag(diagonal=d[0]),
            *since(10, raw.DiagPart(input=raw.Diag(diagonal=d))), raw.DiagPart(input=square[0]),
            raw.MatrixDiagV2(diagonal=band, k=[-1, 0], num_rows=-1, num_cols=-1, padding_value=9.0),
            raw.MatrixDiagPartV2(input=x, k=[-2, 1], padding_value=7.0),
            raw.MatrixSetDiagV2(input=square, diagonal=band, k=[0, 1])]
    for align in ("LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"):
        out += [raw.MatrixDiagV3(diagonal=band, k=[0, 1], num_rows=-1, num_cols=4, padding_value=0.5, align=align),
                raw.MatrixDiagV3(diagonal=band, k=[-1, 0], num_rows=5, num_cols=-1, padding_value=0.5, align=align),
                raw.MatrixDiagPartV3(input=x, k=[-2, 2], padding_value=-1.0, align=align),
                raw.MatrixSetDiagV3(input=square, diagonal=band, k=[-1, 0], align=align)]
    return out + [raw.MatrixDiagV3(diagonal=d, k=2, num_rows=-1, num_cols=-1, padding_value=0.0),
                  raw.MatrixDiagV3(diagonal=d, k=-1, num_rows=4, num_cols=7, padding_value=3.0),
                  raw.MatrixDiagPartV3(input=x, k=-2, padding_value=0.0),
                  raw.MatrixDiagPartV3(input=x, k=[1, 1], padding_value=0.0),
                  raw.MatrixSetDiagV3(input=x, diagonal=x[:, :, 1], k=1)]

# -- blocks ------------------------------------------------------------------------------------------------------------

@case(normal(2, 4, 6, 8), shapes={0: (None, None, 6, 8)})
def depth_and_space(x):
    c = tf.transpose(x, [0, 3, 1, 2])
    return [tf.nn.depth_to_space(x, 2), tf.nn.space_to_depth(x, 2)]

@case(normal(4, 4, 6, 3), normal(8, 3, 2, 5, 3), shapes={0: (None, None, 6, 3)})
def batch_and_space(x, y):
    return [raw.SpaceToBatchND(input=x, block_shape=[2, 3], paddings=[[0, 0], [0, 0]]),
            raw.SpaceToBatchND(input=x, block_shape=[3, 2], paddings=[[1, 1], [1, 3]]),
            raw.SpaceToBatchND(input=x, block_shape=[2], paddings=[[1, 1]]),
            raw.BatchToSpaceND(input=x, block_shape=[2, 2], crops=[[0, 0], [0, 0]]),
            raw.BatchToSpaceND(input=x, block_shape=[2, 1], crops=[[1, 2], [2, 0]]),
            raw.BatchToSpaceND(input=y, block_shape=[2, 2, 1], crops=[[0, 1], [1, 0], [1, 2]]),
            raw.SpaceToBatchND(input=y, block_shape=[1, 2, 3], paddings=[[0, 0], [0, 0], [1, 0]]),
            raw.SpaceToBatch(input=x, block_size=2, paddings=[[0, 0], [1, 1]]),
            raw.BatchToSpace(input=x, block_size=2, crops=[[1, 0], [0, 1]])]

@case(normal(2, 7, 8, 2), normal(1, 5, 6, 5, 2), shapes={0: (None, None, None, 2)})
def patches(x, y):
    out = []
    for padding in ("VALID", "SAME"):
        out += [raw.ExtractImagePatches(images=x, ksizes=[1, 3, 2, 1], strides=[1, 2, 3, 1], rates=[1, 1, 1, 1],
                padding=padding),
                raw.ExtractImagePatches(images=x, ksizes=[1, 2, 3, 1], strides=[1, 1, 2, 1], rates=[1, 3, 2, 1],
                padding=padding),
                raw.ExtractVolumePatches(input=y, ksizes=[1, 2, 3, 2, 1], strides=[1, 2, 1, 2, 1], padding=padding)]
    return out

# -- products ----------------------------------------------------------------------------------------------------------

@case(normal(3, 4), normal(4, 5), ints(-5, 5, 3, 4), normal(2, 1, 3, 4), normal(3, 4, 5), normal(3, 4,
      dtype=np.float64),
      shapes={0: (None, 4), 3: (None, 1, 3, 4)})
def products(a, b, i, x, y, d):
    t = tf.transpose
    return [tf.matmul(a, b), tf.matmul(t(a), b, transpose_a=True), tf.matmul(a, t(b), transpose_b=True),
            tf.matmul(t(a), t(b), transpose_a=True, transpose_b=True), tf.matmul(i, i, transpose_b=True),
            raw.BatchMatMul(x=y, y=y, adj_x=True), raw.BatchMatMul(x=y, y=y, adj_y=True), raw.BatchMatMulV2(x=x, y=y),
            raw.BatchMatMulV2(x=x, y=x, adj_y=True), raw.BatchMatMulV3(x=i, y=i, Tout=tf.int32, adj_x=True),
            tf.tensordot(y, a, [[1], [1]]), tf.matmul(d, d, transpose_a=True)]

@case(normal(2, 3, 4), normal(4, 5), normal(2, 4, 3), normal(3, 3), normal(2, 3, 4, 2), normal(4),
      shapes={0: (None, 3, 4), 2: (None, None, 3), 4: (None, 3, None, 2)})
def einsums(x, w, y, s, z, v):
    e = lambda text, *operands: raw.Einsum(inputs=list(operands), equation=text)
    return [e("abc,cd->abd", x, w), e("abc,acb->a", x, y), e("abc,acd->abd", x, y), e("abc,acd->adb", x, y),
            e("abc->cab", x),
            e("abc->b", x), e("ii->i", s), e("ii->", s), e("ij->", s), tf.einsum("ij,jk,kl->il", s, s, s),
            e("abc,abc->abc", x, x),
            e("abc,abc->ac", x, x), e("abc,d->abcd", x, v), e("c,cd->d", v, w), e("cd,c->d", w, v), e("c,c->", v, v),
            e("c,d->cd", v, v), e("abcd,cef->abdef", z, tf.reshape(w, [4, 5, 1])), e("abcd,abed->acbe", z, z),
            e("abcd,aecd->acbe", z, z), e("abcd,abcd->abc", z, z), e("...c,cd->...d", z[..., 0], w),
            e("...ij,...jk->...ik", x, y),
            e("...ij,jk->...ik", x, w), e("i...,i...->...", s, s), e("abcd,cd->ab", z, z[0, 0]), e("abc,cd->adb", x, w),
            e("ab...,b...->a...", x, s[:, :1]), e("BTD,DNH->BTNH", x, tf.reshape(w, [4, 5, 1])),
            e("aab,b->ab", tf.tile(s[:, None], [1, 3, 1]), s[0]),
            e("abc,dbc->ad", x, x), e("ab,cd->acbd", s, w), e("abc,bd->acd", x, s)]

# -- indices -----------------------------------------------------------------------------------------------------------

@case(normal(2, 3, 4, 5), ints(0, 3, 2, 2), ints(0, 2, 2, 3), ints(0, 2, 3, 2),
      shapes={0: (None, 3, None, 5), 1: (None, 2)})
def gathers(x, i, j, nd):
    return [raw.Gather(params=x, indices=j[0]), tf.gather(x, i, axis=1), tf.gather(x, j, axis=-1),
            tf.gather(x, i[0, 0], axis=1),
            tf.gather(x, i, axis=1, batch_dims=1), tf.gather(x, j, axis=3, batch_dims=1),
            tf.gather(x, j, axis=2, batch_dims=2),
            tf.gather(x, i, axis=2, batch_dims=1), tf.gather(x, j, axis=3, batch_dims=2),
            tf.gather(x, tf.cast(i, tf.int64), axis=2, batch_dims=0),
            tf.gather_nd(x, nd), tf.gather_nd(x, nd[..., :1]), tf.gather_nd(x[0, 0], nd[:, ::-1]),
            tf.gather_nd(x, nd, batch_dims=0), tf.gather_nd(x, nd[:2, :1], batch_dims=1)]

@case(np.array([[0], [2], [0], [3]], np.int32), normal(4, 3), normal(5, 3), ints(-9, 9, 4, 3), np.int32(6),
      shapes={0: (None, 1)})
def scatters(at, u, x, i, n):
    return [tf.scatter_nd(at, u, [5, 3]), tf.scatter_nd(at, i, tf.stack([n, 3])),
            *since(9, tf.scatter_nd([[1], [0]], u[:2], [3, 3])),
            *since(9, raw.TensorScatterUpdate(tensor=x, indices=[[4], [1]], updates=u[:2])),
            raw.TensorScatterAdd(tensor=x, indices=at, updates=u),
            raw.TensorScatterSub(tensor=x, indices=at, updates=u),
            raw.TensorScatterMax(tensor=x, indices=at, updates=u),
            raw.TensorScatterMin(tensor=x, indices=at, updates=u),
            raw.ScatterNdNonAliasingAdd(input=x, indices=at, updates=u),
            raw.TensorScatterAdd(tensor=x, indices=[[1, 2], [1, 2], [0, 0]], updates=[1.0, 2.0, 3.0]),
            raw.SparseToDense(sparse_indices=[1, 3], output_shape=[5], sparse_values=2.5, default_value=-1.0),
            *since(9, raw.SparseToDense(sparse_indices=[[0, 1], [2, 0]], output_shape=tf.stack([n, 2]),
            sparse_values=[3, 4], default_value=0),
                   raw.SparseToDense(sparse_indices=2, output_shape=[n], sparse_values=5.0, default_value=0.0),
                   raw.InvertPermutation(x=tf.cast(tf.argsort(u[:, 0]), tf.int64))),
            raw.InvertPermutation(x=[2, 0, 3, 1])]

@case(normal(6, 3), np.array([0, 0, 1, 3, 3, 3], np.int32), np.array([2, -1, 0, 2, 3, 0], np.int32), np.int32(5),
      ints(-9, 9, 6),
      shapes={0: (None, 3)})
def segments(x, sorted_ids, ids, n, i):
    out = [op(data=x, segment_ids=sorted_ids)
           for op in (raw.SegmentSum, raw.SegmentMean, raw.SegmentProd, raw.SegmentMax, raw.SegmentMin)]
    unsorted = (raw.UnsortedSegmentSum, raw.UnsortedSegmentProd, raw.UnsortedSegmentMax, raw.UnsortedSegmentMin)
    for op in unsorted:
        out += [op(data=x, segment_ids=ids, num_segments=n), op(data=x, segment_ids=ids, num_segments=5),
                op(data=i, segment_ids=ids, num_segments=4), op(data=tf.reshape(i, [2, 3]),
                segment_ids=[[0, 1, 1], [3, 0, -1]], num_segments=4)]
    out += [op(data=x, indices=[0, 2, 1, 5], segment_ids=[0, 0, 2, 2]) for op in (raw.SparseSegmentSum,
            raw.SparseSegmentMean, raw.SparseSegmentSqrtN)]
    out += [raw.SparseSegmentSumWithNumSegments(data=x, indices=[0, 2, 1], segment_ids=[0, 0, 2], num_segments=n),
            tf.math.segment_sum(tf.constant([[1.0, 2.0], [3.0, 4.0]]), [0, 2]),
            tf.math.segment_max(i[:4], [0, 2, 2, 3])]
    return out

@case(normal(6, 2), np.array([1, 0, 2, 1, 1, 0], np.int32), shapes={0: (None, 2), 1: (None,)})
def partitions(x, p):
    parts = tf.dynamic_partition(x, p, 3)
    places = tf.dynamic_partition(tf.range(tf.size(p)), p, 3)
    dynamic = [*parts, raw.DynamicStitch(indices=places, data=parts),
               raw.ParallelDynamicStitch(indices=places, data=[v * 2 for v in parts]),
               *tf.dynamic_partition(tf.reshape(x, [3, 2, 2]), [[0, 1], [1, 1], [0, 0]], 2)]
    return [*dynamic, raw.DynamicStitch(indices=[2, [0, 1]], data=[x[0], x[1:3]]),
            raw.DynamicStitch(indices=[[[0, 1], [2, 0]]], data=[tf.reshape(x[:4], [2, 2, 2])])]

@case(normal(3, 7), np.int32(2), ints(0, 20, 3, 7), np.array([1, 6, 3], np.int32), shapes={0: (None, 7)})
def greatest(x, k, i, targets):
    return [*tf.nn.top_k(x, 3), *tf.nn.top_k(x, k), *raw.TopKV2(input=i, k=2), *tf.nn.top_k(x[0], 7),
            raw.NthElement(input=x, n=k), raw.NthElement(input=x, n=1, reverse=True),
            raw.InTopK(predictions=x, targets=targets, k=3),
            raw.InTopKV2(predictions=x, targets=tf.cast(targets, tf.int64), k=4),
            tf.argsort(x, axis=-1, direction="DESCENDING"),
            tf.sort(x, axis=-1)]

# -- sets --------------------------------------------------------------------------------------------------------------

@case(ints(0, 3, 3, 4), np.array([5, 2, 5, 9, 2, 2], np.int32), normal(3, 4), shapes={0: (None, 4), 1: (None,)})
def found(i, v, x):
    kept = [tf.where(i > 1), tf.where(tf.cast(i, tf.float32)), *raw.Unique(x=v),
            *raw.UniqueWithCounts(x=v, out_idx=tf.int64),
            *raw.UniqueWithCountsV2(x=v, axis=tf.constant([], tf.int64)), *raw.ListDiff(x=v, y=[2, 7]),
            tf.boolean_mask(x, i > 0), tf.boolean_mask(x, v[:3] > 2)]
    return [*since(9, *kept), *since(11, *raw.UniqueV2(x=i, axis=[0])), *raw.ListDiff(x=[5, 0, 2, 7], y=[2, 7]),
            raw.Bucketize(input=x, boundaries=[-0.5, 0.0, 0.75]), raw.Bucketize(input=v, boundaries=[2.0, 5.0, 6.5]),
            raw.UnravelIndex(indices=v, dims=[2, 3, 4]), raw.UnravelIndex(indices=v[0], dims=[2, 3, 4]),
            raw.LowerBound(sorted_inputs=[[1, 3, 3, 5], [2, 4, 6, 8]], values=[[3, 0, 9], [4, 5, 8]]),
            raw.UpperBound(sorted_inputs=[[1, 3, 3, 5], [2, 4, 6, 8]], values=[[3, 0, 9], [4, 5, 8]])]

@case(ints(0, 6, 3, 4), normal(3, 4), np.int32(5), shapes={0: (None, 4)})
def counts(i, w, n):
    none = tf.constant([], tf.float32)
    return [raw.Bincount(arr=i, size=n, weights=none), raw.Bincount(arr=i, size=6, weights=w),
            raw.Bincount(arr=i, size=4, weights=tf.constant([], tf.int32)),
            raw.DenseBincount(input=i, size=6, weights=none), raw.DenseBincount(input=i, size=n, weights=none,
            binary_output=True),
            raw.DenseBincount(input=i, size=6, weights=w), raw.DenseBincount(input=i[0], size=n, weights=none),
            tf.math.confusion_matrix([0, 1, 2, 1], [0, 2, 2, 1], 3)]

if __name__ == "__main__":
    main()
