#!/usr/bin/env python3
"""Writes more test cases beside this file, as make_cases.py does: loops whose length only the running model knows, the
arrays that they write, and branches of different shapes; as TensorFlow 1 writes them and as TensorFlow 2 does.

usage: make_control_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
import functools
from graph_cases import case, edited, ints, main, normal, np, raw, since, tf, v1

def both(function):
    """The function's outputs as TensorFlow 2 writes control flow, and as TensorFlow 1 does."""
    def outputs(*inputs):
        results = []
        for new in (True, False):
            (v1.enable_control_flow_v2 if new else v1.disable_control_flow_v2)()
            result = function(*inputs)
            results += list(result) if isinstance(result, (list, tuple)) else [result]
        v1.enable_control_flow_v2()
        return results
    outputs.__name__ = function.__name__
    return outputs

def cell(x, h):
    return tf.tanh(tf.matmul(x, tf.constant(np.linspace(-1, 1, 12).reshape(3, 4), tf.float32)) +
                   tf.matmul(h, tf.constant(np.linspace(1, -1, 16).reshape(4, 4), tf.float32)))

# -- how long ----------------------------------------------------------------------------------------------------------

@case(normal(4), np.int32(5), np.int32(0), np.float32(20.0))
@both
def loops_counted(x, n, none, most):
    steps = lambda count: tf.while_loop(lambda i, v: i < count, lambda i, v: (i + 1, tf.sin(v) + x), [0, x])
    later = tf.while_loop(lambda i, v: i <= n, lambda i, v: (i + 1, v * 1.5), [2, x])
    down = tf.while_loop(lambda i, v: i > 0, lambda i, v: (i - 1, v + tf.cast(i, tf.float32)), [n, x])
    by_two = tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 2, v + 1.0), [0, x])
    twice = tf.while_loop(lambda i, j, v: tf.logical_and(i < n, j < 4), lambda i, j, v: (i + 1, j + 1, v * 2.0), [0, 0, x])
    limited = tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, v * 2.0), (0, x), maximum_iterations=3)
    sums = tf.while_loop(lambda v: tf.reduce_sum(v) < most, lambda v: (v * v + 1.0,), [x])
    return [*steps(n), *steps(none), *later, *down, *by_two, *twice, *limited, *sums]

@case(normal(3), np.int32(4), np.int32(3))
@both
def loops_nested(x, n, m):
    def inner(i, v):
        j, w = tf.while_loop(lambda j, w: j < m, lambda j, w: (j + 1, w + tf.cast(i * j, tf.float32) * x), [0, v])
        return i + 1, w * 0.5
    triangle = lambda i, v: (i + 1, tf.while_loop(lambda j, w: j < i, lambda j, w: (j + 1, tf.cos(w)), [0, v])[1])
    known = lambda i, v: (i + 1, tf.while_loop(lambda j, w: j < 3, lambda j, w: (j + 1, tf.cos(w) + x), [0, v])[1])
    return [tf.while_loop(lambda i, v: i < n, f, [0, x])[1] for f in (inner, triangle, known)]

@case(normal(2, 3), np.int32(3), shapes={0: (None, 3)})
@both
def loops_growing(x, n):
    i, grown = tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, tf.concat([v, x], 0)), [0, x],
                             shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 3])])
    i, any_rank = tf.while_loop(lambda i, v: i < n, lambda i, v: (i + 1, tf.expand_dims(v, 0)), [0, x],
                                shape_invariants=[tf.TensorShape([]), tf.TensorShape(None)])
    known = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, tf.concat([v, x], 0)), [0, x],
                          shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 3])])
    return [grown, any_rank, known[1], tf.shape(grown), tf.reduce_sum(grown, 0)]

@case(normal(4), np.array(True), np.int32(3))
@both
def loops_with_branches(x, p, n):
    body = lambda i, v: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: tf.sin(v) + x, lambda: tf.cond(p, lambda: v * 2.0, lambda: x)))
    in_branch = tf.cond(p, lambda: tf.while_loop(lambda i, v: i < n, body, [0, x])[1], lambda: x)
    swap = tf.while_loop(lambda i, a, b: i < n, lambda i, a, b: (i + 1, b, a + b), [0, x, tf.ones_like(x)])
    return [tf.while_loop(lambda i, v: i < n, body, [0, x])[1], in_branch, *swap]

@case(normal(4), np.float32(20.0))
@both
def loops_condition_alone(x, most):
    """A variable that only the condition looks at, also within another loop; tf.image.non_max_suppression_padded has such a loop."""
    grow = lambda v: tf.while_loop(lambda goes, v, i: goes, lambda goes, v, i: (tf.reduce_sum(tf.abs(v)) < most, v * 1.5, i + 1), [True, v, 0])
    outer = tf.while_loop(lambda j, v: j < 3, lambda j, v: (j + 1, grow(v)[1] / 4.0), [0, x])
    boxes = tf.concat([tf.abs(tf.stack([x, x + 0.1, x * 0.9], 0))] * 2, 0) + [0.0, 0.0, 4.0, 4.0]
    return [*grow(x)[1:], *grow(-x)[1:], outer[1], *tf.image.non_max_suppression_padded(boxes, tf.range(6, 0, -1, tf.float32), 4, 0.6, tile_size=2,
                                                                                        pad_to_max_output_size=True)]

# -- arrays ------------------------------------------------------------------------------------------------------------

@case(normal(5, 2, 3), shapes={0: (None, None, 3)})
@both
def loops_mapped(x):
    two = tf.map_fn(lambda v: (tf.reduce_sum(v), v * 2.0), x, fn_output_signature=(tf.float32, tf.float32))
    nested = tf.map_fn(lambda v: tf.map_fn(lambda w: w[1:] - w[:1], v), x)
    return [tf.map_fn(tf.tanh, x), *two, nested, tf.scan(lambda a, v: a * 0.5 + v, x), tf.foldl(lambda a, v: a + tf.sin(v), x),
            tf.foldr(lambda a, v: a * 0.9 + v, x), tf.scan(lambda a, v: a * 0.5 + v, x, reverse=True),
            tf.vectorized_map(lambda v: v + 1.0, x)]

@case(normal(6, 2, 3), normal(2, 4), shapes={0: (None, None, 3), 1: (None, 4)})
@both
def loops_over_time(x, h):
    n = tf.shape(x)[0]
    inputs = tf.TensorArray(tf.float32, n, clear_after_read=False).unstack(x)
    def step(i, h, array):
        h = cell(inputs.read(i), h)
        return i + 1, h, array.write(i, h)
    forth = tf.while_loop(lambda i, *_: i < n, step, [0, h, tf.TensorArray(tf.float32, n, clear_after_read=False)])
    def back_step(i, h, array):
        h = cell(inputs.read(i), h)
        return i - 1, h, array.write(i, h)
    back = tf.while_loop(lambda i, *_: i >= 0, back_step, [n - 1, h, tf.TensorArray(tf.float32, n)])
    grown = tf.while_loop(lambda i, *_: i < n, step, [0, h, tf.TensorArray(tf.float32, 0, dynamic_size=True)])
    return [forth[1], forth[2].stack(), forth[2].size(), back[1], back[2].stack(), forth[2].concat(), forth[2].read(0),
            grown[2].stack()]

@case(normal(5, 3), np.int32(2), shapes={0: (None, 3)})
@both
def loops_partly_written(x, n):
    """Elements that no iteration writes are zeros."""
    length = tf.shape(x)[0]
    array = lambda: tf.TensorArray(tf.float32, length, element_shape=[3])
    some = tf.while_loop(lambda i, a: i < n, lambda i, a: (i + 1, a.write(i, x[i])), [0, array()])[1]
    late = tf.while_loop(lambda i, a: i < n + 1, lambda i, a: (i + 1, a.write(i, x[i])), [1, array()])[1]
    chosen = tf.while_loop(lambda i, a: i < length, lambda i, a: (i + 1, a.write((i * 2) % length, x[i])), [0, array()])[1]
    return [some.stack(), late.stack(), chosen.stack()]

@case(normal(5, 3), shapes={0: (None, 3)})
@both
def loops_read_what_they_wrote(x):
    n = tf.shape(x)[0]
    array = tf.TensorArray(tf.float32, n, element_shape=[3], clear_after_read=False).write(0, x[0])
    def step(i, array):
        return i + 1, array.write(i, array.read(i - 1) * 0.5 + x[i])
    chained = tf.while_loop(lambda i, a: i < n, step, [1, array])[1]
    def twice(i, array):
        return i + 1, array.write(2 * i, x[i]).write(2 * i + 1, x[i] * 2.0)
    written = tf.while_loop(lambda i, a: i < n, twice, [0, tf.TensorArray(tf.float32, 2 * n, element_shape=[3])])[1]
    def sometimes(i, array):
        return i + 1, tf.cond(x[i, 0] > 0, lambda: array.write(i, x[i]), lambda: array.write(i, -x[i]))
    signed = tf.while_loop(lambda i, a: i < n, sometimes, [0, tf.TensorArray(tf.float32, n, element_shape=[3])])[1]
    return [chained.stack(), written.stack(), signed.stack()]

@case(normal(4, 3), np.int32(3), shapes={0: (None, 3)})
def loops_of_lists(x, n):
    shape = tf.constant([3])
    empty = lambda: raw.EmptyTensorList(element_shape=shape, max_num_elements=-1, element_dtype=tf.float32)
    stack = lambda l: raw.TensorListStack(input_handle=l, element_shape=shape, element_dtype=tf.float32)
    push = lambda l, v: raw.TensorListPushBack(input_handle=l, tensor=v)
    pop = lambda l: raw.TensorListPopBack(input_handle=l, element_shape=shape, element_dtype=tf.float32)
    pushed = tf.while_loop(lambda i, l: i < n, lambda i, l: (i + 1, push(l, x[i])), [0, empty()])[1]
    behind = tf.while_loop(lambda i, l: i < n, lambda i, l: (i + 1, push(l, x[i])), [0, push(empty(), x[3])])[1]
    rest, last = pop(pushed)
    drained = tf.while_loop(lambda i, l, s: i < n, lambda i, l, s: (i + 1, pop(l)[0], s * 0.5 + pop(l)[1]), [0, pushed, x[0]])[2]
    listed = raw.TensorListFromTensor(tensor=x, element_shape=shape)
    some = raw.TensorListGather(input_handle=listed, indices=[2, 0, 2], element_shape=shape, element_dtype=tf.float32)
    put = raw.TensorListScatterIntoExistingList(input_handle=listed, tensor=x[:2], indices=[3, 1])
    parts = raw.TensorListSplit(tensor=x, element_shape=tf.constant([-1, 3]), lengths=tf.constant([1, 3], tf.int64))
    joined = raw.TensorListConcatV2(input_handle=parts, element_shape=tf.constant([-1, 3]), leading_dims=tf.constant([], tf.int64),
                                    element_dtype=tf.float32)
    longer = raw.TensorListResize(input_handle=push(push(empty(), x[0]), x[1]), size=3)
    return [stack(pushed), stack(behind), stack(rest), last, drained, some, stack(put), *joined, stack(longer),
            raw.TensorListLength(input_handle=pushed), raw.TensorListLength(input_handle=listed)]

# -- cells that are one op ---------------------------------------------------------------------------------------------

@case(normal(5, 2, 3), normal(2, 4), normal(2, 4), normal(7, 16), normal(3, 4), normal(16), np.int64(3),
      shapes={0: (None, None, 3), 1: (None, 4), 2: (None, 4)})
def cells_over_time(x, c, h, w, peepholes, b, length):
    wci, wcf, wco = tf.unstack(peepholes)
    w, b = tf.constant(np.linspace(-1, 1, 112).reshape(7, 16), tf.float32), b
    weights = dict(cs_prev=c, h_prev=h, w=w, wci=wci, wcf=wcf, wco=wco, b=b)
    all_of_it = tf.cast(tf.shape(x)[0], tf.int64)
    return [*raw.BlockLSTM(seq_len_max=all_of_it, x=x, forget_bias=0.5, cell_clip=0.7, use_peephole=True, **weights),
            *raw.BlockLSTM(seq_len_max=length, x=x, cell_clip=-1, **weights)[1::5],
            *raw.BlockLSTMV2(seq_len_max=length, x=x, use_peephole=True, **weights)[1::5],
            raw.BlockLSTMV2(seq_len_max=all_of_it, x=x, **weights).h]

@case(normal(2, 3), normal(2, 4), normal(2, 4), normal(7, 16), normal(3, 4), normal(16), normal(7, 8), normal(8), normal(7, 4),
      normal(4), shapes={0: (None, 3)})
def cells_of_one_step(x, c, h, w, peepholes, b, w_ru, b_ru, w_c, b_c):
    wci, wcf, wco = tf.unstack(peepholes)
    weights = dict(cs_prev=c, h_prev=h, w=w, wci=wci, wcf=wcf, wco=wco, b=b)
    return [*raw.LSTMBlockCell(x=x, forget_bias=0.5, cell_clip=0.7, use_peephole=True, **weights),
            raw.LSTMBlockCell(x=x, **weights).h, *raw.GRUBlockCell(x=x, h_prev=h, w_ru=w_ru, w_c=w_c, b_ru=b_ru, b_c=b_c)]

# -- cuDNN -------------------------------------------------------------------------------------------------------------
# TensorFlow has these ops for GPUs only. What is run is what cuDNN's documentation says that they compute, in plain ops;
# what is written is the op.

def cudnn_steps(x, h, c, cell, backwards):
    results = [None] * x.shape[0]
    for t in reversed(range(x.shape[0])) if backwards else range(x.shape[0]):
        h, c = cell(x[t], h, c)
        results[t] = h
    return tf.stack(results), h, c

def cudnn_layers(mode, x, h0, c0, params, units, layers, directions):
    gates = {"lstm": 4, "gru": 3}[mode]
    weights, biases, at = [], [], 0
    for layer in range(layers):
        inputs = x.shape[2] if layer == 0 else units * directions
        for _ in range(directions):
            w = tf.reshape(params[at:at + gates * units * inputs], [gates, units, inputs])
            at += gates * units * inputs
            r = tf.reshape(params[at:at + gates * units * units], [gates, units, units])
            at += gates * units * units
            weights.append((w, r))
    for _ in weights:
        biases.append((tf.reshape(params[at:at + gates * units], [gates, units]),
                       tf.reshape(params[at + gates * units:at + 2 * gates * units], [gates, units])))
        at += 2 * gates * units
    hs, cs = [], []
    for layer in range(layers):
        outputs = []
        for d in range(directions):
            (w, r), (bw, br) = weights[layer * directions + d], biases[layer * directions + d]
            def lstm(v, h, c):
                i, f, g, o = [v @ tf.transpose(w[k]) + bw[k] + h @ tf.transpose(r[k]) + br[k] for k in range(4)]
                c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
                return tf.sigmoid(o) * tf.tanh(c), c
            def gru(v, h, c):
                reset, z = [tf.sigmoid(v @ tf.transpose(w[k]) + bw[k] + h @ tf.transpose(r[k]) + br[k]) for k in range(2)]
                n = tf.tanh(v @ tf.transpose(w[2]) + bw[2] + reset * (h @ tf.transpose(r[2]) + br[2]))
                return (1.0 - z) * n + z * h, c
            at = layer * directions + d
            y, h, c = cudnn_steps(x, h0[at], c0[at], lstm if mode == "lstm" else gru, d == 1)
            outputs.append(y), hs.append(h), cs.append(c)
        x = tf.concat(outputs, -1)
    return [x, tf.stack(hs)] + ([tf.stack(cs)] if mode == "lstm" else [])

def cudnn_written(mode, direction, n_out, graph):
    """Only the inputs stay; one op gives the outputs."""
    kept = [n for n in graph.node if n.op == "Placeholder"]
    del graph.node[:]
    graph.node.extend(kept)
    op = graph.node.add(name="rnn", op="CudnnRNNV3", input=["x0", "x1", "x2", "x3", "x4"])
    op.attr["T"].type = tf.float32.as_datatype_enum
    op.attr["rnn_mode"].s, op.attr["direction"].s = mode.encode(), direction.encode()
    op.attr["is_training"].b = False
    for i in range(n_out):
        out = graph.node.add(name=f"out{i}", op="Identity", input=["rnn" if i == 0 else f"rnn:{i}"])
        out.attr["T"].type = tf.float32.as_datatype_enum

@edited(functools.partial(cudnn_written, "lstm", "bidirectional", 3))
@case(normal(5, 2, 3), normal(4, 2, 4), normal(4, 2, 4), normal(16 * (3 + 4) * 2 + 16 * (8 + 4) * 2 + 4 * 32, scale=0.4),
      np.array([5, 5], np.int32))
def cudnn_lstm(x, h, c, params, lengths):
    return cudnn_layers("lstm", x, h, c, params + 0.0 * tf.cast(lengths[0], tf.float32), 4, 2, 2)

@edited(functools.partial(cudnn_written, "gru", "unidirectional", 2))
@case(normal(5, 2, 3), normal(1, 2, 4), normal(1, 2, 4), normal(12 * (3 + 4) + 24, scale=0.4), np.array([5, 5], np.int32))
def cudnn_gru(x, h, c, params, lengths):
    unused = 0.0 * (tf.cast(lengths[0], tf.float32) + tf.reduce_sum(c))
    return cudnn_layers("gru", x, h, c, params + unused, 4, 1, 1)

# -- ragged and sparse -------------------------------------------------------------------------------------------------

@case(np.array([0, 2, 2, 5], np.int64), normal(5), normal(5, 2), np.array([2, 0, 1, 2], np.int32), np.int32(7),
      np.array([0, 1, 3], np.int64), shapes={0: (None,), 1: (None,), 2: (None, 2), 3: (None,), 5: (None,)})
def ragged(splits, values, pairs, picked, limit, outer):
    """Rows that are picked have lengths that are not known, which CumSum adds up."""
    tensor = lambda shape, v, fill, parts, kinds: raw.RaggedTensorToTensor(
        shape=tf.constant(shape, tf.int64), values=v, default_value=fill, row_partition_tensors=parts, row_partition_types=kinds)
    one, two = ["ROW_SPLITS"], ["ROW_SPLITS", "ROW_SPLITS"]
    ids = tf.constant([0, 0, 2, 2, 2], tf.int64)
    gathered = raw.RaggedGather(params_nested_splits=[splits], params_dense_values=values, indices=picked, OUTPUT_RAGGED_RANK=1)
    deeper = raw.RaggedGather(params_nested_splits=[outer, splits], params_dense_values=values, indices=tf.constant([1, 0, 1]),
                              OUTPUT_RAGGED_RANK=2)
    count = raw.RaggedRange(starts=tf.constant([1, 4, 9]), limits=[limit, 4, 2], deltas=[2, 1, -3])
    alike = raw.RaggedRange(starts=0.5, limits=tf.constant([2.0, 0.0, 1.0]), deltas=0.5)
    return [tensor([-1, -1], values, -1.0, [splits], one), tensor([-1, 2], values, 9.0, [splits], one),
            tensor([5, 4], values, 0.0, [splits], one), tensor([-1, -1, 2], pairs, 0.5, [splits], one),
            tensor([-1, -1, -1], values, 0.0, [outer, splits], two),
            tensor([-1, -1], values, 0.0, [tf.constant(4, tf.int64), ids], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]),
            *raw.RaggedTensorToSparse(rt_nested_splits=[splits], rt_dense_values=values), *count, *alike,
            *gathered.output_nested_splits, gathered.output_dense_values, *deeper.output_nested_splits, deeper.output_dense_values]

@case(np.array([0, 2, 2, 5], np.int64), normal(5, 2), np.array([0, 1, 3], np.int32), np.array([0, 2, 2, 5], np.int32),
      shapes={0: (None,), 1: (None, 2), 2: (None,), 3: (None,)})
def ragged_variants(splits, values, outer, inner):
    """A ragged tensor as one variant, or as one for each row, as they cross the bounds of functions and data sets."""
    def back(nested, batched):
        rank = len(nested) - (1 if batched else 0)
        encoded = raw.RaggedTensorToVariant(rt_nested_splits=nested, rt_dense_values=values, batched_input=batched)
        got = raw.RaggedTensorFromVariant(encoded_ragged=tf.identity(encoded), input_ragged_rank=rank, Tvalues=tf.float32,
                                          output_ragged_rank=len(nested), Tsplits=nested[0].dtype)
        return [*got.output_nested_splits, tf.sin(got.output_dense_values)]
    inferred = raw.RaggedTensorFromVariant(
        encoded_ragged=raw.RaggedTensorToVariant(rt_nested_splits=[splits], rt_dense_values=values, batched_input=True),
        input_ragged_rank=-1, output_ragged_rank=1, Tvalues=tf.float32)
    return [*back([splits], True), *back([splits], False), *back([outer, inner], True), *back([outer, inner], False),
            *inferred.output_nested_splits, inferred.output_dense_values]

@case(np.array([[0, 0, 1], [1, 2, 0], [1, 2, 3]], np.int64), np.array([2, 3, 4], np.int64), shapes={0: (None, 3)})
def sparse_reshaped(places, shape):
    give = lambda to: raw.SparseReshape(input_indices=places, input_shape=shape, new_shape=tf.constant(to, tf.int64))
    return [*give([6, 4]), *give([-1, 3]), *give([2, -1, 2, 2])]

@case(np.array([[0, 1], [0, 3], [2, 0], [3, 1]], np.int64), normal(4), np.array([5, 6], np.int64), np.float32(7.5),
      shapes={0: (None, 2), 1: (None,)})
def sparse_filled(places, values, shape, fill):
    return since(11, *raw.SparseFillEmptyRows(indices=places, values=values, dense_shape=shape, default_value=fill))

@case(ints(0, 6, 4, 5), ints(0, 6, 4, 3), ints(-3, 3, 2, 2, 4, dtype=np.int64), ints(-3, 3, 2, 2, 2, dtype=np.int64),
      np.zeros((2, 0), np.int32), shapes={0: (None, None), 1: (None, None), 2: (None, 2, 4), 3: (None, 2, 2), 4: (2, None)})
def sets_of_rows(a, b, c, d, none):
    words = ["a-b", "b-a", "intersection", "union"]
    pairs = [(a, b), (c, d)]
    results = [raw.DenseToDenseSetOperation(set1=x, set2=y, set_operation=w) for x, y in pairs for w in words]
    results.append(raw.DenseToDenseSetOperation(set1=a[:2], set2=none, set_operation="union"))
    results.append(raw.DenseToDenseSetOperation(set1=a[:2], set2=none, set_operation="intersection"))
    return since(11, *[o for r in results for o in r])

@case(normal(6, 3, 5), np.array([6, 2, 0], np.int32), shapes={0: (None, None, 5), 1: (None,)})
def ctc_greedy(x, lengths):
    x = tf.concat([x, x[:, :, 2:3] + 0.3], 2)
    return [*raw.CTCGreedyDecoder(inputs=x, sequence_length=lengths), *raw.CTCGreedyDecoder(inputs=x, sequence_length=lengths, merge_repeated=True),
            raw.CTCGreedyDecoder(inputs=x, sequence_length=lengths, blank_index=1)[1]]

# -- detection ---------------------------------------------------------------------------------------------------------

@case(normal(7, 4, 6, scale=2), np.array([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 0], [3, 0], [3, 1]], np.int64),
      np.array([2, 2, 0, 4, 1, 0, 3, 3], np.int32), np.array([7, 5, 3, 2], np.int32),
      shapes={0: (None, None, 6), 1: (None, 2), 2: (None,), 3: (None,)})
def ctc_loss(x, places, labels, lengths):
    """A repetition, and one row that is too short for its labels."""
    short = raw.CTCLoss(inputs=x, labels_indices=places, labels_values=labels, sequence_length=lengths - [0, 0, 0, 1],
                        ignore_longer_outputs_than_inputs=True).loss
    loss = raw.CTCLoss(inputs=x, labels_indices=places, labels_values=labels, sequence_length=lengths,
                       ignore_longer_outputs_than_inputs=True).loss
    fits = raw.CTCLoss(inputs=x[:, :3], labels_indices=places[:6], labels_values=labels[:6], sequence_length=lengths[:3]).loss
    return since(9, loss, short, fits)

def boxes_near(anchors, codes):
    """Boxes [.., 4] from what a network says of them, as the TensorFlow Object Detection API decodes it."""
    y, x, h, w = tf.unstack(anchors, axis=-1)
    ty, tx, th, tw = tf.unstack(codes, axis=-1)
    cy, cx, h, w = ty / 10.0 * h + y, tx / 10.0 * w + x, tf.exp(th / 5.0) * h, tf.exp(tw / 5.0) * w
    return tf.stack([cy - h / 2.0, cx - w / 2.0, cy + h / 2.0, cx + w / 2.0], -1)

def anchors_on(size):
    steps = (tf.cast(tf.range(size), tf.float32) + 0.5) / tf.cast(size, tf.float32)
    y, x = tf.meshgrid(steps, steps, indexing="ij")
    y, x = tf.reshape(y, [-1]), tf.reshape(x, [-1])
    return tf.concat([tf.stack([y, x, s * tf.ones_like(y), t * tf.ones_like(x)], -1) for s, t in ((0.3, 0.3), (0.5, 0.2))], 0)

def weights(*shape, scale=0.5):
    r = np.random.default_rng(sum(shape))
    return tf.constant(r.standard_normal(shape) * scale, tf.float32)

def features(images):
    """[batch, size, size, 3] as bytes -> [batch, 4, 4, 8]"""
    x = tf.map_fn(lambda v: tf.image.resize(tf.cast(v, tf.float32), [16, 16], method="bilinear"), images,
                  fn_output_signature=tf.float32)
    x = (2.0 / 255.0) * x - 1.0
    x = tf.nn.relu6(tf.nn.conv2d(x, weights(3, 3, 3, 8), 2, "SAME"))
    return tf.nn.relu6(tf.nn.conv2d(x, weights(3, 3, 8, 8, scale=0.2), 2, "SAME"))

def kept(boxes, scores, most):
    """Of one image: the best boxes of each class, then the best of all, padded."""
    found = []
    for c in range(scores.shape[-1]):
        chosen = tf.image.non_max_suppression(boxes, scores[:, c], most, iou_threshold=0.5, score_threshold=0.3)
        found.append((tf.gather(boxes, chosen), tf.gather(scores[:, c], chosen), c * tf.ones_like(chosen)))
    boxes, scores, classes = (tf.concat(part, 0) for part in zip(*found))
    best, order = tf.nn.top_k(scores, tf.minimum(most, tf.shape(scores)[0]))
    fill = most - tf.shape(best)[0]
    return (tf.pad(tf.gather(boxes, order), [[0, fill], [0, 0]]), tf.pad(best, [[0, fill]]),
            tf.pad(tf.gather(classes, order), [[0, fill]]), tf.shape(best)[0])

@case(ints(0, 256, 2, 20, 24, 3, dtype=np.uint8), shapes={0: (None, None, None, 3)})
@both
def detection_in_one_stage(images):
    """As SSD does it: anchors of a feature map, a class and a box for each, suppression image by image in a loop."""
    x = features(images)
    batch, anchors = tf.shape(x)[0], anchors_on(tf.shape(x)[1])
    codes = tf.reshape(tf.nn.conv2d(x, weights(1, 1, 8, 8), 1, "SAME"), [batch, -1, 4])
    scores = tf.sigmoid(tf.reshape(tf.nn.conv2d(x, weights(1, 1, 8, 6), 1, "SAME"), [batch, -1, 3]))
    boxes = tf.clip_by_value(boxes_near(anchors, codes), 0.0, 1.0)
    return since(10, *tf.map_fn(lambda v: kept(v[0], v[1], 5), (boxes, scores),
                                fn_output_signature=(tf.float32, tf.float32, tf.int32, tf.int32)))

@case(ints(0, 256, 1, 20, 24, 3, dtype=np.uint8), shapes={0: (1, None, None, 3)})
@both
def detection_in_two_stages(images):
    """As Faster R-CNN does it: proposals, their features cropped, a class and a box for each."""
    x = features(images)
    anchors = anchors_on(tf.shape(x)[1])
    objectness = tf.reshape(tf.nn.conv2d(x, weights(1, 1, 8, 2), 1, "SAME"), [-1])
    codes = tf.reshape(tf.nn.conv2d(x, weights(1, 1, 8, 8), 1, "SAME"), [-1, 4])
    boxes = tf.clip_by_value(boxes_near(anchors, codes), 0.0, 1.0)
    chosen = tf.image.non_max_suppression(boxes, objectness, 6, iou_threshold=0.7)
    proposals = tf.gather(boxes, chosen)
    crops = tf.image.crop_and_resize(x, proposals, tf.zeros_like(chosen), [4, 4])
    crops = tf.reduce_mean(tf.nn.max_pool2d(crops, 2, 2, "VALID"), [1, 2])
    scores = tf.nn.softmax(tf.matmul(crops, weights(8, 4)))[:, 1:]
    middle = tf.stack([(proposals[:, 0] + proposals[:, 2]) / 2.0, (proposals[:, 1] + proposals[:, 3]) / 2.0,
                       proposals[:, 2] - proposals[:, 0], proposals[:, 3] - proposals[:, 1]], -1)
    return since(11, proposals, *kept(boxes_near(middle, tf.matmul(crops, weights(8, 4, scale=0.3))), scores, 4))

@case(normal(20, 2, 3), normal(2, 5), shapes={0: (None, 2, 3)})
@both
def gru_over_time(x, h):
    """As tf.nn.rnn_cell.GRUCell: the state is reset before its product."""
    w = tf.constant(np.sin(np.arange(8 * 10)).reshape(8, 10), tf.float32)
    v = tf.constant(np.cos(np.arange(8 * 5)).reshape(8, 5), tf.float32)
    def step(i, h):
        reset, update = tf.split(tf.sigmoid(tf.matmul(tf.concat([x[i], h], 1), w) + tf.constant(np.linspace(0, 1, 10), tf.float32)), 2, 1)
        fresh = tf.tanh(tf.matmul(tf.concat([x[i], reset * h], 1), v) + tf.constant(np.linspace(-1, 1, 5), tf.float32))
        return i + 1, update * h + (1.0 - update) * fresh
    return [tf.while_loop(lambda i, h: i < tf.shape(x)[0], step, [0, h])[1]]

# -- no iteration ------------------------------------------------------------------------------------------------------

def lstm_step(x, h, c):
    w = tf.constant(np.sin(np.arange(7 * 16)).reshape(7, 16), tf.float32)
    i, j, f, o = tf.split(tf.matmul(tf.concat([x, h], 1), w), 4, 1)
    c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
    return tf.tanh(c) * tf.sigmoid(o), c

@case(normal(0, 2, 3), normal(2, 4), normal(2, 4), shapes={0: (None, None, 3), 1: (None, 4), 2: (None, 4)})
@both
def loops_over_nothing(x, h, c):
    """What goes in comes out: of a value that each step writes anew, of cells' states and of what is collected."""
    n = tf.shape(x)[0]
    _, last, both, started = tf.while_loop(
        lambda i, *_: i < n, lambda i, a, b, s: (i + 1, x[i] * 2.0, tf.tanh(x[i]) + 1.0, tf.reduce_sum(x[i])),
        [0, tf.fill([tf.shape(h)[0], 3], 7.0), tf.ones([tf.shape(h)[0], 3]), 5.0])
    _, state = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, cell(x[i], s)), [0, h])
    array = tf.TensorArray(tf.float32, n, element_shape=[None, 4])
    def step(i, s, t, a):
        s, t = lstm_step(x[i], s, t)
        return i + 1, s, t, a.write(i, s)
    _, hidden, memory, array = tf.while_loop(lambda i, *_: i < n, step, [0, h, c, array])
    return [last, both, started, state, hidden, memory]

# -- random crops ------------------------------------------------------------------------------------------------------

@case(np.array([40, 60, 3], np.int32), np.array([[[0.1, 0.2, 0.6, 0.7], [0.5, 0.5, 0.9, 0.95]]], np.float32),
      np.array([[[0.0, 0.0, 1.0, 1.0]]], np.float32), np.zeros((1, 0, 4), np.float32), np.array([33, 20, 3], np.int64),
      shapes={1: (1, None, 4), 3: (1, None, 4)})
def random_crops(size, boxes, whole, none, tall):
    """What does not depend on the draw: that it is within the image, has the area, the shape and enough of a box; its size
    where only one is possible; and the whole image where no attempt can do."""
    def draw(size, boxes, covered, areas, ratios, seed, version=2, **more):
        op = raw.SampleDistortedBoundingBoxV2 if version == 2 else raw.SampleDistortedBoundingBox
        return op(image_size=size, bounding_boxes=boxes, min_object_covered=covered, area_range=areas,
                  aspect_ratio_range=ratios, seed=seed, **more)
    results = []
    for seed, (image, given, version, areas, ratios) in enumerate([
            (size, boxes, 2, [0.2, 0.9], [0.75, 1.33]), (tall, boxes, 1, [0.3, 1.0], [0.5, 2.0]),
            (size, none, 2, [0.5, 0.8], [0.5, 1.5])]):
        begin, extent, box = draw(image, given, 0.4, areas, ratios, seed + 1, version, max_attempts=200,
                                  use_image_if_no_bounding_boxes=True)
        y, x, h, w = [tf.cast(v, tf.float32) for v in (begin[0], begin[1], extent[0], extent[1])]
        high, wide = tf.cast(image[0], tf.float32), tf.cast(image[1], tf.float32)
        pixels = tf.concat([given[0], [[0.0, 0.0, 1.0, 1.0]]], 0)[: tf.maximum(tf.shape(given)[1], 1)]
        pixels = tf.floor(pixels * tf.stack([high, wide, high, wide]))
        common = tf.maximum(tf.minimum(y + h, pixels[:, 2]) - tf.maximum(y, pixels[:, 0]), 0.0) * tf.maximum(
            tf.minimum(x + w, pixels[:, 3]) - tf.maximum(x, pixels[:, 1]), 0.0)
        part = common / ((pixels[:, 2] - pixels[:, 0]) * (pixels[:, 3] - pixels[:, 1]))
        share = h * w / (high * wide)
        results += [(y >= 0.0) & (x >= 0.0) & (y + h <= high) & (x + w <= wide), tf.reduce_max(part) >= 0.4,
                    (share >= areas[0]) & (share <= areas[1]), tf.abs(w - h * (ratios[0] + ratios[1]) / 2) <=
                    h * (ratios[1] - ratios[0]) / 2 + 0.5, begin[2], extent[2],
                    tf.reduce_max(tf.abs(box[0, 0] - tf.stack([y / high, x / wide, (y + h) / high, (x + w) / wide]))) < 1e-6]
    results.append(draw(size, boxes, 0.01, [0.24, 0.26], [1.0, 1.0], 4)[1])
    results += draw(size, whole, 1.0, [0.05, 0.1], [0.9, 1.1], 5)
    results += draw(tall, whole, 0.5, [1.0, 1.0], [3.0, 3.1], 6, 1, max_attempts=3)
    return results

# -- branches ----------------------------------------------------------------------------------------------------------

@case(normal(4, 3), np.array(True), np.array(False), np.int32(1), shapes={0: (None, 3)})
@both
def branches_of_other_shapes(x, p, q, i):
    outputs = []
    for c in (p, q):
        outputs.append(tf.cond(c, lambda: x[:2] * 2.0, lambda: tf.concat([x, x], 0)))
        outputs += since(11, tf.cond(c, lambda: tf.reduce_sum(x, 0), lambda: x))
        longer, shape = tf.cond(c, lambda: (x, tf.shape(x)[:1]), lambda: (x[1:], tf.shape(x)))
        outputs += [longer, *since(11, shape)]
    outputs += since(11, tf.switch_case(i, [lambda: x, lambda: x[:1], lambda: tf.transpose(x)]))
    return outputs

@case(normal(4, 3), np.int32(7), np.int32(2), shapes={0: (None, 3)})
@both
def branches_that_cannot_both_run(x, far, near):
    """The side that is not taken would read behind the end."""
    pick = lambda i: tf.cond(i < tf.shape(x)[0], lambda: tf.gather(x, i), lambda: tf.zeros([3]))
    return [pick(far), pick(near)]

if __name__ == "__main__":
    main()
