"""Installs each form of the package into an empty environment, and runs and type-checks the published quickstart there.

SYSSECURE_BASE_URL and SYSSECURE_API_KEY name a server and a key of its sandbox.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from common import PUBLISHED, ROOT, SDIST, TOOLS, VERSION, WHEEL, for_the_sandbox, make_environment, pip_install, run

# Each form has its own number, because a second code to one number would have to wait.
FORMS = {
    "wheel": (WHEEL, "+32470123456"),
    "sdist": (SDIST, "+32470123457"),
    "folder": (ROOT, "+32470123458"),
}


def main() -> None:
    """Try each form."""
    for name, (source, number) in FORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            python = make_environment(Path(folder) / "venv")
            pip_install(python, source)
            program = Path(folder) / "quickstart.py"
            program.write_text(for_the_sandbox(PUBLISHED).replace("+32470123456", number), encoding="utf-8")
            printed = run(python, program).strip()
            run(TOOLS / "venv" / "bin" / "mypy", "--config-file=", "--strict", "--python-executable", python, program)
            version = run(python, "-c", "import syssecure; print(syssecure.__version__)").strip()
            packages = run(python, "-m", "pip", "list", "--format", "freeze", "--exclude", "setuptools").split()
        others = [one for one in packages if not one.startswith(("pip==", "wheel==", "syssecure-sdk"))]
        if printed != "True" or version != VERSION or others:
            sys.exit(f"{name}: the quickstart of version {version} printed {printed!r}; also installed: {others}")
        print(f"quickstart from the {name}: {printed}")


if __name__ == "__main__":
    main()
