"""Results of carriers."""

from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Carrier(Result):
    """A connection over which the server sends messages.

    name: its name in the server's configuration.
    kind: how it is reached, such as `smpp`, `http` or `twilio`.
    channels: the channels that it serves.
    state: `ok`, `failing`, `open` while attempts pass it by, `paused` or `stopped`.
    paused_since: when an operator paused it.
    failing_since: when it began to fail.
    last_error: what it answered last when it failed.
    sessions_bound: how many of its sessions are connected; None for kinds without sessions.
    sessions: how many sessions it should have; None for kinds without sessions.
    in_flight: the messages that it has not answered yet.
    queued: the messages that wait for it.
    rate: the most messages that it may be given in a second; 0 for no limit.
    rate_used: how many messages it is given in a second now.
    nodes: how many nodes of the server report it.
    """

    name: str
    kind: str
    channels: tuple[str, ...]
    state: str
    paused_since: datetime | None = None
    failing_since: datetime | None = None
    last_error: str | None = None
    sessions_bound: int | None = None
    sessions: int | None = None
    in_flight: int
    queued: int
    rate: int
    rate_used: int
    nodes: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CarrierCheck(Model):
    """One step of a carrier's test.

    name: what was tested.
    ok: whether it works.
    note: what was seen.
    """

    name: str
    ok: bool
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CarrierTest(Result):
    """What a carrier's test found.

    carrier: the carrier's name.
    ok: whether everything works.
    checks: the steps, in their order.
    took_ms: how long it took, in milliseconds.
    """

    carrier: str
    ok: bool
    checks: tuple[CarrierCheck, ...]
    took_ms: int
