"""Webhooks: signatures by the shared vectors, and arguments that only Python can get wrong."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import syssecure
from syssecure import webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTORS = Path(__file__).resolve().parents[2] / "conformance" / "vectors" / "webhook-signatures.json"
BODY = (
    b'{"event": "message.received", "from": "+32470123456", "body": "Harbour", "received_at": "2026-04-25T15:28:00Z"}'
)


@pytest.mark.parametrize(
    "case", json.loads(VECTORS.read_text(encoding="utf-8"))["cases"], ids=lambda case: case["name"]
)
def test_vectors(case: dict[str, Any]) -> None:
    arguments = (base64.b64decode(case["body_b64"]), case["header"], case["secrets"], case["tolerance"])
    with mock.patch("syssecure.webhooks.time.time", return_value=case["now"]):
        if case["expect"] == "ok":
            assert webhooks.construct_event(*arguments).type == json.loads(arguments[0])["event"]
        elif case["expect"] == "config_error":
            with pytest.raises(syssecure.ConfigurationError):
                webhooks.verify(*arguments)
        else:
            with pytest.raises(syssecure.WebhookSignatureError) as raised:
                webhooks.construct_event(*arguments)
            assert raised.value.reason == case["expect"]


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda body: body.decode()])
def test_a_signed_body_is_accepted_in_each_form(kind: Any) -> None:
    header = webhooks.sign(BODY, SECRET)
    event = webhooks.construct_event(kind(BODY), header, ["whsec_old", SECRET], timedelta(minutes=1))

    assert (event.type, event.from_, event.body) == ("message.received", "+32470123456", "Harbour")
    assert event.at == datetime(2026, 4, 25, 15, 28, tzinfo=timezone.utc)
    assert event.raw == json.loads(BODY)
    assert "Harbour" not in repr(event)
    assert "470123456" not in repr(event)


def test_a_client_has_the_functions_as_well() -> None:
    client = syssecure.Client(api_key="sk_test_fake")

    client.webhooks.verify(BODY, client.webhooks.sign(BODY, SECRET), SECRET)


@pytest.mark.parametrize(
    ("payload", "secret", "tolerance", "says"),
    [
        pytest.param({"event": "x"}, SECRET, 300, "raw body", id="a body that was parsed"),
        pytest.param(None, SECRET, 300, "raw body", id="no body"),
        pytest.param(BODY, None, 300, "secret", id="a variable that is not set"),
        pytest.param(BODY, [SECRET, None], 300, "secret", id="a list with a hole"),
        pytest.param(BODY, [], 300, "secret", id="no secrets"),
        pytest.param(BODY, SECRET.encode(), 300, "secret", id="a secret of bytes"),
        pytest.param(BODY, SECRET, float("nan"), "tolerance", id="no number"),
        pytest.param(BODY, SECRET, float("inf"), "tolerance", id="no limit"),
        pytest.param(BODY, SECRET, "300", "tolerance", id="text"),
    ],
)
def test_wrong_arguments_are_refused(payload: Any, secret: Any, tolerance: Any, says: str) -> None:
    with pytest.raises(syssecure.ConfigurationError, match=says) as raised:
        webhooks.verify(payload, webhooks.sign(BODY, SECRET), secret, tolerance)

    assert "whsec_Mf" not in str(raised.value)


@pytest.mark.parametrize("header", [b"t=1,v1=00", ["t=1,v1=00"], 7])
def test_a_header_that_is_no_text_is_refused(header: Any) -> None:
    with pytest.raises(syssecure.ConfigurationError, match="X-SysSecure-Signature as text"):
        webhooks.construct_event(BODY, header, SECRET)


def test_each_secret_is_compared_with_each_signature() -> None:
    first = webhooks.sign(BODY, SECRET)
    header = f"{first},v1={'0' * 64}"
    with mock.patch("syssecure.webhooks.hmac.compare_digest", wraps=hmac.compare_digest) as compare:
        webhooks.verify(BODY, header, [SECRET, "whsec_other"])

    assert compare.call_count == 4
