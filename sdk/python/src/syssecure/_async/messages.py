"""Messages to and from phones, and who does not want them."""

from __future__ import annotations

from .._models.account import OptOut
from .._models.messages import InboundMessage, Message, SentSms
from .._values import moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from typing_extensions import Unpack

    from .._options import CallOptions
    from ..types import Channel
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncSmsResource:
    """Send text messages."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def send(
        self,
        *,
        to: str,
        body: str,
        from_: str | None = None,
        scheduled_at: datetime | str | None = None,
        callback_url: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> SentSms:
        """Send a text message. Give an `idempotency_key` of your own if your program may call this again by itself.

        Args:
            to: the number in E.164 format.
            body: the text, at most 1600 characters.
            from_: the sender: a number, a short code or a name of up to 11 characters; without it the account's.
            scheduled_at: when to send it, at most 30 days ahead: a datetime with a time zone, or text.
            callback_url: where this message's events are posted.
            metadata: any JSON object for your own use; webhooks return it.

        Raises:
            InvalidPhoneError: the number is invalid or may not get messages.
            InsufficientCreditsError: there are too few credits.
        """
        fields = {
            "to": to,
            "body": body,
            "from": from_,
            "scheduled_at": moment("scheduled_at", scheduled_at),
            "callback_url": callback_url,
            "metadata": metadata,
        }

        return await self._engine.call(SentSms, "POST", "/sms/send", body=fields, options=options)


class AsyncMessagesResource:
    """Messages and what became of them."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, message_id: str, **options: Unpack[CallOptions]) -> Message:
        """Get a message's state and its attempts.

        Raises:
            NotFoundError: there is no such message.
        """
        ids = {"message_id": message_id}

        return await self._engine.call(Message, "GET", "/messages/{message_id}", ids=ids, options=options)

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        to: str | None = None,
        channel: Channel | None = None,
        status: str | None = None,
        country: str | None = None,
        carrier: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        metadata: Mapping[str, str] | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[Message]:
        """List messages, newest first.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
            to: only those to this number.
            channel: only those on this channel.
            status: only those with this status, such as `delivered`.
            country: only those to numbers of this country: its ISO 3166-1 code.
            carrier: only those over this carrier, by its name on the server.
            created_after: only those made at this time or later; a datetime with a time zone, or text.
            created_before: only those made before this time.
            metadata: only those with these values in their metadata.
        """
        query = {
            "limit": limit,
            "cursor": cursor,
            "to": to,
            "channel": channel,
            "status": status,
            "country": country,
            "carrier": carrier,
            "created_after": moment("created_after", created_after),
            "created_before": moment("created_before", created_before),
            "metadata": metadata,
        }

        return self._engine.list(Message, "/messages", query=query, options=options)

    async def cancel(self, message_id: str, **options: Unpack[CallOptions]) -> Message:
        """Cancel a scheduled message."""
        ids = {"message_id": message_id}

        return await self._engine.call(Message, "POST", "/messages/{message_id}/cancel", ids=ids, options=options)


class AsyncInboundResource:
    """Messages that phones sent."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        from_: str | None = None,
        to: str | None = None,
        received_after: datetime | str | None = None,
        received_before: datetime | str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[InboundMessage]:
        """List received messages, newest first.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
            from_: only those from this number.
            to: only those that replied to this sender.
            received_after: only those received at this time or later; a datetime with a time zone, or text.
            received_before: only those received before this time.
        """
        query = {
            "limit": limit,
            "cursor": cursor,
            "from": from_,
            "to": to,
            "received_after": moment("received_after", received_after),
            "received_before": moment("received_before", received_before),
        }

        return self._engine.list(InboundMessage, "/inbound", query=query, options=options)


class AsyncOptOutsResource:
    """Numbers that opted out of messages."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        to: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[OptOut]:
        """List numbers that opted out.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
            to: only this number.
        """
        query = {"limit": limit, "cursor": cursor, "to": to}

        return self._engine.list(OptOut, "/opt-outs", query=query, options=options)

    async def put(self, number: str, **options: Unpack[CallOptions]) -> OptOut:
        """Opt a number out, so that it gets no more messages.

        Args:
            number: the number in E.164 format.
        """
        return await self._engine.call(OptOut, "PUT", "/opt-outs/{number}", ids={"number": number}, options=options)

    async def delete(self, number: str, **options: Unpack[CallOptions]) -> OptOut:
        """Remove a number's opt-out.

        Args:
            number: the number in E.164 format.

        Raises:
            NotFoundError: it has not opted out.
        """
        return await self._engine.call(OptOut, "DELETE", "/opt-outs/{number}", ids={"number": number}, options=options)
