"""Reads JSON that came from outside."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from ._transport import MAX_BODY, Response


def _refuse_change(*_: object, **__: object) -> Any:
    raise TypeError("results are immutable; dict(value) makes a copy that can be changed")


_refuse: Any = _refuse_change


class ReadOnlyDict(dict[str, Any]):
    """A JSON object of a result, which is immutable. `dict(value)` makes a copy that is not."""

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[ReadOnlyDict], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)


def _refuse_constant(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


_PLAIN = json.JSONDecoder(parse_constant=_refuse_constant)
_READ_ONLY = json.JSONDecoder(parse_constant=_refuse_constant, object_hook=ReadOnlyDict)


def read_json(body: bytes, *, read_only: bool) -> Any:
    """The decoded JSON. It raises ValueError without a word of the body."""
    try:
        return (_READ_ONLY if read_only else _PLAIN).decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        # The errors of json and of decode hold parts of the body.
        raise ValueError("the body is not JSON") from None


def read_answer(response: Response, *, read_only: bool) -> Any:
    """The decoded JSON of an answer. It raises ValueError without a word of the body."""
    body = response.body
    if response.headers.get("Content-Encoding", "").strip().lower() in ("gzip", "x-gzip"):
        body = _unzipped(body)
    if len(body) > MAX_BODY:
        raise ValueError("the body is larger than 10 MB")
    if not body:
        raise ValueError("the body is empty")

    return read_json(body, read_only=read_only)


def _unzipped(body: bytes) -> bytes:
    import zlib

    unzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        content = unzip.decompress(body, MAX_BODY + 1)
    except zlib.error:
        raise ValueError("the body is not gzip") from None
    if not unzip.eof and len(content) <= MAX_BODY:
        raise ValueError("the gzip of the body is broken off")

    return content
