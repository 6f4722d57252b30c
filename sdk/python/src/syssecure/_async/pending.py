"""Lists that are not fetched yet. Only AsyncClient has them: Client fetches the first page at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Generic, TypeVar

from .._models.base import Result
from .pages import AsyncPage

R = TypeVar("R", bound=Result)


class PendingPage(Generic[R]):
    """A list that is not fetched yet.

    `await` it for its first page, or iterate over it with `async for` to go through all pages.
    """

    __slots__ = ("_fetch",)

    def __init__(self, fetch: Callable[[], Awaitable[AsyncPage[R]]]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[object, None, AsyncPage[R]]:
        return self._fetch().__await__()

    async def auto_paging_iter(self) -> AsyncIterator[R]:
        """Iterate over the rows of all pages."""
        page = await self._fetch()
        async for row in page:
            yield row

    def __aiter__(self) -> AsyncIterator[R]:
        return self.auto_paging_iter()
