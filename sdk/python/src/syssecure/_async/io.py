"""What AsyncClient does otherwise than Client. scripts/unasync.py passes over this file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from .._models.base import Result
from .._pool import Pool
from .._threads import ThreadTransport
from .pages import AsyncPage
from .pending import PendingPage

R = TypeVar("R", bound=Result)


def first_page(fetch: Callable[[], Awaitable[AsyncPage[R]]]) -> PendingPage[R]:
    """The list of which `fetch` gets the first page, when somebody asks for it."""
    return PendingPage(fetch)


def default_transport(pool: Pool) -> ThreadTransport:
    """The default transport of AsyncClient: the pool in threads."""
    return ThreadTransport(pool)
