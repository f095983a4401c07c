#!/usr/bin/env python3
"""Writes the test cases keras_lambda_* beside this file: Lambda layers with the code of one version of Python each; and
seeds of that code for ../fuzz/fuzz_python.c.

usage: make_lambda_cases.py PYTHON..      (Python with tensorflow 2.15; PYTHON: interpreters of other versions)

The model and its outputs are TensorFlow's; then the code of each function is replaced by what the other interpreter
compiles of the same text. All results lie in one output, side by side.
"""
import base64, json, os, subprocess, sys
from case_files import HERE, new_folder, np, write_case

# Of x [batch, 4, 6]; image [batch, 6, 6, 4]; pair: x and y, of the same shape.
X = """x / 255.0
(x - 0.5) * 2 + 1
1 - x ** 2
-x
2.0 / (x * x + 1)
x // 0.5
x % 0.3
x[:, 0]
x[:, 1:3, ::2]
x[:, -1:, :]
x[..., 0]
x[:, :, None]
x[:, tf.newaxis, 1:]
x[:]
x + x[1:] * x[:1]
K.mean(x, axis=1, keepdims=True)
K.sum(K.square(x), axis=-1)
K.sqrt(K.sum(x * x, axis=[1, 2]))
K.max(x, axis=1) - K.min(x, axis=1)
K.std(x, axis=-1)
K.reshape(x, (-1, 2, 12))
K.expand_dims(x, -1)
K.squeeze(K.expand_dims(x), axis=-1)
K.permute_dimensions(x, (0, 2, 1))
K.l2_normalize(x, axis=-1)
K.relu(x, alpha=0.1, max_value=0.9, threshold=0.2)
K.clip(x, -0.5, 0.5)
K.softmax(x)
K.batch_flatten(x)
K.repeat_elements(x, 2, axis=1)
K.concatenate([x, x * 2], axis=1)
K.stack([x, -x], axis=1)
K.reverse(x, axes=1)
K.temporal_padding(x, (1, 2))
K.cast(K.argmax(x), 'float32')
K.cast(x > 0.1, 'float32') * x
K.maximum(x, 0.1) + K.epsilon()
K.log(K.abs(x) + 1.0)
K.dot(x, K.transpose(K.constant([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]])))
K.reshape(x, [-1, K.int_shape(x)[1] * K.int_shape(x)[2]])
tf.reshape(x, [tf.shape(x)[0], x.shape[1] * 2, -1])
tf.reshape(x, [-1] + x.shape[1:].as_list()[1:] + [4])
tf.concat([x, tf.zeros_like(x)], axis=-1)
tf.where(x > 0, x, 0.1 * x)
tf.where(tf.logical_and(x > -0.5, x < 0.5), x, tf.ones_like(x))
tf.transpose(x, perm=[0, 2, 1])
tf.pad(x, [[0, 0], [1, 1], [0, 0]])
tf.reduce_sum(x, 1) / float(len(x.shape))
tf.math.reduce_std(x, axis=[1], keepdims=True)
tf.split(x, 2, axis=1)[1] * tf.split(x, [3, 3], axis=2)[0][:, :2, :1]
tf.unstack(x, axis=1)[2]
tf.norm(x, axis=-1)
tf.nn.leaky_relu(x, alpha=0.3)
tf.nn.softmax(x, axis=1)
tf.clip_by_value(x, 0, 1)
tf.cumsum(x, axis=1)
tf.math.top_k(x, 2)[0]
tf.tile(x, [1, 2, 1])
tf.roll(x, 1, axis=1)
tf.slice(x, [0, 1, 2], [-1, 2, 3])
tf.repeat(x, 2, axis=2)
tf.einsum('bij,bkj->bik', x, x)
tf.linalg.matmul(x, x, transpose_b=True)
tf.cast(tf.cast(x * 10, tf.int32) // 3, tf.float32)
tf.keras.activations.gelu(x) + keras.activations.relu(x)
tf.compat.v1.nn.relu(x) + abs(x)
x / np.sqrt(64) * math.pi
x * scale + offset
tf.cast(tf.not_equal(x, 0.0), x.dtype) + K.ndim(x)""".splitlines()
X_OF_3 = ["x @ tf.transpose(x, (0, 2, 1))"]
IMAGE = """tf.image.resize(x, (3, 9))
tf.image.resize(x, [8, 5], method='nearest')
K.resize_images(x, 2, 3, 'channels_last')
tf.nn.depth_to_space(x, 2)
tf.nn.space_to_depth(x, block_size=3)
tf.image.flip_left_right(x)
tf.image.rgb_to_grayscale(x[:, :, :, :3])
tf.nn.local_response_normalization(x, depth_radius=1, alpha=0.1, beta=0.75)
K.spatial_2d_padding(x, padding=((1, 0), (0, 2)))
tf.nn.max_pool2d(x, 2, 2, 'VALID')
tf.nn.avg_pool2d(x, [1, 3, 3, 1], [1, 1, 1, 1], padding='SAME')
x[:, 1:-1, ::-1, :2]
x[..., ::-1] - [103.939, 116.779, 123.68, 0.0]
K.mean(x, axis=[1, 2])""".splitlines()
PAIR = """x[0] * x[1]
K.abs(x[0] - x[1])
K.sqrt(K.maximum(K.sum(K.square(x[0] - x[1]), axis=1, keepdims=True), K.epsilon()))
K.batch_dot(x[0], x[1], axes=[2, 2])
K.sum(x[0] * K.expand_dims(x[1][:, 0], 1), axis=-1)
x[0] + K.exp(x[1] / 2) * 0.5
tf.concat(x, -1)
K.concatenate(x, axis=1)
tf.stack(x, axis=1)
tf.stack([x[1], x[0]])[0]
tf.maximum(*x)""".splitlines()[:-1]
CLOSURES = [("(lambda a, b: lambda x: x * a + b[1])", "(2.0, [1.0, 3.0])")]

def compiled(python, texts):
    """The code of each function as `python` compiles it, in base64."""
    script = ("import sys, json, marshal, base64\n"
              "for t in json.load(sys.stdin): print(base64.b64encode(marshal.dumps(eval(t).__code__)).decode())\n")
    done = subprocess.run([python, "-c", script], input=json.dumps(texts), capture_output=True, text=True, check=True)
    return done.stdout.split()

def texts(version):
    simple = X + (X_OF_3 if version >= (3,) else [])
    functions = ["lambda x, scale=3.0, offset=0: " + t if "scale" in t else "lambda x: " + t for t in simple]
    return functions, ["lambda x: " + t for t in IMAGE], ["lambda x: " + t for t in PAIR], [a + b for a, b in CLOSURES]

def build(version):
    import tensorflow as tf, math
    keras, K = tf.keras, tf.keras.backend
    names = dict(tf=tf, K=K, keras=keras, np=np, math=math)
    x, y, image = keras.Input((4, 6), name="x"), keras.Input((4, 6), name="y"), keras.Input((6, 6, 4), name="image")
    results, order = [], []
    for group, given in zip(texts(version), (x, image, [x, y], x)):
        for t in group:
            layer = keras.layers.Lambda(eval(t, names), name=f"lambda_{len(order)}",
                                        arguments={"offset": 0.5} if "offset" in t else None)
            results.append(keras.layers.Flatten()(layer(given)))
            order.append(t)
    model = keras.Model([x, y, image], keras.layers.Concatenate(name="all")(results))
    r = np.random.default_rng(7)
    inputs = [r.standard_normal((2,) + tuple(i.shape[1:])).astype(np.float32) for i in model.inputs]
    return model, inputs, model(inputs).numpy(), order

def python_version(python):
    out = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True)
    return tuple(int(p) for p in out.stdout.split("."))

def write(python):
    version = python_version(python)
    folder = new_folder(HERE, "keras_lambda_python_%d_%d" % version)
    model, inputs, result, order = build(version)
    config = json.loads(model.to_json())
    codes = compiled(python, order)
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "Lambda":
            function = layer["config"]["function"]
            function = function["config"] if isinstance(function, dict) else function
            function["code" if isinstance(function, dict) else 0] = codes[int(layer["name"].split("_")[1])]
    with open(os.path.join(folder, "model.json"), "w") as f:
        json.dump(config, f)
    lines = ["model model.json"]
    for name, array in zip(model.input_names, inputs):
        np.save(os.path.join(folder, name + ".npy"), array)
        lines.append(f"input {name} {name}.npy")
    np.save(os.path.join(folder, "output.npy"), result)
    write_case(folder, lines + ["output all output.npy"], "tensorflow 2.15.1, code of Python %d.%d" % version)

SEEDS = ["lambda x: x", "lambda x, a=2: tf.reshape(x[:, 1:3] * a, shape=(-1, 4)) + [1.0, 2.5, 3.0, 4.0]",
         "(lambda a: lambda x: K.mean(x / 255.0, axis=-1) > a)(1)", "lambda x: x if K.ndim(x) else f(*x)"]

def write_seeds(python):
    version = python_version(python)
    for i, code in enumerate(compiled(python, SEEDS)):
        with open(os.path.join(HERE, "..", "fuzz", "seeds", "fuzz_python", "%d_%d_%d" % (*version, i)), "wb") as f:
            f.write(base64.b64decode(code))

for interpreter in sys.argv[1:]:
    write(interpreter)
    write_seeds(interpreter)
