#!/usr/bin/env python3
"""Writes more test cases beside this file, as make_cases.py does: scaled dot-product attention in the forms that people
and libraries write it in. tests/unit/test_attention.c counts which of them are seen as attention.

usage: make_attention_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
from graph_cases import case, ints, main, normal, np, tf

HEADS, SIZE = 3, 4
WIDTH = HEADS * SIZE

def weights(*shape, seed=1):
    return tf.constant((np.random.default_rng(seed + sum(shape)).standard_normal(shape) * 0.4).astype(np.float32))

def heads(x, length, seed, size=SIZE):
    """A projection as TensorFlow 1's BERT has it: [batch, heads, length, size]."""
    flat = tf.nn.bias_add(tf.matmul(tf.reshape(x, [-1, WIDTH]), weights(WIDTH, HEADS * size, seed=seed)), weights(HEADS * size, seed=seed))
    return tf.transpose(tf.reshape(flat, [tf.shape(x)[0], length, HEADS, size]), [0, 2, 1, 3])

def joined(y, length, size=SIZE):
    return tf.reshape(tf.transpose(y, [0, 2, 1, 3]), [-1, length, HEADS * size])

def additive(mask, low):
    return (1.0 - tf.cast(mask, tf.float32)) * low

# -- seen as attention -------------------------------------------------------------------------------------------------

@case(normal(2, 5, WIDTH), np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32), shapes={0: (None, 5, WIDTH), 1: (None, 5)})
def attention_masked(x, mask):
    q, k, v = [heads(x, 5, i) for i in range(3)]
    tf1 = tf.multiply(tf.matmul(q, k, transpose_b=True), 1 / np.sqrt(SIZE))
    tf1 += additive(tf.expand_dims(tf.cast(mask, tf.float32)[:, None, :] * tf.ones([tf.shape(x)[0], 5, 1]), 1), -10000.0)
    # Keras's MultiHeadAttention: three projections by Einsum, the queries scaled, keys times queries
    kq, kk, kv = [tf.einsum("abc,cde->abde", x, weights(WIDTH, HEADS, SIZE, seed=i)) + weights(HEADS, SIZE, seed=i) for i in range(3)]
    keras = tf.einsum("aecd,abcd->acbe", kk, tf.multiply(kq, 1 / np.sqrt(float(SIZE))))
    keras += additive(tf.cast(mask, tf.bool)[:, None, None, :], -1e9)
    keras = tf.einsum("acbe,aecd->abcd", tf.nn.softmax(keras, axis=-1), kv)
    # Keras's Attention: one head, no batch of its own for the mask
    plain = tf.matmul(x, x, transpose_b=True) * weights(1, seed=5)[0]
    plain -= 1e9 * tf.cast(tf.logical_not(tf.cast(mask, tf.bool)[:, None, :]), tf.float32)
    bare = tf.matmul(tf.nn.softmax(tf.matmul(q, k, transpose_b=True)), v)
    return [joined(tf.matmul(tf.nn.softmax(tf1), v), 5), tf.reshape(keras, [-1, 5, WIDTH]), tf.matmul(tf.nn.softmax(plain), x), bare]

@case(normal(2, 5, WIDTH), shapes={0: (None, 5, WIDTH)})
def attention_causal(x):
    q, k, v = [heads(x, 5, i) for i in range(3)]
    scores = tf.matmul(q, k, transpose_b=True) / np.float32(np.sqrt(SIZE))
    lower = tf.linalg.band_part(tf.ones([5, 5], tf.bool), -1, 0)
    kept = tf.cast(lower, tf.float32)[None, None]
    bias = weights(1, HEADS, 5, 5, seed=7)
    ways = [tf.where(lower, scores, -1e9), tf.where(tf.logical_not(lower), -1e9, scores), scores + additive(lower, -1e9),
            scores * kept - 1e4 * (1 - kept), scores + bias, scores + bias + additive(lower, -1e9), (scores + bias) * 0.5]
    return [joined(tf.matmul(tf.nn.softmax(w), v), 5) for w in ways]

@case(normal(2, 5, WIDTH), np.array([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]], np.int32), shapes={0: (None, None, WIDTH), 1: (None, None)})
def attention_open_lengths(x, mask):
    batch, length = tf.shape(x)[0], tf.shape(x)[1]
    q, k, v = [heads(x, -1, i) for i in range(3)]
    scores = tf.divide(tf.matmul(q, k, transpose_b=True), tf.cast(tf.sqrt(float(SIZE)), tf.float32))
    padded = scores + tf.multiply(1.0 - tf.cast(tf.reshape(mask, (batch, 1, 1, tf.shape(mask)[1])), tf.float32), -10000.0)
    kept = tf.cast(tf.range(length)[:, None] >= tf.range(length), tf.float32)[None, None]
    causal = scores - 1e9 * (1 - kept)
    absorbed = tf.where(tf.cast(mask, tf.bool)[:, None, None, :], scores, np.finfo(np.float32).min)
    return [joined(tf.matmul(tf.nn.softmax(s), v), length) for s in (padded, causal, absorbed)]

@case(normal(2, 5, WIDTH), normal(2, 7, WIDTH), ints(0, 2, 2, 1, 1, 7), shapes={0: (None, 5, WIDTH), 1: (None, 7, WIDTH), 2: (None, 1, 1, 7)})
def attention_across(x, y, mask):
    q, k, v = heads(x, 5, 0), heads(y, 7, 1), heads(y, 7, 2, size=2)
    scores = tf.matmul(q, k, transpose_b=True) * 0.5
    one = tf.matmul(tf.nn.softmax(tf.matmul(x, y, transpose_b=True)), y)
    shared = tf.matmul(tf.nn.softmax(tf.matmul(q, k[:, :1], transpose_b=True)), v[:, :1])
    alone = tf.matmul(tf.nn.softmax(tf.matmul(weights(4, WIDTH), y[0], transpose_b=True)), y[0])
    # every batch and head a batch of its own, the mask added with the two apart
    flat = [tf.reshape(t, [-1, 7, s]) for t, s in ((heads(y, 7, 3), SIZE), (k, SIZE), (v, 2))]
    apart = tf.reshape(tf.matmul(flat[0], flat[1], transpose_b=True), [-1, HEADS, 7, 7]) + additive(y[:, None, None, :, 0] > 0, -1e9)
    folded = tf.matmul(tf.nn.softmax(tf.reshape(apart, [-1, 7, 7])), flat[2])
    return [joined(tf.matmul(tf.nn.softmax(scores + additive(mask, -1e9)), v), 5, 2), one, shared, alone, folded]

# -- not attention, or not exactly -------------------------------------------------------------------------------------

@case(normal(2, 5, WIDTH), np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 0]], np.int32), shapes={0: (None, 5, WIDTH), 1: (None, 5)})
def attention_not(x, mask):
    q, k, v = [heads(x, 5, i) for i in range(3)]
    scores = lambda i: tf.matmul(q, k, transpose_b=True) * (0.5 + i)
    seen = tf.nn.softmax(scores(0))
    across = tf.nn.softmax(scores(1), axis=-2)
    backwards = tf.nn.softmax(tf.matmul(q, k, transpose_b=True) * -0.5)
    closed = tf.where(tf.cast(mask, tf.bool)[:, None, None, :], scores(2), -1e9)  # a row of equal weights where all is masked
    weak = tf.where(tf.linalg.band_part(tf.ones([5, 5], tf.bool), -1, 0), scores(3), -3.0)
    scaled = scores(4) * weights(5, 5, seed=3)
    logarithms = tf.nn.log_softmax(scores(5))
    rest = [tf.matmul(w, v) for w in (seen, across, backwards, tf.nn.softmax(closed), tf.nn.softmax(weak), tf.nn.softmax(scaled), logarithms)]
    return [seen] + rest

if __name__ == "__main__":
    main()
