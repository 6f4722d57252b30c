"""Prints what the SDK costs: the time of its import, the time of a call, and the size of the packages.

    python scripts/bench.py [--dist FOLDER]

Each figure is a median over many rounds in which the SDK and what it is compared with take turns.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
sys.path.insert(0, str(SOURCE))

import syssecure

KEY = "sk_test_bench"
BODY = {"to": "+32470123456", "channels": ["whatsapp", "sms"], "expires_in": 300}
SENT = {
    "otp_id": "otp_01HWXYZABC123DEF456",
    "status": "sent",
    "channel": "whatsapp",
    "to": "+32470123456",
    "expires_at": "2026-04-25T15:32:00Z",
    "created_at": "2026-04-25T15:27:00Z",
}


class Handler(BaseHTTPRequestHandler):
    """Answers every request as a send of a code is answered."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self) -> None:
        """Read the request and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        content = json.dumps(SENT).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def import_seconds(statement: str) -> float:
    """The time that a statement takes in a new interpreter."""
    lines = [
        "import sys, time",
        f"sys.path.insert(0, {str(SOURCE)!r})",
        "start = time.perf_counter()",
        statement,
        "print(time.perf_counter() - start)",
    ]
    # Without site: what it happens to load differs between machines, and would hide a part of both.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )

    return float(done.stdout)


def measure_imports(rounds: int) -> None:
    """Compare the import with that of the HTTP stack below it."""
    bare = "import http.client"
    statements = {
        "import syssecure": "import syssecure",
        "import and a client": f"import syssecure; syssecure.Client(api_key={KEY!r})",
        "... and client.otp": f"import syssecure; syssecure.Client(api_key={KEY!r}).otp",
    }
    times: dict[str, list[float]] = {name: [] for name in (bare, *statements)}
    for _ in range(rounds):
        times[bare].append(import_seconds(bare))
        for name, statement in statements.items():
            times[name].append(import_seconds(statement))

    base = statistics.median(times[bare])
    for name, values in times.items():
        median = statistics.median(values)
        print(f"import    {name:22} {median * 1000:7.1f} ms  {median / base:5.2f} of http.client")


def measure_calls(rounds: int) -> None:
    """Compare a call with the same request made with http.client."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    connection = http.client.HTTPConnection("127.0.0.1", port)
    client = syssecure.Client(api_key=KEY, base_url=f"http://127.0.0.1:{port}")
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Idempotency-Key": "x"}

    def raw() -> None:
        connection.request("POST", "/v2/otp/send", json.dumps(BODY), headers)
        json.loads(connection.getresponse().read())

    def sdk() -> None:
        client.otp.send(to="+32470123456", channels=["whatsapp", "sms"], expires_in=300)

    times: dict[Callable[[], None], list[float]] = {raw: [], sdk: []}
    for _ in range(rounds):
        for call, values in times.items():
            start = time.perf_counter()
            call()
            values.append(time.perf_counter() - start)

    base, with_sdk = statistics.median(times[raw]), statistics.median(times[sdk])
    extra = (with_sdk - base) * 1e6
    print(
        f"call      http.client {base * 1e6:.0f} us, SDK {with_sdk * 1e6:.0f} us: "
        f"{with_sdk / base:.2f} times, {extra:+.0f} us"
    )
    client.close()
    server.shutdown()


def print_sizes(dist: Path) -> None:
    """The sizes of the packages."""
    for package in sorted(dist.glob("syssecure_sdk-*")):
        print(f"size      {package.name} {package.stat().st_size / 1000:.1f} KB")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--dist", type=Path, default=ROOT.parent.parent / "dist")
    parser.add_argument("--rounds", type=int, default=41)
    options = parser.parse_args()
    measure_imports(options.rounds)
    measure_calls(options.rounds * 100)
    print_sizes(options.dist)


if __name__ == "__main__":
    main()
