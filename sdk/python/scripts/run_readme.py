"""Runs every block of README.md and every example against a server, with the package installed from its wheel.

SYSSECURE_BASE_URL and SYSSECURE_API_KEY name a server and a key of its sandbox.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import NamedTuple

from common import DIST, PUBLISHED, ROOT, WHEEL, for_the_sandbox, make_environment, pip_install, run

HEADINGS = [
    "Install",
    "Requirements",
    "Quickstart",
    "Verify a code",
    "Send an SMS",
    "Errors",
    "Retries and idempotency",
    "Timeouts",
    "Pagination",
    "Webhooks",
    "Testing your integration",
    "Logging",
    "Advanced",
    "Versioning",
]
PRELUDE = "import syssecure\n\nclient = syssecure.Client()\n\n"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Block(NamedTuple):
    """A fenced block of README.md."""

    line: int
    kind: str
    text: str


def blocks_of(readme: str) -> list[Block]:
    """All fenced blocks."""
    found = re.finditer(r"^```(.*)\n((?:(?!```).*\n)*)```$", readme, re.MULTILINE)

    return [Block(readme.count("\n", 0, match.start()) + 1, match[1], match[2]) for match in found]


def check_form(readme: str, blocks: list[Block]) -> None:
    """Check the headings, and that the README begins with the install and the published quickstart."""
    headings = re.findall(r"^## (.+)$", readme, re.MULTILINE)
    if headings != HEADINGS:
        sys.exit(f"README.md has the headings {headings}")
    if readme.count("```") != 2 * len(blocks):
        sys.exit("README.md has a fence that is not closed")
    if [block.text for block in blocks[:2]] != ["pip install syssecure-sdk\n", PUBLISHED]:
        sys.exit("README.md does not begin with the install and the published quickstart")


def run_block(block: Block, number: str, python: Path, folder: Path) -> None:
    """Run one block in its own process. Each has its own number, so that no limit is reached."""
    if block.kind == "bash":
        for line in block.text.splitlines():
            package = re.fullmatch(r"pip install \"?syssecure-sdk(\[\w+\])?\"?", line)
            if not package:
                sys.exit(f"README.md:{block.line}: {line} is not known how to run")
            pip_install(python, "--upgrade", f"{WHEEL}{package[1] or ''}")
    elif block.kind == "python":
        program = folder / f"line_{block.line}.py"
        text = for_the_sandbox(block.text).replace("+32470123456", number)
        program.write_text(PRELUDE + text, encoding="utf-8")
        run(python, "-W", "error", program, SYSSECURE_WEBHOOK_SECRET=SECRET)
    else:
        sys.exit(f"README.md:{block.line}: a block of the kind {block.kind!r} is not known how to run")


def run_examples(python: Path, folder: Path) -> None:
    """Run every example, with what it needs."""
    numbers = folder / "numbers.txt"
    numbers.write_text("+32470555001\n+32470555002\n", encoding="utf-8")
    examples = {path.name: path for path in (ROOT / "examples").glob("*.py")}

    flow = subprocess.run(
        [python, examples.pop("otp_flow.py"), "+32470555003"],
        input="123456\n000000\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if flow.returncode or "The code is wrong" not in flow.stdout or "The code is right" not in flow.stdout:
        sys.exit(f"examples/otp_flow.py printed {flow.stdout}{flow.stderr}")

    bulk = examples.pop("bulk_sms.py")
    first, second = (run(python, bulk, numbers, "We are open.") for _ in range(2))
    if first != second or first.count("msg_") != 2:
        sys.exit(f"examples/bulk_sms.py printed {first} and then {second}")

    printed = run(python, examples.pop("async_flow.py"), "+32470555004", "+32470555005")
    if not printed.startswith("2 of 2 codes were right"):
        sys.exit(f"examples/async_flow.py printed {printed}")

    run_webhook_server(python, examples.pop("webhook_server.py"))
    if examples:
        sys.exit(f"nothing runs {sorted(examples)}")


def run_webhook_server(python: Path, example: Path) -> None:
    """Post a webhook that is signed and one that is not."""
    sign = f'import syssecure; print(syssecure.webhooks.sign(\'{{"event": "message.sent"}}\', {SECRET!r}))'
    header = run(python, "-c", sign).strip()
    server = subprocess.Popen(
        [python, example, "0"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "SYSSECURE_WEBHOOK_SECRET": SECRET},
    )
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        statuses = [post(url, header), post(url, header[:-1] + ("0" if header[-1] != "0" else "1"))]
        printed = [server.stdout.readline().strip() for _ in range(2)]
    finally:
        server.kill()
        server.wait()
    if statuses != [204, 400] or printed != ["message.sent None", "refused: no_match"]:
        sys.exit(f"examples/webhook_server.py answered {statuses} and printed {printed}")


def post(url: str, header: str) -> int:
    """Post a webhook; returns the status of the answer."""
    request = urllib.request.Request(
        url, b'{"event": "message.sent"}', {"X-SysSecure-Signature": header}, method="POST"
    )
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def main() -> None:
    """Run everything."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = blocks_of(readme)
    check_form(readme, blocks)
    if not WHEEL.exists():
        sys.exit(f"{DIST} has no package; run make package")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        python = make_environment(folder / "venv")
        pip_install(python, "--requirement", ROOT / "requirements-frameworks.txt")
        for i, block in enumerate(blocks):
            run_block(block, f"+3247055{i:04}", python, folder)
        run_examples(python, folder)
    print(f"README.md: {len(blocks)} blocks and the examples ran")


if __name__ == "__main__":
    main()
