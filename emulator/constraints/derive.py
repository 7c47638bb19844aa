#!/usr/bin/env python3
"""Derives the table of a service's input constraints from botocore's service model.

    python3 emulator/constraints/derive.py secretsmanager > emulator/constraints/secretsmanager.json

Names of operations after the service limit the table to them. One line for each operation: its members in the model's order, each with its type, bounds, pattern,
enum, and the flags `required` and `sensitive`. Only what a request can violate is kept.
"""

import json
import sys

import botocore
import botocore.loaders

BOUNDS = ("min", "max", "pattern", "enum")
FLAGS = ("sensitive",)
TYPES = {"long": "integer", "timestamp": "number"}


def shape_of(shapes, name):
    shape = shapes[name]
    kind = shape["type"]
    derived = {"type": TYPES.get(kind, kind)}
    derived.update({key: shape[key] for key in BOUNDS if key in shape})
    derived.update({key: True for key in FLAGS if shape.get(key)})
    if kind == "list":
        derived["item"] = shape_of(shapes, shape["member"]["shape"])
    if kind == "map":
        derived["key"] = shape_of(shapes, shape["key"]["shape"])
        derived["value"] = shape_of(shapes, shape["value"]["shape"])
    if kind == "structure":
        derived["members"] = members_of(shapes, shape)
    return derived


def members_of(shapes, structure):
    required = structure.get("required", [])
    members = []
    for name, member in structure["members"].items():
        derived = {"name": member.get("locationName", name), **shape_of(shapes, member["shape"])}
        if name in required:
            derived["required"] = True
        members.append(derived)
    return members


def main():
    service = sys.argv[1]
    model = botocore.loaders.Loader().load_service_model(service, "service-2")
    shapes = model["shapes"]
    lines = []
    wanted = sys.argv[2:] or model["operations"]
    for name, operation in sorted(model["operations"].items()):
        if name not in wanted:
            continue
        members = members_of(shapes, shapes[operation["input"]["shape"]]) if "input" in operation else []
        lines.append(f"{json.dumps(name)}:{json.dumps(members, separators=(',', ':'))}")
    source = f"botocore {botocore.__version__}, {model['metadata']['apiVersion']}"
    print("{" + f'"source":{json.dumps(source)},"operations":{{\n' + ",\n".join(lines) + "\n}}")


main()
