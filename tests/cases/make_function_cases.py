#!/usr/bin/env python3
"""Writes more test cases beside this file, as make_cases.py does: If, Case, function calls, training flags.

usage: make_function_cases.py [--to DIR] [NAME..]      (Python with tensorflow 2.15; without names: all)
"""
from google.protobuf import text_format
from tensorflow.python.framework import function as defun
from graph_cases import case, edited, main, normal, np, raw, tf, v1

v1.enable_control_flow_v2()

def made(function, *values):
    """A concrete function for the types of the values."""
    return tf.function(function).get_concrete_function(*[tf.TensorSpec(v.shape, v.dtype) for v in values])

def choose(p, then, other, *values, op=raw.StatelessIf):
    then, other = made(then, *values), made(other, *values)
    return op(cond=p, input=list(values), Tout=[o.dtype for o in then.outputs], then_branch=then, else_branch=other,
              output_shapes=[o.shape for o in then.outputs])

def choose_by(index, branches, *values, op=raw.StatelessCase):
    branches = [made(b, *values) for b in branches]
    return op(branch_index=index, input=list(values), Tout=[o.dtype for o in branches[0].outputs], branches=branches)

def unsupported(x):
    """An op that no target has: it must not be looked at."""
    return tf.reshape(raw.Betainc(a=tf.abs(x) + 1, b=tf.abs(x) + 2, x=tf.sigmoid(x)), tf.shape(x))

# -- If ----------------------------------------------------------------------------------------------------------------

@case(normal(2, 3), np.array(True), np.array(False), shapes={0: (None, 3)})
def if_open(x, p, q):
    both = lambda c: choose(c, lambda v: (tf.tanh(v), v + 1.0, tf.shape(v)), lambda v: (tf.sin(v), v, tf.shape(v)), x)
    nested = lambda c, d: choose(c, lambda v, w: choose(w, tf.exp, tf.cos, v)[0], lambda v, w: v - 1.0, x, d)
    same = choose(p, lambda v, w: w, lambda v, w: w, x, q)
    return [*both(p), *both(q), *nested(p, q), *nested(p, p), *nested(q, p), *same,
            *choose(p, lambda v: v * 2.0, lambda v: v * 3.0, x, op=raw.If)]

@case(normal(2, 3), np.float32(0.5), np.int32(0), np.array([0.0, 0.0], np.float32), np.zeros((0, 2), np.int64),
      np.float32(np.nan), np.array([False]), shapes={3: (None,), 4: (None, 2)})
def if_not_bool(x, f, i, vector, nothing, nan, bools):
    return [choose(p, tf.tanh, tf.sin, x)[0] for p in (f, i, vector, nothing, nan, bools, tf.constant(-2, tf.int8),
                                                       tf.constant("a"), tf.constant(""), tf.constant(["", ""]),
                                                       tf.zeros([0]))]

@case(normal(2, 3), np.array(True), np.array([False, False]), np.float32(0.0), np.zeros((2, 0), np.int32),
      shapes={1: None, 2: None, 3: None, 4: None})
def if_unknown_rank(x, p, two, zero, nothing):
    return [choose(c, tf.tanh, tf.sin, x)[0] for c in (p, two, zero, nothing)]

@case(normal(2, 3))
def if_known(x):
    flag = tf.constant(3)
    late = tf.shape(x)[0] > 1
    known = [tf.constant(True), tf.equal(flag, 3), tf.cast(flag, tf.bool), tf.logical_not(tf.less(flag, 3)),
             tf.logical_or(tf.constant(True), tf.reduce_sum(unsupported(x)) > 0), tf.greater_equal(flag, 3),
             v1.placeholder_with_default(True, None, "with_default"), late]
    take = [choose(p, tf.tanh, unsupported, x)[0] for p in known]
    leave = [choose(tf.logical_not(p), unsupported, tf.sin, x)[0] for p in known]
    through = choose(tf.constant(True), lambda v: tf.constant(False), lambda v: tf.constant(True), x)[0]
    return take + leave + [choose(through, unsupported, tf.cos, x)[0]]

@case(normal(2, 3), shapes={0: (None, None)})
def if_sizes_known(x):
    """Comparisons of sizes that hold whatever the sizes are."""
    y = tf.transpose(tf.tanh(x))
    n = tf.shape(x)[1]
    known = [tf.equal(n, tf.shape(y)[0]), n >= 0, n + 1 > n, tf.logical_not(tf.less(n, 0)), tf.logical_or(n * 2 >= n, tf.reduce_sum(x) > 0.0),
             tf.logical_and(n > -1, tf.cast(n + 1, tf.bool)), tf.reduce_all(tf.equal(tf.shape(x), tf.shape(y)[::-1])),
             tf.cast(tf.where(n < 0, n, 1), tf.bool)]
    return [choose(p, tf.tanh, unsupported, x)[0] for p in known] + [choose(n < 1, tf.tanh, tf.sin, x)[0]]

@case(normal(4), np.array(True), np.array(False))
def if_and_loops(x, p, q):
    def steps(v, c):
        i, v = tf.while_loop(lambda i, v: i < 3, lambda i, v: (i + 1, choose(c, tf.sin, lambda w: w * 2.0, v)[0]), [0, v])
        return v
    def parity(v):
        i, v = tf.while_loop(lambda i, v: i < 4,
                             lambda i, v: (i + 1, choose(tf.equal(i % 2, 0), lambda w: w + 1.0, tf.tanh, v)[0]), [0, v])
        return v
    def listed(v, c):
        array = tf.TensorArray(tf.float32, 4, element_shape=[])
        array = array.unstack(v)
        i, total = tf.while_loop(lambda i, t: i < 4,
                                 lambda i, t: (i + 1, t + choose(c, lambda w: w, lambda w: -w, array.read(i))[0]), [0, 0.0])
        return total
    inside = lambda c: choose(c, lambda v, w: steps(v, w), lambda v, w: parity(v), x, q)[0]
    return [steps(x, p), steps(x, q), parity(x), listed(x, p), listed(x, q), inside(p), inside(q)]

@case(normal(2, 3), np.array(True), np.array(False))
def if_written_by_cond(x, p, q):
    """As tf.cond writes it, with and without control flow 2."""
    outputs = []
    for new in (True, False):
        (v1.enable_control_flow_v2 if new else v1.disable_control_flow_v2)()
        for c in (p, q):
            y = tf.cond(c, lambda: tf.tanh(x), lambda: tf.constant(0.5, shape=[2, 3]))
            z = tf.cond(c, lambda: (y + 1.0, x), lambda: (tf.cond(p, lambda: y, lambda: tf.sin(x)), y))
            outputs += [y, *z]
    v1.enable_control_flow_v2()
    return outputs

@case(normal(2, 3), np.array(True), np.array(False))
def if_constants_in_calls(x, p, q):
    """A constant in a function's body stands in the branch of the call."""
    v1.disable_control_flow_v2()
    five = defun.Defun(tf.float32, func_name="five")(lambda v: tf.constant(5.0, shape=[2, 3]))
    outputs = []
    for c in (p, q):
        outputs.append(v1.cond(c, lambda: five(x), lambda: five(x * 2.0) + 1.0))
        outputs.append(v1.cond(c, lambda: v1.cond(p, lambda: five(x), lambda: x), lambda: five(x) * 2.0))
    v1.enable_control_flow_v2()
    return outputs

# -- Case --------------------------------------------------------------------------------------------------------------

@case(normal(2, 3), np.int32(0), np.int32(1), np.int32(2), np.int32(7), np.int32(-1), shapes={0: (None, 3)})
def case_open(x, *indices):
    branches = [lambda v: (tf.tanh(v), tf.constant(1)), lambda v: (tf.sin(v), tf.constant(2)), lambda v: (v, tf.constant(3))]
    outputs = [o for i in indices for o in choose_by(i, branches, x)]
    single = [lambda v: v + 1.0]
    return outputs + [*choose_by(indices[1], single, x), *choose_by(indices[1], branches, x, op=raw.Case)]

@case(normal(2, 3))
def case_known(x):
    branches = [unsupported, tf.sin, unsupported, tf.cos]
    return [*choose_by(tf.constant(1), branches, x), *choose_by(tf.constant(3), branches, x),
            *choose_by(tf.constant(4), branches, x), *choose_by(tf.constant(-5), branches, x),
            *choose_by(tf.shape(x)[0] - 1, branches, x)]

# -- calls -------------------------------------------------------------------------------------------------------------

@case(normal(2, 3))
def calls_nested(x):
    inner = tf.function(lambda v, w: (tf.tanh(v), v + w))
    def outer(v):
        a, b = inner(v, 2.0 * v)
        with tf.control_dependencies([a]):
            c = tf.identity(b)
        return b, inner(c, a)[1]
    middle = tf.function(outer)
    a, b = middle(x)
    return [a, b, *tf.function(lambda v: [*middle(v), *tf.split(v, 3, 1)])(b)]

LIBRARY = """
function {
  signature { name: "halves" input_arg { name: "parts" type_attr: "T" number_attr: "N" }
    output_arg { name: "same" type_attr: "T" number_attr: "N" } output_arg { name: "sum" type_attr: "T" }
    output_arg { name: "third" type_attr: "T" }
    attr { name: "T" type: "type" } attr { name: "N" type: "int" } }
  node_def { name: "add" op: "AddN" input: "parts" attr { key: "T" value { placeholder: "T" } }
    attr { key: "N" value { placeholder: "N" } } }
  node_def { name: "tanh" op: "Tanh" input: "parts:1" attr { key: "T" value { placeholder: "T" } } }
  node_def { name: "pack" op: "Pack" input: "parts" attr { key: "T" value { placeholder: "T" } }
    attr { key: "N" value { placeholder: "N" } } }
  node_def { name: "unpack" op: "Unpack" input: "pack:output:0" attr { key: "T" value { placeholder: "T" } }
    attr { key: "num" value { placeholder: "N" } } }
  ret { key: "same" value: "unpack:output" } ret { key: "sum" value: "add:sum:0" } ret { key: "third" value: "tanh:y:0" }
}
function {
  signature { name: "split" input_arg { name: "x" type: DT_FLOAT }
    output_arg { name: "pieces" type_attr: "T" number_attr: "N" }
    output_arg { name: "mixed" type_list_attr: "types" }
    attr { name: "T" type: "type" default_value { type: DT_FLOAT } } attr { name: "N" type: "int" default_value { i: 3 } }
    attr { name: "types" type: "list(type)" default_value { list { type: [ DT_FLOAT, DT_INT32 ] } } } }
  node_def { name: "axis" op: "Const" attr { key: "dtype" value { type: DT_INT32 } }
    attr { key: "value" value { tensor { dtype: DT_INT32 tensor_shape { } int_val: 1 } } } }
  node_def { name: "parts" op: "Split" input: "axis:output:0" input: "x" attr { key: "T" value { placeholder: "T" } }
    attr { key: "num_split" value { placeholder: "N" } } }
  node_def { name: "both" op: "IdentityN" input: "parts:output:0" input: "axis:output:0"
    attr { key: "T" value { placeholder: "types" } } }
  ret { key: "pieces" value: "parts:output" } ret { key: "mixed" value: "both:output" }
}
function {
  signature { name: "apply" input_arg { name: "x" type_attr: "T" } output_arg { name: "y" type_attr: "T" }
    attr { name: "T" type: "type" } attr { name: "f" type: "func" } }
  node_def { name: "call" op: "PartitionedCall" input: "x" attr { key: "Tin" value { list { type: DT_FLOAT } } }
    attr { key: "Tout" value { list { type: DT_FLOAT } } } attr { key: "f" value { placeholder: "f" } } }
  ret { key: "y" value: "call:output:0" }
}
function {
  signature { name: "twice" input_arg { name: "x" type_attr: "U" } output_arg { name: "y" type_attr: "U" }
    attr { name: "U" type: "type" } }
  node_def { name: "sum" op: "AddV2" input: "x" input: "x" attr { key: "T" value { placeholder: "U" } } }
  node_def { name: "call" op: "apply" input: "sum:z:0" attr { key: "T" value { placeholder: "U" } }
    attr { key: "f" value { func { name: "once" attr { key: "V" value { placeholder: "U" } } } } } }
  ret { key: "y" value: "call:y:0" }
}
function {
  signature { name: "once" input_arg { name: "x" type_attr: "V" } output_arg { name: "y" type_attr: "V" }
    attr { name: "V" type: "type" } }
  node_def { name: "sin" op: "Sin" input: "x" attr { key: "T" value { placeholder: "V" } } }
  ret { key: "y" value: "sin:y:0" }
}
"""
T = 'attr { key: "T" value { type: DT_FLOAT } }'

def imported(x, nodes, library, names):
    graph = text_format.Parse("library { %s } %s" % (library, nodes), v1.GraphDef())
    graph.versions.producer = 1645
    defun.from_library = lambda library: [] # it takes no functions of open types; the runtime does
    return tf.import_graph_def(graph, {"x": x}, names, name="")

@case(normal(2, 6))
def calls_with_lists(x):
    """Lists as arguments and results, attributes with defaults, functions as attributes."""
    nodes = f"""
    node {{ name: "x" op: "Placeholder" attr {{ key: "dtype" value {{ type: DT_FLOAT }} }} }}
    node {{ name: "split3" op: "split" input: "x" }}
    node {{ name: "split2" op: "another_split" input: "x" attr {{ key: "N" value {{ i: 2 }} }} }}
    node {{ name: "halves" op: "halves" input: "split3" input: "split3:1" input: "split3:2" {T}
      attr {{ key: "N" value {{ i: 3 }} }} }}
    node {{ name: "twice" op: "twice" input: "x" attr {{ key: "U" value {{ type: DT_FLOAT }} }} }}"""
    split = LIBRARY.index('function {\n  signature { name: "split"'), LIBRARY.index('function {\n  signature { name: "apply"')
    another = LIBRARY[slice(*split)].replace('"split"', '"another_split"')
    return imported(x, nodes, LIBRARY + another, ["split3:2", "split3:3", "split3:4", "split2:1", "split2:2", "split2:3", "halves:0",
                                        "halves:2", "halves:3", "halves:4", "twice:0"])

# -- one interface, two functions --------------------------------------------------------------------------------------

def take_gpu(graph):
    for n in graph.node:
        if n.op == "PartitionedCall":
            n.attr["f"].func.name = "on_gpu"
    backward, forward, gpu = [graph.library.function.add() for _ in range(3)]
    for f, name, more in ((backward, "gradient", 0), (forward, "on_gpu_forward", 2), (gpu, "on_gpu", 0)):
        f.CopyFrom(graph.library.function[0])
        f.signature.name = name
        f.attr["api_preferred_device"].s = b"GPU"
        for n in f.node_def:
            n.op = "CudnnTanh" if n.op == "Tanh" else n.op
        for i in range(more):
            f.signature.output_arg.add(name=f"more_{i}", type=1)
            f.ret[f"more_{i}"] = "x"
    backward.attr["api_preferred_device"].s = b"CPU"
    backward.signature.input_arg.add(name="gradient", type=1)

@edited(take_gpu)
@case(normal(2, 3))
def calls_for_a_gpu(x):
    """A function written for cuDNN is called: its sibling for the CPU says the same."""
    library = """function { signature { name: "on_cpu" input_arg { name: "x" type: DT_FLOAT }
      output_arg { name: "y" type: DT_FLOAT } output_arg { name: "z" type: DT_FLOAT } }
      node_def { name: "t" op: "Tanh" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
      ret { key: "y" value: "t:y:0" } ret { key: "z" value: "x" }
      attr { key: "api_implements" value { s: "lstm_0001" } } attr { key: "api_preferred_device" value { s: "CPU" } } }"""
    nodes = """node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
    node { name: "call" op: "PartitionedCall" input: "x" attr { key: "Tin" value { list { type: DT_FLOAT } } }
      attr { key: "Tout" value { list { type: [ DT_FLOAT, DT_FLOAT ] } } }
      attr { key: "f" value { func { name: "on_cpu" } } } }"""
    return imported(x, nodes, library, ["call:0", "call:1"])

# -- training flags ----------------------------------------------------------------------------------------------------

def open_flags(graph):
    """The flags have no default in the file: nobody feeds them."""
    for n in graph.node:
        if n.op == "PlaceholderWithDefault":
            n.op = "Placeholder"
            del n.input[:]

def normalized(x, training):
    scale, offset = np.array([0.5, 1.5, 2.0], np.float32), np.array([0.1, 0.2, 0.3], np.float32)
    def kernel(is_training):
        given = [] if is_training else [np.array([0.3, -0.2, 0.1], np.float32), np.array([1.5, 0.7, 0.9], np.float32)]
        mean, variance = given or ([], [])
        return raw.FusedBatchNormV3(x=x, scale=scale, offset=offset, mean=mean, variance=variance,
                                    is_training=is_training)[:3]
    return v1.cond(training, lambda: kernel(True), lambda: kernel(False))[0]

def dropped(x, training):
    return v1.cond(training, lambda: tf.nn.dropout(x, 0.5) + 0.0 * unsupported(x), lambda: tf.identity(x))

def with_flags(x, names):
    flags = [v1.placeholder_with_default(False, s, name) for name, s in names]
    number = v1.placeholder_with_default(0, (), "deep/phase_train")
    flags += [tf.equal(number, 1), tf.greater(number, 0), tf.cast(number, tf.bool), tf.logical_and(flags[0], x[0, 0, 0, 0] > 0),
              tf.logical_not(tf.logical_or(tf.logical_not(flags[0]), flags[1]))]
    return [dropped(normalized(x, f), f) for f in flags] + [x * tf.cast(flags[0], tf.float32)]

NAMES = [("is_training", ()), ("net/training", None), ("train_1", ()), ("a/b/keras_learning_phase", None), ("learning_phase", ())]

@edited(open_flags)
@case(normal(2, 2, 2, 3))
def training_flags(x):
    v1.disable_control_flow_v2()
    outputs = with_flags(x, NAMES)
    v1.enable_control_flow_v2()
    return outputs

@edited(open_flags)
@case(normal(2, 2, 2, 3))
def training_flags_of_if(x):
    v1.enable_control_flow_v2()
    return with_flags(x, NAMES)

@case(normal(2, 2, 2, 3))
def training_flags_with_default(x):
    """Whatever its name, a default counts."""
    flag = v1.placeholder_with_default(True, (), "is_training")
    other = v1.placeholder_with_default(False, (), "some_switch")
    return [v1.cond(flag, lambda: x + 1.0, lambda: unsupported(x)), dropped(normalized(x, other), other)]

if __name__ == "__main__":
    main()
