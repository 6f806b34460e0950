# SPDX-License-Identifier: MIT
"""The part of JSON Schema 2020-12 that configs/kdump.schema.json uses.

As a program: schema.py SCHEMA <DOCUMENT prints what is wrong, exit 1."""

import json
import pathlib
import re
import sys

KNOWN = {"$schema", "title", "description", "type", "properties", "required",
         "additionalProperties", "items", "enum", "const", "pattern",
         "minimum"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool,
         "null": type(None)}


def _is(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def _values(schema, value, where):
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(_is(value, t) for t in types):
        yield f"{where}: {value!r} is no {' or '.join(types)}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "pattern" in schema and isinstance(value, str) and \
            not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if "minimum" in schema and _is(value, "number") and \
            value < schema["minimum"]:
        yield f"{where}: {value} is below {schema['minimum']}"


def faults(schema, value, where="$"):
    """What of value is not as schema says, a line each."""
    unknown = set(schema) - KNOWN
    if unknown:
        raise ValueError(f"{where}: schema words {unknown} are not known here")
    yield from _values(schema, value, where)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", ()):
            if name not in value:
                yield f"{where}: {name} is missing"
        for name, member in value.items():
            if name in known:
                yield from faults(known[name], member, f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{where}: {name} is not in the schema"
    if isinstance(value, list) and "items" in schema:
        for n, item in enumerate(value):
            yield from faults(schema["items"], item, f"{where}[{n}]")


def main():
    """One document on stdin."""
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text("utf-8"))
    found = list(faults(schema, json.load(sys.stdin)))
    print("\n".join(found))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
