"""Codes."""

from __future__ import annotations

from .._models.otp import Otp, SentOtp, Verification
from .._values import digits, moment, texts, whole_seconds
from .._values import fallback as fallback_fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from typing import Any

    from typing_extensions import Unpack

    from .._options import CallOptions
    from ..types import Channel, Fallback
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncOtpResource:
    """Send codes and verify them."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def send(
        self,
        *,
        to: str,
        channels: Sequence[Channel],
        expires_in: float | timedelta | None = None,
        length: int | None = None,
        locale: str | None = None,
        template: str | None = None,
        purpose: str | None = None,
        fallback: Fallback | None = None,
        force_new: bool | None = None,
        client_ip: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Unpack[CallOptions],
    ) -> SentOtp:
        """Make a code and send it.

        Args:
            to: the number in E.164 format, such as `+32470123456`.
            channels: the channels to try, in this order: `whatsapp`, `sms`, `telegram`, `voice`.
            expires_in: how long the code is valid, in whole seconds or as a timedelta; 300 by default, at most 3600.
            length: the number of digits, 4 to 10; 6 by default.
            locale: the language of the message, as a BCP 47 tag such as `en`.
            template: the id of the template of the message.
            purpose: what the code is for, such as `login`. A number has one pending code for each purpose.
            fallback: when to try the next channel if no receipt comes: `{"after": 30}`, in seconds.
            force_new: make a new code instead of sending the pending one again.
            client_ip: the IP address of your user, for limits.
            metadata: any JSON object for your own use; webhooks return it.

        Raises:
            InvalidPhoneError: the number is invalid or may not get messages.
            RateLimitError: too many sends. With `otp_id`, that code is still pending.
            InsufficientCreditsError: there are too few credits.
        """
        body = {
            "to": to,
            "channels": texts("channels", channels),
            "expires_in": whole_seconds("expires_in", expires_in),
            "length": length,
            "locale": locale,
            "template": template,
            "purpose": purpose,
            "fallback": fallback_fields(fallback),
            "force_new": force_new,
            "client_ip": client_ip,
            "metadata": metadata,
        }

        return await self._engine.call(SentOtp, "POST", "/otp/send", body=body, options=options)

    async def verify(self, *, otp_id: str, code: str, **options: Unpack[CallOptions]) -> Verification:
        """Check the code that a user entered. A wrong code is no error: `valid` is false and `reason` says why.

        Args:
            otp_id: the id of the code, from `otp.send`.
            code: what the user entered.

        Raises:
            NotFoundError: there is no such code.
        """
        body = {"otp_id": otp_id, "code": digits("code", code)}

        return await self._engine.call(Verification, "POST", "/otp/verify", body=body, options=options)

    async def get(self, otp_id: str, **options: Unpack[CallOptions]) -> Otp:
        """Get a code's state and its attempts.

        Raises:
            NotFoundError: there is no such code.
        """
        return await self._engine.call(Otp, "GET", "/otp/{otp_id}", ids={"otp_id": otp_id}, options=options)

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
        template: str | None = None,
        created_after: datetime | str | None = None,
        created_before: datetime | str | None = None,
        metadata: Mapping[str, str] | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[Otp]:
        """List codes, newest first.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
            to: only those to this number.
            channel: only those on this channel.
            status: only those with this status, such as `verified`.
            country: only those to numbers of this country: its ISO 3166-1 code.
            carrier: only those over this carrier, by its name on the server.
            template: only those with this template, by its id.
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
            "template": template,
            "created_after": moment("created_after", created_after),
            "created_before": moment("created_before", created_before),
            "metadata": metadata,
        }

        return self._engine.list(Otp, "/otp", query=query, options=options)

    async def resend(self, otp_id: str, *, channel: Channel | None = None, **options: Unpack[CallOptions]) -> SentOtp:
        """Send a pending code again.

        Args:
            otp_id: the id of the code.
            channel: the channel to send on; without it those of the last send.

        Raises:
            RateLimitError: it was sent too recently or too often.
        """
        return await self._engine.call(
            SentOtp,
            "POST",
            "/otp/{otp_id}/resend",
            ids={"otp_id": otp_id},
            body={"channel": channel},
            options=options,
        )

    async def cancel(self, otp_id: str, **options: Unpack[CallOptions]) -> Otp:
        """Cancel a pending code, so that it can no longer be verified."""
        return await self._engine.call(Otp, "POST", "/otp/{otp_id}/cancel", ids={"otp_id": otp_id}, options=options)
