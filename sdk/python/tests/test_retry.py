"""When the SDK tries again, and after how long. The vectors of the conformance suite hold the formula."""

from __future__ import annotations

import pytest

import syssecure
from syssecure._retry import backoff, is_retried, parse_retry_after
from syssecure.testing import FakeTransport

NOW = 1795381200.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("2", 2),
        (" 2\t", 2),
        ("0", None),
        ("007", 7),
        ("-5", None),
        ("+5", None),
        ("1.5", None),
        ("120junk", None),
        ("٣", None),
        ("9" * 5000, 10**18 - 1),
        ("Sun, 22 Nov 2026 21:00:03 GMT", 3),
        ("Sunday, 22-Nov-26 21:00:03 GMT", 3),
        ("Sun Nov 22 21:00:03 2026", 3),
        ("Sun, 22 Nov 2026 21:00:00 GMT", None),
        ("Someday, 99 Foo 2026", None),
        ("Sun, 99 Nov 2026 21:00:03 GMT", None),
        ("2026-11-22T21:00:03Z", None),
    ],
)
def test_retry_after(header: str | None, seconds: int | None) -> None:
    assert parse_retry_after(header, NOW) == seconds


def test_a_part_of_a_second_is_rounded_up() -> None:
    assert parse_retry_after("Sun, 22 Nov 2026 21:00:03 GMT", NOW + 0.5) == 3


@pytest.mark.parametrize(
    ("status", "retried"),
    [(301, False), (400, False), (408, True), (409, False), (429, True), (500, True), (501, False), (599, True)],
)
def test_statuses(status: int, retried: bool) -> None:
    assert is_retried(status) is retried


def test_waits_grow_up_to_eight_seconds() -> None:
    assert [backoff(n, 1.0) for n in (1, 2, 3, 4, 5, 6, 5000)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert backoff(1, 0.0) == 0.25


def test_each_attempt_sends_the_same_with_one_key() -> None:
    fake = FakeTransport()
    fake.fail(syssecure.APITimeoutError("no answer"))
    fake.answer({"code": "internal_error", "message": "busy"}, status=503, headers={"Retry-After": "3"})
    fake.answer({"message_id": "msg_1"})
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    assert client.sms.send(to="+32470123456", body="Shipped").id == "msg_1"
    assert len({request.headers["Idempotency-Key"] for request in fake.requests}) == 1
    assert [request.headers.get("X-SysSecure-Retry-Count") for request in fake.requests] == [None, "1", "2"]
    assert 0.25 <= fake.sleeps[0] <= 0.5
    assert fake.sleeps[1] == 3.0


def test_the_last_error_is_raised() -> None:
    fake = FakeTransport()
    fake.answer(status=429)
    fake.answer(status=500)
    client = syssecure.Client(api_key="sk_test_fake", transport=fake, max_retries=1)

    with pytest.raises(syssecure.InternalServerError):
        client.balance.get()


def test_certificates_are_not_tried_again() -> None:
    fake = FakeTransport()
    fake.fail(syssecure.APIConnectionError("the certificate was refused", retryable=False))
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    with pytest.raises(syssecure.APIConnectionError):
        client.balance.get()
    assert fake.sleeps == []
