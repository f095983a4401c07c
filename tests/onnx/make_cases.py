#!/usr/bin/env python3
"""Writes ONNX's own backend tests, as the installed onnx package makes them, as folders that node_tests reads:
NAME/model.onnx, NAME/tolerance (relative, absolute), NAME/test_data_set_0/input_0.pb, output_0.pb.

usage: make_cases.py FOLDER [--constants | --files]     exits with 77 where there is no onnx package

The tests give axes, shapes, scales and the like as inputs, where real files have initializers. With --constants these are
initializers here, too: inputs behind the first one that are lists or single numbers and say how to compute.
With --files these are the tests that the package has as files, as SET/NAME: whole graphs (simple), what PyTorch wrote
(pytorch-converted, pytorch-operator), and image networks whose weights are made by ops (light)."""
import json
import os
import shutil
import sys
import warnings

warnings.filterwarnings("ignore")
try:
    import numpy
    import onnx
    from onnx import numpy_helper
    from onnx.backend.test.case.node import collect_testcases
except ImportError as e:
    print(f"no onnx package: {e}", file=sys.stderr)
    sys.exit(77)


def message(value, info):
    """The value as the message that the layout wants for its type."""
    if isinstance(value, onnx.TensorProto):
        return value
    makers = {"sequence_type": numpy_helper.from_list, "optional_type": numpy_helper.from_optional,
              "map_type": numpy_helper.from_dict}
    return makers.get(info.type.WhichOneof("value"), numpy_helper.from_array)(value, info.name)


def write(path, proto):
    with open(path, "wb") as f:
        f.write(proto.SerializeToString())


SETTINGS = {"axes", "axis", "shape", "new_shape", "pads", "repeats", "scales", "sizes", "roi", "k", "starts", "ends", "steps",
            "split", "output_shape", "size", "y", "dft_length", "frame_length", "frame_step", "image_shape", "block_shape",
            "max_output_boxes_per_class", "iou_threshold", "score_threshold", "num_classes", "depth"}


def settle(model, inputs):
    """Makes initializers of the inputs that say how to compute; gives the other inputs' values."""
    left, kept = [], []
    for info, value in zip(model.graph.input, inputs):
        whole = info.type.tensor_type.elem_type in (onnx.TensorProto.INT32, onnx.TensorProto.INT64)
        flat = len(info.type.tensor_type.shape.dim) <= 1
        if left and flat and info.name in SETTINGS and (whole or info.name in ("scales", "roi")):
            model.graph.initializer.append(message(value, info))
            model.graph.initializer[-1].name = info.name
        else:
            left.append(value)
            kept.append(info)
    del model.graph.input[:]
    model.graph.input.extend(kept)
    return left


def write_tolerance(folder, rtol, atol):
    with open(os.path.join(folder, "tolerance"), "w") as f:
        f.write(f"{rtol} {atol}\n")


def make_nodes(root, constants):
    for case in collect_testcases(None):
        folder = os.path.join(root, case.name)
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data, exist_ok=True)
        write_tolerance(folder, case.rtol, case.atol)
        inputs, outputs = case.data_sets[0]
        if constants:
            inputs = settle(case.model, inputs)
        write(os.path.join(folder, "model.onnx"), case.model)
        for kind, values, infos in (("input", inputs, case.model.graph.input), ("output", outputs, case.model.graph.output)):
            for i, value in enumerate(values):
                write(os.path.join(data, f"{kind}_{i}.pb"), message(value, infos[i]))


def make_network(source, folder, settings):
    """A network of the package's data/light. Its input counts from 0 to 1, as ONNX's runner has it."""
    stem = os.path.join(source, "light", os.path.splitext(os.path.basename(settings["url"]))[0])
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data, exist_ok=True)
    shutil.copyfile(stem + ".onnx", os.path.join(folder, "model.onnx"))
    shutil.copyfile(stem + "_output_0.pb", os.path.join(data, "output_0.pb"))
    graph = onnx.load(stem + ".onnx").graph
    given = {t.name for t in graph.initializer}
    for i, info in enumerate(info for info in graph.input if info.name not in given):
        shape = [d.dim_value if d.HasField("dim_value") else 1 for d in info.type.tensor_type.shape.dim]
        count = int(numpy.prod(shape))
        value = (numpy.arange(count).reshape(shape) / count).astype(numpy.float32)
        write(os.path.join(data, f"input_{i}.pb"), numpy_helper.from_array(value, info.name))
    write_tolerance(folder, settings["rtol"], settings["atol"])


def make_files(root):
    source = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
    for kind in ("simple", "pytorch-converted", "pytorch-operator"):
        shutil.copytree(os.path.join(source, kind), os.path.join(root, kind), dirs_exist_ok=True)
    for name in sorted(os.listdir(os.path.join(source, "real"))):
        with open(os.path.join(source, "real", name, "data.json")) as f:
            make_network(source, os.path.join(root, "light", name), json.load(f))


def main():
    option = sys.argv[2] if len(sys.argv) == 3 else None
    if len(sys.argv) not in (2, 3) or option not in (None, "--constants", "--files"):
        sys.exit(__doc__)
    root, marker = sys.argv[1], os.path.join(sys.argv[1], "made")
    if os.path.exists(marker) and open(marker).read() == onnx.__version__:
        return
    if option == "--files":
        make_files(root)
    else:
        make_nodes(root, option == "--constants")
    with open(marker, "w") as f:
        f.write(onnx.__version__)


if __name__ == "__main__":
    main()
