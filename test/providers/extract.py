#!/usr/bin/env python3
"""Keeps of a provider's OpenAPI document the operations that we use, without their prose: extract.py DOCUMENT SOURCE PATH:METHOD ..."""
import json
import sys

import yaml

PROSE = {"description", "example", "examples", "summary", "title", "externalDocs", "tags", "callbacks", "security"}


def bare(value, names=False):
    """names says that the keys of value are names of somebody's choice, such as those of properties."""
    if isinstance(value, list):
        return [bare(v) for v in value]
    if not isinstance(value, dict):
        return value
    return {
        k: bare(v, k in ("properties", "schemas", "parameters") and isinstance(v, dict))
        for k, v in value.items()
        if names or k not in PROSE and not k.startswith("x-")
    }


def references(value):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for k, v in value.items():
            if k == "mapping":
                yield from (v or {}).values()
            else:
                yield from references(v)
    elif isinstance(value, list):
        for v in value:
            yield from references(v)


def main(document, source, *operations):
    with open(document, encoding="utf-8") as file:
        whole = yaml.safe_load(file)
    out = {
        "openapi": "3.0.0",
        "info": {"title": source, "version": str(whole["info"]["version"])},
        "paths": {},
        "components": {},
    }
    for operation in operations:
        path, method = operation.rsplit(":", 1)
        one = whole["paths"][path]
        kept = {k: one[method][k] for k in ("operationId", "parameters", "requestBody") if k in one[method]}
        kept["responses"] = {"default": {"description": ""}}
        entry = out["paths"].setdefault(path, {"parameters": one["parameters"]} if "parameters" in one else {})
        entry[method] = bare(kept)
        entry[method]["responses"]["default"]["description"] = ""

    todo = list(references(out["paths"]))
    while todo:
        _, _, kind, name = todo.pop().split("/")
        kept = out["components"].setdefault(kind, {})
        if name not in kept:
            kept[name] = bare(whole["components"][kind][name])
            todo.extend(references(kept[name]))
    json.dump(out, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()


main(*sys.argv[1:])
