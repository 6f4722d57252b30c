# Made by scripts/unasync.py of the file in _async with the same name. Change that one.
"""The carriers of the server."""

from __future__ import annotations

from .._models.carriers import Carrier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import Engine
    from .pages import Page


class CarriersResource:
    """What the carriers of the server do. It is for keys with the scope `operator`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, **options: Unpack[CallOptions]) -> Page[Carrier]:
        """List the carriers with their state. It is one page.

        Raises:
            AuthenticationError: the key lacks the scope.
        """
        return self._engine.list(Carrier, "/carriers", options=options)
