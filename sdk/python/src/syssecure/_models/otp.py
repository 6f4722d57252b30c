"""Results of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Model, Result, hidden, named, required


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Attempt(Model):
    """One attempt to deliver a message.

    channel: `whatsapp`, `sms`, `telegram` or `voice`.
    carrier: the carrier's name in the server's configuration.
    status: `pending`, `sent`, `delivered`, `read`, `failed` or `unknown`.
    reason: why it failed.
    carrier_code: the carrier's own error code.
    segments: SMS segments.
    credits: the credits charged for it.
    cost: what it cost the operator, in credits; only for keys with the scope `operator`.
    chosen: why it was made over this carrier.
    repeated: whether it was submitted again although the phone may have received it before.
    at: when it began.
    """

    channel: str
    carrier: str
    status: str
    reason: str | None = None
    carrier_code: str | None = None
    segments: int | None = None
    credits: int
    cost: int | None = None
    chosen: str | None = None
    repeated: bool | None = None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentOtp(Result):
    """A code that was sent.

    id: pass it to `otp.verify` with what the user enters.
    status: `sent`, or `pending` while no carrier has accepted it yet.
    channel: the channel that accepted the message or is being tried.
    to: the number.
    expires_at: until when the code is valid.
    created_at: when it was made.
    """

    id: str = named("otp_id")
    status: str
    channel: str
    to: str
    expires_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification(Result):
    """Whether a code was right. A wrong code is not an error.

    valid: whether the code was right.
    otp_id: the code's id.
    reason: why it was not valid: `incorrect`, `expired`, `max_attempts`, `already_verified` or `canceled`.
    attempts_remaining: how many more codes may be tried.
    verified_at: when it was verified.
    """

    valid: bool = required()
    otp_id: str
    reason: str | None = None
    attempts_remaining: int | None = None
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Otp(Result):
    """A code and what became of it.

    id: its id.
    status: `pending`, `sent`, `delivered`, `verified`, `expired`, `failed` or `canceled`.
    channel: the channel that accepted the last message or is being tried.
    to: the number.
    purpose: what it is for, as the send said.
    attempts_remaining: how many more codes may be tried.
    attempts: the attempts to deliver it, oldest first.
    metadata: what you attached to it.
    test_number: whether it went to one of the server's test numbers, so that no message was sent.
    expires_at: until when the code is valid.
    verified_at: when it was verified.
    created_at: when it was made.
    """

    id: str = named("otp_id")
    status: str
    channel: str
    to: str
    purpose: str | None = None
    attempts_remaining: int
    attempts: tuple[Attempt, ...]
    metadata: Mapping[str, Any] = hidden(hash=False)
    test_number: bool | None = None
    expires_at: datetime
    verified_at: datetime | None = None
    created_at: datetime
