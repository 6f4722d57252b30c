"""The account, its reports, and the sandbox."""

from __future__ import annotations

from .._models.account import Account, Balance, Conversion, SandboxClock, SandboxMessage, Usage
from .._models.credits import BalanceEntry, ClearedInbox, Price
from .._models.messages import Message
from .._values import advance as advance_text
from .._values import day, texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, timedelta

    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncAccountResource:
    """The settings of the account."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, **options: Unpack[CallOptions]) -> Account:
        """Get the settings."""
        return await self._engine.call(Account, "GET", "/account", options=options)

    async def update(
        self,
        *,
        name: str | None = None,
        from_: str | None = None,
        default_locale: str | None = None,
        app_hash: str | None = None,
        origin: str | None = None,
        help_text: str | None = None,
        mask_numbers: bool | None = None,
        smart_encoding: bool | None = None,
        on_unknown: str | None = None,
        opt_out_blocks_otp: bool | None = None,
        opt_out_replies: bool | None = None,
        credits_low: int | None = None,
        spend_cap_day: int | None = None,
        spend_cap_hour: int | None = None,
        spend_cap_countries: Mapping[str, int] | None = None,
        **options: Unpack[CallOptions],
    ) -> Account:
        """Change settings. What is not given stays. `syssecure.types.Account` describes each.

        Args:
            name: the account's name, as the built-in texts show it.
            from_: the sender of messages whose request names none.
            default_locale: the language when there is no text in the requested one, as a BCP 47 tag.
            app_hash: the hash of your Android app.
            origin: the host of your site.
            help_text: the answer to HELP.
            mask_numbers: whether numbers are shown masked.
            smart_encoding: whether characters that would make an SMS longer are replaced by similar ones.
            on_unknown: what happens when a carrier gives no answer: `retry` or `hold`.
            opt_out_blocks_otp: whether numbers that opted out are refused codes as well.
            opt_out_replies: whether STOP, START and HELP are answered.
            credits_low: the number of credits below which the event `credits.low` is sent; 0 for never.
            spend_cap_day: the most credits that may be spent in a day (UTC); 0 for no cap.
            spend_cap_hour: the most credits that may be spent in an hour; 0 for no cap.
            spend_cap_countries: the most credits for a day by country (ISO 3166-1); `*` stands for all others.
        """
        body = {
            "name": name,
            "from": from_,
            "default_locale": default_locale,
            "app_hash": app_hash,
            "origin": origin,
            "help_text": help_text,
            "mask_numbers": mask_numbers,
            "smart_encoding": smart_encoding,
            "on_unknown": on_unknown,
            "opt_out_blocks_otp": opt_out_blocks_otp,
            "opt_out_replies": opt_out_replies,
            "credits_low": credits_low,
            "spend_cap_day": spend_cap_day,
            "spend_cap_hour": spend_cap_hour,
            "spend_cap_countries": spend_cap_countries,
        }

        return await self._engine.call(Account, "PATCH", "/account", body=body, options=options)


class AsyncBalanceResource:
    """The credits of the account."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, **options: Unpack[CallOptions]) -> Balance:
        """Get the credits that are left and those that are held."""
        return await self._engine.call(Balance, "GET", "/balance", options=options)

    def entries(
        self,
        *,
        kind: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[BalanceEntry]:
        """List the lines of the ledger of credits, newest first. Test keys have none.

        Args:
            kind: only lines of this kind.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
        """
        query = {"kind": kind, "limit": limit, "cursor": cursor}

        return self._engine.list(BalanceEntry, "/balance/entries", query=query, options=options)

    def prices(self, **options: Unpack[CallOptions]) -> PendingPage[Price]:
        """List what each channel costs. It is one page."""
        return self._engine.list(Price, "/prices", options=options)


class AsyncUsageResource:
    """Reports of messages and credits."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(
        self,
        *,
        from_: date | str | None = None,
        to: date | str | None = None,
        group_by: Sequence[str] | None = None,
        **options: Unpack[CallOptions],
    ) -> Usage:
        """Get a report of messages and credits, of at most 92 days.

        Args:
            from_: the first day (UTC); by default 29 days before `to`.
            to: the last day, included; by default today.
            group_by: how to group it: `day`, `country`, `channel`; by default by day.
        """
        query = {"from": day("from_", from_), "to": day("to", to), "group_by": texts("group_by", group_by)}

        return await self._engine.call(Usage, "GET", "/usage", query=query, options=options)


class AsyncAnalyticsResource:
    """Reports of conversion."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def conversion(
        self,
        *,
        from_: date | str | None = None,
        to: date | str | None = None,
        group_by: Sequence[str] | None = None,
        country: str | None = None,
        channel: str | None = None,
        carrier: str | None = None,
        template: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Conversion:
        """Get a report of how many codes were verified, of at most 92 days.

        Args:
            from_: the first day (UTC); by default 29 days before `to`.
            to: the last day, included; by default today.
            group_by: how to group it: `day`, `country`, `prefix`, `channel`, `carrier`, `template`; by default
                by country.
            country: only codes to numbers of this country, by its ISO 3166-1 code.
            channel: only what was sent on this channel.
            carrier: only what was sent over this carrier, by its name on the server.
            template: only codes with this template, by its id; `built-in` for the built-in text.
        """
        query = {
            "from": day("from_", from_),
            "to": day("to", to),
            "group_by": texts("group_by", group_by),
            "country": country,
            "channel": channel,
            "carrier": carrier,
            "template": template,
        }

        return await self._engine.call(Conversion, "GET", "/analytics/conversion", query=query, options=options)


class AsyncSandboxResource:
    """The inbox and the clock of test keys, and what becomes of their messages."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def messages(
        self, *, to: str | None = None, limit: int | None = None, **options: Unpack[CallOptions]
    ) -> PendingPage[SandboxMessage]:
        """List what the phones of the sandbox received, newest first. It is one page.

        Args:
            to: only those to this number.
            limit: the largest number of rows.
        """
        query = {"to": to, "limit": limit}

        return self._engine.list(SandboxMessage, "/sandbox/messages", query=query, options=options)

    async def clock(
        self,
        *,
        advance: float | timedelta | str | None = None,
        reset: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> SandboxClock:
        """Move the sandbox's clock, so that codes expire without a wait.

        Args:
            advance: how far: whole seconds, a timedelta, or text such as `5m`.
            reset: end everything that is pending and set the clock back to real time first.
        """
        body = {"advance": advance_text(advance), "reset": reset}

        return await self._engine.call(SandboxClock, "POST", "/sandbox/clock", body=body, options=options)

    async def force_outcome(
        self, message_id: str, *, status: str, reason: str | None = None, **options: Unpack[CallOptions]
    ) -> Message:
        """Let a message of the sandbox end as you say, as if its carrier had sent a receipt.

        Args:
            message_id: the id of the message, also of one with a code.
            status: `delivered`, `read` or `failed`.
            reason: why it failed; `unreachable` by default.

        Raises:
            BadRequestError: its status cannot change any more.
        """
        body = {"status": status, "reason": reason}

        return await self._engine.call(
            Message,
            "POST",
            "/sandbox/messages/{message_id}/outcome",
            ids={"message_id": message_id},
            body=body,
            options=options,
        )

    async def clear(self, *, to: str | None = None, **options: Unpack[CallOptions]) -> ClearedInbox:
        """Remove messages from the sandbox's inbox. Codes and messages themselves stay.

        Args:
            to: only those to this number.
        """
        query = {"to": to}

        return await self._engine.call(ClearedInbox, "DELETE", "/sandbox/messages", query=query, options=options)
