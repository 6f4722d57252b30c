"""When to try again, and after how long."""

from __future__ import annotations

import math
import re

_INITIAL = 0.5
_LONGEST = 8.0
# A Retry-After of more digits than this is further away than any cap; int() refuses very long texts.
_DIGITS = 18
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [A-Za-z0-9:, -]+")


def is_retried(status: int) -> bool:
    """Whether another attempt follows an answer with this status."""
    return status in (408, 429) or (status >= 500 and status != 501)


def backoff(retry: int, random: float) -> float:
    """The seconds to wait before retry number `retry`, counted from 1, if the server names none."""
    # Beyond 10 the power would only overflow: the wait has long been the longest.
    power: float = 2.0 ** min(retry - 1, 10)

    return min(_LONGEST, _INITIAL * power) * (0.5 + 0.5 * random)


def parse_retry_after(header: str | None, now: float) -> int | None:
    """The seconds that a valid Retry-After asks to wait, or None."""
    text = (header or "").strip(" \t")
    if text.isascii() and text.isdigit():
        return int(text[-_DIGITS:] if len(text.lstrip("0")) <= _DIGITS else "9" * _DIGITS) or None

    if not _DATE.fullmatch(text):
        return None

    return _seconds_until(text, now)


def _seconds_until(date: str, now: float) -> int | None:
    from datetime import timezone
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None

    seconds = math.ceil(moment.replace(tzinfo=timezone.utc).timestamp() - now)

    return seconds if seconds > 0 else None
