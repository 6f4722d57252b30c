"""Makes src/syssecure/_sync of src/syssecure/_async, so that the two clients are written once.

python scripts/unasync.py           write the files
python scripts/unasync.py --check   fail if a file differs from what would be written
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "syssecure"
BY_HAND = {"io.py", "pending.py"}
HEADER = "# Made by scripts/unasync.py of the file in _async with the same name. Change that one.\n"

RULES = [
    (r"from \.pending import PendingPage\n", "from .pages import Page\n"),
    (r"PendingPage", "Page"),
    (r"Callable\[\[([^\]]*)\], Awaitable\[(\w+\[\w+\])\]\]", r"Callable[[\1], \2]"),
    (r"AsyncIterator, Awaitable, Callable, Mapping", "Callable, Iterator, Mapping"),
    (r"__aenter__", "__enter__"),
    (r"__aexit__", "__exit__"),
    (r"__aiter__", "__iter__"),
    (r"sleep_async", "sleep"),
    (r"\basync (def|for|with)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsync([A-Z]\w*)", r"\1"),
    (r"The asynchronous client", "The client"),
    (r"AsyncClient and its resources.*", "Client and its resources."),
    (
        r"    from \.pages import Page\n((?:    .*\n)*)    from \.pages import Page\n",
        r"    from .pages import Page\n\1",
    ),
]


def sync_text(text: str) -> str:
    """The synchronous form of a module."""
    for pattern, replacement in RULES:
        text = re.sub(pattern, replacement, text)

    text = HEADER + text
    for step in (["check", "--fix-only", "--quiet", "--select", "I"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *step, "--stdin-filename", str(PACKAGE / "_sync" / "module.py"), "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, check=True, encoding="utf-8").stdout

    return text


def main() -> int:
    """Write or check the files; returns the exit status."""
    check = "--check" in sys.argv[1:]
    sources = {path.name: path for path in (PACKAGE / "_async").glob("*.py") if path.name not in BY_HAND}
    stale = [path for path in (PACKAGE / "_sync").glob("*.py") if path.name not in sources and path.name not in BY_HAND]
    for name, source in sorted(sources.items()):
        target = PACKAGE / "_sync" / name
        text = sync_text(source.read_text(encoding="utf-8"))
        if target.exists() and target.read_text(encoding="utf-8") == text:
            continue
        if check:
            stale.append(target)
        else:
            target.write_text(text, encoding="utf-8")

    for path in stale:
        print(f"{path} is not what scripts/unasync.py makes; run it and remove what it does not make", file=sys.stderr)

    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
