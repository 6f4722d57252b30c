"""Results of webhook endpoints and events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .base import Model, Result, hidden, named


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WebhookEndpoint(Result):
    """An address to which events are posted.

    id: its id.
    url: the address.
    description: your description.
    events: the types of events that are sent to it.
    enabled: whether events are sent to it.
    disabled_reason: `by_caller`, `gone` or `is_failing`.
    failing_since: when the first attempt after the last successful one failed.
    secret: the signing secret, only in the answers that create or rotate it.
    created_at: when it was made.
    """

    id: str
    url: str
    description: str | None = None
    events: tuple[str, ...]
    enabled: bool
    disabled_reason: str | None = None
    failing_since: datetime | None = None
    secret: str | None = hidden(default=None)
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeliveryTry(Model):
    """One attempt to post an event.

    at: when it was made.
    duration_ms: how long it took, in milliseconds.
    status_code: the HTTP status of the answer, if there was one.
    error: why there was no answer, such as `timeout`.
    answer: the first 1,024 bytes of the answer, unless it was 2xx.
    """

    at: datetime
    duration_ms: int
    status_code: int | None = None
    error: str | None = None
    answer: str | None = hidden(default=None)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class WebhookTest(Result):
    """What an endpoint answered to an example.

    delivered: whether it answered 2xx.
    try_: the attempt.
    """

    delivered: bool
    try_: DeliveryTry = named("try")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Delivery(Result):
    """An event on its way to an endpoint.

    id: the event's id, the same in all attempts.
    event: the type, such as `message.delivered`.
    status: `waiting`, `delivered` or `failed`.
    attempts: how many attempts were made.
    next_attempt_at: when the next attempt is due.
    tries: the last attempts, oldest first.
    created_at: when the event happened.
    """

    id: str
    event: str
    status: str
    attempts: int
    next_attempt_at: datetime | None = None
    tries: tuple[DeliveryTry, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recovery(Result):
    """How many missed events will be sent again.

    queued: their number.
    next_since: when more are left, the `since` of the next call.
    """

    queued: int
    next_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EventType(Result):
    """A type of event.

    event: its name, such as `message.delivered`.
    description: what it means.
    schema: the JSON Schema of its payload.
    example: an example of its payload.
    """

    event: str
    description: str
    schema: Any = hidden(hash=False)
    example: Any = hidden(hash=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CallbackSecret(Result):
    """The secret that signs what is posted to the callback URLs of messages.

    secret: the whole of it, with `whsec_`.
    """

    secret: str = hidden()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StoredEvent(Result):
    """An event as the server keeps it.

    id: its id.
    event: its type, such as `message.delivered`.
    payload: what is posted to webhook endpoints.
    created_at: when it happened.
    """

    id: str
    event: str
    payload: Any = hidden(hash=False)
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event(Model):
    """What a webhook tells.

    type: what happened, such as `message.delivered`. Types may be added.
    message_id, otp_id, webhook_id, inbound_id: what it happened to.
    channel: the channel of the message.
    from_: the sender of a received message.
    to: the number.
    body: the text of a received message.
    status: the status of the message.
    purpose: the purpose of the code.
    keyword: the word of the reply that opted out or in.
    reason: why it failed or happened.
    carrier_code: the carrier's own error code.
    metadata: what you attached to the code or message.
    latency_ms: how long it took, in milliseconds.
    credits: the credits that are left.
    threshold: the number of credits below which the account asked to be told.
    sequence: the number of the event among those of one code or message.
    test: whether it comes from a test.
    at: when it happened.
    """

    type: str = named("event")
    message_id: str | None = None
    otp_id: str | None = None
    webhook_id: str | None = None
    inbound_id: str | None = None
    channel: str | None = None
    from_: str | None = named("from", default=None)
    to: str | None = None
    body: str | None = hidden(default=None)
    status: str | None = None
    purpose: str | None = None
    keyword: str | None = None
    reason: str | None = None
    carrier_code: str | None = None
    metadata: Mapping[str, Any] = hidden(default_factory=dict, hash=False)
    latency_ms: int | None = None
    credits: int | None = None
    threshold: int | None = None
    sequence: int | None = None
    test: bool | None = None
    at: datetime | None = None
