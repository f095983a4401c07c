#!/usr/bin/env python3
"""Write src/schema/tflite.def from the schema of TensorFlow Lite's files in the installed TensorFlow.

usage: tflite_schema.py [FILE]      (default: src/schema/tflite.def beside this script's folder)
The file is checked in; run this again with a newer TensorFlow and compare. Its grammar is told in tflite.h.
"""
import inspect, os, re, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema

ADD = re.compile(r"^def (\w+Options)Add(\w+)\(builder, \w+\):\s+builder\.Prepend(\w+)Slot\((\d+), [^\n]*?(?:, ([^,()]+))?\)$", re.M)
KINDS = {"Bool": "b", "Int8": "i1", "Uint8": "u1", "Int16": "i2", "Int32": "i4", "Uint32": "u4", "Int64": "i8", "Float32": "f",
         "UOffsetTRelative": "v"}

def snake(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()

def numbers(enum):
    return sorted((v, k) for k, v in vars(enum).items() if isinstance(v, int))

def main():
    here = os.path.dirname(os.path.abspath(__file__))
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "src", "schema", "tflite.def")
    fields = {}
    for table, field, kind, slot, preset in ADD.findall(inspect.getsource(schema)):
        preset = {"True": "1", "False": "0"}.get(preset, preset)
        value = "" if kind == "UOffsetTRelative" or float(preset) == 0 else "=" + preset
        fields.setdefault(table, []).append(f"{snake(field)}:{KINDS[kind]}@{slot}{value}")
    with open(to, "w") as f:
        f.write(f"/* Made by tools/tflite_schema.py from TensorFlow {tf.__version__}; change that, not this. */\n")
        for number, name in numbers(schema.BuiltinOperator):
            f.write(f'TFLITE_OP({number}, "{name}")\n')
        for which, union in (1, schema.BuiltinOptions), (2, getattr(schema, "BuiltinOptions2", None)):
            for number, name in numbers(union) if union else ():
                if number:
                    f.write(f'TFLITE_OPTIONS({which}, {number}, "{" ".join(fields.get(name, ()))}") /* {name} */\n')

main()
