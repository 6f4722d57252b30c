"""Runs the tests and starts the driver in each version of Python that the package supports and that is here.

Each runs twice: as usual, and in the locale C with the UTF-8 mode off.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from common import ROOT, TOOLS, VERSION, make_environment, run

VERSIONS = ("3.10", "3.11", "3.12", "3.13")
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0"}
REQUIREMENTS = ROOT / "requirements-test.txt"


def find_python(version: str) -> str | None:
    """An interpreter of the version, by pyenv or by its name."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found = sorted(root.glob(f"{version}.*/bin/python"))

    return str(found[-1]) if found else shutil.which(f"python{version}")


def prepare(version: str, interpreter: str) -> Path:
    """An environment with what the tests need; returns its interpreter."""
    folder = TOOLS / f"python{version}"
    mark = folder / "requirements.txt"
    if not mark.exists() or mark.read_bytes() != REQUIREMENTS.read_bytes():
        python = make_environment(folder, interpreter)
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS)
        mark.write_bytes(REQUIREMENTS.read_bytes())

    return folder / "bin" / "python"


def check(python: Path, environment: dict[str, str]) -> str:
    """Run the tests, and start the driver; returns the last line of the tests."""
    printed = run(python, "-m", "pytest", "--rootdir", ROOT, ROOT / "tests", **environment)
    driver = subprocess.run(
        [ROOT / "conformance" / "driver"],
        input='{"id": 1, "cmd": "hello"}\n',
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "PYTHON": str(python), **environment},
    )
    assert json.loads(driver.stdout)["ok"]["version"] == VERSION

    return printed.splitlines()[-1]


def main() -> None:
    """Try each version."""
    for version in VERSIONS:
        interpreter = find_python(version)
        if interpreter is None:
            print(f"Python {version}: not on this machine")
            continue

        python = prepare(version, interpreter)
        for name, environment in (("as usual", {}), ("LANG=C, UTF-8 mode off", C_LOCALE)):
            print(f"Python {version}, {name}: {check(python, environment)}")


if __name__ == "__main__":
    main()
