#!/usr/bin/env python3
"""Writes ONNX's own backend tests, as the installed onnx package makes them, as folders that node_tests reads:
NAME/model.onnx, NAME/tolerance (relative, absolute), NAME/test_data_set_0/input_0.pb, output_0.pb.

usage: make_cases.py FOLDER [--constants]     exits with 77 where there is no onnx package

The tests give axes, shapes, scales and the like as inputs, where real files have initializers. With --constants these are
initializers here, too: inputs behind the first one that are lists or single numbers and say how to compute."""
import os
import sys
import warnings

warnings.filterwarnings("ignore")
try:
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


def main():
    constants = "--constants" in sys.argv[2:]
    if len(sys.argv) not in (2, 3) or len(sys.argv) - 2 != constants:
        sys.exit(__doc__)
    root, marker = sys.argv[1], os.path.join(sys.argv[1], "made")
    if os.path.exists(marker) and open(marker).read() == onnx.__version__:
        return
    cases = collect_testcases(None)
    for case in cases:
        folder = os.path.join(root, case.name)
        data = os.path.join(folder, "test_data_set_0")
        os.makedirs(data, exist_ok=True)
        with open(os.path.join(folder, "tolerance"), "w") as f:
            f.write(f"{case.rtol} {case.atol}\n")
        inputs, outputs = case.data_sets[0]
        if constants:
            inputs = settle(case.model, inputs)
        write(os.path.join(folder, "model.onnx"), case.model)
        for kind, values, infos in (("input", inputs, case.model.graph.input), ("output", outputs, case.model.graph.output)):
            for i, value in enumerate(values):
                write(os.path.join(data, f"{kind}_{i}.pb"), message(value, infos[i]))
    with open(marker, "w") as f:
        f.write(onnx.__version__)


if __name__ == "__main__":
    main()
