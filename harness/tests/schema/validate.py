"""Validates each line of the input against a schema, and tells for each what is wrong with it."""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator

schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for line in sys.stdin:
    errors = (f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(line)))
    print(json.dumps("; ".join(errors)[:2000]))
