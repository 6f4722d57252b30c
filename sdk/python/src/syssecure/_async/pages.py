"""Pages of lists."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

from .._errors import APIResponseError
from .._models.base import Result
from .._models.page import Rows

R = TypeVar("R", bound=Result)


class AsyncPage(Generic[R]):
    """One page of a list. Iterating over it goes on to the next pages, which are fetched when they are needed.

    data: the rows of this page alone.
    next_cursor: where the next page begins; None on the last page.
    has_more: whether there may be a next page.
    request_id: the id of the request; quote it when you ask for help.
    raw: the decoded JSON.
    """

    __slots__ = ("_cursor", "_fetch", "_position", "_rows")

    def __init__(
        self,
        rows: Rows[R],
        *,
        cursor: str,
        position: str | None,
        fetch: Callable[[str | None], Awaitable[AsyncPage[R]]],
    ) -> None:
        self._rows = rows
        self._cursor = cursor
        self._position = position
        self._fetch = fetch

    @property
    def data(self) -> tuple[R, ...]:
        """The rows of this page alone."""
        return self._rows.data

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None on the last page."""
        return self._rows.next_cursor

    @property
    def has_more(self) -> bool:
        """Whether there may be a next page."""
        # A list from the oldest on always has a cursor, for what will come; its first empty page is the end.
        return self.next_cursor is not None and (self._cursor == "cursor" or bool(self.data))

    @property
    def request_id(self) -> str | None:
        """The id of the request."""
        return self._rows.request_id

    @property
    def raw(self) -> Mapping[str, Any]:
        """The decoded JSON."""
        return self._rows.raw

    async def next_page(self) -> AsyncPage[R] | None:
        """Fetch the next page, with the same filters. Returns None after the last."""
        return await self._fetch(self.next_cursor) if self.has_more else None

    async def auto_paging_iter(self) -> AsyncIterator[R]:
        """Iterate over the rows of this page and of all that follow.

        An error on a later page is raised when its first row is asked for. APIResponseError is raised when the server
        gives a cursor for the second time, since the iteration would never end.
        """
        page = self
        used = {self._position}
        while True:
            for row in page.data:
                yield row

            if page.next_cursor in used and page.has_more:
                raise APIResponseError("the server gave a cursor twice", status=200, request_id=page.request_id)

            used.add(page.next_cursor)
            following = await page.next_page()
            if following is None:
                return

            page = following

    def __aiter__(self) -> AsyncIterator[R]:
        return self.auto_paging_iter()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(data={self.data!r}, has_more={self.has_more})"
