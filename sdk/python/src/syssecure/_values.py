"""Turns arguments of a call into what the API reads."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote, unquote

from ._errors import ConfigurationError
from ._settings import seconds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def whole_seconds(name: str, value: float | datetime.timedelta | None) -> int | None:
    """A duration as whole seconds."""
    if value is None:
        return None

    seconds = seconds_of(name, value)
    if not seconds.is_integer():
        raise ConfigurationError(f"{name} must be whole seconds")

    return int(seconds)


def advance(value: float | datetime.timedelta | str | None) -> str | None:
    """How far the sandbox's clock moves, as the API's text or from a duration."""
    if value is None or isinstance(value, str):
        return value

    return f"{whole_seconds('advance', value)}s"


def moment(name: str, value: datetime.datetime | str | None) -> str | None:
    """A time as RFC 3339 in UTC. Text is sent as it is."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, datetime.datetime):
        raise ConfigurationError(f"{name} must be a datetime or text such as 2026-04-26T09:00:00Z")

    utc = _in_utc(name, value)

    return utc.isoformat(timespec="milliseconds" if utc.microsecond >= 1000 else "seconds") + "Z"


def day(name: str, value: datetime.date | str | None) -> str | None:
    """A day as YYYY-MM-DD. A time stands for its day in UTC; text is sent as it is."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        value = _in_utc(name, value)
    if not isinstance(value, datetime.date):
        raise ConfigurationError(f"{name} must be a date or text such as 2026-04-26")

    return value.isoformat()[:10]


def _in_utc(name: str, value: datetime.datetime) -> datetime.datetime:
    if value.utcoffset() is None:
        raise ConfigurationError(f"{name} has no time zone; use datetime.now(timezone.utc) or another aware datetime")
    try:
        return value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    except OverflowError:
        raise ConfigurationError(f"{name} is out of range") from None


def texts(name: str, value: Sequence[str] | None) -> list[str] | None:
    """A list of texts. One text is refused, because it would be taken for a list of its letters."""
    if value is None:
        return None
    if isinstance(value, (str, bytes)) or not isinstance(value, (Sequence, set, frozenset)):
        raise ConfigurationError(f"{name} must be a list of texts")

    return list(value)


def fallback(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """When to try the next channel, in whole seconds."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ConfigurationError('fallback must be a dictionary, such as {"after": 30}')

    return present({**value, "after": whole_seconds("fallback.after", value.get("after"))})


def digits(name: str, value: str | None) -> str | None:
    """A code, which is text: a number would lose the zeros that it begins with."""
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{name} must be text, because a number loses the zeros at its beginning")

    return value


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def json_body(value: Any) -> bytes:
    """The bytes of a JSON body."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        # The error of json names types, but for some values also what they hold.
        raise ConfigurationError(
            "an argument cannot be written as JSON; use text, numbers, lists and dictionaries with text as keys"
        ) from (error if isinstance(error, TypeError) else None)


def path_of(template: str, ids: Mapping[str, str]) -> str:
    """The template with each {name} replaced by its value, percent-encoded."""
    for name, value in ids.items():
        if not isinstance(value, str) or value in ("", ".", ".."):
            raise ConfigurationError(f"{name} is empty or not the text of an id")

        template = template.replace(f"{{{name}}}", _quoted(name, value))

    return template


def raw_path(path: str) -> str:
    """The path of a raw request, relative to /v2."""
    if not isinstance(path, str) or not path.startswith("/") or path.startswith("//"):
        raise ConfigurationError("path must begin with one / and is relative to /v2, such as /otp/send")
    if not path.isascii() or not path.isprintable() or any(mark in path for mark in " ?#\\"):
        raise ConfigurationError("path must be percent-encoded and hold no query; give parameters as query")
    if any(unquote(part) in (".", "..") for part in path.split("/")):
        raise ConfigurationError("path must not contain the parts . and ..")

    return path.removeprefix("/v2") if path == "/v2" or path.startswith("/v2/") else path


def query_string(query: Mapping[str, Any]) -> str:
    """The query with its question mark, or nothing."""
    pairs: list[str] = []
    for name, value in query.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            pairs += [_pair(f"{name}[{key}]", item) for key, item in value.items() if item is not None]
        else:
            pairs.append(_pair(name, value))

    return "?" + "&".join(pairs) if pairs else ""


def _pair(name: str, value: Any) -> str:
    return f"{_quoted(name, name)}={_quoted(name, _query_text(name, value))}"


def _query_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return ",".join(_query_text(name, item) for item in value)

    raise ConfigurationError(f"{name} must be text, a number, true or false, or a list of them")


def _quoted(name: str, value: str) -> str:
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise ConfigurationError(f"{name} contains half of a surrogate pair, which is not a character") from None
