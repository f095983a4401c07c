"""What the scripts share whose cases save a model into their folder and tell what TensorFlow computes with it.

    c.path("model.ckpt")     where to save
    c.tell(model, inputs, outputs, OPTION=..)   one case.txt; with a second one `part` names a folder beside, which has
                             no model of its own but says "model ../NAME/.."
    c.finish(graph, feeds, outputs)             the graph itself and what it computes
    c.write(lines, inputs, outputs)             a case.txt of other lines
`found` are inputs that tfport must find by itself, and the outputs with them. Options are the lines of case.txt that
runner.c knows: signature, tags, weights, moving_averages, state, within, refused.
"""
import os
from case_files import HERE, new_folder, np, save_arrays, seed_of, write_case, write_wanted
import tensorflow as tf

v1 = tf.compat.v1
v1.logging.set_verbosity(v1.logging.ERROR)
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0],
                                           [tf.config.LogicalDeviceConfiguration()] * 4)
cases = []

def case(function):
    cases.append(function)
    return function

def graph_case(function=None, resources=False):
    """A case of TensorFlow 1: in a graph of its own, with reference variables unless it asks for others."""
    if function is None:
        return lambda function: graph_case(function, resources)
    def made(c):
        (v1.enable_resource_variables if resources else v1.disable_resource_variables)()
        v1.disable_control_flow_v2()
        with tf.Graph().as_default():
            v1.set_random_seed(seed_of(c.name))
            function(c)
        v1.enable_resource_variables()
        v1.enable_control_flow_v2()
    made.__name__ = function.__name__
    return case(made)

class Case:
    def __init__(self, name, to):
        self.name, self.folder = name, new_folder(to, name)
        self.random = np.random.default_rng(seed_of(name))

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def normal(self, *shape, scale=1.0):
        return (self.random.standard_normal(shape) * scale).astype(np.float32)

    def write(self, lines, inputs, outputs, examples=(), folder=None):
        folder = folder or self.folder
        lines = [*lines, *save_arrays(folder, "input", inputs.items(), examples), *save_arrays(folder, "output", outputs.items())]
        write_case(folder, lines, f"tensorflow {tf.__version__}")

    def finish(self, graph, feeds, outputs, examples=(), refused=99, prepare=()):
        """A graph without variables, as graph.pb; feeds: name to placeholder and array. Opsets of ONNX below `refused` lack it."""
        with self.session(graph) as s:
            s.run(list(prepare))
            got = s.run(list(outputs.values()), {t: v for t, v in feeds.values()})
        with open(self.path("graph.pb"), "wb") as f:
            f.write(graph.as_graph_def().SerializeToString())
        self.write([f"refused {refused}"] * (refused > 0), {n: v for n, (_, v) in feeds.items()}, dict(zip(outputs, got)), examples)

    def tell(self, model, inputs, outputs, part=None, found={}, arrays={}, weights=None, signature=None, tags=None,
             moving_averages=False, state=None, within=None, refused=None):
        folder = new_folder(f"{self.folder}_{part}") if part else self.folder
        beside = f"../{self.name}/" if part else ""
        lines = [f"model {beside}{model}"]
        for kind, values in (("input", inputs), ("found", found), ("output", outputs), ("array", arrays)):
            lines += save_arrays(folder, kind, values.items())
        lines += [f"{key} {value}" for key, value in
                  (("weights", weights and beside + weights), ("signature", signature), ("tags", tags), ("state", state), ("within", within),
                   ("refused", refused)) if value]
        lines += ["moving-averages"] * moving_averages
        write_case(folder, lines, f"tensorflow {tf.__version__}")

    def session(self, graph=None):
        return v1.Session(graph=graph, config=v1.ConfigProto(device_count={"CPU": 4}, allow_soft_placement=True))

    def randomize(self, session, variables=None):
        """Initial values would not tell one variable from another."""
        for v in variables if variables is not None else v1.global_variables():
            value = session.run(v)
            if value.dtype.kind == "f":
                new = self.random.standard_normal(value.shape).astype(value.dtype)
                v.load(np.abs(new) if "variance" in v.name else new, session)

def main(write=lambda function, c: function(c)):
    """Into another folder than this one: whatever this TensorFlow can."""
    def write_one(function, to):
        try:
            v1.reset_default_graph()
            tf.keras.backend.clear_session()
            write(function, Case(function.__name__, to))
        except Exception as e:
            print(f"{function.__name__}: {type(e).__name__}: {str(e)[:600]}", flush=True)
            if to == HERE:
                raise
    write_wanted([(f.__name__, f) for f in cases], write_one)
