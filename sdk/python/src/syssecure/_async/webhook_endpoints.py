"""Webhook endpoints, and the events that are posted to them."""

from __future__ import annotations

from .._models.templates import Deleted
from .._models.webhooks import (
    CallbackSecret,
    Delivery,
    EventType,
    Recovery,
    StoredEvent,
    WebhookEndpoint,
    WebhookTest,
)
from .._values import moment, texts, whole_seconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import AsyncEngine
    from .pending import PendingPage

_ENDPOINT = "/webhooks/{webhook_id}"


class AsyncWebhookEndpointsResource:
    """Addresses to which events are posted."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        *,
        url: str,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> WebhookEndpoint:
        """Create an endpoint. The result has its `secret`, which is shown only now: keep it.

        Args:
            url: the address, with https.
            events: the types of events to send; without it every type.
            description: a description for your own use.
            enabled: whether events are sent to it; true by default.
        """
        body = {"url": url, "events": texts("events", events), "description": description, "enabled": enabled}

        return await self._engine.call(WebhookEndpoint, "POST", "/webhooks", body=body, options=options)

    async def get(self, webhook_id: str, **options: Unpack[CallOptions]) -> WebhookEndpoint:
        """Get an endpoint.

        Raises:
            NotFoundError: there is no such endpoint.
        """
        return await self._engine.call(
            WebhookEndpoint, "GET", _ENDPOINT, ids={"webhook_id": webhook_id}, options=options
        )

    def list(
        self, *, limit: int | None = None, cursor: str | None = None, **options: Unpack[CallOptions]
    ) -> PendingPage[WebhookEndpoint]:
        """List endpoints, newest first.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
        """
        query = {"limit": limit, "cursor": cursor}

        return self._engine.list(WebhookEndpoint, "/webhooks", query=query, options=options)

    async def update(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        **options: Unpack[CallOptions],
    ) -> WebhookEndpoint:
        """Change an endpoint. What is not given stays.

        Args:
            webhook_id: its id.
            url: the address, with https.
            events: the types of events to send.
            description: a description for your own use.
            enabled: whether events are sent to it.
        """
        return await self._engine.call(
            WebhookEndpoint,
            "PATCH",
            _ENDPOINT,
            ids={"webhook_id": webhook_id},
            body={"url": url, "events": texts("events", events), "description": description, "enabled": enabled},
            options=options,
        )

    async def delete(self, webhook_id: str, **options: Unpack[CallOptions]) -> Deleted:
        """Delete an endpoint."""
        return await self._engine.call(Deleted, "DELETE", _ENDPOINT, ids={"webhook_id": webhook_id}, options=options)

    async def test(self, webhook_id: str, *, event: str | None = None, **options: Unpack[CallOptions]) -> WebhookTest:
        """Post an example to an endpoint now.

        Args:
            webhook_id: its id.
            event: the type of event; `message.delivered` by default.
        """
        return await self._engine.call(
            WebhookTest,
            "POST",
            _ENDPOINT + "/test",
            ids={"webhook_id": webhook_id},
            body={"event": event},
            options=options,
        )

    async def rotate_secret(
        self, webhook_id: str, *, overlap: float | timedelta | None = None, **options: Unpack[CallOptions]
    ) -> WebhookEndpoint:
        """Give an endpoint a new secret. The result has it, and it is shown only now.

        Args:
            webhook_id: its id.
            overlap: how long the old secret signs as well, in whole seconds or as a timedelta.
        """
        return await self._engine.call(
            WebhookEndpoint,
            "POST",
            _ENDPOINT + "/rotate-secret",
            ids={"webhook_id": webhook_id},
            body={"overlap": whole_seconds("overlap", overlap)},
            options=options,
        )

    def deliveries(
        self,
        webhook_id: str,
        *,
        status: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[Delivery]:
        """List what was posted to an endpoint, newest first.

        Args:
            webhook_id: its id.
            status: only those that are `waiting`, `delivered` or `failed`.
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
        """
        return self._engine.list(
            Delivery,
            _ENDPOINT + "/deliveries",
            ids={"webhook_id": webhook_id},
            query={"status": status, "limit": limit, "cursor": cursor},
            options=options,
        )

    async def redeliver(self, webhook_id: str, event_id: str, **options: Unpack[CallOptions]) -> Delivery:
        """Post an event to an endpoint again.

        Args:
            webhook_id: the endpoint's id.
            event_id: the event's id.
        """
        return await self._engine.call(
            Delivery,
            "POST",
            _ENDPOINT + "/deliveries/{event_id}/redeliver",
            ids={"webhook_id": webhook_id, "event_id": event_id},
            options=options,
        )

    async def recover(
        self,
        webhook_id: str,
        *,
        since: datetime | str,
        until: datetime | str | None = None,
        **options: Unpack[CallOptions],
    ) -> Recovery:
        """Post all events again that an endpoint missed.

        Args:
            webhook_id: its id.
            since: from when on; a datetime with a time zone, or text.
            until: until when.
        """
        return await self._engine.call(
            Recovery,
            "POST",
            _ENDPOINT + "/recover",
            ids={"webhook_id": webhook_id},
            body={"since": moment("since", since), "until": moment("until", until)},
            options=options,
        )

    def event_types(self, **options: Unpack[CallOptions]) -> PendingPage[EventType]:
        """List the types of events, each with a schema and an example. It is one page."""
        return self._engine.list(EventType, "/webhooks/event-types", options=options)

    async def rotate_callback_secret(
        self, *, overlap: float | timedelta | None = None, **options: Unpack[CallOptions]
    ) -> CallbackSecret:
        """Make a new secret for the callback URLs of messages.

        Args:
            overlap: how long the old secret signs as well, in whole seconds or as a timedelta.
        """
        body = {"overlap": whole_seconds("overlap", overlap)}

        return await self._engine.call(
            CallbackSecret, "POST", "/webhooks/callback/rotate-secret", body=body, options=options
        )


class AsyncEventsResource:
    """Events as the server keeps them."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def list(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        type: str | None = None,
        after: str | None = None,
        **options: Unpack[CallOptions],
    ) -> PendingPage[StoredEvent]:
        """List events, newest first; with `after` oldest first.

        Args:
            limit: the largest number of rows on a page, 1 to 100; 20 by default.
            cursor: `next_cursor` of the page before.
            type: only those of this type, such as `message.delivered`; not with `after`.
            after: list those after the event with this id, or all that are kept with `start`.
        """
        query = {"limit": limit, "cursor": cursor, "type": type, "after": after}

        return self._engine.list(
            StoredEvent, "/events", query=query, cursor="cursor" if after is None else "after", options=options
        )
