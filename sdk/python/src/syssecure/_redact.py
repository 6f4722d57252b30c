"""What texts must not show: keys and numbers."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NUMBER = re.compile(r"\+[0-9]{7,15}")


def masked_numbers(text: str) -> str:
    """The text with each number in E.164 format cut down to its first two and last two digits."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}…{found[0][-2:]}", text)


def redacted(value: Any, key: str) -> Any:
    """The value with neither the key nor whole numbers in its texts, however deep they are."""
    if isinstance(value, str):
        return masked_numbers(value.replace(key, "sk_…"))
    if isinstance(value, dict):
        return {redacted(name, key): redacted(item, key) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(redacted(item, key) for item in value)

    return value


def shown_key(key: str) -> str:
    """The beginning of a key, enough to tell it from others."""
    return (key[:8] if len(key) > 8 else "") + "…"
