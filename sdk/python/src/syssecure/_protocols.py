"""What a client needs of a logger and of a transport."""

from __future__ import annotations

from typing import Protocol

from ._transport import Request, Response


class Logger(Protocol):
    """What the SDK needs of a logger: `logging.Logger` has it."""

    def debug(self, msg: str, /) -> object:
        """Log a line."""
        ...


class Transport(Protocol):
    """Carries requests for `Client(transport=…)`. It must be safe for concurrent use."""

    def send(self, request: Request) -> Response:
        """Send the request once and return the answer, whatever its status.

        It raises APITimeoutError or APIConnectionError when there is no whole answer, and follows no redirect.
        """
        ...

    def close(self) -> None:
        """Release the connections. It may be called twice."""
        ...


class AsyncTransport(Protocol):
    """Carries requests for `AsyncClient(transport=…)`."""

    async def send(self, request: Request) -> Response:
        """Send the request once, as Transport.send does. Cancelling it ends it at once."""
        ...

    async def close(self) -> None:
        """Release the connections. It may be called twice."""
        ...
