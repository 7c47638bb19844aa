#!/usr/bin/env python3
"""Derives the table of condition keys from the Service Authorization Reference.

    python3 emulator/facts/condition_keys.py FOLDER DATE > emulator/facts/condition_keys.txt

FOLDER holds, for each service, `actions-SERVICE.json`: the reference's table of actions as JSON, with
`conditionKeys` of the action and of its `resourceTypes`, and `resourceTypes-SERVICE.json` with the
keys of each type of resource. One line for each action: its name and its keys, the variable part of a
key written as `*`.
"""

import json
import pathlib
import re
import sys

SERVICES = ("secretsmanager", "appsync", "lambda", "logs", "iam", "sts")


def plain(key):
    key = key.replace("/tag-key", "/*")
    return re.sub(r"\$\{[^}]*\}", "*", key)


def is_federated(key):
    return not key.startswith(("aws:", "iam:", "sts:")) or key.startswith("sts:RequestContext")


def keys_of(action, types, service):
    keys = set(action["conditionKeys"])
    for kind in action["resourceTypes"]:
        keys.update(kind["conditionKeys"])
        keys.update(types.get(kind["name"].lower(), {}).get("conditionKeys", []))
    if service == "sts":
        keys = {key for key in keys if not is_federated(key)}
    return sorted(map(plain, keys))


def main():
    folder, date = pathlib.Path(sys.argv[1]), sys.argv[2]
    print(f"# Condition keys by action: Service Authorization Reference, {date}.")
    print("# Keys that only federated callers of sts have are left out.")
    for service in SERVICES:
        actions = json.loads((folder / f"actions-{service}.json").read_text())
        types = json.loads((folder / f"resourceTypes-{service}.json").read_text())
        for action in sorted(actions.values(), key=lambda it: it["name"]):
            keys = keys_of(action, types, service)
            print(" ".join([f"{service}:{action['name']}", *keys]))


main()
