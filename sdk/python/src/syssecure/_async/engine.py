"""Carries out calls: the loop around the attempts, and pages."""

from __future__ import annotations

from functools import partial

from .._errors import APIConnectionError, ConfigurationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeVar

    from .._call import Call, Parse
    from .._clock import Clock
    from .._models.base import Result
    from .._protocols import AsyncTransport
    from .._settings import Settings
    from .pages import AsyncPage
    from .pending import PendingPage

    T = TypeVar("T")
    R = TypeVar("R", bound=Result)


class AsyncEngine:
    """What the resources of one client share."""

    __slots__ = ("_clock", "_is_closed", "_settings", "_transport")

    def __init__(self, settings: Settings, transport: AsyncTransport, clock: Clock) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._is_closed = False

    async def call(
        self,
        result: type[R],
        method: str,
        template: str,
        *,
        ids: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        options: Mapping[str, Any],
    ) -> R:
        """Call an operation that returns one result. Fields and parameters that are None are left out."""
        from .._models.base import decode
        from .._values import path_of, present

        return await self._perform(
            self._prepare(
                method,
                path_of(template, ids or {}),
                template=template,
                body=None if body is None else present(body),
                query=query,
                parse=partial(decode, result),
                options=options,
            )
        )

    def list(
        self,
        item: type[R],
        template: str,
        *,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        cursor: str = "cursor",
        options: Mapping[str, Any],
    ) -> PendingPage[R]:
        """Call an operation that returns a page. `cursor` names the parameter that leads to the next page."""
        from .._models.page import decode_rows
        from .._values import path_of
        from .io import first_page
        from .pages import AsyncPage

        filters = dict(query or {})

        async def fetch(position: str | None) -> AsyncPage[R]:
            rows = await self._perform(
                self._prepare(
                    "GET",
                    path_of(template, ids or {}),
                    template=template,
                    body=None,
                    query={**filters, cursor: position},
                    parse=partial(decode_rows, item),
                    options=options,
                )
            )
            return AsyncPage(rows, cursor=cursor, position=position, fetch=fetch)

        return first_page(partial(fetch, filters.get(cursor)))

    async def request(
        self,
        method: str,
        path: str,
        body: Any,
        query: Mapping[str, Any] | None,
        options: Mapping[str, Any],
    ) -> Any:
        """Call what has no method."""
        from .._call import template_of
        from .._values import raw_path

        if not isinstance(method, str) or not method.isascii() or not method.isalpha():
            raise ConfigurationError("method must be one of HTTP, such as GET")

        path = raw_path(path)

        return await self._perform(
            self._prepare(
                method.upper(),
                path,
                template=template_of(path),
                body=body,
                query=query,
                parse=_decoded,
                read_only=False,
                options=options,
            )
        )

    def _prepare(
        self,
        method: str,
        path: str,
        *,
        template: str,
        body: Any,
        query: Mapping[str, Any] | None,
        parse: Parse[T],
        read_only: bool = True,
        options: Mapping[str, Any],
    ) -> Call[T]:
        # What only calls need is imported when the first is made, so that the import stays quick.
        from .._call import Call
        from .._values import query_string

        return Call(
            self._settings,
            self._clock,
            method=method,
            path=path + query_string(query or {}),
            template=template,
            body=body,
            parse=parse,
            read_only=read_only,
            options=options,
        )

    async def _perform(self, call: Call[T]) -> T:
        if self._is_closed:
            raise ConfigurationError("this client is closed; make another")

        while True:
            try:
                response = await self._transport.send(call.next_request())
            except APIConnectionError as error:
                wait = call.failed(error)
            else:
                again = call.answered(response)
                if again is None:
                    return call.result(response)
                wait = again

            await self._clock.sleep_async(wait)

    async def close(self) -> None:
        """Release the connections."""
        self._is_closed = True
        await self._transport.close()


def _decoded(data: Any, _request_id: str | None) -> Any:
    return data
