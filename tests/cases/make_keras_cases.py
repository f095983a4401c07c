#!/usr/bin/env python3
"""Writes test cases of Keras files beside this file: one family of layers or one save format each.

usage: make_keras_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)

A case is a function that returns a model and what goes into it; weights are random, outputs TensorFlow's own. A second
value of @case names the formats: h5, keras (the zip), json (architecture and weights as HDF5), object (a checkpoint of
TensorFlow 2), session (one of TensorFlow 1, whose arrays have the variables' names).
The cases keras_old_* and keras_three_* are files of other versions, with the outputs that those computed.
"""
import os
from case_files import new_folder, np, save_arrays, seed_of, write_case, write_wanted
import tensorflow as tf

keras = tf.keras
layers = keras.layers
cases = []
refused = {"open_lengths": 9} # by older opsets of ONNX, which have no Scan

def case(*formats):
    def add(function):
        cases.append((function, formats))
        return function
    return add

class Random:
    def __init__(self, name):
        self.random = np.random.default_rng(seed_of(name))

    def normal(self, *shape):
        return self.random.standard_normal(shape).astype(np.float32)

    def fill(self, model):
        for w in model.weights:
            if w.dtype.is_floating:
                value = self.normal(*w.shape) * 0.4
                w.assign(np.abs(value) + 0.5 if "variance" in w.name else value)

def save(model, folder, how):
    if how == "h5":
        model.save(os.path.join(folder, "model.h5"), save_format="h5", include_optimizer=False)
        return ["model model.h5"]
    if how == "keras":
        model.save(os.path.join(folder, "model.keras"))
        return ["model model.keras"]
    with open(os.path.join(folder, "model.json"), "w") as f:
        f.write(model.to_json())
    if how == "json":
        model.save_weights(os.path.join(folder, "weights.h5"))
        return ["model model.json", "weights weights.h5"]
    if how == "object":
        model.save_weights(os.path.join(folder, "weights"), save_format="tf")
    return ["model model.json", "weights weights"]

def compute(model, inputs, random):
    random.fill(model)
    return [t.numpy() for t in tf.nest.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))]

def compute_in_session(folder, function, random):
    """The model as TensorFlow 1 runs it; its variables are saved by name."""
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        v1.keras.backend.set_session(session)
        v1.keras.backend.set_learning_phase(0)
        model, inputs = function(random)
        session.run(v1.global_variables_initializer())
        for w in model.weights:
            value = random.normal(*w.shape) * 0.4
            w.load(np.abs(value) + 0.5 if "variance" in w.name else value, session)
        results = session.run(model.outputs, dict(zip(model.inputs, inputs)))
        v1.train.Saver().save(session, os.path.join(folder, "weights"), write_meta_graph=False, write_state=False)
        return model, inputs, results

def name_of(function, how):
    return f"keras_{function.__name__}_{how}"

def write(function, how, to):
    folder = new_folder(to, name_of(function, how))
    keras.backend.clear_session()
    random = Random(function.__name__)
    if how == "session":
        model, inputs, results = compute_in_session(folder, function, random)
    else:
        model, inputs = function(random)
        results = compute(model, inputs, random)
    lines = save(model, folder, how)
    lines += save_arrays(folder, "input", zip(model.input_names, inputs))
    lines += save_arrays(folder, "output", zip(model.output_names, results))
    if function.__name__ in refused:
        lines.append(f"refused {refused[function.__name__]}")
    write_case(folder, lines, f"tensorflow {tf.__version__}")

def model_of(inputs, outputs):
    return keras.Model(inputs, outputs)

@case("h5", "keras", "json", "object", "session")
def shared(r):
    base = keras.Sequential([keras.Input((6, 6, 2)), layers.Conv2D(3, 3), layers.BatchNormalization(), layers.Conv2D(2, 2)])
    base.layers[1].trainable = False
    x, y = keras.Input((6, 6, 2), name="left"), keras.Input((6, 6, 2), name="right")
    both = layers.Concatenate()([layers.Flatten()(base(x)), layers.Flatten()(base(y))])
    return model_of([x, y], layers.Dense(3, activation="softmax")(both)), [r.normal(2, 6, 6, 2), r.normal(2, 6, 6, 2)]

@case("h5")
def convolutions(r):
    x = keras.Input((None, None, 4), name="image")
    y = [layers.Conv2D(4, (3, 2), strides=2, padding="same", activation="relu")(x),
         layers.Conv2D(4, 3, dilation_rate=2, padding="same")(x),
         layers.DepthwiseConv2D(3, depth_multiplier=2)(x), layers.SeparableConv2D(3, 3, strides=2)(x),
         layers.Conv2DTranspose(3, (3, 2), strides=3, padding="same")(x), layers.Conv2DTranspose(2, 2, strides=3)(x)]
    return model_of(x, y), [r.normal(2, 9, 8, 4)]

@case("h5")
def sequences(r):
    x = keras.Input((9, 3), name="x")
    y = [layers.Conv1D(4, 3, padding="causal", dilation_rate=2)(x), layers.Conv1DTranspose(2, 3, strides=2)(x),
         layers.SeparableConv1D(4, 3)(x), layers.DepthwiseConv1D(3)(x), layers.LocallyConnected1D(2, 3)(x),
         layers.AveragePooling1D(2, padding="same")(x), layers.GlobalMaxPooling1D(keepdims=True)(x)]
    return model_of(x, y), [r.normal(2, 9, 3)]

@case("h5")
def local(r):
    x, first = keras.Input((7, 6, 2), name="x"), keras.Input((2, 7, 6), name="first")
    y = [layers.LocallyConnected2D(3, (3, 2), strides=2, implementation=i)(x) for i in (1, 2, 3)]
    y += [layers.LocallyConnected2D(2, (2, 3), implementation=i, padding="same", activation="tanh")(x) for i in (2, 3)]
    y += [layers.LocallyConnected2D(3, 3, implementation=i, data_format="channels_first")(first) for i in (1, 2, 3)]
    y += [layers.LocallyConnected1D(2, 3, strides=2, implementation=i)(layers.Reshape((7, 12))(x)) for i in (1, 2, 3)]
    return model_of([x, first], y), [r.normal(2, 7, 6, 2), r.normal(2, 2, 7, 6)]

@case("h5")
def volumes(r):
    x = keras.Input((4, 5, 4, 2), name="x")
    y = [layers.Conv3D(2, 2, padding="same")(x), layers.Conv3DTranspose(2, 2, strides=2)(x), layers.MaxPooling3D(2)(x),
         layers.Cropping3D(((1, 0), (0, 1), (1, 1)))(x), layers.ZeroPadding3D(1)(x), layers.UpSampling3D((1, 2, 1))(x)]
    return model_of(x, y), [r.normal(2, 4, 5, 4, 2)]

@case("h5")
def images(r):
    x = keras.Input((9, 8, 3), name="image")
    y = [layers.MaxPooling2D(2, padding="same")(x), layers.AveragePooling2D((2, 3), padding="same")(x),
         layers.UpSampling2D((2, 3), interpolation="bilinear")(x), layers.ZeroPadding2D(((1, 0), (2, 3)))(x),
         layers.Resizing(5, 11)(x), layers.Resizing(12, 5, interpolation="lanczos3")(x), layers.CenterCrop(4, 5)(x),
         layers.Rescaling([1.0, 2.0, 3.0], offset=0.5)(x), layers.RandomFlip()(x)]
    return model_of(x, y), [r.normal(2, 9, 8, 3)]

@case("h5", "object", "session")
def normalizations(r):
    x = keras.Input((5, 4, 6), name="x")
    y = [layers.BatchNormalization(axis=1, scale=False)(x), layers.LayerNormalization(axis=[2, 3])(x),
         layers.LayerNormalization(axis=1)(x), layers.GroupNormalization(2)(x), layers.UnitNormalization(axis=[1, 2])(x),
         layers.Normalization(mean=0.5, variance=2.0)(x)]
    return model_of(x, y), [r.normal(2, 5, 4, 6)]

@case("h5")
def functions(r):
    x = keras.Input((6,), name="x")
    names = ["elu", "exponential", "gelu", "hard_sigmoid", "mish", "selu", "softmax", "softplus", "softsign", "swish"]
    y = [layers.Dense(3, activation=n)(x) for n in names]
    y += [layers.Dense(3, activation=layers.LeakyReLU(0.2))(x), layers.ReLU(2.0, 0.1, 0.5)(x), layers.PReLU()(x),
          layers.ThresholdedReLU(0.3)(x), layers.Softmax()(x)]
    return model_of(x, y), [r.normal(2, 6)]

@case("h5", "keras", "session")
def masks(r):
    x = keras.Input((7,), dtype="int32", name="tokens")
    e = layers.Embedding(10, 6, mask_zero=True)(x)
    y = [layers.Bidirectional(layers.GRU(4, return_sequences=True))(e), layers.Bidirectional(layers.LSTM(3), merge_mode="mul")(e),
         layers.GlobalAveragePooling1D()(e), layers.LSTM(3, return_sequences=True, go_backwards=True)(e),
         layers.SimpleRNN(3, activation="swish")(e)]
    return model_of(x, y), [np.array([[1, 2, 0, 4, 5, 0, 0], [0, 3, 0, 0, 2, 1, 9]], np.int32)]

@case("h5", "object", "session")
def recurrent(r):
    x, h, c = keras.Input((5, 3), name="x"), keras.Input((4,), name="h"), keras.Input((4,), name="c")
    y = [*layers.LSTM(4, return_state=True, return_sequences=True)(x, initial_state=[h, c]),
         *layers.GRU(4, return_state=True, reset_after=False, go_backwards=True)(x),
         layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)(x),
         layers.LSTM(2, activation="gelu", recurrent_activation="relu")(x),
         layers.TimeDistributed(layers.Dense(2))(x)]
    return model_of([x, h, c], y), [r.normal(2, 5, 3), r.normal(2, 4), r.normal(2, 4)]

@case("h5")
def convolutional_recurrent(r):
    x = keras.Input((3, 8, 9, 2), name="x")
    y = [layers.ConvLSTM2D(3, (3, 2), strides=2, go_backwards=True)(x),
         layers.Bidirectional(layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True))(x)]
    return model_of(x, y), [r.normal(2, 3, 8, 9, 2)]

@case("h5", "keras", "object")
def attention(r):
    x, v = keras.Input((4, 6), name="x"), keras.Input((5, 6), name="v")
    y = [layers.Attention(use_scale=True)([x, v]), layers.AdditiveAttention()([x, v]),
         layers.Attention(score_mode="concat")([x, v]), layers.MultiHeadAttention(2, 3, output_shape=5)(x, v),
         layers.MultiHeadAttention(2, 3, value_dim=4, use_bias=False)(x, x, use_causal_mask=True)]
    return model_of([x, v], y), [r.normal(2, 4, 6), r.normal(2, 5, 6)]

@case("h5", "keras")
def merging(r):
    x, y, z = keras.Input((4, 5), name="x"), keras.Input((4, 5), name="y"), keras.Input((5, 4), name="z")
    out = [layers.Add()([x, y]), layers.Subtract()([x, y]), layers.Average()([x, y]), layers.Maximum()([x, y]),
           layers.Dot((2, 1), normalize=True)([x, z]), layers.Concatenate(axis=1)([x, y]), layers.Permute((2, 1))(x),
           layers.Reshape((-1, 2))(x), layers.RepeatVector(3)(layers.Flatten()(x))]
    return model_of([x, y, z], out), [r.normal(2, 4, 5), r.normal(2, 4, 5), r.normal(2, 5, 4)]

@case("h5", "json")
def operations(r):
    x = keras.Input((4, 5), name="x")
    y = tf.transpose(tf.reshape(tf.concat([tf.nn.silu(x) * 2 + 1, x], -1), (-1, 4, 2, 5)), (0, 2, 1, 3))
    out = [tf.clip_by_value(tf.reduce_sum(y, axis=1) / 1.7, -1.0, 1.0), tf.split(x, [2, 3], axis=-1)[1], 1.0 - x, x[:, ::2, 3],
           tf.where(x > 0, x, -x), tf.stack([x, x * 3.0], axis=1), tf.math.pow(x, 2.0)]
    return model_of(x, out), [r.normal(2, 4, 5)]

@case("h5")
def categories(r):
    x = keras.Input((3,), dtype="int64", name="x")
    y = [layers.CategoryEncoding(6, output_mode="multi_hot")(x), layers.CategoryEncoding(6, output_mode="count")(x),
         layers.IntegerLookup(vocabulary=[4, 1, 2])(x), layers.Discretization([0.5, 1.5, 3.0])(x)]
    return model_of(x, y), [np.array([[1, 2, 1], [5, 0, 4]])]

@case("h5", "keras")
def idle(r):
    x, v, s = keras.Input((6, 5, 3), name="x"), keras.Input((3, 4, 3, 2), name="v"), keras.Input((5, 4), name="s")
    y = [layers.RandomBrightness(0.2)(x), layers.RandomContrast(0.2)(x), layers.RandomCrop(4, 3)(x), layers.RandomHeight(0.2)(x),
         layers.RandomWidth(0.2)(x), layers.RandomRotation(0.2)(x), layers.RandomTranslation(0.2, 0.2)(x), layers.RandomZoom(0.2)(x),
         layers.ActivityRegularization(l1=0.1)(x), layers.AlphaDropout(0.3)(x), layers.GaussianDropout(0.3)(x),
         layers.GaussianNoise(0.3)(x), layers.SpatialDropout2D(0.3)(x), layers.SpatialDropout3D(0.3)(v),
         layers.SpatialDropout1D(0.3)(s), layers.Identity()(s)]
    return model_of([x, v, s], y), [r.normal(2, 6, 5, 3), r.normal(2, 3, 4, 3, 2), r.normal(2, 5, 4)]

@case("h5")
def others(r):
    x, v, s = keras.Input((6, 5, 3), name="x"), keras.Input((3, 4, 5, 2), name="v"), keras.Input((5, 4), name="s")
    y = [layers.Multiply()([s, s]), layers.Minimum()([s, -s]), layers.Cropping1D((1, 2))(s), layers.AveragePooling3D(2)(v),
         layers.GlobalAveragePooling3D()(v), layers.GlobalMaxPooling3D()(v), layers.EinsumDense("abc,cd->abd", (5, 3), bias_axes="d")(s),
         layers.SpectralNormalization(layers.Conv2D(2, 3))(x), layers.BatchNormalization(synchronized=True)(x),
         layers.Embedding(9, 3)(layers.Flatten()(tf.cast(tf.abs(s), tf.int32))), layers.ZeroPadding1D(1)(s),
         layers.UpSampling1D(2)(s), layers.MaxPooling1D(2)(s), layers.GlobalAveragePooling1D()(s)]
    return model_of([x, v, s], y), [r.normal(2, 6, 5, 3), r.normal(2, 3, 4, 5, 2), r.normal(2, 5, 4)]

@case("h5")
def convolutional_steps(r):
    x, v = keras.Input((3, 7, 2), name="x"), keras.Input((2, 4, 5, 4, 2), name="v")
    y = [layers.ConvLSTM1D(3, 3, return_sequences=True)(x), layers.ConvLSTM1D(2, 2, padding="same")(x), layers.ConvLSTM3D(2, 2)(v)]
    return model_of([x, v], y), [r.normal(2, 3, 7, 2), r.normal(2, 2, 4, 5, 4, 2)]

@case("h5")
def applications(r):
    from keras.src.applications.convnext import LayerScale, StochasticDepth
    x, y = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y")
    out = [LayerScale(1e-6, 6)(x), StochasticDepth(0.2)(y),
           layers.Lambda(lambda inputs, scale: inputs[0] + inputs[1] * scale, arguments={"scale": 0.17})([x, y])]
    return model_of([x, y], out), [r.normal(2, 4, 6), r.normal(2, 4, 6)]

@case("h5")
def open_lengths(r):
    x, v = keras.Input((None, 3), name="x"), keras.Input((None, 6, 5, 2), name="v")
    h = keras.Input((3,), name="h")
    m = layers.Masking()(x)
    y = [layers.LSTM(3, activation="gelu", return_sequences=True)(x), *layers.LSTM(2, activation="swish", return_state=True)(m),
         layers.GRU(3, activation="mish", return_sequences=True, go_backwards=True)(m, initial_state=h),
         layers.GRU(2, activation="gelu", reset_after=False)(x),
         layers.Bidirectional(layers.SimpleRNN(2, activation="swish", return_sequences=True))(m),
         layers.ConvLSTM2D(2, (3, 2), strides=2, return_sequences=True, go_backwards=True)(v),
         *layers.ConvLSTM2D(3, 3, padding="same", return_state=True)(v)]
    steps = r.normal(2, 5, 3)
    steps[0, 0], steps[1, 3:] = 0, 0
    return model_of([x, v, h], y), [steps, r.normal(2, 3, 6, 5, 2), r.normal(2, 3)]

if __name__ == "__main__":
    write_wanted([(name_of(f, how), (f, how)) for f, formats in cases for how in formats], lambda c, to: write(*c, to))
