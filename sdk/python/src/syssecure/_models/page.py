"""The rows of one page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .base import Result, WrongFieldError, decode

R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True)
class Rows(Generic[R]):
    """What the answer with one page holds."""

    data: tuple[R, ...]
    next_cursor: str | None
    request_id: str | None
    raw: Mapping[str, Any]


def decode_rows(item: type[R], body: Any, request_id: str | None) -> Rows[R]:
    """The JSON of a page. It raises WrongFieldError."""
    if not isinstance(body, dict):
        raise WrongFieldError("the body is not an object")

    data = body.get("data")
    if data is None:
        data = []
    if not isinstance(data, list):
        raise WrongFieldError("data is not a list")

    cursor = body.get("next_cursor")
    if cursor is not None and not isinstance(cursor, str):
        raise WrongFieldError("next_cursor is not text")

    rows = tuple(decode(item, row, request_id, f"data[{i}]") for i, row in enumerate(data))

    return Rows(rows, cursor or None, request_id, body)
