"""The carriers of the server."""

from __future__ import annotations

from .._models.carriers import Carrier, CarrierTest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._options import CallOptions
    from .engine import AsyncEngine
    from .pending import PendingPage


class AsyncCarriersResource:
    """What the carriers of the server do. It is for keys with the scope `operator`."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def list(self, **options: Unpack[CallOptions]) -> PendingPage[Carrier]:
        """List the carriers with their state. It is one page.

        Raises:
            AuthenticationError: the key lacks the scope.
        """
        return self._engine.list(Carrier, "/carriers", options=options)

    async def pause(self, carrier: str, **options: Unpack[CallOptions]) -> Carrier:
        """Let no message go to a carrier until it is resumed.

        Args:
            carrier: the carrier's name in the server's configuration.

        Raises:
            NotFoundError: there is no such carrier.
        """
        return await self._engine.call(
            Carrier, "POST", "/carriers/{carrier}/pause", ids={"carrier": carrier}, options=options
        )

    async def resume(self, carrier: str, **options: Unpack[CallOptions]) -> Carrier:
        """Let messages go to a carrier again.

        Args:
            carrier: the carrier's name in the server's configuration.

        Raises:
            NotFoundError: there is no such carrier.
        """
        return await self._engine.call(
            Carrier, "POST", "/carriers/{carrier}/resume", ids={"carrier": carrier}, options=options
        )

    async def test(self, carrier: str, *, to: str | None = None, **options: Unpack[CallOptions]) -> CarrierTest:
        """Test the connection to a carrier, and send a message if you give a number.

        Args:
            carrier: the carrier's name in the server's configuration.
            to: a number to which a test message is sent, in E.164 format.

        Raises:
            RateLimitError: it was tested a moment ago.
        """
        body = {"to": to}

        return await self._engine.call(
            CarrierTest, "POST", "/carriers/{carrier}/test", ids={"carrier": carrier}, body=body, options=options
        )
