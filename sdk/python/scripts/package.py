"""Builds the wheel and the sdist into the folder of packages, twice, and checks what is in them."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from common import DIST, ROOT, SDIST, VERSION, WHEEL, run

EPOCH = "1767225600"
LARGEST = 150_000
MODULE = r"syssecure/((_async|_sync|_models)/)?\w+\.py"
TOP = f"syssecure_sdk-{re.escape(VERSION)}"
ALLOWED = {
    WHEEL.name: [
        MODULE,
        r"syssecure/py\.typed",
        rf"{TOP}\.dist-info/(METADATA|RECORD|WHEEL|licenses/LICENSE)",
    ],
    SDIST.name: [
        rf"{TOP}/src/{MODULE}",
        rf"{TOP}/src/syssecure/py\.typed",
        rf"{TOP}/(CHANGELOG\.md|LICENSE|PKG-INFO|README\.md|pyproject\.toml)",
    ],
}
NEEDED = ["py.typed", "LICENSE", "_version.py", "_async/client.py", "_sync/client.py"]


def build(folder: Path, umask: int) -> dict[str, bytes]:
    """Build from a copy of the sources; returns the packages."""
    source = folder / "source"
    # Without .gitignore, because the sdist would hold it.
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".tools", ".gitignore", "__pycache__"))
    previous = os.umask(umask)
    try:
        program = f"import os, hatchling.build as build; os.chdir({str(source)!r})"
        for form in ("wheel", "sdist"):
            program += f"; build.build_{form}({str(folder / 'dist')!r})"
        run(sys.executable, "-c", program, SOURCE_DATE_EPOCH=EPOCH)
    finally:
        os.umask(previous)

    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}


def names_in(package: Path) -> list[str]:
    """The files of a package."""
    if package.suffix == ".whl":
        with zipfile.ZipFile(package) as wheel:
            return wheel.namelist()
    with tarfile.open(package) as sdist:
        return sdist.getnames()


def faults(package: Path) -> list[str]:
    """What is wrong with a package."""
    names = names_in(package)
    found = [f"holds {name}" for name in names if not any(re.fullmatch(one, name) for one in ALLOWED[package.name])]
    found += [f"lacks {name}" for name in NEEDED if not any(one.endswith(name) for one in names)]
    if package.stat().st_size > LARGEST:
        found.append(f"has {package.stat().st_size} bytes")

    return [f"{package.name} {fault}" for fault in found]


def main() -> None:
    """Build, compare and check."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        packages = build(Path(first), 0o022)
        again = build(Path(second), 0o077)
    if packages != again:
        sys.exit("two builds differ")
    if sorted(packages) != sorted([WHEEL.name, SDIST.name]):
        sys.exit(f"the build made {sorted(packages)}")

    DIST.mkdir(parents=True, exist_ok=True)
    for name, content in packages.items():
        (DIST / name).write_bytes(content)
        print(f"{hashlib.sha256(content).hexdigest()[:16]}  {len(content):7}  {name}")
    wrong = faults(WHEEL) + faults(SDIST)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
