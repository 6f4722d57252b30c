"""Errors: what they hold, and what they never show."""

from __future__ import annotations

import copy
import pickle

import pytest

import syssecure
from syssecure.testing import FakeTransport

KEY = "sk_test_4f9c2d81e6b7a350"
PROBLEM = {
    "code": "rate_limit_exceeded",
    "message": f"+32470123456 has a pending code ({KEY})",
    "request_id": "req_1",
    "details": {
        "otp_id": "otp_1",
        "limit": "5/10m",
        "doc_url": "https://otp.example.com/docs#429",
        "errors": [{"field": "to", "message": "+32470123456 is too new"}, {"message": "no"}, "odd"],
    },
}


def raised_for(status: int, body: object, **headers: str) -> syssecure.APIStatusError:
    fake = FakeTransport()
    fake.answer(body, status=status, headers=headers)
    client = syssecure.Client(api_key=KEY, base_url="https://otp.example.com", transport=fake, max_retries=0)
    with pytest.raises(syssecure.APIStatusError) as raised:
        client.balance.get()

    return raised.value


def test_an_error_holds_what_the_server_said() -> None:
    error = raised_for(429, PROBLEM, **{"Retry-After": "30", "X-RateLimit-Remaining": "0", "X-Echo": KEY})

    assert type(error) is syssecure.RateLimitError
    assert str(error) == "429 rate_limit_exceeded: +32…56 has a pending code (sk_…) (request_id: req_1)"
    assert (error.status, error.code, error.request_id) == (429, "rate_limit_exceeded", "req_1")
    assert (error.otp_id, error.limit, error.retry_after) == ("otp_1", "5/10m", 30)
    assert error.doc_url == "https://otp.example.com/docs#429"
    assert error.headers["x-ratelimit-remaining"] == "0"
    assert error.headers["X-Echo"] == "sk_…"
    assert error.errors == (
        syssecure.FieldError("to", "+32…56 is too new"),
        syssecure.FieldError(None, "no"),
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>+32470123456</html>", id="HTML"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="broken JSON"),
        pytest.param([1], id="a list"),
        pytest.param({"message": "x"}, id="no code"),
        pytest.param({"code": 7, "message": "x"}, id="a code that is a number"),
        pytest.param(b"[" * 100_000, id="JSON too deep to read"),
    ],
)
def test_what_is_not_the_apis_is_not_shown(body: object) -> None:
    error = raised_for(502, body, **{"X-Request-Id": "req_2"})

    assert type(error) is syssecure.InternalServerError
    assert str(error) == "502: the server's answer has no error message (request_id: req_2)"
    assert (error.code, error.details) == ("", {})


def test_details_that_nest_deeply_are_no_fault_of_the_program() -> None:
    """How deep is too deep to search for keys depends on the version of Python; either way it is the API's error."""
    body = b'{"code": "x", "details": ' + b'{"a":' * 900 + b"1" + b"}" * 901
    error = raised_for(502, body)

    assert type(error) is syssecure.InternalServerError
    assert str(error).replace(" x:", ":") == "502: the server's answer has no error message"


@pytest.mark.parametrize("base_url", [None, "https://api.syssecure.me", "https://api.syssecure.me/v2/"])
def test_the_default_server_gives_a_hint(base_url: str | None) -> None:
    fake = FakeTransport()
    fake.answer({"code": "unauthorized", "message": "The key is unknown."}, status=401)
    fake.fail(syssecure.APIConnectionError("no answer"))
    client = syssecure.Client(api_key=KEY, base_url=base_url, transport=fake, max_retries=0)

    for kind in (syssecure.AuthenticationError, syssecure.APIConnectionError):
        with pytest.raises(kind, match="Self-hosted"):
            client.balance.get()


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(raised_for(429, PROBLEM), id="of a status"),
        pytest.param(syssecure.APIConnectionError("no answer", retryable=False), id="of a connection"),
        pytest.param(syssecure.APIResponseError("not JSON", status=200, request_id="req_1"), id="of an answer"),
        pytest.param(syssecure.WebhookSignatureError("no", reason="no_match"), id="of a webhook"),
        pytest.param(syssecure.ConfigurationError("no key"), id="of an argument"),
    ],
)
def test_errors_can_be_pickled_and_copied(error: syssecure.SysSecureError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert twin.__dict__.keys() == error.__dict__.keys()
        assert getattr(twin, "reason", None) == getattr(error, "reason", None)
        assert getattr(twin, "errors", None) == getattr(error, "errors", None)


def test_an_unknown_option_is_an_error_of_python() -> None:
    client = syssecure.Client(api_key=KEY, transport=FakeTransport())

    with pytest.raises(TypeError, match="expire_in"):
        client.otp.send(to="+32470123456", channels=["sms"], expire_in=3)  # type: ignore[call-arg]


@pytest.mark.parametrize("key", ["", "é", "a\nb", "x" * 256])
def test_wrong_idempotency_keys_are_refused(key: str) -> None:
    fake = FakeTransport()
    client = syssecure.Client(api_key=KEY, transport=fake)

    with pytest.raises(syssecure.ConfigurationError, match="idempotency_key"):
        client.sms.send(to="+32470123456", body="Shipped", idempotency_key=key)
    assert fake.requests == []
