"""Sends one text to each number of a file, eight at a time, so that a second run sends nothing twice.

SYSSECURE_API_KEY=sk_test_… SYSSECURE_BASE_URL=http://localhost:8080 python bulk_sms.py numbers.txt "We are open."
"""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import syssecure


def send(client: syssecure.Client, number: str, text: str) -> str:
    """Send the text to one number; returns what to print."""
    # The key stands for this text to this number, so the server answers a repeat without sending again.
    key = hashlib.sha256(f"{number}\n{text}".encode()).hexdigest()
    try:
        sms = client.sms.send(to=number, body=text, idempotency_key=key)
    except syssecure.APIStatusError as error:
        return f"failed {error}"

    return f"{sms.status} {sms.id}"


def main() -> None:
    """Send to all numbers."""
    numbers = Path(sys.argv[1]).read_text(encoding="utf-8").split()
    with syssecure.Client(max_retries=4) as client, ThreadPoolExecutor(8) as threads:
        for line in threads.map(lambda number: send(client, number, sys.argv[2]), numbers):
            print(line)


if __name__ == "__main__":
    main()
