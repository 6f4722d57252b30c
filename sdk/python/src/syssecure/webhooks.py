"""Checks that webhooks come from the server, and reads them. No client and no key are needed."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._errors import ConfigurationError, WebhookSignatureError
from ._json import read_json
from ._settings import seconds_of

if TYPE_CHECKING:
    from datetime import timedelta

    from ._models.webhooks import Event

__all__ = ["DEFAULT_TOLERANCE", "HEADER", "Webhooks", "construct_event", "sign", "verify"]

HEADER = "X-SysSecure-Signature"
"""The header that holds the signature."""

DEFAULT_TOLERANCE = 300
"""How many seconds a webhook may be old, or ahead of this machine's clock."""

_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


def verify(
    payload: bytes | bytearray | memoryview | str,
    header: str | None,
    secret: str | Sequence[str],
    tolerance: float | timedelta = DEFAULT_TOLERANCE,
) -> None:
    """Check that a webhook comes from the server. It returns if so.

    Args:
        payload: the raw body, as it arrived: not parsed and not written again.
        header: the value of `X-SysSecure-Signature`; None if there is none.
        secret: the endpoint's secret with `whsec_`, or several while one is being replaced.
        tolerance: the seconds by which its time may differ from this machine's; above 0.

    Raises:
        WebhookSignatureError: it is not to be trusted; `reason` says why.
        ConfigurationError: an argument is wrong.
    """
    _check(_raw(payload), header, _secrets(secret), _tolerance(tolerance), time.time())


def construct_event(
    payload: bytes | bytearray | memoryview | str,
    header: str | None,
    secret: str | Sequence[str],
    tolerance: float | timedelta = DEFAULT_TOLERANCE,
) -> Event:
    """Check a webhook as `verify` does, and read it.

    Args:
        payload: the raw body, as it arrived.
        header: the value of `X-SysSecure-Signature`; None if there is none.
        secret: the endpoint's secret with `whsec_`, or several.
        tolerance: the seconds by which its time may differ from this machine's; above 0.

    Raises:
        WebhookSignatureError: it is not to be trusted, or it is no event; `reason` says why.
        ConfigurationError: an argument is wrong.
    """
    verify(payload, header, secret, tolerance)

    return _event(_raw(payload))


def sign(payload: bytes | bytearray | memoryview | str, secret: str, timestamp: float | None = None) -> str:
    """Make the header of a webhook, for tests of your own endpoint.

    Args:
        payload: the body.
        secret: the secret with `whsec_`.
        timestamp: the Unix time in seconds; now if not given.
    """
    moment = str(int(time.time() if timestamp is None else timestamp))

    return f"t={moment},v1={_digest(_secrets(secret)[0], moment, _raw(payload)).hex()}"


class Webhooks:
    """The functions of this module, for those who have a client at hand."""

    verify = staticmethod(verify)
    construct_event = staticmethod(construct_event)
    sign = staticmethod(sign)


def _raw(payload: object) -> bytes:
    if isinstance(payload, str):
        return payload.encode("utf-8", "surrogateescape")
    if isinstance(payload, (bytes, bytearray, memoryview)):
        return bytes(payload)

    raise ConfigurationError(
        f"payload is a {type(payload).__name__}, but the signature is of the raw body: pass the bytes that arrived, "
        "such as request.get_data() in Flask, request.body in Django or await request.body() in FastAPI"
    )


def _secrets(secret: object) -> list[bytes]:
    several = [secret] if isinstance(secret, str) else secret
    if not isinstance(several, Sequence) or isinstance(several, (bytes, bytearray)) or not several:
        raise ConfigurationError("secret must be the text whsec_… of the endpoint, or a list of such texts")
    if not all(isinstance(one, str) and one for one in several):
        raise ConfigurationError("secret is empty; give the text whsec_… that the endpoint got when it was created")

    return [one.encode() for one in several]


def _tolerance(value: float | timedelta) -> float:
    seconds = seconds_of("tolerance", value)
    if seconds <= 0:
        raise ConfigurationError("tolerance must be above 0 seconds")

    return seconds


def _digest(secret: bytes, moment: str, body: bytes) -> bytes:
    return hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).digest()


def _check(body: bytes, header: str | None, secrets: list[bytes], tolerance: float, now: float) -> None:
    moment, signatures = _parsed(header)
    if not signatures:
        raise WebhookSignatureError(f"{HEADER} has no signature of the scheme v1", reason="no_signature")

    digests = [bytes.fromhex(text) for text in signatures if _DIGEST.fullmatch(text)]
    matches = False
    for secret in secrets:
        expected = _digest(secret, moment, body)
        for digest in digests:
            # No comparison is left out, so that the time does not tell which matched.
            matches |= hmac.compare_digest(expected, digest)
    if not matches:
        raise WebhookSignatureError(
            "no signature matches; check the secret, and that the body is the one that arrived, byte for byte",
            reason="no_match",
        )

    if abs(now - int(moment)) > tolerance:
        raise WebhookSignatureError(
            f"the webhook's time differs from this machine's by more than {tolerance:g} s",
            reason="timestamp_out_of_range",
        )


def _parsed(header: str | None) -> tuple[str, list[str]]:
    """The text of the time and the texts of the signatures."""
    if not isinstance(header, (str, type(None))):
        raise ConfigurationError(f"header is a {type(header).__name__}; pass the value of {HEADER} as text, or None")
    if header is None or not header.strip():
        raise WebhookSignatureError(f"the header {HEADER} is missing", reason="missing_header")

    pairs = [(name.strip(), value.strip()) for name, _, value in (part.partition("=") for part in header.split(","))]
    moments = [value for name, value in pairs if name == "t"]
    if len(moments) != 1 or not re.fullmatch(r"[0-9]{1,12}", moments[0]):
        raise WebhookSignatureError(f"{HEADER} is not t=TIME,v1=SIGNATURE", reason="malformed_header")

    return moments[0], [value for name, value in pairs if name == "v1"]


def _event(body: bytes) -> Event:
    from dataclasses import replace

    from ._models.base import decode
    from ._models.webhooks import Event

    refusal = WebhookSignatureError("the payload is signed, but it is not an event", reason="invalid_payload")
    try:
        data = read_json(body, read_only=True)
    except ValueError:
        raise refusal from None
    if not isinstance(data, dict) or not isinstance(data.get("event"), str):
        raise refusal

    moments = [value for name, value in data.items() if name.endswith("_at")]
    try:
        event = decode(Event, {**data, "at": moments[0] if moments else None})
    except ValueError:
        raise refusal from None

    return replace(event, raw=data)
