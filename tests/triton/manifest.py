"""A Kubernetes manifest against the fields that Kubernetes publishes (kubernetes_fields.json): every field is one of its object's and has
its type, and none that is required is missing. Skipped (77) without PyYAML.
usage: manifest.py KUBERNETES.YAML.."""
import json
import os
import re
import sys

try:
    import yaml
except ImportError as e:
    print("skipped:", e)
    sys.exit(77)

KINDS = {"apps/v1 Deployment": "V1Deployment", "v1 Service": "V1Service", "autoscaling/v2 HorizontalPodAutoscaler": "V2HorizontalPodAutoscaler"}
PLAIN = {"str": (str,), "int": (int,), "bool": (bool,), "object": (str, int)}
TYPES = json.load(open(os.path.join(os.path.dirname(__file__), "kubernetes_fields.json"), encoding="utf-8"))


def check(value, kind, where):
    inner = re.fullmatch(r"(List\[|Dict\[str, )(.*)\]", kind)
    if inner:
        expected = list if inner[1] == "List[" else dict
    else:
        expected = PLAIN.get(kind, dict)
    if not isinstance(value, expected):
        sys.exit(f"{where}: {value!r} is no {kind}")
    if inner:
        for key, v in enumerate(value) if isinstance(value, list) else value.items():
            check(v, inner[2], f"{where}.{key}")
    elif kind not in PLAIN:
        check_object(value, kind, where)


def check_object(value, kind, where):
    for key, v in value.items():
        if key not in TYPES[kind]:
            sys.exit(f"{where}: {kind} has no field {key}")
        check(v, TYPES[kind][key][0], f"{where}.{key}")
    for key, (_, required) in TYPES[kind].items():
        if required and key not in value:
            sys.exit(f"{where}: {kind} needs {key}")


for path in sys.argv[1:]:
    documents = list(yaml.safe_load_all(open(path, encoding="utf-8")))
    for document in documents:
        check_object(document, KINDS[f"{document['apiVersion']} {document['kind']}"], document["kind"])
    if [d["kind"] for d in documents] != ["Deployment", "Service", "HorizontalPodAutoscaler"]:
        sys.exit(f"{path}: other kinds than expected")
    deployment, service, scaler = documents
    pod = deployment["spec"]["template"]
    if not pod["metadata"]["labels"] == deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]:
        sys.exit(f"{path}: the labels of the pods are not those that are selected")
    if scaler["spec"]["scaleTargetRef"]["name"] != deployment["metadata"]["name"]:
        sys.exit(f"{path}: the autoscaler is for another deployment")
    container = pod["spec"]["containers"][0]
    if not {p["targetPort"] for p in service["spec"]["ports"]} <= {p["name"] for p in container["ports"]}:
        sys.exit(f"{path}: the service reaches ports that the container has not")
    if container["readinessProbe"]["httpGet"]["path"] != "/v2/health/ready":
        sys.exit(f"{path}: readiness is asked elsewhere than at /v2/health/ready")
