"""Tells what a Python file has, without running it: functions, and imports that are not installed.

Prints one JSON object: {"names": [...], "functions": [...], "open": bool, "missing": [...]} or
{"error": "..."}.
"""

import ast
import importlib.util
import json
import sys
import traceback


def names_in(nodes):
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                yield from names_in(getattr(node, part, []))


def imports_in(tree):
    """Modules that the file cannot do without: those imported at its top level."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def is_missing(module):
    try:
        return importlib.util.find_spec(module.split(".")[0]) is None
    except (ImportError, ValueError):
        return False


def look(root, file):
    sys.path[0] = root
    with open(file, "rb") as source:
        tree = ast.parse(source.read(), file)
    names = list(names_in(tree.body))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    modules = sorted({module.split(".")[0] for module in imports_in(tree)})
    return {
        "names": [name for name in names if name != "*"],
        "functions": [name for name in functions if not name.startswith("_")],
        "open": "*" in names,
        "missing": [module for module in modules if is_missing(module)],
    }


try:
    found = look(*sys.argv[1:3])
except (SyntaxError, ValueError):
    found = {"error": traceback.format_exc(limit=0).strip()}
print(json.dumps(found))
