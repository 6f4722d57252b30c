"""Values of the SDK in the form that the suite compares, and the reverse."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import syssecure
import syssecure.types
from syssecure._models.base import Model

ERROR_FIELDS = (
    "status",
    "code",
    "message",
    "request_id",
    "details",
    "otp_id",
    "limit",
    "doc_url",
    "retry_after",
    "reason",
)


class CancelledCall(BaseException):
    """What the signal raises by which a call of the synchronous client is cancelled, as Ctrl-C does."""


def described(method: Any) -> Any:
    parameters = [n.rstrip("_") for n, p in inspect.signature(method).parameters.items() if p.kind is not p.VAR_KEYWORD]
    returned = method.__annotations__["return"].rpartition("[")[2].rstrip("]")
    return {"params": parameters, "result": list(field_paths(getattr(syssecure.types, returned)))}


def field_paths(cls: Any, prefix: str = "") -> Iterator[str]:
    for field in fields(cls):
        if field.name in ("raw", "request_id"):
            continue
        name = prefix + field.name.rstrip("_")
        inner = next((kind for kind in (field.type, *get_args(field.type)) if is_dataclass(kind)), None)
        if inner is None:
            yield name
        else:
            yield from field_paths(inner, f"{name}[]." if get_args(field.type)[-1:] == (...,) else f"{name}.")


def decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$time" in value or "$local_time" in value:
        return datetime.fromisoformat((value.get("$time") or value["$local_time"]).replace("Z", "+00:00"))
    if "$duration_ms" in value:
        return timedelta(milliseconds=value["$duration_ms"])
    return {name: decoded(item) for name, item in value.items()}


def canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        text = value.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0).isoformat()
        return text + (f".{value.microsecond:06}".rstrip("0") if value.microsecond else "") + "Z"
    if isinstance(value, (syssecure.types.Page, syssecure.types.AsyncPage)):
        rows = [canonical(row) for row in value.data]
        return {"data": rows, "next_cursor": value.next_cursor, "has_more": value.has_more}
    if isinstance(value, Model):
        own = [f for f in fields(value) if f.name not in ("raw", "request_id")]
        return {f.name.rstrip("_"): canonical(getattr(value, f.name)) for f in own}
    if isinstance(value, Mapping):
        return {name: canonical(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    return value


def reported(error: BaseException) -> Any:
    if isinstance(error, (CancelledCall, asyncio.CancelledError)):
        return {"type": "Cancelled", "parents": [], "text": str(error)}
    if not isinstance(error, syssecure.SysSecureError):
        return {"type": "Unexpected", "parents": [], "text": f"{type(error).__name__}: {error}"}
    parents = [cls.__name__ for cls in type(error).__mro__[1:] if issubclass(cls, syssecure.SysSecureError)]
    report: dict[str, Any] = {"type": type(error).__name__, "parents": parents, "text": str(error)}
    report |= {name: getattr(error, name) for name in ERROR_FIELDS if hasattr(error, name)}
    if isinstance(error, syssecure.APIStatusError):
        report["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    return report
