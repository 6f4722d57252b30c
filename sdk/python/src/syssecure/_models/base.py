"""What all results share, and how they are made from JSON."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timezone
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin

from .._redact import masked_numbers

M = TypeVar("M", bound="Model")

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-][0-9]{2}:[0-9]{2}))"
)


class WrongFieldError(ValueError):
    """A field has a value of another type than the API promises."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Model:
    """An immutable value that came from the server.

    A field that the server left out is None, or empty if it is a list or an object.

    raw: the decoded JSON, with the fields that this version does not know.
    """

    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __repr__(self) -> str:
        shown = [f"{f.name}={_masked(getattr(self, f.name))}" for f in fields(self) if f.repr]

        return f"{type(self).__name__}({', '.join(shown)})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Result(Model):
    """A value that a call returns.

    request_id: the id of the request; quote it when you ask for help.
    """

    request_id: str | None = field(default=None, compare=False)


def named(wire: str, **options: Any) -> Any:
    """A field whose name in JSON is another."""
    return field(metadata={"wire": wire}, **options)


def required() -> Any:
    """A field without which an answer is worthless: its absence is an error, too."""
    return field(metadata={"required": True})


def hidden(**options: Any) -> Any:
    """A field that texts such as repr leave out."""
    return field(repr=False, **options)


def _masked(value: object) -> str:
    return masked_numbers(repr(value))


def wire_name(f: Any) -> str:
    """The name of a dataclass's field in JSON."""
    name: str = f.metadata.get("wire", f.name)

    return name


def decode(cls: type[M], data: object, request_id: str | None = None, path: str = "") -> M:
    """The JSON object as a value of the class. It raises WrongFieldError, which names the field below `path`."""
    if not isinstance(data, dict):
        raise WrongFieldError(f"{path or 'the body'} is not an object")

    values: dict[str, Any] = {"raw": data}
    for name, wire, convert, absent, is_required in _plan_of(cls):
        value = data.get(wire)
        inner = f"{path}.{wire}" if path else wire
        values[name] = absent if value is None and not is_required else convert(value, inner)
    if issubclass(cls, Result):
        values["request_id"] = request_id

    return cls(**values)


Converter = Callable[[Any, str], Any]


Plan = tuple[tuple[str, str, Converter, Any, bool], ...]


def _plan(cls: type[Model]) -> Plan:
    """For each field: its name, its name in JSON, how it is converted, what stands for its absence, and whether that is
    an error."""
    return tuple(
        (f.name, wire_name(f), *_converter(f.type), "required" in f.metadata)
        for f in fields(cls)
        if f.name not in ("raw", "request_id")
    )


_PLANS: dict[type[Model], Plan] = {}


def _plan_of(cls: type[Model]) -> Plan:
    plan = _PLANS.get(cls)
    if plan is None:
        plan = _PLANS[cls] = _plan(cls)

    return plan


def _converter(kind: Any) -> tuple[Converter, Any]:
    if isinstance(kind, UnionType):
        kind = next(option for option in get_args(kind) if option is not NoneType)
    if get_origin(kind) is tuple:
        return _list_of(_converter(get_args(kind)[0])[0]), ()
    if get_origin(kind) is Mapping:
        return _object_of(get_args(kind)[1]), {}
    if isinstance(kind, type) and issubclass(kind, Model):
        return lambda value, path: decode(kind, value, None, path), None

    return _SCALARS[kind], None


def _list_of(convert: Converter) -> Converter:
    def convert_list(value: Any, path: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise WrongFieldError(f"{path} is not a list")

        return tuple(convert(item, f"{path}[{i}]") for i, item in enumerate(value))

    return convert_list


def _object_of(kind: Any) -> Converter:
    def convert_object(value: Any, path: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise WrongFieldError(f"{path} is not an object")
        for key, item in value.items():
            _SCALARS[kind](item, f"{path}.{key}")

        return value

    return convert_object


def _exactly(kind: type, what: str) -> Converter:
    def convert(value: Any, path: str) -> Any:
        # Not isinstance: true is an int in Python, but no number in JSON.
        if type(value) is not kind:
            raise WrongFieldError(f"{path} is not {what}")

        return value

    return convert


def _number(value: Any, path: str) -> float:
    if type(value) not in (int, float):
        raise WrongFieldError(f"{path} is not a number")

    return float(value)


def _time(value: Any, path: str) -> datetime:
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise WrongFieldError(f"{path} is not a time")

    day, time, fraction, offset = found.groups()
    try:
        # Before 3.11 fromisoformat takes neither Z nor any number of digits.
        moment = datetime.fromisoformat(f"{day}T{time}.{(fraction or '')[:6]:0<6}{offset or '+00:00'}")
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise WrongFieldError(f"{path} is not a time") from None


def _anything(value: Any, _path: str) -> Any:
    return value


_SCALARS: Mapping[Any, Converter] = {
    str: _exactly(str, "text"),
    int: _exactly(int, "a whole number"),
    bool: _exactly(bool, "true or false"),
    float: _number,
    datetime: _time,
    Any: _anything,
}
