"""Prints the fields of the Kubernetes objects that manifests use, as JSON: TYPE -> field -> [type, whether it is required]. They are
those of Kubernetes' own Python client (package kubernetes, 37.0.2), which is made from the published OpenAPI description. Made once:
    kubernetes_fields.py KUBERNETES.YAML.. > kubernetes_fields.json"""
import json
import re
import sys

import yaml
from kubernetes.client import models

KINDS = {"apps/v1 Deployment": "V1Deployment", "v1 Service": "V1Service", "autoscaling/v2 HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler"}
types = {}


def visit(value, kind):
    inner = re.fullmatch(r"(?:List\[|Dict\[str, )(.*)\]", kind)
    if inner:
        for v in value if isinstance(value, list) else value.values():
            visit(v, inner[1])
    elif isinstance(value, dict):
        model = getattr(models, kind)
        required = {f.alias or n for n, f in model.model_fields.items() if f.is_required()}
        words = {p.strip("_"): t for p, t in model.openapi_types.items()}  # _exec is a word of Python's, too
        types[kind] = {j: [words[p.strip("_")], j in required] for p, j in model.attribute_map.items()}
        for key, v in value.items():
            visit(v, types[kind][key][0])


for path in sys.argv[1:]:
    for document in yaml.safe_load_all(open(path, encoding="utf-8")):
        visit(document, KINDS[f"{document['apiVersion']} {document['kind']}"])
lines = (f" {json.dumps(t)}: {json.dumps(dict(sorted(f.items())))}" for t, f in sorted(types.items()))
print("{\n" + ",\n".join(lines) + "\n}")
