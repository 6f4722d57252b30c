"""What each method takes besides the parameters of its operation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TypedDict


class CallOptions(TypedDict, total=False):
    """Options of one call, which win over those of the client.

    idempotency_key: makes a repeat of a POST harmless: the server does the work once and gives the first answer again.
        1 to 255 printable ASCII characters. Each POST has a random one unless you give it.
    timeout: the seconds that one attempt may take.
    max_retries: how many attempts may follow the first.
    headers: headers to send as well.
    """

    idempotency_key: str | None
    timeout: float | timedelta | None
    max_retries: int | None
    headers: Mapping[str, str] | None
