#!/usr/bin/env python3
"""Writes the test cases keras_3_* beside this file: archives of Keras 3, or HDF5 (*_h5), with the outputs that it computed.

usage: make_keras3_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.21 and its Keras 3; without names: all)
"""
import os
from case_files import new_folder, np, save_arrays, seed_of, write_case, write_wanted
import keras
from keras import layers, ops

cases = []

def case(function):
    cases.append(function)
    return function

def side_by_side(results):
    return layers.Concatenate(name="all")([layers.Flatten()(r) for r in results])

LAMBDAS = """ops.relu(x) + ops.exp(-x)
ops.mean(x, axis=1)
ops.expand_dims(x, -1)
ops.concatenate([x, x * 2], axis=-1)
ops.reshape(x, (-1, x.shape[1] * x.shape[2]))
ops.where(x > 0, x, 0.1 * x)
ops.split(x, [1, 3], axis=1)[1]
ops.transpose(x, (0, 2, 1)) / ops.sqrt(16.0 + ops.abs(ops.transpose(x, (0, 2, 1))))
ops.nn.softmax(x, axis=-1)
keras.ops.log_softmax(x)
ops.cast(ops.argmax(x, axis=-1), "float32")
keras.activations.gelu(x)
x[:, 1:, None, ::2]
ops.einsum("bij,bkj->bik", x, x)
ops.take(x, [0, 2], axis=1)
ops.clip(x, -1, 1) * scale""".splitlines()

@case
def lambdas(r):
    x = keras.Input((4, 6), name="x")
    made = []
    for i, text in enumerate(LAMBDAS):
        f = eval(("lambda x, scale=2.0: " if "scale" in text else "lambda x: ") + text, dict(ops=ops, keras=keras))
        made.append(layers.Lambda(f, output_shape=keras.ops.shape(f(np.zeros((1, 4, 6), "f")))[1:], name=f"lambda_{i}")(x))
    return keras.Model(x, side_by_side(made)), [r.standard_normal((2, 4, 6))]

@case
def operations(r):
    x, image = keras.Input((4, 6), name="x"), keras.Input((6, 6, 3), name="image")
    y = ops.square(x) + 1
    made = [ops.arcsin(x / (y + 3)), ops.arccos(x / y), ops.arctan(x), ops.arcsinh(x), ops.arccosh(y), ops.arctanh(x / (y + 3)),
            ops.sinh(x), ops.cosh(x), ops.tan(x / y), ops.log2(y), ops.log10(y), ops.log1p(y), ops.expm1(x), ops.mod(x, 0.7),
            ops.floor_divide(x, 0.7), ops.std(x, axis=1), ops.var(x, axis=-1, keepdims=True), ops.logsumexp(x, axis=1),
            ops.norm(x, axis=-1), ops.norm(x, ord=1, axis=1), ops.cumsum(x, axis=1), ops.top_k(x, 3)[0], ops.max(x, axis=(1, 2)),
            ops.dot(x, ops.transpose(ops.ones((2, 6)))), ops.einsum("bij,bkj->bki", x, y), ops.swapaxes(x, 1, 2),
            ops.moveaxis(x, 1, 2), ops.repeat(x, 2, axis=1), ops.roll(x, -1, axis=2), ops.tril(x), ops.triu(x, 1), ops.flip(x, 1),
            ops.cast(ops.logical_xor(x > 0, y > 2), "float32"), ops.cast(ops.isnan(x), "float32"), ops.elu(x, alpha=0.5),
            ops.normalize(x, axis=1), ops.hard_sigmoid(x), ops.silu(x), ops.one_hot(ops.argmax(x, axis=1), 4),
            ops.celu(x, 0.5), ops.glu(x), ops.hard_shrink(x), ops.soft_shrink(x), ops.tanh_shrink(x), ops.hard_tanh(x),
            ops.sparsemax(x), ops.sparse_plus(x), ops.squareplus(x), ops.hypot(x, y), ops.logaddexp(x, y), ops.trunc(x * 3),
            ops.exp2(x), ops.deg2rad(x), ops.amax(x, axis=1), ops.leaky_relu(x, 0.3), ops.log_softmax(x, axis=1),
            ops.cast(ops.isfinite(x), "float32"), ops.image.resize(image, (4, 9)), ops.image.resize(image, (3, 3), interpolation="nearest"),
            ops.max_pool(image, 2, 2, "valid"), ops.average_pool(image, 3, 1, "same"), ops.image.rgb_to_grayscale(image)]
    return keras.Model([x, image], side_by_side(made)), [r.standard_normal((2, 4, 6)), r.standard_normal((2, 6, 6, 3))]

@case
def layers_new(r):
    x, s = keras.Input((7, 6, 3), name="x"), keras.Input((5, 8), name="s")
    v, line = keras.Input((5, 4, 6, 2), name="v"), keras.Input((9, 2), name="line")
    made = [layers.GroupQueryAttention(4, 4, 2)(s, s), layers.RMSNormalization()(s), layers.AdaptiveAveragePooling1D(4)(line),
            layers.AdaptiveAveragePooling2D((3, 4))(x), layers.AdaptiveAveragePooling3D((2, 3, 4))(v),
            layers.AdaptiveMaxPooling1D(4)(line), layers.AdaptiveMaxPooling2D((3, 4))(x), layers.AdaptiveMaxPooling3D((2, 3, 4))(v),
            layers.EinsumDense("abc,cd->abd", (5, 3), bias_axes="d")(s), layers.Identity()(s), layers.MaxPooling3D(2)(v)]
    return keras.Model([x, s, v, line], side_by_side(made)), [r.standard_normal((2, 7, 6, 3)), r.standard_normal((2, 5, 8)),
                                                              r.standard_normal((2, 5, 4, 6, 2)), r.standard_normal((2, 9, 2))]

@case
def images_of_any_size(r):
    x, one = keras.Input((None, None, 3), name="x"), keras.Input((None, 9, 2), name="half_known")
    made = [layers.Resizing(5, 11)(x), layers.Resizing(12, 6, interpolation="nearest")(x), layers.Rescaling(0.5)(layers.Resizing(3, 3)(one)),
            layers.CenterCrop(4, 4)(layers.Resizing(8, 7)(x))]
    return keras.Model([x, one], side_by_side(made)), [r.standard_normal((2, 7, 8, 3)), r.standard_normal((2, 6, 9, 2))]

@case
def idle(r):
    x = keras.Input((8, 8, 3), name="x")
    made = [layers.AugMix()(x), layers.CutMix()(x), layers.MixUp()(x), layers.RandAugment()(x), layers.RandomColorDegeneration(0.5)(x),
            layers.RandomColorJitter(saturation_factor=0.1)(x), layers.RandomErasing()(x), layers.RandomGaussianBlur()(x),
            layers.RandomGrayscale()(x), layers.RandomHue(0.1)(x), layers.RandomInvert()(x), layers.RandomPerspective()(x),
            layers.RandomPosterization(4)(x), layers.RandomSaturation(0.1)(x), layers.RandomSharpness(0.1)(x), layers.RandomShear()(x)]
    return keras.Model(x, side_by_side(made)), [r.uniform(0, 255, (2, 8, 8, 3))]

@case
def quantized(r):
    t, x = keras.Input((5,), dtype="int32", name="t"), keras.Input((4, 6), name="x")
    e = layers.Embedding(9, 8, mask_zero=False)(t)
    made = [e, layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")(x), layers.EinsumDense("abc,cbd->ad", 5)(x),
            layers.EinsumDense("abc,dc->adb", (7, 4), activation="relu")(x), layers.Dense(3)(e)]
    model = keras.Model([t, x], side_by_side(made))
    model.quantize("int8")
    return model, [r.integers(0, 9, (2, 5)).astype("int32"), r.standard_normal((2, 4, 6))]

@case
def operations_h5(r):
    """HDF5 has no modules, so that only its configuration tells the operation Subtract from the layer; Keras cannot read such a file."""
    x, t = keras.Input((4, 6), name="x"), keras.Input((5,), dtype="int32", name="t")
    a, b = ops.split(x, 2, axis=-1)
    e = layers.Embedding(6, 3, mask_zero=True)(t)
    made = [x - 1.5, a - b, a * b, 2.0 - x, ops.maximum(x, 0.3), x[:, 1], ops.sum(ops.square(x), axis=1, keepdims=True), ops.reshape(x, (-1, 24)),
            layers.Subtract()([a, b]), layers.Add()([a, b]), layers.LSTM(4)(e), layers.GlobalAveragePooling1D()(e),
            layers.SpectralNormalization(layers.Dense(3))(x)]
    return keras.Model([x, t], side_by_side(made)), [r.standard_normal((2, 4, 6)), np.array([[1, 2, 0, 0, 0], [5, 0, 3, 4, 0]], "int32")]

@case
def masks_and_states(r):
    """A recurrent layer that is given states does not get its input's mask, unless it is told."""
    t, h, c = keras.Input((5,), dtype="int32", name="t"), keras.Input((3,), name="h"), keras.Input((3,), name="c")
    e = layers.Embedding(6, 3, mask_zero=True)(t)
    all_steps = layers.LSTM(3, return_sequences=True)
    made = [layers.LSTM(3)(e), layers.LSTM(3)(e, initial_state=[h, c]), layers.GRU(3)(e, initial_state=h),
            layers.GRU(3)(e, initial_state=h, mask=t > 0),
            layers.GlobalAveragePooling1D()(all_steps(e, initial_state=[h, c])), all_steps(e, initial_state=[h, c]),
            layers.Bidirectional(layers.GRU(3, return_sequences=True))(e, initial_state=[h, c]), layers.Bidirectional(layers.GRU(3))(e)]
    return keras.Model([t, h, c], side_by_side(made)), [np.array([[1, 2, 0, 0, 0], [5, 0, 3, 4, 0]], "int32"), r.standard_normal((2, 3)),
                                                        r.standard_normal((2, 3))]

def write_module(to):
    """A SavedModel whose saver restores copies of the variables that its functions captured, as tf.saved_model.save writes models of
    Keras 3: only the object graph tells the keys."""
    import tensorflow as tf
    folder = new_folder(to, "keras_3_in_module")
    r = np.random.default_rng(seed_of("in_module"))
    class Module(tf.Module):
        def __init__(self):
            self.layers = [layers.Dense(4, activation="tanh", name="same") for _ in range(3)]
        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
        def run(self, x):
            for layer in self.layers:
                x = layer(x)
            return {"y": x}
    module, x = Module(), r.standard_normal((2, 4)).astype("float32")
    y = module.run(x)["y"]
    tf.saved_model.save(module, os.path.join(folder, "export"), signatures={"serving_default": module.run})
    os.remove(os.path.join(folder, "export", "fingerprint.pb"))
    lines = [*save_arrays(folder, "input", [("x", x)]), *save_arrays(folder, "output", [("y", y)])]
    write_case(folder, ["model export", *lines, "signature serving_default"], f"keras {keras.__version__}, tensorflow {tf.__version__}")

def write(function, to):
    if function is write_module:
        return write_module(to)
    folder = new_folder(to, "keras_3_" + function.__name__)
    keras.backend.clear_session()
    r = np.random.default_rng(seed_of(function.__name__))
    model, inputs = function(r)
    inputs = [i.astype("float32") if i.dtype == np.float64 else i for i in inputs]
    for w in model.weights:
        if str(w.dtype).startswith("float") and not model.dtype_policy.quantization_mode and "scale" not in w.path:
            value = r.standard_normal(w.shape) * 0.4
            w.assign(np.abs(value) + 0.5 if "variance" in w.path else value)
    results = keras.tree.flatten(model(inputs if len(inputs) > 1 else inputs[0], training=False))
    file = "model.h5" if function.__name__.endswith("_h5") else "model.keras"
    model.save(os.path.join(folder, file))
    inputs = zip([i.name for i in model.inputs], inputs)
    write_case(folder, [f"model {file}", *save_arrays(folder, "input", inputs), *save_arrays(folder, "output", zip(model.output_names, results))],
               f"keras {keras.__version__}")

if __name__ == "__main__":
    write_wanted([(f.__name__, f) for f in cases] + [("in_module", write_module)], write)
