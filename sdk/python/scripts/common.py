"""What the scripts share: where things are, the package's version, and virtual environments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
DIST = Path(os.environ.get("DIST") or ROOT.parent.parent / "dist").resolve()
VERSION = re.findall(r'__version__ = "(.+)"', (ROOT / "src" / "syssecure" / "_version.py").read_text(encoding="utf-8"))[
    0
]
WHEEL = DIST / f"syssecure_sdk-{VERSION}-py3-none-any.whl"
SDIST = DIST / f"syssecure_sdk-{VERSION}.tar.gz"
# make downloads into it what the scripts install, so that only the first run needs the network.
WHEELS = TOOLS / "wheels"

PUBLISHED = (ROOT / "scripts" / "quickstart.txt").read_text(encoding="utf-8")
"""The program of the published quickstart, word for word."""


def run(*command: str | Path, **environment: str) -> str:
    """Run a command and return what it prints. It ends the script when the command fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, **environment},
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}\nfailed with status {done.returncode}")

    return done.stdout


def make_environment(folder: Path, python: str = sys.executable) -> Path:
    """Make an empty virtual environment; returns its interpreter."""
    run(python, "-m", "venv", folder)

    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def pip_install(python: Path, *what: str | Path) -> None:
    """Install without the network."""
    options = ("--quiet", "--disable-pip-version-check", "--no-index", "--find-links", WHEELS)
    run(python, "-m", "pip", "install", *options, *what)


def for_the_sandbox(program: str) -> str:
    """The program with the key of the environment, and the code of the sandbox."""
    return program.replace("sk_live_your_key_here", os.environ["SYSSECURE_API_KEY"]).replace("847291", "000000")
