"""Results of the ledger, of prices, and of what happened with a number."""

from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BalanceEntry(Result):
    """A line of the ledger of credits.

    seq: its number, which counts up.
    kind: such as `grant`, `hold`, `capture`, `release` or `refund`.
    credits: what it added to the credits; negative for what it took.
    held: what it added to the held credits; negative for what it took.
    balance: the credits after it.
    message_id: the message that it is about.
    created_at: when it was written.
    """

    seq: int
    kind: str
    credits: int
    held: int
    balance: int
    message_id: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Price(Result):
    """What a channel costs.

    channel: the channel.
    prefix: the first digits of the numbers; empty for all others.
    country: the ISO 3166-1 code of their country.
    unit: what is counted: `segment`, `message` or `call`.
    credits: the credits for one unit.
    cost: what a unit costs the operator; only for keys with the scope `operator`.
    """

    channel: str
    prefix: str
    country: str | None = None
    unit: str
    credits: int
    cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NumberFinding(Model):
    """Something that happened with a number.

    at: when it happened.
    kind: such as `request`, `refusal`, `attempt`, `receipt`, `check`, `result`, `opt_out` or `limit`.
    text: what happened, in plain words.
    otp_id: the code that it is about.
    message_id: the message that it is about.
    carrier: the carrier, by its name on the server.
    channel: the channel.
    carrier_code: the carrier's own code for it.
    """

    at: datetime
    kind: str
    text: str
    otp_id: str | None = None
    message_id: str | None = None
    carrier: str | None = None
    channel: str | None = None
    carrier_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NumberReport(Result):
    """What happened with a number in the last 24 hours.

    number: the number.
    country: the ISO 3166-1 code of its country.
    mode: `test` or `live`.
    since: where the report begins.
    summary: all of it in one sentence.
    verdict: such as `no_request`, `refused`, `failed`, `waiting`, `delivered`, `verified` or `expired`.
    findings: what happened, oldest first.
    advice: what to do.
    """

    number: str
    country: str
    mode: str
    since: datetime
    summary: str
    verdict: str
    findings: tuple[NumberFinding, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ClearedInbox(Result):
    """How many messages were removed from the inbox.

    cleared: their number.
    """

    cleared: int
