"""What Client does otherwise than AsyncClient. This file is written by hand."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from .._pool import Pool

    P = TypeVar("P")


def first_page(fetch: Callable[[], P]) -> P:
    """The first page of a list, fetched at once."""
    return fetch()


def default_transport(pool: Pool) -> Pool:
    """The default transport of Client: the pool itself."""
    return pool
