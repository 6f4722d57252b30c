"""Every method with every parameter, in both clients, against the API's document."""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

import syssecure
from syssecure.testing import AsyncFakeTransport, FakeTransport

ROOT = Path(__file__).resolve().parents[3]
DOCUMENT = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))
NAMES = json.loads((ROOT / "sdk" / "conformance" / "operations.json").read_text(encoding="utf-8"))
IN_DOCUMENT = {operation["operationId"] for methods in DOCUMENT["paths"].values() for operation in methods.values()}
# Without those that the document will have later.
OPERATIONS = {n: i for n, i in NAMES["operations"].items() if i in IN_DOCUMENT or i not in NAMES["planned"]}
LISTS = {"channels", "events", "group_by", "scopes"}
# What a parameter is given when any text would not do, and what is sent for it.
SAMPLES: dict[str, tuple[Any, Any]] = {
    "expires_in": (300, 300),
    "overlap": (60.0, 60),
    "advance": (301, "301s"),
    "fallback": ({"after": 30}, {"after": 30}),
    "metadata": ({"user_id": "usr_1"}, {"user_id": "usr_1"}),
    "limit": (5, 5),
    **{name: (["sms"], ["sms"]) for name in LISTS},
}


def find(operation_id: str) -> tuple[str, str, dict[str, Any]]:
    """The HTTP method, the path and the description of an operation."""
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] == operation_id:
                return method.upper(), path, operation

    raise AssertionError(f"the document has no operation {operation_id}")


def wire_names(operation: dict[str, Any]) -> tuple[set[str], set[str]]:
    """The names of the parameters in the query and in the body."""
    query = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return query, set()

    schema = content["application/json"]["schema"]
    schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]

    return query, set(schema["properties"])


def given(name: str) -> tuple[Any, Any]:
    """What a parameter is given, and what is sent for it."""
    return SAMPLES.get(name, (f"a {name}", f"a {name}"))


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("op", OPERATIONS)
def test_every_parameter_arrives(op: str, is_async: bool) -> None:
    fake: Any = AsyncFakeTransport() if is_async else FakeTransport()
    fake.answer({"valid": True})
    client: Any = (syssecure.AsyncClient if is_async else syssecure.Client)(api_key="sk_test_fake", transport=fake)
    function = client
    for name in op.split("."):
        function = getattr(function, name)

    names = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
    result = function(**{name: given(name.rstrip("_"))[0] for name in names})
    if is_async:
        asyncio.run(_awaited(result))

    method, path, operation = find(OPERATIONS[op])
    query, body = wire_names(operation)
    ids = set(re.findall(r"\{(\w+)\}", path))
    (request,) = fake.requests
    assert request.method == method
    assert request.path == re.sub(r"\{(\w+)\}", lambda found: f"a%20{found[1]}", path)
    assert request.query == dict(flat(name, given(name)[1]) for name in query)
    assert request.json == ({name: given(name)[1] for name in body} if operation.get("requestBody") else None)
    assert {name.rstrip("_") for name in names} == ids | query | body


async def _awaited(value: Any) -> Any:
    return await value


def flat(name: str, value: Any) -> tuple[str, str]:
    """A parameter as it stands in a query."""
    if isinstance(value, dict):
        ((key, item),) = value.items()
        return f"{name}[{key}]", item

    return name, ",".join(value) if isinstance(value, list) else str(value)


def test_there_is_a_method_for_each_operation() -> None:
    assert set(OPERATIONS.values()) == IN_DOCUMENT
