"""Arguments of calls: what is sent for them, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

import syssecure
from syssecure._values import (
    advance,
    day,
    digits,
    fallback,
    json_body,
    moment,
    path_of,
    query_string,
    raw_path,
    texts,
    whole_seconds,
)

PARIS = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, None),
        ("2026-04-26T09:00+02:00", "2026-04-26T09:00+02:00"),
        (datetime(2026, 4, 26, 9, tzinfo=PARIS), "2026-04-26T07:00:00Z"),
        (datetime(2026, 4, 26, 9, 0, 0, 500_000, PARIS), "2026-04-26T07:00:00.500Z"),
        (datetime(2026, 4, 26, 9, 0, 0, 999, PARIS), "2026-04-26T07:00:00Z"),
        (datetime(26, 4, 26, tzinfo=timezone.utc), "0026-04-26T00:00:00Z"),
    ],
)
def test_times(value: Any, sent: str | None) -> None:
    assert moment("since", value) == sent


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("2026-04-01", "2026-04-01"),
        (date(2026, 4, 1), "2026-04-01"),
        (datetime(2026, 4, 1, 1, tzinfo=PARIS), "2026-03-31"),
    ],
)
def test_days(value: Any, sent: str) -> None:
    assert day("from_", value) == sent


@pytest.mark.parametrize(
    ("value", "sent"), [(None, None), (300, 300), (300.0, 300), (timedelta(minutes=5), 300), (0, 0)]
)
def test_durations(value: Any, sent: int | None) -> None:
    assert whole_seconds("expires_in", value) == sent


@pytest.mark.parametrize(
    ("value", "sent"), [(None, None), ("1h30m", "1h30m"), (301, "301s"), (timedelta(minutes=5), "300s")]
)
def test_moves_of_the_clock(value: Any, sent: str | None) -> None:
    assert advance(value) == sent


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda: moment("since", datetime(2026, 4, 26)), id="a time without a zone"),
        pytest.param(lambda: moment("since", datetime.min.replace(tzinfo=PARIS)), id="a time before all years"),
        pytest.param(lambda: moment("since", date(2026, 4, 26)), id="a day for a time"),  # type: ignore[arg-type]
        pytest.param(lambda: moment("since", 1777190400), id="a number for a time"),  # type: ignore[arg-type]
        pytest.param(lambda: day("to", 20260426), id="a number for a day"),  # type: ignore[arg-type]
        pytest.param(lambda: whole_seconds("expires_in", 0.5), id="half a second"),
        pytest.param(lambda: whole_seconds("expires_in", timedelta(milliseconds=1500)), id="a second and a half"),
        pytest.param(lambda: whole_seconds("expires_in", "300"), id="text for a duration"),  # type: ignore[arg-type]
        pytest.param(lambda: whole_seconds("expires_in", True), id="true for a duration"),
        pytest.param(lambda: whole_seconds("expires_in", float("nan")), id="no number for a duration"),
        pytest.param(lambda: texts("channels", "sms"), id="one text for a list"),
        pytest.param(lambda: texts("channels", {"sms": 1}), id="a dict for a list"),  # type: ignore[arg-type]
        pytest.param(lambda: digits("code", 12345), id="a number for a code"),  # type: ignore[arg-type]
        pytest.param(lambda: fallback(30), id="a number for a fallback"),  # type: ignore[arg-type]
        pytest.param(lambda: fallback({"after": 0.5}), id="half a second for a fallback"),
        pytest.param(lambda: json_body({"metadata": {"at": datetime.now()}}), id="a time in metadata"),
        pytest.param(lambda: json_body({"metadata": {"x": float("nan")}}), id="no number in metadata"),
        pytest.param(lambda: json_body({"body": "\ud800"}), id="half of a surrogate pair"),
        pytest.param(lambda: path_of("/otp/{otp_id}", {"otp_id": ""}), id="an empty id"),
        pytest.param(lambda: path_of("/otp/{otp_id}", {"otp_id": ".."}), id="an id that leads up"),
        pytest.param(lambda: path_of("/otp/{otp_id}", {"otp_id": None}), id="no id"),  # type: ignore[dict-item]
        pytest.param(lambda: path_of("/otp/{otp_id}", {"otp_id": "\ud800"}), id="an id with half a pair"),
        pytest.param(lambda: query_string({"to": Decimal(1)}), id="a Decimal in a query"),
        pytest.param(lambda: raw_path("balance"), id="a path without a slash"),
        pytest.param(lambda: raw_path("//evil.example/x"), id="a path with a host"),
        pytest.param(lambda: raw_path("https://evil.example/x"), id="a whole URL"),
        pytest.param(lambda: raw_path("/a/%2e%2E/b"), id="a path that leads up in disguise"),
        pytest.param(lambda: raw_path("/a?b=c"), id="a path with a query"),
        pytest.param(lambda: raw_path("/a\r\nX: y"), id="a path with a line break"),
    ],
)
def test_wrong_arguments_are_refused(call: Any) -> None:
    with pytest.raises(syssecure.ConfigurationError):
        call()


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (None, None),
        ({}, {}),
        ({"after": None}, {}),
        ({"after": timedelta(seconds=30), "new": 1}, {"after": 30, "new": 1}),
    ],
)
def test_fallbacks(value: Any, sent: Any) -> None:
    assert fallback(value) == sent


def test_json_is_utf8_and_compact() -> None:
    assert json_body({"body": "é🔐", "metadata": {"a_b": None}}) == '{"body":"é🔐","metadata":{"a_b":null}}'.encode()


def test_a_refusal_does_not_show_the_value() -> None:
    with pytest.raises(syssecure.ConfigurationError) as raised:
        json_body({"body": "847291 \ud800"})

    assert "847291" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({}, ""),
        ({"to": None}, ""),
        ({"to": "+32 1", "limit": 5}, "?to=%2B32%201&limit=5"),
        ({"on": True, "off": False}, "?on=true&off=false"),
        ({"group_by": []}, "?group_by="),
        ({"metadata": {"user id": "ä"}}, "?metadata%5Buser%20id%5D=%C3%A4"),
    ],
)
def test_queries(query: dict[str, Any], sent: str) -> None:
    assert query_string(query) == sent


def test_ids_are_percent_encoded() -> None:
    assert path_of("/otp/{otp_id}", {"otp_id": "a/b c~_.-%"}) == "/otp/a%2Fb%20c~_.-%25"


@pytest.mark.parametrize(
    ("path", "sent"), [("/v2/balance", "/balance"), ("/balance", "/balance"), ("/v2beta", "/v2beta"), ("/v2", "")]
)
def test_paths_of_raw_requests(path: str, sent: str) -> None:
    assert raw_path(path) == sent
