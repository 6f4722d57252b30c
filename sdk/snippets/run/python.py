"""Runs samples, see ../README.md."""

from __future__ import annotations

import contextlib
import io
import sys
import traceback

import syssecure


def run(client: syssecure.Client, path: str, variables: str) -> None:
    """Run one sample; it fails when it raises something."""
    names: dict[str, object] = {"client": client}
    for one in variables.split():
        name, _, value = one.partition("=")
        names[name.lower()] = value
    with open(path, encoding="utf-8") as file, contextlib.redirect_stdout(io.StringIO()):
        exec(compile(file.read(), path, "exec"), names)


def main() -> None:
    """Run what the input says, and write how it went."""
    with syssecure.Client() as client:
        for line in sys.stdin:
            operation, path, variables = line.rstrip("\n").split("\t")
            try:
                run(client, path, variables)
            except Exception:
                print("failed", operation, " ".join(traceback.format_exc().split()), sep="\t", flush=True)
            else:
                print("ok", operation, sep="\t", flush=True)


main()
