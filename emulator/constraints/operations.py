#!/usr/bin/env python3
"""Derives the table of all operations of the emulated services from botocore's service models.

    python3 emulator/constraints/operations.py > emulator/constraints/operations.json

One line for each operation, emulated or not: the method and path that it has in a REST protocol, and
all members of its input, and whether an answer in XML has a result. A member of the body is told by its path (`Code.ZipFile`, `Tags[].Key`),
one in the query by `?Qualifier`, one in a header by `^X-Amz-Log-Type`; members of the path of the
request stand in the path already. After the operations come the service's errors, each with the
name of the member that has its text.
"""

import json

import botocore
import botocore.loaders

SERVICES = ["appsync", "iam", "lambda", "logs", "secretsmanager", "sts"]
MARKS = {"querystring": "?", "header": "^", "headers": "^"}


def members_of(shapes, name, path, above):
    shape = shapes[name]
    if shape["type"] == "list":
        return members_of(shapes, shape["member"]["shape"], path + "[]", above)
    if shape["type"] == "map":
        return members_of(shapes, shape["value"]["shape"], path + "{}", above)
    if shape["type"] != "structure" or name in above:
        return []
    paths = []
    for member, where in shape["members"].items():
        wire = where.get("locationName", member)
        location = where.get("location")
        if location == "uri" or shape.get("payload") == member:
            continue
        if location:
            paths.append(MARKS[location] + wire)
            continue
        full = f"{path}.{wire}" if path else wire
        paths.append(full)
        paths.extend(members_of(shapes, where["shape"], full, above | {name}))
    return paths


def operation_of(model, operation):
    derived = {}
    if model["metadata"]["protocol"] == "rest-json":
        http = operation["http"]
        derived["method"] = http["method"]
        derived["path"] = http["requestUri"]
    if model["metadata"]["protocol"] == "query" and "output" in operation:
        derived["result"] = True
    members = members_of(model["shapes"], operation["input"]["shape"], "", frozenset()) if "input" in operation else []
    return {**derived, "members": members}


def errors_of(model):
    errors = {name: shape for name, shape in model["shapes"].items() if shape.get("exception")}
    text = lambda shape: next((m for m in shape["members"] if m.lower() == "message"), "message")
    return {name: text(shape) for name, shape in sorted(errors.items())}


def main():
    parts = []
    for service in SERVICES:
        model = botocore.loaders.Loader().load_service_model(service, "service-2")
        compact = lambda value: json.dumps(value, separators=(",", ":"))
        lines = [f"{json.dumps(name)}:{compact(operation_of(model, operation))}"
                 for name, operation in sorted(model["operations"].items())]
        errors = compact(errors_of(model)) if service == "lambda" else "{}"
        parts.append(f'{json.dumps(service)}:{{"operations":{{\n' + ",\n".join(lines) + f'\n}},"errors":{errors}}}')
    print(f'{{"source":"botocore {botocore.__version__}","services":{{\n' + ",\n".join(parts) + "\n}}")


main()
