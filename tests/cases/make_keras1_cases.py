#!/usr/bin/env python3
"""Writes the test cases keras_1_* beside this file: HDF5 files of Keras 1.2.2 with the outputs that it computed; and
keras_theano: one of Keras 2 with the Theano backend.

usage: make_keras1_cases.py     (Python 3.6 with tensorflow 1.4 and keras 1.2.2; or with keras 2.2.4, theano and
                                 KERAS_BACKEND=theano)
"""
import os
from case_files import HERE, new_folder, np, save_arrays, seed_of, write_case
import keras
from keras.models import Model, Sequential
from keras import layers as l
from keras import backend as K

FIRST = keras.__version__.startswith("1.")

def images(r):
    x = l.Input((8, 9, 3), name="x")
    y = [l.Convolution2D(4, 3, 2, border_mode="same", subsample=(2, 2), activation="relu", dim_ordering="tf")(x),
         l.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), dim_ordering="tf")(x),
         l.SeparableConvolution2D(3, 3, 3, depth_multiplier=2, dim_ordering="tf")(x),
         l.MaxPooling2D((2, 3), strides=(1, 2), border_mode="same", dim_ordering="tf")(x),
         l.AveragePooling2D((2, 2), dim_ordering="tf")(x), l.GlobalAveragePooling2D(dim_ordering="tf")(x),
         l.ZeroPadding2D((1, 2), dim_ordering="tf")(x), l.UpSampling2D((2, 1), dim_ordering="tf")(x),
         l.Cropping2D(((1, 2), (0, 1)), dim_ordering="tf")(x), l.LocallyConnected2D(2, 3, 3, dim_ordering="tf")(x),
         l.BatchNormalization(axis=-1)(x), l.PReLU()(x), l.SReLU()(x), l.ParametricSoftplus()(x)]
    return Model([x], y), [r.randn(2, 8, 9, 3)]

def channels_first(r):
    x, v = l.Input((3, 6, 7), name="x"), l.Input((2, 4, 4, 5), name="v")
    y = [l.Convolution2D(4, 3, 2, border_mode="same", dim_ordering="th")(x), l.MaxPooling2D((2, 2), dim_ordering="th")(x),
         l.BatchNormalization(axis=1)(x), l.Convolution3D(3, 2, 2, 3, dim_ordering="th")(v),
         l.GlobalMaxPooling2D(dim_ordering="th")(x), l.Flatten()(x)]
    return Model([x, v], y), [r.randn(2, 3, 6, 7), r.randn(2, 2, 4, 4, 5)]

def sequences(r):
    x = l.Input((6, 3), name="x")
    y = [l.LSTM(4)(x), l.LSTM(3, return_sequences=True, consume_less="mem", activation="relu")(x),
         l.LSTM(3, consume_less="gpu", go_backwards=True)(x), l.GRU(3, return_sequences=True)(x), l.GRU(2, consume_less="gpu")(x),
         l.SimpleRNN(3)(x), l.Bidirectional(l.LSTM(2, return_sequences=True), merge_mode="concat")(x),
         l.TimeDistributed(l.Dense(2))(x), l.Convolution1D(4, 3, border_mode="same", subsample_length=2)(x),
         l.AtrousConvolution1D(2, 2, atrous_rate=2)(x), l.LocallyConnected1D(2, 3)(x),
         l.MaxPooling1D(pool_length=2, stride=1)(x), l.GlobalMaxPooling1D()(x), l.UpSampling1D(2)(x), l.ZeroPadding1D(1)(x),
         l.Lambda(lambda t: t[:, ::2] * 2.5 + 1)(x), l.GRU(2)(l.Masking()(x))]
    steps = r.randn(2, 6, 3)
    steps[1, 4:] = 0
    return Model([x], y), [steps]

def merging(r):
    x, y, t = l.Input((5,), name="x"), l.Input((5,), name="y"), l.Input((4,), name="t", dtype="int32")
    e = l.Embedding(7, 3, mask_zero=False)(t)
    both = l.merge([x, y], mode="concat")
    out = [l.merge([x, y], mode=m) for m in ("sum", "mul", "ave", "max")] + [l.merge([x, y], mode="dot", dot_axes=1), both,
           l.merge([e, e], mode="concat", concat_axis=1), l.Highway(activation="tanh")(both), l.MaxoutDense(3, nb_feature=2)(both),
           l.Dense(3, activation="softmax", bias=False)(l.Dropout(0.3)(both)), l.RepeatVector(2)(x), l.ELU(0.5)(x),
           l.Permute((2, 1))(e), l.Reshape((2, 6))(e), l.ThresholdedReLU(0.3)(x), l.LeakyReLU(0.1)(x), l.GaussianNoise(0.2)(y)]
    return Model([x, y, t], out), [r.randn(2, 5), r.randn(2, 5), r.randint(0, 7, (2, 4)).astype("int32")]

def sequential(r):
    m = Sequential()
    m.add(l.Convolution2D(3, 3, 3, input_shape=(8, 8, 2), dim_ordering="tf"))
    m.add(l.Activation("relu"))
    m.add(l.MaxPooling2D((2, 2), dim_ordering="tf"))
    m.add(l.SpatialDropout2D(0.2, dim_ordering="tf"))
    m.add(l.Flatten())
    m.add(l.Dense(4, init="he_normal"))
    m.add(l.BatchNormalization())
    m.add(l.Activation("softmax"))
    return m, [r.randn(2, 8, 8, 2)]

def theano(r):
    x, s, v = l.Input((7, 6, 3), name="x"), l.Input((6, 3), name="s"), l.Input((4, 5, 4, 2), name="v")
    y = [l.Conv2D(4, (3, 2), padding="valid", strides=2)(x), l.Conv2D(2, 3, dilation_rate=2)(x),
         l.Conv2DTranspose(3, 3, strides=2, padding="valid")(x), l.Conv1D(4, 3)(s), l.Conv3D(2, (2, 3, 2))(v), l.LSTM(3)(s)]
    return Model([x, s, v], y), [r.randn(2, 7, 6, 3), r.randn(2, 6, 3), r.randn(2, 4, 5, 4, 2)]

def write(function, name):
    folder = new_folder(HERE, name)
    r = np.random.RandomState(seed_of(name) % 2**32)
    model, inputs = function(r)
    inputs = [i.astype("float32") if i.dtype == np.float64 else i for i in inputs]
    weights = model.get_weights()
    names = [w.name for w in model.weights]
    model.set_weights([np.abs(w) if "std" in n or "variance" in n else w for n, w in
                       zip(names, [(r.randn(*w.shape) * 0.4).astype("float32") for w in weights])])
    results = model.predict(inputs if len(inputs) > 1 else inputs[0])
    results = results if isinstance(results, list) else [results]
    model.save(os.path.join(folder, "model.h5"))
    given = [model.layers[0].name + "_input"] if isinstance(model, Sequential) else model.input_names
    lines = ["model model.h5"] + save_arrays(folder, "input", zip(given, inputs))
    lines += save_arrays(folder, "output", zip(model.output_names, results))
    write_case(folder, lines, "keras %s, %s" % (keras.__version__, K.backend()))

if FIRST:
    for function in (images, channels_first, sequences, merging, sequential):
        write(function, "keras_1_" + function.__name__)
else:
    write(theano, "keras_theano")
