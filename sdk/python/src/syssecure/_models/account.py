"""Results of the account, its numbers and reports, and the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .base import Model, Result, hidden, named


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Account(Result):
    """The settings of the account.

    id: its id.
    name: its name, as the built-in texts show it.
    from_: the sender of messages whose request names none; empty for the carrier's.
    default_locale: the language of messages when there is no text in the requested one, as a BCP 47 tag.
    app_hash: the hash of your Android app, for the SMS Retriever API; empty for none.
    origin: the host of your site, by which browsers fill in codes; empty for none.
    help_text: the answer to HELP; empty for the built-in one.
    mask_numbers: whether numbers are shown masked.
    smart_encoding: whether characters that would make an SMS longer are replaced by similar ones.
    on_unknown: what happens when a carrier gives no answer: `retry` or `hold`.
    opt_out_blocks_otp: whether numbers that opted out are refused codes as well.
    opt_out_replies: whether STOP, START and HELP are answered.
    credits_low: the number of credits below which the event `credits.low` is sent; 0 for never.
    spend_cap_day: the most credits that may be spent in a day (UTC); 0 for no cap.
    spend_cap_hour: the most credits that may be spent in an hour; 0 for no cap.
    spend_cap_countries: the most credits for a day by country (ISO 3166-1); `*` stands for all others.
    created_at: when it was made.
    """

    id: str
    name: str
    from_: str = named("from")
    default_locale: str
    app_hash: str
    origin: str
    help_text: str
    mask_numbers: bool
    smart_encoding: bool
    on_unknown: str
    opt_out_blocks_otp: bool
    opt_out_replies: bool
    credits_low: int
    spend_cap_day: int
    spend_cap_hour: int
    spend_cap_countries: Mapping[str, int] = hidden(hash=False)
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Balance(Result):
    """The credits of the account.

    credits: those that can be spent.
    held: those held for messages that no carrier has accepted yet.
    """

    credits: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PhoneNumber(Result):
    """What is known of a number.

    number: the number in E.164 format.
    valid: whether it is a number that can exist.
    country: the ISO 3166-1 code of its country; `001` for international numbers.
    type: such as `mobile`, `fixed_line` or `voip`.
    national: how it is written in its country.
    international: how it is written abroad.
    """

    number: str
    valid: bool
    country: str
    type: str
    national: str = hidden()
    international: str = hidden()


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OptOut(Result):
    """A number that opted out of messages.

    number: the number in E.164 format.
    source: `keyword` for a reply such as STOP, `api`, or `carrier`.
    keyword: the word of the reply.
    created_at: when it opted out.
    """

    number: str
    source: str
    keyword: str | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UsageSums(Model):
    """The sums of a report of usage.

    messages: the messages that a carrier accepted.
    segments: their SMS segments.
    credits: the credits charged for them.
    cost: what they cost the operator, in credits; only for keys with the scope `operator`.
    """

    messages: int
    segments: int
    credits: int
    cost: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class UsageLine(UsageSums):
    """One group of a report of usage. It has the fields by which the report is grouped.

    day: the day (UTC), as YYYY-MM-DD.
    country: the ISO 3166-1 code of the number's country.
    channel: the channel.
    """

    day: str | None = None
    country: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Usage(Result):
    """A report of messages and credits.

    from_: the first day, as YYYY-MM-DD.
    to: the last day.
    data: a line for each group with messages.
    total: the sums of all lines.
    """

    from_: str = named("from")
    to: str
    data: tuple[UsageLine, ...]
    total: UsageSums


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ConversionLine(Model):
    """One group of a report of conversion, or its total. It has the fields by which the report is grouped.

    day: the day (UTC) on which the codes were sent, as YYYY-MM-DD.
    country: the ISO 3166-1 code of the number's country.
    prefix: the number's first digits.
    channel: the channel.
    carrier: the carrier's name in the server's configuration.
    template: the id of the template; `built-in` for the built-in text, `other` for those that are counted together.
    codes: codes whose first message a carrier accepted.
    sent: messages with codes that a carrier accepted.
    delivered: those of them that were delivered.
    verified: codes that were verified.
    conversion_rate: verified codes as a part of all, from 0 to 1; None when there were none.
    median_seconds: the median time from the creation of a code to its verification.
    p95_seconds: the time within which 95% of the verified codes were verified.
    credits: the credits charged for the messages.
    credits_per_verified: credits divided by verified codes.
    """

    day: str | None = None
    country: str | None = None
    prefix: str | None = None
    channel: str | None = None
    carrier: str | None = None
    template: str | None = None
    codes: int
    sent: int
    delivered: int
    verified: int
    conversion_rate: float | None = None
    median_seconds: float | None = None
    p95_seconds: float | None = None
    credits: int
    credits_per_verified: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Conversion(Result):
    """A report of codes sent and verified.

    from_: the first day, as YYYY-MM-DD.
    to: the last day.
    data: a line for each group.
    total: the line of all groups together.
    """

    from_: str = named("from")
    to: str
    data: tuple[ConversionLine, ...]
    total: ConversionLine


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SandboxMessage(Result):
    """A message that a phone of the sandbox received.

    message_id: identifies the message.
    otp_id: identifies the code; None for a text.
    status: that of the message now; None when the message has been removed.
    to: the number.
    channel: the channel.
    body: the text that the phone would have shown.
    at: when it was received.
    """

    message_id: str
    otp_id: str | None = None
    status: str | None = None
    to: str
    channel: str
    body: str = hidden()
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SandboxClock(Result):
    """The sandbox's clock.

    now: the time that it shows.
    offset: how far it is ahead of real time, such as `5m0s`.
    done: whether everything that became due was done; if not, advance by `0s` to go on.
    """

    now: datetime
    offset: str
    done: bool
