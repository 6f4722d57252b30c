"""Results of messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Model, Result, hidden, named
from .otp import Attempt


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Replacement(Model):
    """A character of a text that smart encoding replaced, so that the SMS is shorter.

    from_: the character.
    to: what replaced it; empty when it was left out.
    count: how often.
    """

    from_: str = named("from")
    to: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SentSms(Result):
    """A text message that was sent or scheduled.

    id: its id, for `messages.get`.
    status: `sent`, `scheduled`, or `pending` while no carrier has accepted it yet.
    channel: `sms`.
    to: the number.
    from_: the sender; empty when none is known.
    segments: the number of SMS segments.
    encoding: `gsm7` or `ucs2`.
    replaced: the characters that smart encoding replaced.
    credits: the credits charged, or held until a carrier accepts the message.
    scheduled_at: the time for which it is scheduled.
    created_at: when it was made.
    """

    id: str = named("message_id")
    status: str
    channel: str
    to: str
    from_: str = named("from")
    segments: int
    encoding: str
    replaced: tuple[Replacement, ...] = hidden(default=())
    credits: int
    scheduled_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Message(Result):
    """A message and what became of it.

    id: its id.
    status: `scheduled`, `pending`, `sent`, `delivered`, `read`, `failed`, `canceled` or `unknown`.
    channel: the channel that accepted it, or that is tried next.
    to: the number.
    from_: the sender; empty when none is known.
    segments: the number of SMS segments; 0 on other channels.
    encoding: `gsm7` or `ucs2`.
    replaced: the characters that smart encoding replaced.
    credits: the credits charged, or held until a carrier accepts the message.
    carrier: the carrier that accepted it, or that is tried next, by its name in the server's configuration.
    reason: why it failed.
    metadata: what you attached to it.
    attempts: the attempts to deliver it, oldest first.
    scheduled_at: the time for which it is or was scheduled.
    sent_at: when a carrier accepted it.
    delivered_at: when the phone received it.
    created_at: when it was made.
    """

    id: str = named("message_id")
    status: str
    channel: str
    to: str
    from_: str = named("from")
    segments: int
    encoding: str
    replaced: tuple[Replacement, ...] = hidden(default=())
    credits: int
    carrier: str
    reason: str | None = None
    metadata: Mapping[str, Any] = hidden(hash=False)
    attempts: tuple[Attempt, ...]
    scheduled_at: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class InboundMessage(Result):
    """A message that a phone sent.

    id: its id.
    channel: the channel on which it was received.
    carrier: the carrier that received it; `sandbox` for test keys.
    from_: the number of the phone.
    to: what the phone replied to; empty when the carrier does not say.
    body: the text.
    received_at: when it was received.
    """

    id: str = named("inbound_id")
    channel: str
    carrier: str
    from_: str = named("from")
    to: str
    body: str = hidden()
    received_at: datetime
