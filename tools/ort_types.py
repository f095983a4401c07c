#!/usr/bin/env python3
"""Write src/backend/onnx/ort_types.c: the element types that ONNX Runtime's CPU kernels lack although ONNX allows them.

usage: ort_types.py [FILE.c]        (default: the file in this source tree; needs the packages onnx and onnxruntime)
For every op at every opset from 7 on, and every group of parameters of one element type, a model of one node is made for each
type, the other groups having a type that every kernel knows. What onnxruntime refuses for want of an implementation is left
out of the table's mask. Ops with a body and ops on sequences are not tried.
"""
import os, re, sys
import onnx
import onnxruntime
from onnx import TensorProto, defs, helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from onnx_schema import c_name, groups_of

OLDEST = 7
TYPES = {n: TensorProto.DataType.Value(n.upper()) for n in
         "float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 bfloat16".split()}
PREFERRED = ["float", "int64", "bool", "int32", "uint8", "string", "int8", "double"]
ATTRS = {"axis": 0, "blocksize": 2, "kernel_shape": [1, 1], "equation": "i->i", "size": 3, "num_groups": 1, "pooled_shape": [1, 1],
         "hidden_size": 1, "direction": "LEFT", "shape": [1], "k": 1, "pads": [0, 0], "starts": [0], "ends": [1], "scales": [1.0, 1.0],
         "axes": [0], "mode": "TF", "max_gram_length": 1, "max_skip_count": 0, "min_gram_length": 1, "ngram_counts": [0],
         "ngram_indexes": [0], "pool_int64s": [1], "q_num_heads": 1, "kv_num_heads": 1, "block_size": 1}
# Groups for which kernels exist only with one type in all of them.
TIED = {"Attention": ("T1", "T2"), "BatchNormalization": ("T", "T1", "T2", "U"), "GridSample": ("T1", "T2"),
        "RMSNormalization": ("T", "V")}
MORE = {"TfIdfVectorizer": {"pool_int64s": [1]}, "Split": {"num_outputs": 1}}

def tensor_type(text):
    x = re.fullmatch(r"tensor\((\w+)\)", text)
    return x.group(1) if x and x.group(1) in TYPES else None

def group_types(schema):
    return {t.type_param_str: [tensor_type(x) for x in t.allowed_type_strs if tensor_type(x)] for t in schema.type_constraints}

def attributes(schema, types, outputs):
    out = {}
    for name, a in schema.attributes.items():
        if a.required:
            if name in ("to",):
                out[name] = TYPES[types[schema.outputs[0].type_str]]
            elif name == "value":
                out[name] = helper.make_tensor("", 1, [1], [0.0])
            else:
                out[name] = ATTRS[name]
    ending = schema.outputs[0].type_str if schema.outputs else ""
    if ending in types:
        for name in ("dtype", "output_datatype", "output_dtype"):
            if name in schema.attributes and not (name == "output_dtype" and schema.name.endswith("QuantizeLinear")):
                out[name] = TYPES[types[ending]]
        if schema.name == "ConstantOfShape":
            kind = types[ending]
            out["value"] = helper.make_tensor("", TYPES[kind], [1], [0])
    out.update({k: v for k, v in MORE.get(schema.name, {}).items() if k in schema.attributes})
    return out

def type_of(formal, types):
    return types.get(formal.type_str) or tensor_type(formal.type_str)

def model(schema, opset, types):
    ins, outs, values = [], [], []
    needed = [p for p in schema.inputs if p.option != defs.OpSchema.FormalParameterOption.Optional]
    # an optional input is given when its group occurs nowhere else
    seen = {p.type_str for p in needed}
    for p in schema.inputs:
        optional = p.option == defs.OpSchema.FormalParameterOption.Optional
        if optional and p.type_str in seen:
            ins.append("")
            continue
        seen.add(p.type_str)
        t = type_of(p, types)
        if not t:
            return None
        ins.append(p.name)
        values.append(helper.make_tensor_value_info(p.name, TYPES[t], None))
    while ins and not ins[-1]:
        ins.pop()
    for i, p in enumerate(schema.outputs):
        if i and p.option == defs.OpSchema.FormalParameterOption.Optional:
            continue
        t = type_of(p, types)
        if not t:
            return None
        outs.append(helper.make_tensor_value_info("out_" + p.name, TYPES[t], None))
    node = helper.make_node(schema.name, ins, [o.name for o in outs], **attributes(schema, types, outs))
    graph = helper.make_graph([node], "g", values, outs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)

def runs(schema, opset, types, doubts):
    m = model(schema, opset, types)
    if m is None:
        return None
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        onnxruntime.InferenceSession(m.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return True
    except Exception as e:
        text = str(e)
        if "NOT_IMPLEMENTED" in text or "is not supported" in text or "Failed to find kernel" in text:
            return False
        doubts.append((schema.name, schema.since_version, dict(types), text[:200]))
        return True

def masks_of(schema, opset, doubts):
    """{group number: (what runs, what the schema allows)}; empty for ops that are not tried"""
    groups, out = group_types(schema), {}
    usual = {}
    for g, allowed in groups.items():
        usual[g] = next((t for t in PREFERRED if t in allowed), allowed[0] if allowed else None)
    if schema.name == "OneHot":
        usual = {"T1": "int64", "T2": "int64", "T3": "float"}
    if any(a.type == defs.OpSchema.AttrType.GRAPH for a in schema.attributes.values()):
        return {}
    for g, number in groups_of(schema).items():
        mask = whole = 0
        for t in groups[g]:
            types = dict(usual, **{g: t})
            tied = TIED.get(schema.name, ())
            if g in tied:
                types.update({k: t for k in tied if t in groups.get(k, ())})
            ok = runs(schema, opset, types, doubts)
            if ok is None:
                return {}
            whole |= 1 << TYPES[t]
            mask |= ok << TYPES[t]
        out[number] = mask, whole
    return out

def main():
    here = os.path.dirname(os.path.abspath(__file__))
    to = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", "src", "backend", "onnx", "ort_types.c")
    names = sorted({s.name for s in defs.get_all_schemas_with_history() if s.domain == ""})
    rows, doubts = [], []
    for name in names:
        last = {}
        for opset in range(OLDEST, defs.onnx_opset_version() + 1):
            try:
                schema = defs.get_schema(name, opset, "")
            except defs.SchemaError:
                continue
            if schema.deprecated:
                continue
            for group, (mask, whole) in sorted(masks_of(schema, opset, doubts).items()):
                row = None if mask == whole else mask
                if last.get(group) != row:
                    rows.append(f"    {{ IR_{c_name(name)}, {opset}, {group}, {hex(mask) if row is not None else 'UINT64_MAX'} }},\n")
                last[group] = row
    with open(to, "w") as f:
        f.write(f"/* Made by tools/ort_types.py from onnx {onnx.__version__} and onnxruntime {onnxruntime.__version__}; "
                "change that, not this.\n * The types that the CPU kernels have, for each op and type group, from an opset on; "
                "listed where they are fewer than\n * the schema's. */\n")
        f.write('#include "backend/onnx/types.h"\n\n// clang-format off\nconst struct ort_types ort_types_table[] = {\n')
        f.write("".join(rows))
        f.write("};\n// clang-format on\nconst size_t ort_types_n = sizeof ort_types_table / sizeof ort_types_table[0];\n")
    for d in doubts:
        print(*d, file=sys.stderr)

if __name__ == "__main__":
    main()
