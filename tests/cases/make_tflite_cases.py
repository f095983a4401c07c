#!/usr/bin/env python3
"""Writes test cases beside this file: models of TensorFlow Lite, most of them as TensorFlow's converter writes them.

usage: make_tflite_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)

saved_cases.py tells what a case is. The results are those of the interpreter's reference kernels, where they know the ops.
"""
import contextlib, io, os, sys, tempfile

import flatbuffers
from flatbuffers import flexbuffers

from saved_cases import case, main, np, tf
from tensorflow.compiler.tf2xla.python import xla
from tensorflow.lite.python import schema_py_generated as schema

lite, layers, raw = tf.lite, tf.keras.layers, tf.raw_ops
KERNELS = lite.experimental.OpResolverType
MODEL = "model.tflite"
os.environ["PATH"] += os.pathsep + os.path.dirname(sys.executable) # where the old converter is

# How far results may be away where TensorFlow Lite computes with whole numbers, in steps, or as floats where these are the outputs;
# the second number is for ONNX Runtime, which replaces convolutions between QuantizeLinear and DequantizeLinear by its own.
WITHIN = {
    "tflite_int8": "1 2", "tflite_int8_weighted": "1 4", "tflite_int8_combined": 1, "tflite_int8_rounded": 1, "tflite_int8_moved": 1,
    "tflite_uint8_io": 3, "tflite_uint8_trained": 1, "tflite_old_uint8": "1 2", "tflite_toco_uint8": "1 2", "tflite_lstm_int8": 1,
    "tflite_int16x8": 8, "tflite_int16x8_weighted": 1, "tflite_int16x8_combined": 1, "tflite_int16x8_rounded": 2,
    "tflite_int16x8_moved": 1, "tflite_int8_float_io": "0.012 0.024", "tflite_quantized_aware": 0.059, "tflite_int4": "0.067 0.134",
    "tflite_dynamic_range": 0.014, "tflite_gru_dynamic_range": 0.0025, "tflite_lstm_dynamic_range": 0.011,
}
REFUSED = {"tflite_shapes_sorted": 9, "tflite_old_suppression": 10, "tflite_detection_fast": 10, "tflite_detection_regular": 10} # at opsets below

# -- how a case is made --------------------------------------------------------------------------------------------------

def run(i, values, signature):
    """What the interpreter computes of inputs by name, by name."""
    if signature:
        return {n: np.array(a) for n, a in i.get_signature_runner(signature)(**values).items()}
    plain = lambda detail: detail["name"].removesuffix(":0")
    i.allocate_tensors()
    for d in i.get_input_details():
        i.set_tensor(d["index"], values[plain(d)])
    i.invoke()
    return {plain(d): i.get_tensor(d["index"]) for d in i.get_output_details()}

def interpreter(model):
    """With the first kernels that know its ops; those of TensorFlow come with the last."""
    for kernels in KERNELS.BUILTIN_REF, KERNELS.BUILTIN_WITHOUT_DEFAULT_DELEGATES, KERNELS.AUTO:
        with contextlib.suppress(ValueError, RuntimeError):
            i = lite.Interpreter(model_content=model, experimental_op_resolver_type=kernels, num_threads=1)
            i.allocate_tensors()
            return lite.Interpreter(model_content=model, experimental_op_resolver_type=kernels, num_threads=1)
    return lite.Interpreter(model_content=model)

def tell(c, model, values, signature=None, part=None):
    """Writes the model, unless a part of the case before did, and what it computes."""
    if not part:
        with open(c.path(MODEL), "wb") as f:
            f.write(model)
    i = interpreter(model)
    signature = signature or next(iter(i.get_signature_list()), None)
    c.tell(MODEL, values, run(i, values, signature), part=part, signature=signature,
           within=WITHIN.get(c.name), refused=REFUSED.get(c.name))

def convert(converter, **options):
    for name, value in options.items():
        setattr(converter, name, value)
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()

def saved(function, values, shapes={}, keep=None, **options):
    """Converts one function of named inputs to a dictionary; `keep` has its variables."""
    module = tf.Module()
    module.keep = keep
    module.call = tf.function(function, input_signature=[tf.TensorSpec(shapes.get(n, np.shape(v)), np.asarray(v).dtype,
                                                                       n)
                                                         for n, v in values.items()])
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        tf.saved_model.save(module, folder, signatures=module.call)
        return convert(lite.TFLiteConverter.from_saved_model(folder), **options)

def of(c, function, values, shapes={}, keep=None, **options):
    tell(c, saved(function, values, shapes, keep, **options), values)

def randomize(c, model, scale=0.4):
    model.set_weights([np.abs(c.normal(*w.shape)) + 0.5 if "variance" in v.name else c.normal(*w.shape, scale=scale)
                       for v, w in zip(model.weights, model.get_weights())])

# -- images --------------------------------------------------------------------------------------------------------------

@case
def tflite_convolutions(c):
    w, v, one = c.normal(3, 2, 3, 5), c.normal(2, 3, 3, 4), c.normal(1, 1, 3, 2)
    b, d = c.normal(5), c.normal(4)
    conv = tf.nn.conv2d
    of(c, lambda x: {
        "same": conv(x, w[::-1], 1, "SAME"),
        "same_relu": tf.nn.relu(conv(x, w, 1, "SAME") + b),
        "same_strides": conv(x, w, [2, 3], "SAME") + b,
        "valid_relu6": tf.nn.relu6(conv(x, v, [2, 1], "VALID") + d),
        "valid_limited": tf.minimum(tf.maximum(conv(x, v, 1, "VALID") + d, -1.), 1.),
        "same_dilated": conv(x, w, 1, "SAME", dilations=[2, 1]) + b,
        "valid_dilated": conv(x, v, 1, "VALID", dilations=[1, 2]) + d,
        "points": conv(x, one, 2, "VALID"),
        "padded": conv(x, w, 1, [[0, 0], [2, 1], [0, 1], [0, 0]]) + b,
    }, {"x": c.normal(2, 7, 6, 3)})

@case
def tflite_convolutions_open(c):
    """Weights that are an input, and a batch and sizes that the file does not know."""
    w = c.normal(3, 2, 3, 5)
    of(c, lambda x, w2, y: {"open": tf.nn.relu(tf.nn.conv2d(x, w, 2, "SAME")),
                            "weights": tf.nn.conv2d(y, w2, 1, "SAME")},
       {"x": c.normal(2, 7, 6, 3), "w2": c.normal(2, 3, 2, 3), "y": c.normal(1, 5, 4, 2)}, {"x": [None, None, None, 3]})

@case
def tflite_convolutions_grouped(c):
    w, b = c.normal(2, 3, 2, 6), c.normal(6)
    of(c, lambda x: {"y": tf.nn.relu(tf.nn.conv2d(x, w, [1, 2], "SAME") + b)}, {"x": c.normal(2, 5, 6, 4)})

@case
def tflite_depthwise(c):
    w, v, b = c.normal(3, 2, 3, 1), c.normal(2, 3, 3, 2), c.normal(3)
    d = c.normal(6)
    conv = tf.nn.depthwise_conv2d
    of(c, lambda x: {
        "same": conv(x, w[::-1], [1, 1, 1, 1], "SAME"),
        "same_relu6": tf.nn.relu6(conv(x, w, [1, 1, 1, 1], "SAME") + b),
        "valid_twice": conv(x, v, [1, 1, 1, 1], "VALID") + d,
        "same_strides": tf.nn.relu(conv(x, v, [1, 2, 2, 1], "SAME") + d),
        "same_dilated": conv(x, w, [1, 1, 1, 1], "SAME", dilations=[2, 1]) + b,
        "valid_dilated": conv(x, v, [1, 1, 1, 1], "VALID", dilations=[2, 2]) + d,
    }, {"x": c.normal(2, 7, 6, 3)})

@case
def tflite_transposed(c):
    w, v, b = c.normal(3, 2, 5, 3), c.normal(2, 3, 4, 3), c.normal(5)
    conv = tf.nn.conv2d_transpose
    of(c, lambda x: {
        "same": conv(x, w, [2, 8, 10, 5], 2, "SAME"),
        "same_odd": conv(x, w, [2, 7, 9, 5], 2, "SAME") + b,
        "same_relu": tf.nn.relu(conv(x, w, [2, 4, 15, 5], [1, 3], "SAME") + b),
        "valid": conv(x, v, [2, 8, 7, 4], [2, 1], "VALID"),
        "valid_bias": conv(x, w, [2, 9, 10, 5], 2, "VALID") + b,
    }, {"x": c.normal(2, 4, 5, 3)})

@case
def tflite_transposed_open(c):
    """Keras computes the shape of the result in the graph."""
    model = tf.keras.Sequential([layers.Input([None, 5, 3]),
                                 layers.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu"),
                                 layers.Conv2DTranspose(2, [2, 3], strides=[1, 2], padding="valid")])
    randomize(c, model)
    of(c, lambda x: {"y": model(x)}, {"x": c.normal(2, 4, 5, 3)}, {"x": [None, None, 5, 3]}, model)

@case
def tflite_pools(c):
    of(c, lambda x: {
        "average_same": tf.nn.avg_pool2d(x, 3, 2, "SAME"),
        "average_valid": tf.nn.avg_pool2d(x, [2, 3], [2, 1], "VALID"),
        "average_relu": tf.nn.relu(tf.nn.avg_pool2d(x, [3, 2], 1, "SAME")),
        "max_same": tf.nn.max_pool2d(x, [3, 2], 2, "SAME"),
        "max_valid": tf.nn.max_pool2d(x, [2, 3], [1, 2], "VALID"),
        "max_relu6": tf.nn.relu6(tf.nn.max_pool2d(x, 2, 1, "SAME")),
        "mean": tf.reduce_mean(x, [1, 2]),
        "mean_kept": tf.reduce_mean(x, [1, 2], keepdims=True),
    }, {"x": c.normal(2, 7, 6, 3)})

@case
def tflite_resizes(c):
    def call(x):
        outputs = {}
        for name, size in ("up", [11, 9]), ("down", [3, 4]), ("mixed", [4, 13]):
            for corners, centers in (False, False), (True, False), (False, True):
                key = name + ("_corners" if corners else "_centers" if centers else "")
                outputs[f"bilinear_{key}"] = raw.ResizeBilinear(images=x, size=size, align_corners=corners,
                                                                half_pixel_centers=centers)
                outputs[f"nearest_{key}"] = raw.ResizeNearestNeighbor(images=x, size=size, align_corners=corners,
                                                                      half_pixel_centers=centers)
        return outputs
    of(c, call, {"x": c.normal(2, 7, 6, 3)})

@case
def tflite_pads(c):
    paddings = np.array([[0, 0], [1, 2], [3, 0], [0, 1]])
    of(c, lambda x, i, p: {
        "zeros": tf.pad(x, paddings),
        "constant": tf.pad(x, paddings.astype(np.int64), constant_values=1.5),
        "reflect": tf.pad(x, paddings, "REFLECT"),
        "symmetric": tf.pad(x, paddings, "SYMMETRIC"),
        "ints": tf.pad(i, [[1, 0], [0, 2]]),
        "ints_constant": tf.pad(i, [[1, 0], [0, 2]], constant_values=-7),
        "open": tf.pad(i, p),
        "five": tf.pad(x[:, None], [[0, 1], [1, 0], [0, 2], [1, 1], [0, 0]]),
    }, {"x": c.normal(2, 5, 4, 3), "i": c.random.integers(-9, 9, [3, 4]).astype(np.int32),
        "p": np.array([[1, 0], [2, 1]], np.int32)})

@case
def tflite_activations(c):
    alpha, limits = c.normal(1, 1, 3), c.normal(5, 4, 3)
    w, b, v = c.normal(3, 4), c.normal(4), c.normal(4, 3)
    prelu = lambda x, a: tf.nn.relu(x) + -a * tf.nn.relu(-x)
    of(c, lambda x, y: {
        "relu": tf.nn.relu(x), "relu6": tf.nn.relu6(x), "limited": tf.maximum(tf.minimum(x, 1.), -1.),
        "elu": tf.nn.elu(x),
        "leaky": tf.nn.leaky_relu(x, 0.3), "hard_swish": x * tf.nn.relu6(x + 3.) / 6.,
        "unit": tf.maximum(tf.minimum(x, 1.), 0.),
        "tanh": tf.tanh(x), "sigmoid": tf.sigmoid(x), "softmax": tf.nn.softmax(x), "softmax_two": tf.nn.softmax(y),
        "log_softmax": tf.nn.log_softmax(x), "softplus": tf.nn.softplus(x), "swish": tf.nn.swish(x),
        "selu": tf.nn.selu(x),
        "prelu": prelu(x - 1, alpha), "prelu_each": prelu(x + 1, limits), "gelu_approximate": tf.nn.gelu(x, True),
        "concat": tf.concat([x, 2 * x, x[..., :1]], -1), "concat_first": tf.concat([x, x], 0),
        "concat_middle": tf.concat([x, x], -2),
        "dense": tf.matmul(y, w) + b, "dense_relu": tf.nn.relu(tf.matmul(y, w) + b),
        "dense_transposed": tf.matmul(y, v, transpose_b=True),
        "normalized": tf.nn.l2_normalize(x, -1), "local": tf.nn.local_response_normalization(x, 1, 1.5, 0.3, 0.75),
    }, {"x": c.normal(2, 5, 4, 3, scale=4), "y": c.normal(2, 3)})

def image_net(batch=None, size=7, prelu=True):
    x = tf.keras.Input([size, size - 1, 3], batch, name="image")
    y = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, activation="relu6")(y)
    y = layers.BatchNormalization()(layers.Conv2D(4, 1)(y))
    z = layers.Add()([y, layers.Conv2D(4, 2, padding="same")(x)])
    z = layers.Concatenate()([(layers.PReLU(shared_axes=[1, 2]) if prelu else layers.ReLU())(z),
                              layers.LeakyReLU(0.2)(y)])
    z = layers.MaxPool2D(2)(z)
    z = layers.Conv2DTranspose(3, 3, strides=2, padding="same")(z)
    features = layers.GlobalAveragePooling2D()(z)
    z = layers.Dense(5, activation="relu")(layers.Flatten()(layers.AveragePooling2D(2)(z)))
    return tf.keras.Model(x, {"scores": layers.Dense(3, activation="softmax")(z), "features": features})

@case
def tflite_images(c):
    """A Keras model whose batch is open."""
    model = image_net()
    randomize(c, model)
    tell(c, convert(lite.TFLiteConverter.from_keras_model(model)), {"image": c.normal(3, 7, 6, 3)})

@case
def tflite_images_frozen(c):
    """A frozen graph of TensorFlow 1: no signature, the inputs' names are those of tensors."""
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [2, 6, 5, 3], "image")
        y = tf.nn.relu(tf.nn.conv2d(x, c.normal(3, 3, 3, 4), 2, "SAME") + c.normal(4), "block/out")
        z = tf.nn.softmax(tf.matmul(tf.reshape(y, [2, -1]), c.normal(36, 3)) + c.normal(3), name="scores")
        with tf.compat.v1.Session() as s:
            model = convert(tf.compat.v1.lite.TFLiteConverter.from_session(s, [x], [y, z]))
    tell(c, model, {"image": c.normal(2, 6, 5, 3)})

# -- elements ------------------------------------------------------------------------------------------------------------

def pair(c, kind):
    """Numbers of both signs without zero, the second broadcast."""
    draw = lambda *shape: (c.random.integers(1, 9, shape) * c.random.choice([-1, 1], shape)).astype(kind)
    return {"x": draw(2, 3, 5), "y": draw(3, 1)}

@case
def tflite_elements_unary(c):
    of(c, lambda x, p: {
        "abs": tf.abs(x), "neg": -x, "ceil": tf.math.ceil(x), "floor": tf.floor(x), "round": tf.round(2 * x),
        "square": x * x,
        "exp": tf.exp(x), "log": tf.math.log(p), "sqrt": tf.sqrt(p), "rsqrt": tf.math.rsqrt(p), "sin": tf.sin(x),
        "cos": tf.cos(x),
        "tanh": tf.tanh(x), "logistic": tf.sigmoid(x), "sign": tf.sign(x), "log1p": tf.math.log1p(p),
        "reciprocal": 1 / p,
        "square_of": tf.square(x), "expm1": tf.math.expm1(x), "zeros": tf.zeros_like(x),
        "half": tf.round(tf.constant([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]) + 0 * x[0, :1]),
    }, {"x": c.normal(4, 3, scale=2), "p": np.abs(c.normal(4, 3)) + np.float32(0.1)})

@case
def tflite_elements_float(c):
    of(c, lambda x, y: {
        "add": x + y, "add_relu": tf.nn.relu(x + y), "sub": x - y, "sub_relu6": tf.nn.relu6(y - x), "mul": x * y,
        "mul_limited": tf.minimum(tf.maximum(x * y, -1.), 1.), "div": x / y, "div_relu": tf.nn.relu(y / x),
        "floor_div": x // y,
        "floor_mod": x % y, "pow": tf.abs(x) ** y, "squared_difference": tf.math.squared_difference(x, y),
        "maximum": tf.maximum(x, y), "minimum": tf.minimum(x, y), "atan2": tf.atan2(x, y + 0 * x),
        "add_constant": x + 1.5, "mul_five": x[:, None, :, None] * y,
        "div_no_nan": tf.math.divide_no_nan(x, tf.nn.relu(y)), "add_n": tf.add_n([x, x * y, x - y]),
        "xlogy": x * tf.math.log(tf.abs(y)),
        "add_eight": x[:, :, :, None, None] + y[:, :, None, None],
    }, {"x": c.normal(2, 3, 5, scale=4), "y": c.normal(3, 1, scale=2)})

def integers(x, y):
    return {"add": x + y, "sub": x - y, "mul": x * y, "floor_mod": x % y, "maximum": tf.maximum(x, y),
            "minimum": tf.minimum(x, y), "neg": -x, "square": x * x, "add_n": tf.add_n([x, x * 2, x - y]),
            "zeros": tf.zeros_like(y)}

@case
def tflite_elements_int32(c):
    of(c, lambda x, y: dict(integers(x, y), relu=tf.nn.relu(x + y), abs=tf.abs(x), floor_div=x // y,
                            truncated=raw.TruncateDiv(x=x, y=y), power=tf.pow(x, 3 + 0 * y),
                            sign=tf.sign(x), squared_difference=tf.math.squared_difference(x, y)), pair(c, np.int32))

@case
def tflite_elements_int64(c):
    of(c, integers, pair(c, np.int64))

@case
def tflite_elements_bits(c):
    """Shifts and exclusive or of small and unsigned integers."""
    values = {}
    for kind in "int8", "uint8", "int16", "int32", "uint32":
        low, high = np.iinfo(kind).min, np.iinfo(kind).max
        values[kind] = c.random.integers(low, high, [3, 4], kind)
    def call(int8, uint8, int16, int32, uint32):
        outputs = {}
        for x in int8, uint8, int16, int32, uint32:
            k = x.dtype.name
            outputs[f"xor_{k}"] = tf.bitwise.bitwise_xor(x, tf.constant([3, 5, 77, 2], x.dtype))
            outputs[f"right_{k}"] = tf.bitwise.right_shift(x, tf.constant([[1], [0], [3]], x.dtype))
        outputs["cast_unsigned"] = tf.bitcast(int8, tf.uint8)
        return outputs
    of(c, call, values)

@case
def tflite_elements_compared(c):
    def call(x, i, j, p, q, w):
        outputs = {}
        for op in tf.equal, tf.not_equal, tf.less, tf.less_equal, tf.greater, tf.greater_equal:
            name = op.__name__
            outputs[f"{name}_float"], outputs[f"{name}_int"] = op(x, x[0, ::-1]), op(i, j)
            outputs[f"{name}_int64"] = op(w, tf.cast(2, tf.int64))
        outputs.update(bools_equal=tf.equal(p, q), bools_not_equal=tf.not_equal(p, q), logical_and=p & q,
                       logical_or=p | q, logical_not=~p,
                       logical_xor=tf.math.logical_xor(p, q))
        return outputs
    of(c, call, {"x": np.round(c.normal(2, 4)), "i": c.random.integers(0, 3, [2, 3]).astype(np.int32),
                 "j": c.random.integers(0, 3, [3]).astype(np.int32), "p": np.array([[True, False], [False, False]]),
                 "q": np.array([True, False]), "w": c.random.integers(0, 4, [4])})

@case
def tflite_elements_chosen(c):
    of(c, lambda x, y, p, row, i, j: {
        "v2": tf.where(p, x, y), "v2_rows": tf.where(row[:, None], x, y), "v2_scalar": tf.where(p, x, 0.5),
        "v2_ints": tf.where(p, i, j),
        "v1": raw.Select(condition=p, x=x, y=x * 2), "v1_rows": raw.Select(condition=row, x=x, y=-x),
        "v1_scalar": raw.Select(condition=row[0], x=x, y=-x), 
        "v1_int64": raw.Select(condition=p, x=tf.cast(i, tf.int64), y=tf.cast(-i, tf.int64)),
        "v1_bool": raw.Select(condition=p, x=i > 1, y=i < 5), "v2_bool": tf.where(p, row[:, None], i > 2),
    }, {"x": c.normal(2, 3), "y": c.normal(2, 1), "p": np.array([[True, False, True], [False, False, True]]),
        "row": np.array([False, True]), "i": c.random.integers(0, 9, [2, 3]).astype(np.int32),
        "j": np.array([3, 5, 7], np.int32)})

@case
def tflite_elements_cast(c):
    kinds = ["float16", "float32", "float64", "int8", "uint8", "int16", "int32", "int64", "bool"]
    def call(x, i, w, p):
        outputs = {f"float32_{k}": tf.cast(x, k) for k in kinds[2:] if k != "float32"}
        outputs.update({f"int32_{k}": tf.cast(i, k) for k in kinds[1:] if k != "int32"})
        outputs.update(int64_int32=tf.cast(w, tf.int32), int64_float=tf.cast(w, tf.float32),
                       bool_float=tf.cast(p, tf.float32),
                       bool_int=tf.cast(p, tf.int32), half_and_back=tf.cast(tf.cast(x, tf.float16), tf.float32))
        return outputs
    of(c, call, {"x": np.abs(c.normal(3, 4, scale=20)), "i": np.array([3, -7, 300, 70000, 0], np.int32),
                 "w": np.array([5, -2, 1 << 34]), "p": np.array([True, False])})

@case
def tflite_elements_made(c):
    """Of shapes and numbers that are known when it runs."""
    of(c, lambda x, n, s, w: {
        "shape": tf.shape(x), "shape_int64": tf.shape(x, tf.int64), "rank": tf.rank(x), "size": tf.size(x),
        "zeros": tf.zeros_like(x),
        "ones": tf.ones_like(n), "fill": tf.fill(s, 2.5), "fill_int": tf.fill(s, n[0]),
        "fill_int64": tf.fill(tf.cast(s, tf.int64), w),
        "fill_bool": tf.fill(s, n[0] > 1), "range": tf.range(n[0], n[1], n[2]),
        "range_float": tf.range(tf.cast(n[0], tf.float32), 9., 1.5),
        "range_int64": tf.range(w, w + 5, 2),
        "broadcast": tf.broadcast_to(x[:, :1], tf.concat([s, tf.shape(x)[:1], [3]], 0)),
        "shapes_joined": tf.broadcast_dynamic_shape(tf.shape(x), s[1:]), "identity": x,
    }, {"x": c.normal(2, 3), "n": np.array([2, 11, 3], np.int32), "s": np.array([3, 1], np.int32), "w": np.array(4)},
    {"x": [None, 3]})

# -- shapes --------------------------------------------------------------------------------------------------------------

@case
def tflite_shapes_reshaped(c):
    of(c, lambda x, i: {
        "reshape": tf.reshape(x, [4, -1]), "reshape_open": tf.reshape(i, tf.stack([tf.shape(i)[1], -1])),
        "reshape_scalar": tf.reshape(x[0, 0, 0], []),
        "transpose": tf.transpose(x, [2, 0, 1]), "transpose_all": tf.transpose(x),
        "transpose_four": tf.transpose(x[:, None], [0, 3, 2, 1]),
        "transpose_six": tf.transpose(tf.reshape(x, [2, 1, 3, 2, 2, 1]), [5, 3, 0, 4, 2, 1]),
        "transpose_ints": tf.transpose(i),
        "expand": tf.expand_dims(x, 1), "expand_last": tf.expand_dims(i, -1), "squeeze": tf.squeeze(x[:, :1]),
        "squeeze_some": tf.squeeze(x[:, :1, :1], [-2]), "pack": tf.stack([x, 2 * x], 1),
        "pack_last": tf.stack([i, i + 1, i], -1),
        **{f"unpack_{k}": v for k, v in enumerate(tf.unstack(x, axis=1))},
        **{f"unpack_last_{k}": v for k, v in enumerate(tf.unstack(i, axis=-1))},
        "tile": tf.tile(x, [1, 2, 3]), "tile_int64": tf.tile(i, tf.constant([2, 1], tf.int64)),
        "broadcast": tf.broadcast_to(x[:1], [5, 2, 3, 4]),
        "reverse": tf.reverse(x, [1]), "reverse_two": tf.reverse(x, [-1, 1]), "reverse_ints": tf.reverse(i, [0]),
    }, {"x": c.normal(2, 3, 4), "i": c.random.integers(-9, 9, [3, 2]).astype(np.int32)})

@case
def tflite_shapes_sliced(c):
    of(c, lambda x, at, i: {
        "plain": x[1:, :2], "steps": x[:, ::2, 3:0:-2], "ellipsis": x[..., 1], "ellipsis_middle": x[0, ..., 1:3],
        "new_axis": x[:, None, 1],
        "new_axis_last": x[..., None], "mixed": x[1, None, ..., None, ::-1], "from_end": x[-1:, -2:, -1],
        "past_end": x[:9, 1:99],
        "shrink_all": x[1, 2, 3], "open": x[at[0]:, :at[1]], "open_one": x[:, at[1]],
        "ints": i[1:, ::-1], "bools": (i > 2)[:, 1:],
        "slice": tf.slice(x, [0, 1, 1], [2, 2, -1]), "slice_open": tf.slice(x, tf.concat([at, [0]], 0), [1, 1, 3]),
        "slice_int64": tf.slice(i, tf.constant([1, 0], tf.int64), tf.constant([2, 1], tf.int64)),
        **{f"split_{k}": v for k, v in enumerate(tf.split(x, 2, -1))},
        **{f"split_v_{k}": v for k, v in enumerate(tf.split(x, [1, 3], 2))},
        **{f"split_rest_{k}": v for k, v in enumerate(tf.split(x, [1, -1], 1))},
        **{f"split_ints_{k}": v for k, v in enumerate(tf.split(i, 3, 0))},
        "updated": xla.dynamic_update_slice(x, -x[:1, :2, 1:], tf.concat([at, at[:1]], 0)),
    }, {"x": c.normal(2, 3, 4), "at": np.array([1, 2], np.int32),
        "i": c.random.integers(-9, 9, [3, 4]).astype(np.int32)})

@case
def tflite_shapes_gathered(c):
    of(c, lambda x, at, rows, n, wide, names: {
        "gather": tf.gather(x, at), "gather_axis": tf.gather(x, at, axis=1),
        "gather_last": tf.gather(x, rows, axis=-1), "gather_int64": tf.gather(x, wide, axis=2),
        "gather_batch": tf.gather(x, rows, axis=1, batch_dims=1),
        "gather_batch_last": tf.gather(x, rows, axis=2, batch_dims=1), "gather_ints": tf.gather(at, rows),
        "gather_one": tf.gather(x, at[0], axis=1),
        "gather_bools": tf.gather(x[0] > 0, at), "nd": tf.gather_nd(x, n), "nd_rows": tf.gather_nd(x, n[:, :2]),
        "nd_int64": tf.gather_nd(x, tf.cast(n, tf.int64)), "nd_ints": tf.gather_nd(at, n[:, :1]),
        "scatter": tf.scatter_nd(n[:, :2], x[0, :, :3], [2, 3, 3]),
        "scatter_again": tf.scatter_nd(at[:, None], tf.stack([x[0], x[1], x[0]]), [4, 3, 4]),
        "scatter_ints": tf.scatter_nd(n, at, [2, 3, 4]),
        "embedded": tf.nn.embedding_lookup(x[0], rows), "one_hot": tf.one_hot(rows, 4),
        "one_hot_axis": tf.one_hot(rows, 3, 5., -1., axis=1), 
        "one_hot_first": tf.one_hot(at, 4, 7, 2, axis=0, dtype=tf.int32), "one_hot_outside": tf.one_hot(at - 1, 2),
        "one_hot_bool": tf.one_hot(wide, 5, True, False), "text": tf.gather(names, at),
        "gather_nd_text": tf.gather_nd(names, at[:, None]),
    }, {"x": c.normal(2, 3, 4), "at": np.array([1, 0, 1], np.int32),
        "rows": np.array([[0, 2, 1, 1], [2, 2, 0, 1]], np.int32),
        "n": np.array([[1, 0, 2], [0, 2, 3], [1, 1, 1]], np.int32),
        "wide": np.array([3, 1]), "names": np.array(["one", "", "three"])})

@case
def tflite_shapes_sorted(c):
    def call(x, i):
        outputs = {}
        for name, op in ("max", tf.argmax), ("min", tf.argmin):
            for axis in 0, -1:
                for kind in "int32", "int64":
                    outputs[f"arg_{name}_{axis % 3}_{kind}"] = op(x, axis, kind)
            outputs[f"arg_{name}_ints"] = op(i, 1)
        outputs.update(zip(["top", "top_at"], tf.math.top_k(x, 3)))
        outputs.update(zip(["top_ints", "top_ints_at"], tf.math.top_k(i, 2)))
        outputs.update(zip(["top_open", "top_open_at"], tf.math.top_k(x, tf.abs(i[0, 0]) % 4)))
        for exclusive in False, True:
            for reverse in False, True:
                outputs[f"sums{'_before' * exclusive}{'_back' * reverse}"] = tf.cumsum(x, 1, exclusive, reverse)
        outputs["sums_ints"] = tf.cumsum(i, -1)
        outputs["sums_int64"] = tf.cumsum(tf.cast(i, tf.int64), 0, reverse=True)
        outputs.update(zip(["unique", "unique_at"], tf.unique(i[0])))
        outputs.update(zip(["unique_int64", "unique_int64_at"], tf.unique(i[1], tf.int64)))
        return outputs
    of(c, call, {"x": c.normal(2, 3, 5), "i": np.array([[3, 1, 3, 2, 2], [7, 7, 7, 0, 7], [1, 2, 3, 4, 5]], np.int32)})

@case
def tflite_shapes_found(c):
    of(c, lambda x, p, ids, n: {
        "where": tf.where(p), "where_float": tf.where(x > 0.3),
        "bucket": raw.Bucketize(input=x, boundaries=[-1.0, 0.0, 0.5, 2.0]),
        "bucket_ints": raw.Bucketize(input=n, boundaries=[1.0, 3.0]),
        "segment": tf.math.segment_sum(x, [0, 0, 1]), "segment_ints": tf.math.segment_sum(n, [0, 1, 1]),
        "unsorted_sum": tf.math.unsorted_segment_sum(x, ids, 4),
        "unsorted_max": tf.math.unsorted_segment_max(x, ids, 4),
        "unsorted_min": tf.math.unsorted_segment_min(x, ids, 4),
        "unsorted_prod": tf.math.unsorted_segment_prod(x, ids, 4),
        "unsorted_ints": tf.math.unsorted_segment_sum(n, ids, 3),
        "unsorted_max_ints": tf.math.unsorted_segment_max(n, ids, 4),
        "dense": raw.SparseToDense(sparse_indices=[[0, 1], [2, 3]], output_shape=[3, 4], sparse_values=x[0, :2],
                                   default_value=-1.),
        "dense_row": raw.SparseToDense(sparse_indices=n[:2, 1], output_shape=[5], sparse_values=n[:2, 0],
                                       default_value=9),
    }, {"x": c.normal(3, 4), "p": np.array([[True, False], [False, True], [True, True]]),
        "ids": np.array([2, 0, 2], np.int32),
        "n": np.array([[3, 1], [0, 3], [5, 2]], np.int32)})

@case
def tflite_shapes_blocks(c):
    of(c, lambda x, y, m, d, z, lengths: {
        "to_depth": tf.nn.space_to_depth(x, 2), "from_depth": tf.nn.depth_to_space(x, 2),
        "to_batch": tf.space_to_batch(y, [2, 3], [[0, 1], [1, 0]]),
        "from_batch": tf.batch_to_space(x, [2, 1], [[0, 1], [2, 0]]),
        "to_batch_three": raw.SpaceToBatchND(input=z, block_shape=[2], paddings=[[1, 0]]),
        "from_batch_three": raw.BatchToSpaceND(input=z, block_shape=[2], crops=[[0, 1]]),
        "diagonal": tf.linalg.diag(d), "diagonal_set": tf.linalg.set_diag(m, d),
        "diagonal_ints": tf.linalg.diag(lengths),
        "reversed": tf.reverse_sequence(z, lengths, 1, 0), "reversed_rows": tf.reverse_sequence(z, lengths[:3], 0, 1),
        "reversed_int64": tf.reverse_sequence(z, tf.cast(lengths, tf.int64), 2, 0),
    }, {"x": c.normal(4, 2, 6, 4), "y": c.normal(1, 3, 5, 2), "m": c.normal(2, 3, 4), "d": c.normal(2, 3),
        "z": c.normal(4, 3, 2), "lengths": np.array([2, 0, 1, 2], np.int32)})

@case
def tflite_shapes_products(c):
    w = c.normal(2, 4, 5)
    of(c, lambda x, y, t, v: {
        "plain": x @ y, "weights": x @ w, "adjoint_left": tf.matmul(t, y, adjoint_a=True),
        "adjoint_right": tf.matmul(x, v, adjoint_b=True),
        "adjoint_both": tf.matmul(t, v, adjoint_a=True, adjoint_b=True),
        "broadcast": x[:, None] @ tf.stack([y, y * 2, -y], 1), "broadcast_left": x[:1] @ y,
        "two": x[0] @ y[0], "einsum": tf.einsum("bij,bjk->bik", x, y), "dense_three": tf.tensordot(x, w[0], 1),
        "both_open": tf.matmul(x[0], v[0], transpose_b=True),
    }, {"x": c.normal(2, 3, 4), "y": c.normal(2, 4, 5), "t": c.normal(2, 4, 3), "v": c.normal(2, 5, 4)})

@case
def tflite_shapes_reduced(c):
    def call(x, i, p):
        outputs = {}
        for op in tf.reduce_sum, tf.reduce_prod, tf.reduce_max, tf.reduce_min, tf.reduce_mean:
            name = op.__name__.removeprefix("reduce_")
            outputs.update({name: op(x, [0, -1]), f"{name}_kept": op(x, 1, keepdims=True), f"{name}_all": op(x)})
            if name != "mean":
                outputs.update({f"{name}_ints": op(i, 0), f"{name}_int64": op(tf.cast(i, tf.int64), 1)})
        return dict(outputs, any=tf.reduce_any(p, 1), all=tf.reduce_all(p, 0, keepdims=True),
                    mean_ints=tf.reduce_mean(i, 1))
    of(c, call, {"x": c.normal(2, 3, 4), "i": c.random.integers(-9, 9, [3, 4]).astype(np.int32),
                 "p": np.array([[True, False], [False, False], [True, True]])})

@case
def tflite_shapes_volumes(c):
    w, v, b = c.normal(2, 3, 2, 2, 3), c.normal(2, 2, 3, 3, 2), c.normal(3)
    conv, back = tf.nn.conv3d, tf.nn.conv3d_transpose
    of(c, lambda x: {
        "same": tf.nn.relu(conv(x, w, [1, 1, 2, 1, 1], "SAME") + b), "valid": conv(x, w, [1] * 5, "VALID"),
        "dilated": conv(x, w, [1] * 5, "SAME", dilations=[1, 2, 1, 1, 1]) + b,
        "transposed": back(x, v, [2, 6, 4, 8, 3], [1, 2, 1, 2, 1], "SAME"),
        "transposed_valid": back(x, v, [2, 4, 5, 6, 3], [1] * 5, "VALID") + b,
    }, {"x": c.normal(2, 3, 4, 4, 2)})

@case
def tflite_shapes_fourier(c):
    def call(x):
        y = tf.signal.rfft2d(x, [4, 8])
        return {"real": tf.math.real(y), "imag": tf.math.imag(y), "abs": tf.abs(y)}
    of(c, call, {"x": c.normal(2, 4, 8)})

# -- integers ------------------------------------------------------------------------------------------------------------

INT16 = lite.OpsSet.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8

def whole(c, function, values, shapes={}, keep=None, to=tf.int8, ops=[lite.OpsSet.TFLITE_BUILTINS_INT8]):
    """Converts to integers, with inputs and outputs of type `to`."""
    def examples():
        for _ in range(20):
            yield {n: c.normal(*v.shape) for n, v in values.items()}
    model = saved(function, values, shapes, keep, optimizations=[lite.Optimize.DEFAULT],
                  representative_dataset=examples,
                  target_spec=lite.TargetSpec(ops), inference_input_type=to, inference_output_type=to)
    details = lite.Interpreter(model_content=model).get_signature_runner().get_input_details()
    tell(c, model, {n: as_type_of(details[n], v) for n, v in values.items()})

def as_type_of(detail, value):
    if detail["dtype"] == np.float32:
        return value
    (scale, zero), limits = detail["quantization"], np.iinfo(detail["dtype"])
    return np.clip(np.round(value / scale) + zero, limits.min, limits.max).astype(detail["dtype"])

def whole_net(c, batch=None, **options):
    model = image_net(2, prelu="ops" not in options)
    randomize(c, model)
    whole(c, lambda image: model(image), {"image": c.normal(2, 7, 6, 3)}, {"image": [batch, 7, 6, 3]}, model, **options)

@case
def tflite_int8(c):
    whole_net(c, 2)

@case
def tflite_int8_float_io(c):
    whole_net(c, to=tf.float32)

@case
def tflite_uint8_io(c):
    whole_net(c, 2, to=tf.uint8)

@case
def tflite_int16x8(c):
    whole_net(c, 2, to=tf.int16, ops=[INT16])

@case
def tflite_int16x8_float_io(c):
    whole_net(c, to=tf.float32, ops=[INT16])

def weighted(c):
    w, v, t = c.normal(2, 3, 3, 4), c.normal(3, 2, 3, 2), c.normal(3, 3, 2, 3)
    m, b, a = c.normal(3, 4), c.normal(4), c.normal(1, 1, 3)
    return lambda x, y: {
        "conv": tf.nn.conv2d(x, w, 1, "SAME") + b, "conv_relu": tf.nn.relu(tf.nn.conv2d(x, w[::-1], 2, "VALID") + b),
        "conv_relu6": tf.nn.relu6(tf.nn.conv2d(x, w * 2, [2, 1], "SAME")),
        "conv_dilated": tf.nn.conv2d(x, w, 1, "SAME", dilations=[2, 1]),
        "depthwise": tf.nn.depthwise_conv2d(x, v, [1, 2, 2, 1], "SAME"),
        "depthwise_relu": tf.nn.relu(tf.nn.depthwise_conv2d(x, v, [1, 1, 1, 1], "VALID")),
        "dense": tf.matmul(tf.reshape(x, [60, 3]), m) + b, "dense_relu": tf.nn.relu(tf.matmul(y[:, 0, 0], m)),
        "transposed": tf.nn.conv2d_transpose(x, t, [2, 12, 10, 2], 2, "SAME"),
        "product": tf.matmul(x, y, transpose_b=True),
        "prelu": tf.nn.relu(x) + -a * tf.nn.relu(-x),
    }

def combined(c):
    k = c.normal(5, 1)
    return lambda x, y: {
        "add": x + y, "add_relu": tf.nn.relu(x + y[:, :1]), "add_constant": x + k, "sub": x - 3 * y,
        "sub_relu6": tf.nn.relu6(x * 4 - y), "mul": x * y,
        "mul_relu": tf.nn.relu(x * y[..., :1]), "maximum": tf.maximum(x, y * 2), "minimum": tf.minimum(x, y / 2),
        "squared_difference": tf.math.squared_difference(x, y),
        "concat": tf.concat([x, y * 2, tf.sigmoid(x)], -1), "concat_first": tf.concat([x, x * y], 0),
        "pack": tf.stack([x, y * 3], 1), "greater": x > y, "equal": tf.equal(x, y),
        "less_equal": x <= k, "chosen": tf.where(x > 0.5, x, y * 2), "div": x / (tf.abs(y) + 1),
        "pow": tf.pow(tf.abs(x) + 1, 1.5),
    }

def rounded(c):
    return lambda x, y: {
        "softmax": tf.nn.softmax(x), "logistic": tf.sigmoid(x), "tanh": tf.tanh(x), "leaky": tf.nn.leaky_relu(y, 0.3),
        "elu": tf.nn.elu(x), "relu": tf.nn.relu(x), "relu6": tf.nn.relu6(x * 4),
        "hard_swish": x * tf.nn.relu6(x + 3.) / 6., "gelu": tf.nn.gelu(x, True), "exp": tf.exp(x),
        "log": tf.math.log(tf.abs(x) + 1), "log_softmax": tf.nn.log_softmax(x), "rsqrt": tf.math.rsqrt(tf.abs(x) + 1),
        "sqrt": tf.sqrt(tf.abs(x)), "abs": tf.abs(x), "neg": -x, "floor": tf.floor(x * 3), "sin": tf.sin(x),
        "square": tf.square(x), "normalized": tf.nn.l2_normalize(x, -1),
        "sum": tf.reduce_sum(x, 1), "mean": tf.reduce_mean(x, [1, 2]),
        "mean_kept": tf.reduce_mean(x, 3, keepdims=True), "prod": tf.reduce_prod(x, 3),
        "cumsum": tf.cumsum(x, 1), "arg_max": tf.argmax(x, -1, tf.int32), "top": tf.math.top_k(x, 2)[0],
    }

def moved(c):
    return lambda x, y: {
        "average": tf.nn.avg_pool2d(x, 3, 2, "SAME"), "max_pool": tf.nn.max_pool2d(x, [2, 3], 1, "VALID"),
        "bilinear": tf.image.resize(x, [9, 4]),
        "bilinear_corners": raw.ResizeBilinear(images=x, size=[3, 8], align_corners=True),
        "nearest": tf.image.resize(x, [9, 4], "nearest"), "pad": tf.pad(x, [[0, 0], [1, 0], [0, 2], [0, 0]]),
        "pad_constant": tf.pad(x, [[0, 0], [1, 0], [0, 2], [0, 0]], constant_values=0.5),
        "mirrored": tf.pad(x, [[0, 0], [1, 1], [2, 0], [0, 0]], "REFLECT"), "transpose": tf.transpose(x, [0, 3, 1, 2]),
        "reshape": tf.reshape(x, [2, -1, 6]), "slice": tf.slice(x, [0, 1, 0, 1], [2, 3, -1, 2]),
        "strides": x[:, ::2, 1:4, None], "split": tf.split(x, [1, 2], -1)[1], "halves": tf.split(y, 2, 1)[1],
        "unpack": tf.unstack(x, axis=2)[1],
        "tile": tf.tile(x, [1, 2, 1, 1]), "gather": tf.gather(x, [2, 0], axis=3),
        "gather_nd": tf.gather_nd(x, [[1, 2], [0, 5]]), "to_depth": tf.nn.space_to_depth(x[:, :, :4], 2),
        "from_depth": tf.nn.depth_to_space(tf.pad(x, [[0, 0], [0, 0], [0, 0], [0, 1]]), 2),
        "to_batch": tf.space_to_batch(x, [2, 2], [[0, 0], [1, 0]]),
        "from_batch": tf.batch_to_space(x, [1, 2], [[0, 0], [1, 0]]), "reverse": tf.reverse(x, [2]),
        "broadcast": tf.broadcast_to(x[:, :1], [2, 4, 5, 3]), "expand": tf.expand_dims(x, 1),
    }

def whole_case(kind, make, leave, **options):
    def made(c):
        function = make(c)
        whole(c, lambda x, y: {k: v for k, v in function(x, y).items() if k not in leave},
              {"x": c.normal(2, 6, 5, 3), "y": c.normal(2, 6, 5, 3)}, **options)
    made.__name__ = f"tflite_{kind}_{make.__name__}"
    return case(made)

NOT_16 = {"prelu", "pow", "greater", "less_equal", "div", "equal", "chosen", "sqrt", "arg_max", "cumsum", "elu",
          "log_softmax", "neg", "sin", "square", "top", "normalized",
          "to_depth", "from_depth", "squared_difference", "hard_swish", "floor", "pad_constant", "tile", "gelu",
          "rsqrt", "log", "tanh", "exp", "bilinear", "bilinear_corners", "sum"} # the last seven are looked up in tables, or overflow
for make in weighted, combined, rounded, moved:
    whole_case("int8", make, {"equal"}) # which rounds both sides before
    whole_case("int16x8", make, NOT_16, to=tf.int16, ops=[INT16])

@case
def tflite_int16x8_mixed(c):
    """What has no kernel for integers stays in floats."""
    whole(c, lambda x: {"softmax": tf.nn.softmax(x), "elu": tf.nn.elu(x), "sqrt": tf.sqrt(tf.abs(x)), "neg": -x,
                        "tanh": tf.tanh(x), "sin": tf.sin(x)}, {"x": c.normal(2, 6, 5, 3)}, to=tf.float32,
          ops=[INT16, lite.OpsSet.TFLITE_BUILTINS])

def aware(c):
    """Ranges that were trained."""
    w, b, m = c.normal(3, 2, 3, 4), c.normal(4), c.normal(4, 5)
    quant, each = tf.quantization.fake_quant_with_min_max_vars, tf.quantization.fake_quant_with_min_max_vars_per_channel
    low, high = -np.abs(w).max((0, 1, 2)), np.abs(w).max((0, 1, 2))
    def call(x):
        y = quant(x, -2.5, 3.)
        y = quant(tf.nn.relu6(tf.nn.conv2d(y, each(w, low, high, narrow_range=True), 2, "SAME") + b), 0., 6.)
        y = quant(tf.reduce_mean(y, [1, 2]), 0., 4.)
        return {"y": quant(tf.matmul(y, quant(m, -2., 2., narrow_range=True)), -8., 7.)}
    return call, {"x": c.normal(2, 7, 6, 3)}

@case
def tflite_quantized_aware(c):
    of(c, *aware(c), optimizations=[lite.Optimize.DEFAULT])

@case
def tflite_quantized_aware_float(c):
    """Not converted to integers: values are rounded and taken back."""
    of(c, *aware(c))

def wide_net():
    """With weights that are many enough for the converter to quantize."""
    x, words = tf.keras.Input([6, 5, 8], name="x"), tf.keras.Input([7], name="words", dtype="int32")
    y = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
    y = layers.DepthwiseConv2D(3, depth_multiplier=8)(y)
    y = layers.Conv2D(8, 1)(y)
    y = layers.Dense(24, activation="relu")(layers.Flatten()(y))
    z = layers.Embedding(130, 8)(words)
    return tf.keras.Model([x, words], {"scores": layers.Dense(3, activation="softmax")(y), "features": y,
                                       "sums": tf.reduce_sum(z, 1)})

def wide(c, **options):
    model = wide_net()
    randomize(c, model, 0.12)
    values = {"x": c.normal(2, 6, 5, 8), "words": c.random.integers(0, 130, [2, 7]).astype(np.int32)}
    of(c, lambda x, words: model([x, words]), values, {"x": [None, 6, 5, 8], "words": [None, 7]}, model,
       optimizations=[lite.Optimize.DEFAULT], **options)

@case
def tflite_dynamic_range(c):
    """Weights of int8, inputs that are rounded to int8 while it runs."""
    wide(c)

@case
def tflite_float16(c):
    wide(c, target_spec=lite.TargetSpec(supported_types=[tf.float16]))

# -- over time -----------------------------------------------------------------------------------------------------------

def recurrent(c, make, steps=5, **options):
    x = tf.keras.Input([steps, 3], 2, name="x")
    model = tf.keras.Model(x, make(x))
    randomize(c, model)
    of(c, lambda x: model(x), {"x": c.normal(2, steps, 3)}, keep=model, **options)

@case
def tflite_lstm(c):
    recurrent(c, lambda x: {"last": layers.LSTM(4)(x), "all": layers.LSTM(3, return_sequences=True)(x),
                            "backwards": layers.LSTM(4, return_sequences=True, go_backwards=True)(x),
                            "no_bias": layers.LSTM(2, use_bias=False)(x),
                            "both_ways": layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)})

@case
def tflite_lstm_time_major(c):
    recurrent(c, lambda x: {"y": layers.LSTM(4, return_sequences=True, time_major=True)(x)})

@case
def tflite_lstm_open(c):
    """The number of steps is open."""
    x = tf.keras.Input([None, 3], 2, name="x")
    model = tf.keras.Model(x, {"y": layers.LSTM(4, return_sequences=True)(x)})
    randomize(c, model)
    of(c, lambda x: model(x), {"x": c.normal(2, 6, 3)}, {"x": [2, None, 3]}, model)

@case
def tflite_lstm_states(c):
    """The states are results, so that it is a loop."""
    recurrent(c, lambda x: dict(zip(["y", "h", "c"], layers.LSTM(4, return_sequences=True, return_state=True)(x))))

@case
def tflite_lstm_unfused(c):
    """A loop: its activations are not those of the op."""
    recurrent(c, lambda x: {"y": layers.LSTM(4, activation="relu")(x)})

@case
def tflite_gru(c):
    recurrent(c, lambda x: {"last": layers.GRU(4)(x),
                            "all": layers.GRU(3, return_sequences=True, reset_after=False)(x)})

@case
def tflite_simple_rnn(c):
    recurrent(c, lambda x: {"last": layers.SimpleRNN(4)(x),
                            "all": layers.SimpleRNN(3, return_sequences=True, activation="relu")(x)})

@case
def tflite_lstm_int8(c):
    x = tf.keras.Input([5, 3], 2, name="x")
    model = tf.keras.Model(x, {"y": layers.LSTM(4, return_sequences=True)(x)})
    randomize(c, model)
    whole(c, lambda x: model(x), {"x": c.normal(2, 5, 3)}, keep=model)

@case
def tflite_lstm_dynamic_range(c):
    x = tf.keras.Input([4, 32], 2, name="x")
    model = tf.keras.Model(x, {"y": layers.LSTM(33)(x)})
    randomize(c, model)
    of(c, lambda x: model(x), {"x": c.normal(2, 4, 32)}, keep=model, optimizations=[lite.Optimize.DEFAULT])

@case
def tflite_gru_dynamic_range(c):
    recurrent(c, lambda x: {"y": layers.GRU(20)(x)}, optimizations=[lite.Optimize.DEFAULT])

# -- subgraphs -----------------------------------------------------------------------------------------------------------

def branches(x, n):
    w = tf.constant([[1., 2.], [3., 4.], [5., 7.]])
    y = tf.cond(n > 2, lambda: x @ w, lambda: -x[:, :2])
    z, k = tf.cond(tf.reduce_sum(x) > 100., lambda: (x, n), lambda: (x * 2, n + tf.cond(n < 5, lambda: 1, lambda: -1)))
    return {"y": y, "z": z, "k": k}

@case
def tflite_control_if(c):
    of(c, branches, {"x": c.normal(2, 3), "n": np.array(4, np.int32)})

@case
def tflite_control_else(c):
    of(c, branches, {"x": c.normal(2, 3), "n": np.array(1, np.int32)})

@case
def tflite_control_while(c):
    """How often depends on the values; one grows."""
    def call(x, n):
        i, y = tf.while_loop(lambda i, y: (i < n) & (tf.reduce_sum(tf.abs(y)) < 1e3),
                             lambda i, y: (i + 1, y * 1.5 + x), [0, x])
        row = lambda i: x[:1] * tf.cast(i, tf.float32)
        _, grown = tf.while_loop(lambda i, g: i < n, lambda i, g: (i + 1, tf.concat([g, row(i)], 0)), [0, x],
                                 shape_invariants=[tf.TensorShape([]), tf.TensorShape([None, 3])])
        inner = lambda i, t: tf.while_loop(lambda j, t: j < i + 2, lambda j, t: (j + 1, t + j), [0, t])[1]
        _, total = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, inner(i, t)), [0, n])
        return {"i": i, "y": y, "grown": grown, "total": total}
    of(c, call, {"x": c.normal(2, 3), "n": np.array(7, np.int32)})

class Two(tf.Module):
    def __init__(self, c):
        self.w = tf.Variable(c.normal(3, 4))

    @tf.function(input_signature=[tf.TensorSpec([None, 3], name="x")])
    def encode(self, x):
        return {"code": tf.tanh(x @ self.w)}

    @tf.function(input_signature=[tf.TensorSpec([None, 4], name="code"), tf.TensorSpec([], name="scale")])
    def decode(self, code, scale):
        return {"x": tf.matmul(code, self.w, transpose_b=True) * scale, "largest": tf.argmax(code, 1)}

def two(c, convert_module):
    module = Two(c)
    model = convert_module(module)
    tell(c, model, {"x": c.normal(2, 3)}, signature="encode")
    tell(c, model, {"code": c.normal(3, 4), "scale": np.array(1.5, np.float32)}, signature="decode", part="decode")

@case
def tflite_signatures(c):
    def made(module):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            tf.saved_model.save(module, folder, signatures={"encode": module.encode, "decode": module.decode})
            return convert(lite.TFLiteConverter.from_saved_model(folder))
    two(c, made)

@case
def tflite_signatures_of_functions(c):
    def made(module):
        functions = [f.get_concrete_function() for f in (module.encode, module.decode)]
        return convert(lite.TFLiteConverter.from_concrete_functions(functions, module))
    two(c, made)

@case
def tflite_flex(c):
    """Ops of TensorFlow."""
    of(c, lambda x, m: {"band": tf.linalg.band_part(m, 1, 0), "erf": tf.math.erf(x), "rolled": tf.roll(x, [1], [1]),
                        "softsign": tf.nn.softsign(x), "product": tf.einsum("ij,kj->ik", x, m)},
       {"x": c.normal(2, 3), "m": c.normal(4, 3)},
       target_spec=lite.TargetSpec([lite.OpsSet.TFLITE_BUILTINS, lite.OpsSet.SELECT_TF_OPS]))

@case
def tflite_tables(c):
    of_pairs = tf.lookup.KeyValueTensorInitializer
    numbers = tf.lookup.StaticHashTable(of_pairs(["red", "green", ""], tf.constant([3, 5, 7], tf.int64)), -1)
    names = tf.lookup.StaticHashTable(of_pairs(tf.constant([3, 5], tf.int64), ["rouge", "vert"]), "?")
    def call(word):
        number = numbers.lookup(word)
        return {"number": number, "name": names.lookup(number), "size": numbers.size()}
    of(c, call, {"word": np.array(["green", "blue", "", "red"])}, {"word": [None]}, [numbers, names])

# -- by hand -------------------------------------------------------------------------------------------------------------

class Hand:
    """A model that is put together op by op: what the converter does not write, or does not write any more."""
    def __init__(self, c, old=True):
        self.c, self.old, self.values = c, old, {}
        self.model = schema.ModelT()
        self.model.version, self.model.description = 3, "by hand"
        self.model.operatorCodes, self.model.subgraphs, self.model.buffers = [], [], [schema.BufferT()]
        self.graph()

    def graph(self, name=None):
        self.to = schema.SubGraphT()
        self.to.tensors, self.to.inputs, self.to.outputs, self.to.operators, self.to.name = [], [], [], [], name
        self.model.subgraphs.append(self.to)

    def tensor(self, name, shape, kind="float32", scale=None, zero=0, axis=0, buffer=0, variable=False):
        t = schema.TensorT()
        t.name, t.shape, t.buffer, t.isVariable = name, list(shape), buffer, variable
        t.type = getattr(schema.TensorType, np.dtype(kind).name.upper())
        if scale is not None:
            t.quantization = schema.QuantizationParametersT()
            t.quantization.scale, t.quantization.quantizedDimension = np.atleast_1d(np.float32(scale)), axis
            t.quantization.zeroPoint = np.zeros(t.quantization.scale.shape, np.int64) + zero
        self.to.tensors.append(t)
        return len(self.to.tensors) - 1

    def input(self, name, value, *quantization):
        value = np.asarray(value)
        t = self.tensor(name, value.shape, value.dtype, *quantization)
        self.to.inputs.append(t)
        self.values[name] = value
        return t

    def constant(self, value, *quantization):
        value, b = np.asarray(value), schema.BufferT()
        b.data = np.frombuffer(value.tobytes(), np.uint8)
        self.model.buffers.append(b)
        return self.tensor(f"constant_{len(self.to.tensors)}", value.shape, value.dtype, *quantization,
                           buffer=len(self.model.buffers) - 1)

    def weights(self, *shape):
        return self.constant(self.c.normal(*shape, scale=0.5))

    def state(self, *shape):
        return self.tensor(f"state_{len(self.to.tensors)}", shape, variable=True)

    def result(self, name, kind="float32", *quantization):
        t = self.tensor(name, [], kind, *quantization)
        self.to.outputs.append(t)
        return t

    def op(self, code, inputs, outputs, options=None, version=1, custom=None, **fields):
        """An output that is a name is one of the model's; returns the first."""
        code = getattr(schema.BuiltinOperator, code)
        known = schema.OperatorCodeT()
        known.deprecatedBuiltinCode, known.version = min(code, 127), version
        known.builtinCode = 0 if self.old and code < 127 else code
        o = schema.OperatorT()
        if custom:
            known.customCode, o.customOptions = custom[0], np.frombuffer(custom[1], np.uint8)
        if options:
            o.builtinOptionsType = getattr(schema.BuiltinOptions, options)
            o.builtinOptions = getattr(schema, options + "T")()
            for k, v in fields.items():
                setattr(o.builtinOptions, k, v)
        o.opcodeIndex = len(self.model.operatorCodes)
        o.inputs, o.outputs = list(inputs), [self.result(t) if isinstance(t, str) else t for t in outputs]
        self.model.operatorCodes.append(known)
        self.to.operators.append(o)
        return o.outputs[0]

    def signature(self, key, inputs, outputs):
        def named(tensors):
            maps = []
            for name, t in tensors.items():
                maps.append(schema.TensorMapT())
                maps[-1].name, maps[-1].tensorIndex = name, t
            return maps
        d = schema.SignatureDefT()
        d.signatureKey, d.subgraphIndex = key, len(self.model.subgraphs) - 1
        d.inputs, d.outputs = named(inputs), named(outputs)
        self.model.signatureDefs = [*(self.model.signatureDefs or []), d]

    def packed(self):
        b = flatbuffers.Builder(1024)
        b.Finish(self.model.Pack(b), b"TFL3")
        return bytes(b.Output())

    def done(self):
        """Shapes of what is computed are as the interpreter found them."""
        i = interpreter(self.packed())
        run(i, self.values, None)
        for d in i.get_tensor_details():
            if d["index"] < len(self.to.tensors) and not self.to.tensors[d["index"]].buffer:
                self.to.tensors[d["index"]].shape = [int(n) for n in d["shape"]]
        tell(self.c, self.packed(), self.values)

def hand_case(function):
    def made(c):
        h = Hand(c)
        function(h)
        h.done()
    made.__name__ = function.__name__
    return case(made)

ACTIVATION = schema.ActivationFunctionType

@hand_case
def tflite_old_floats(h):
    x, y = h.input("image", h.c.normal(2, 5, 4, 3)), h.input("row", h.c.normal(2, 1, 3, 1))
    h.op("L2_POOL_2D", [x], ["pool_valid"], "Pool2DOptions", padding=1, strideW=1, strideH=2, filterWidth=2,
         filterHeight=3)
    h.op("L2_POOL_2D", [x], ["pool_same"], "Pool2DOptions", padding=0, strideW=2, strideH=2, filterWidth=3,
         filterHeight=3, fusedActivationFunction=ACTIVATION.RELU6)
    h.op("RELU_N1_TO_1", [x], ["limited"])
    h.op("RELU_0_TO_1", [x], ["unit"])
    h.op("RELU6", [x], ["relu6"])
    h.op("FAKE_QUANT", [x], ["fake"], "FakeQuantOptions", min=-1.5, max=2., numBits=8)
    h.op("FAKE_QUANT", [x], ["fake_four_bits"], "FakeQuantOptions", min=-1., max=1.3, numBits=4)
    h.op("SQUEEZE", [y], ["squeeze_all"], "SqueezeOptions")
    h.op("SQUEEZE", [y], ["squeeze_some"], "SqueezeOptions", squeezeDims=[-1])
    h.op("RESHAPE", [x], ["reshape"], "ReshapeOptions", newShape=[4, -1, 3])
    h.op("EXPAND_DIMS", [x, h.constant(np.int32(-2))], ["expand"])
    h.op("RANK", [x], [h.result("rank", "int32")])
    h.op("BROADCAST_TO", [y, h.constant(np.array([2, 2, 4, 3, 1], np.int32))], ["broadcast"], version=2)
    h.op("GELU", [x], ["gelu"], "GeluOptions", approximate=False)
    h.op("SOFTMAX", [x], ["softmax"], "SoftmaxOptions", beta=0.5)
    h.op("SQUARE", [x], ["square"])
    h.op("L2_NORMALIZATION", [x], ["normalized"], "L2NormOptions")
    h.op("CONV_2D", [x, h.weights(2, 2, 2, 3), h.weights(2)], ["conv"], "Conv2DOptions", padding=1, strideW=1,
         strideH=1, fusedActivationFunction=ACTIVATION.RELU_N1_TO_1)
    h.op("DEPTHWISE_CONV_2D", [x, h.weights(1, 2, 2, 6)], ["depthwise"], "DepthwiseConv2DOptions", padding=0,
         strideW=1, strideH=1, depthMultiplier=0)

@hand_case
def tflite_old_dense(h):
    x, y = h.input("three", h.c.normal(2, 3, 4)), h.input("flat", h.c.normal(2, 3, 2))
    w, b, v = h.weights(5, 4), h.weights(5), h.weights(3, 6)
    h.op("FULLY_CONNECTED", [x, w, b], ["rows"], "FullyConnectedOptions")
    h.op("FULLY_CONNECTED", [x, w, b], ["kept"], "FullyConnectedOptions", keepNumDims=True, version=5)
    h.op("FULLY_CONNECTED", [x, w, -1], ["no_bias"], "FullyConnectedOptions", fusedActivationFunction=ACTIVATION.RELU)
    h.op("FULLY_CONNECTED", [y, v], ["flattened"], "FullyConnectedOptions", fusedActivationFunction=ACTIVATION.RELU6)

@hand_case
def tflite_old_suppression(h):
    low = h.c.random.uniform(0, 1, [12, 2])
    high = low + h.c.random.uniform(0.2, 0.6, [12, 2])
    boxes = h.input("boxes", np.concatenate([low, high], 1).astype(np.float32))
    scores = h.input("scores", h.c.random.uniform(0, 1, [12]).astype(np.float32))
    number = lambda v, kind=np.float32: h.constant(kind(v))
    h.op("NON_MAX_SUPPRESSION_V4", [boxes, scores, number(9, np.int32), number(0.3), number(0.2)],
         [h.result("v4", "int32"), h.result("v4_count", "int32")], "NonMaxSuppressionV4Options")
    h.op("NON_MAX_SUPPRESSION_V5", [boxes, scores, number(9, np.int32), number(0.3), number(0.2), number(0)],
         [h.result("v5", "int32"), h.result("v5_scores"), h.result("v5_count", "int32")], "NonMaxSuppressionV5Options")

def lstm_inputs(h, x, units, batch, size, peepholes=False):
    """The 20 inputs."""
    each = lambda *shape: [h.weights(*shape) for _ in range(4)]
    inputs = [x, *each(units, size), *each(units, units)]
    inputs += [h.weights(units) for _ in range(3)] if peepholes else [-1] * 3
    return [*inputs, *each(units), -1, -1, h.state(batch, units), h.state(batch, units)]

CELLS = [("plain", "", {}), ("clipped", "", dict(cellClip=0.3)), ("peepholes", "p", {})]

@hand_case
def tflite_old_lstm_basic(h):
    """The cell of one matrix, whose states are inputs and outputs."""
    x, h0, c0 = h.input("x", h.c.normal(2, 3)), h.input("h", h.c.normal(2, 4)), h.input("c", h.c.normal(2, 4))
    h.op("LSTM", [x, h0, h.weights(16, 7), h.weights(16), c0],
         ["new_h", "new_c", h.tensor("joined", []), h.tensor("gates", [])], "LSTMOptions",
         fusedActivationFunction=ACTIVATION.TANH, kernelType=schema.LSTMKernelType.BASIC, version=2)

@hand_case
def tflite_old_lstm_over_time(h):
    x, t = h.input("x", h.c.normal(3, 5, 2)), h.input("steps_first", h.c.normal(5, 3, 2))
    for name, cell, options in CELLS:
        h.op("UNIDIRECTIONAL_SEQUENCE_LSTM", lstm_inputs(h, x, 4, 3, 2, cell), [name],
             "UnidirectionalSequenceLSTMOptions", fusedActivationFunction=ACTIVATION.TANH, **options)
    h.op("UNIDIRECTIONAL_SEQUENCE_LSTM", lstm_inputs(h, t, 4, 3, 2), ["time_major"],
         "UnidirectionalSequenceLSTMOptions", fusedActivationFunction=ACTIVATION.TANH, timeMajor=True)

@hand_case
def tflite_old_lstm_both_ways(h):
    x, t = h.input("x", h.c.normal(3, 5, 2)), h.input("steps_first", h.c.normal(5, 3, 2))
    def inputs(x, cell=""):
        a, b = lstm_inputs(h, x, 4, 3, 2, cell), lstm_inputs(h, x, 4, 3, 2, cell)
        return [x, *a[1:18], *b[1:18], *a[18:20], *b[18:20], *[-1] * 9]
    op = lambda *args, **more: h.op("BIDIRECTIONAL_SEQUENCE_LSTM", *args, "BidirectionalSequenceLSTMOptions",
                                    fusedActivationFunction=ACTIVATION.TANH, **more)
    op(inputs(t, "p"), ["fw", "bw"], timeMajor=True)
    op(inputs(t), ["joined"], timeMajor=True, mergeOutputs=True)
    op(inputs(x), ["rows_fw", "rows_bw"], timeMajor=False)

@hand_case
def tflite_old_uint8(h):
    """Weights with a zero point, as TensorFlow 1 wrote them."""
    c = h.c
    draw = lambda *shape: c.random.integers(0, 256, shape).astype(np.uint8)
    x, y = h.input("x", draw(2, 6, 5, 3), 0.025, 127), h.input("y", draw(2, 6, 5, 3), 0.04, 100)
    bias = lambda n, scale: h.constant(c.random.integers(-3000, 3000, [n]).astype(np.int32), scale, 0)
    out = lambda name, scale=0.03, zero=120: h.result(name, "uint8", scale, zero)
    filters, depthwise = h.constant(draw(4, 3, 2, 3), 0.01, 131), h.constant(draw(1, 3, 3, 6), 0.012, 120)
    matrix, back = h.constant(draw(4, 90), 0.008, 125), h.constant(draw(2, 3, 3, 3), 0.01, 140)
    h.op("CONV_2D", [x, filters, bias(4, 0.00025)], [out("conv")], "Conv2DOptions", padding=0, strideW=1, strideH=1)
    h.op("CONV_2D", [x, filters, bias(4, 0.00025)], [out("conv_relu6", 6 / 255, 0)], "Conv2DOptions", padding=1,
         strideW=2, strideH=1, fusedActivationFunction=ACTIVATION.RELU6)
    h.op("DEPTHWISE_CONV_2D", [x, depthwise, bias(6, 0.0003)], [out("depthwise", 0.02, 90)], "DepthwiseConv2DOptions",
         padding=0, strideW=2, strideH=2, depthMultiplier=2, fusedActivationFunction=ACTIVATION.RELU)
    h.op("FULLY_CONNECTED", [x, matrix, bias(4, 0.0002)], [out("dense", 0.1, 128)], "FullyConnectedOptions")
    h.op("TRANSPOSE_CONV", [h.constant(np.array([2, 12, 10, 2], np.int32)), back, x], [out("transposed")],
         "TransposeConvOptions", padding=0, strideW=2, strideH=2)
    for name in "ADD", "SUB", "MUL":
        h.op(name, [x, y], [out(name.lower(), 0.06)], name.title() + "Options", fusedActivationFunction=ACTIVATION.NONE)
    h.op("ADD", [x, y], [out("add_relu", 0.04, 10)], "AddOptions", fusedActivationFunction=ACTIVATION.RELU)
    h.op("CONCATENATION", [x, y], [out("concat", 0.05, 130)], "ConcatenationOptions", axis=-1)
    pool = dict(padding=0, strideW=2, strideH=2, filterWidth=3, filterHeight=2)
    h.op("AVERAGE_POOL_2D", [x], [out("average", 0.025, 127)], "Pool2DOptions", **pool)
    h.op("MAX_POOL_2D", [x], [out("max", 0.025, 127)], "Pool2DOptions", **pool)
    h.op("SOFTMAX", [x], [out("softmax", 1 / 256, 0)], "SoftmaxOptions", beta=1.0)
    h.op("LOGISTIC", [x], [out("logistic", 1 / 256, 0)])
    h.op("TANH", [x], [out("tanh", 1 / 128, 128)])
    h.op("RELU", [x], [out("relu", 0.02, 3)], version=2)
    h.op("RELU6", [y], [out("relu6", 6 / 255, 0)], version=2)
    h.op("LEAKY_RELU", [x], [out("leaky")], "LeakyReluOptions", alpha=0.25)
    h.op("PRELU", [x, h.constant(draw(1, 1, 3), 0.005, 110)], [out("prelu")])
    h.op("HARD_SWISH", [x], [out("hard_swish", 0.02, 20)])
    h.op("L2_NORMALIZATION", [x], [out("normalized", 1 / 128, 128)], "L2NormOptions")
    h.op("MEAN", [x, h.constant(np.array([1, 2], np.int32))], [out("mean", 0.02, 100)], "ReducerOptions")
    h.op("RESIZE_BILINEAR", [x, h.constant(np.array([9, 4], np.int32))], [out("bilinear", 0.025, 127)],
         "ResizeBilinearOptions")
    h.op("PAD", [x, h.constant(np.array([[0, 0], [1, 0], [0, 2], [0, 0]], np.int32))], [out("pad", 0.025, 127)],
         "PadOptions")
    h.op("GREATER", [x, y], [h.result("greater", "bool")])
    h.op("QUANTIZE", [x], [out("requantized", 0.05, 50)])
    h.op("DEQUANTIZE", [x], ["floats"], "DequantizeOptions")
    h.op("QUANTIZE", [h.input("f", c.normal(3, 4))], [out("rounded")])

@case
def tflite_shared_buffer(c):
    """Two subgraphs and two signatures, whose weights are one buffer in two shapes; written as new files are."""
    h = Hand(c, old=False)
    x, w = h.input("x", c.normal(2, 3)), h.weights(4, 3)
    first = h.op("FULLY_CONNECTED", [x, w, -1], ["y"], "FullyConnectedOptions")
    h.to.tensors[first].shape = [2, 4]
    h.signature("first", {"in": x}, {"out": first})
    shared = h.to.tensors[w].buffer
    h.graph("second")
    x, w = h.input("x", c.normal(4, 1)), h.tensor("same", [3, 4], buffer=shared)
    second = h.op("BATCH_MATMUL", [w, x], ["y"], "BatchMatMulOptions")
    h.to.tensors[second].shape = [3, 1]
    h.signature("second", {"in": x}, {"out": second})
    tell(c, h.packed(), {"in": c.normal(2, 3)}, signature="first")
    tell(c, h.packed(), {"in": c.normal(4, 1)}, signature="second", part="second")

def detection(regular):
    def made(c):
        h = Hand(c)
        centers, sizes = c.random.uniform(0.1, 0.9, [14, 2]), c.random.uniform(0.2, 0.5, [14, 2])
        anchors = np.concatenate([centers, sizes], 1).astype(np.float32)
        boxes = h.input("boxes", c.normal(1, 14, 4))
        scores = h.input("scores", c.random.uniform(0, 1, [1, 14, 4]).astype(np.float32))
        options = dict(max_detections=6, max_classes_per_detection=1 if regular else 2, detections_per_class=3,
                       use_regular_nms=regular, nms_score_threshold=0.85 if regular else 0.4, nms_iou_threshold=0.5,
                       num_classes=3, y_scale=10.0, x_scale=10.0, h_scale=5.0, w_scale=5.0)
        h.op("CUSTOM", [boxes, scores, h.constant(anchors)], ["found", "classes", "found_scores", "count"],
             custom=("TFLite_Detection_PostProcess", bytes(flexbuffers.Dumps(options))))
        h.done()
    made.__name__ = "tflite_detection_regular" if regular else "tflite_detection_fast"
    return case(made)

detection(True)
detection(False)

# -- other ways to write -------------------------------------------------------------------------------------------------

def trained_graph(c):
    """As TensorFlow 1 rewrote graphs for training of integers."""
    quant = tf.quantization.fake_quant_with_min_max_args
    x = tf.compat.v1.placeholder(tf.float32, [2, 6, 5, 3], "image")
    w, d, m = c.normal(3, 3, 3, 4), c.normal(3, 3, 4, 1), c.normal(24, 3, scale=0.1)
    y = quant(tf.nn.relu6(tf.nn.conv2d(x, quant(w, -2, 2.2, narrow_range=True), 1, "SAME") + c.normal(4)), 0, 6)
    z = quant(tf.nn.relu(tf.nn.depthwise_conv2d(y, quant(d, -1.7, 2, narrow_range=True), [1, 2, 2, 1],
                                                "SAME") + c.normal(4)), 0, 8)
    z = quant(tf.concat([z, tf.nn.max_pool2d(y, 2, 2, "SAME")], -1), 0, 8)
    z = quant(z[:, :, :, :4] + z[:, :, :, 4:], 0, 12)
    z = quant(tf.matmul(tf.reshape(tf.nn.avg_pool2d(z, [1, 2], [1, 2], "SAME"), [2, 24]),
                        quant(m, -0.3, 0.3, narrow_range=True)) + c.normal(3), -6, 6)
    return x, [tf.nn.softmax(z, name="scores"), tf.identity(z, name="features")]

def from_graph(c, make, values, **options):
    with tf.Graph().as_default(), tf.compat.v1.Session() as s:
        x, outputs = make(c)
        model = convert(tf.compat.v1.lite.TFLiteConverter.from_session(s, [x], outputs), **options)
    tell(c, model, values)

@case
def tflite_uint8_trained(c):
    from_graph(c, trained_graph, {"image": c.random.integers(0, 256, [2, 6, 5, 3]).astype(np.uint8)},
               inference_type=tf.uint8, quantized_input_stats={"image": (128, 60)})

@case
def tflite_toco_uint8(c):
    """By the converter of TensorFlow 1."""
    from_graph(c, trained_graph, {"image": c.random.integers(0, 256, [2, 6, 5, 3]).astype(np.uint8)},
               inference_type=tf.uint8, quantized_input_stats={"image": (128, 60)}, experimental_new_converter=False)

@case
def tflite_toco(c):
    from_graph(c, trained_graph, {"image": c.normal(2, 6, 5, 3)}, experimental_new_converter=False)

@case
def tflite_sparse(c):
    """Weights of which only what is not zero is there."""
    w, v = c.normal(3, 3, 4, 16), c.normal(16, 32)
    keep = np.repeat(np.repeat(c.random.uniform(0, 1, [4, 8]) < 0.3, 4, 0), 4, 1)
    w *= (c.random.uniform(0, 1, [3, 3, 4, 16]) < 0.2)
    of(c, lambda x: {"y": tf.nn.conv2d(x, w, 1, "SAME"), "z": tf.reshape(x, [-1, 16]) @ (v * keep)},
       {"x": c.normal(2, 3, 4, 4)}, optimizations=[lite.Optimize.EXPERIMENTAL_SPARSITY])

@case
def tflite_int4(c):
    w, m = c.normal(3, 2, 3, 4), c.normal(6, 5)
    quant = tf.quantization.fake_quant_with_min_max_vars
    def call(x):
        y = quant(tf.nn.conv2d(quant(x, -3., 3.), quant(w, -2., 2., 4, True), [3, 2], "VALID"), -4., 4.)
        return {"y": quant(tf.reshape(y, [-1, 6]) @ quant(m, -2., 2., 4, True), -9., 8.)}
    of(c, call, {"x": c.normal(3, 6, 6, 3)}, optimizations=[lite.Optimize.DEFAULT], _experimental_low_bit_qat=True)

@case
def tflite_buffer_offsets(c):
    """Weights behind the flatbuffer, as files above 2 GB have them."""
    w, m = c.normal(3, 3, 3, 4), c.normal(4, 3)
    of(c, lambda x: {"y": tf.reduce_mean(tf.nn.relu(tf.nn.conv2d(x, w, 1, "SAME")), [1, 2]) @ m},
       {"x": c.normal(2, 6, 5, 3)}, _experimental_use_buffer_offset=True)

if __name__ == "__main__":
    main()
