"""Results: their types, what they show, and that nothing changes them."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import re
from datetime import datetime, timezone
from typing import Any

import pytest

import syssecure
from syssecure import types
from syssecure._models.base import WrongFieldError, decode
from syssecure.testing import FakeTransport

MESSAGE = {
    "message_id": "msg_1",
    "status": "delivered",
    "to": "+32470123456",
    "from": "Acme",
    "segments": 1,
    "metadata": {"order": "1042", "camelCase": {"a": [1]}},
    "attempts": [{"channel": "sms", "at": "2026-04-25T17:28:02.123456789+02:00", "new": 1}],
    "new_field": 2**70,
}


def message() -> types.Message:
    return decode(types.Message, json.loads(json.dumps(MESSAGE)), "req_1")


def test_a_result_has_types_and_keeps_what_is_unknown() -> None:
    result = message()

    assert (result.id, result.from_, result.request_id) == ("msg_1", "Acme", "req_1")
    assert result.attempts[0].at == datetime(2026, 4, 25, 15, 28, 2, 123456, timezone.utc)
    assert result.attempts[0].raw["new"] == 1
    assert result.raw["new_field"] == 2**70
    assert result.delivered_at is None


def test_a_result_shows_no_number_and_no_metadata() -> None:
    shown = repr(message())

    assert "to='+32…56'" in shown
    assert "470123456" not in shown
    assert "1042" not in shown


def test_equality_leaves_out_the_request() -> None:
    assert message() == dataclasses.replace(message(), request_id="req_2", raw={})
    assert len({message(), message()}) == 1


def test_nothing_changes_a_result() -> None:
    fake = FakeTransport()
    fake.answer(MESSAGE)
    result = syssecure.Client(api_key="sk_test_fake", transport=fake).messages.get("msg_1")

    with pytest.raises(dataclasses.FrozenInstanceError):
        result.status = "failed"  # type: ignore[misc]
    for value in (result.metadata, result.raw, result.metadata["camelCase"]):
        for name, *arguments in (["update", {"a": 1}], ["__setitem__", "a", 1], ["pop", "order", None], ["clear"]):
            with pytest.raises(TypeError, match="immutable"):
                getattr(value, str(name))(*arguments)
    assert dict(result.metadata) == MESSAGE["metadata"]


def test_results_can_be_pickled_copied_and_written_as_json() -> None:
    fake = FakeTransport()
    fake.answer(MESSAGE)
    result = syssecure.Client(api_key="sk_test_fake", transport=fake).messages.get("msg_1")

    assert pickle.loads(pickle.dumps(result)) == copy.deepcopy(result) == result
    assert json.loads(json.dumps(result.metadata)) == MESSAGE["metadata"]
    assert dataclasses.asdict(result)["attempts"][0]["channel"] == "sms"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"segments": "1"}, "segments is not a whole number"),
        ({"segments": True}, "segments is not a whole number"),
        ({"segments": 1.5}, "segments is not a whole number"),
        ({"to": 5}, "to is not text"),
        ({"metadata": []}, "metadata is not an object"),
        ({"attempts": {}}, "attempts is not a list"),
        ({"attempts": [{}, {"at": "yesterday"}]}, "attempts[1].at is not a time"),
        ({"attempts": [None]}, "attempts[0] is not an object"),
        ({"created_at": "2026-13-01T00:00:00Z"}, "created_at is not a time"),
        ({"created_at": "2026-04-25T15:27:00"}, "created_at is not a time"),
        ({"created_at": "9999-12-31T23:59:59-23:00"}, "created_at is not a time"),
        ([], "the body is not an object"),
    ],
)
def test_a_wrong_field_is_named(body: Any, names: str) -> None:
    with pytest.raises(WrongFieldError) as raised:
        decode(types.Message, body)

    assert str(raised.value) == names


@pytest.mark.parametrize("body", [{}, {"valid": None}, {"valid": "true"}])
def test_a_verification_says_whether_it_is_valid(body: Any) -> None:
    fake = FakeTransport()
    fake.answer(body, headers={"X-Request-Id": "req_3"})
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    with pytest.raises(syssecure.APIResponseError, match="valid is not true or false") as raised:
        client.otp.verify(otp_id="otp_1", code="000000")
    assert (raised.value.status, raised.value.request_id) == (200, "req_3")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<html>847291</html>", "not JSON"),
        (b'{"credits": NaN}', "not JSON"),
        (b'{"credits": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[]", "not an object"),
        (b" " * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_an_answer_that_is_not_the_apis_is_an_error(content: bytes, says: str) -> None:
    fake = FakeTransport()
    fake.answer(content)
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    with pytest.raises(syssecure.APIResponseError, match=says) as raised:
        client.balance.get()
    assert "847291" not in str(raised.value)


def test_raw_requests_return_what_can_be_changed() -> None:
    fake = FakeTransport()
    fake.answer({"a": {"b": 1}})
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    answer = client.request("post", "/new", {"c": None}, {"d": "e f"}, idempotency_key="k")
    answer["a"]["b"] = 2
    assert answer == {"a": {"b": 2}}
    assert fake.requests[0].json == {"c": None}
    assert fake.requests[0].query == {"d": "e f"}


def test_every_field_is_documented() -> None:
    for name in types.__all__:
        value = getattr(types, name)
        if isinstance(value, type) and dataclasses.is_dataclass(value):
            text = "\n".join(cls.__doc__ or "" for cls in value.__mro__)
            documented = set(re.findall(r"\w+", " ".join(re.findall(r"^ *([\w, ]+):", text, re.MULTILINE))))
            assert {f.name for f in dataclasses.fields(value)} <= documented, name
