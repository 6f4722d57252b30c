"""A transport of AsyncClient that uses httpx, for programs that use it already."""

from __future__ import annotations

import asyncio
import ssl

import httpx

from ._errors import APIConnectionError, APITimeoutError
from ._transport import MAX_BODY, Headers, Request, Response


class HttpxTransport:
    """Carries the requests of `AsyncClient(transport=HttpxTransport())`. Install `syssecure-sdk[httpx]` for it.

    httpx itself logs URLs at level info, and some hold numbers: silence the logger `httpx` where that matters.

    Args:
        client: an `httpx.AsyncClient` of yours, with your proxy and certificates. `close` leaves it open.
    """

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        self._is_own = client is None
        self._client = client or httpx.AsyncClient(limits=httpx.Limits(max_connections=64, keepalive_expiry=50.0))

    async def send(self, request: Request) -> Response:
        """Send the request once."""
        try:
            return await asyncio.wait_for(self._send(request), request.timeout)
        except (httpx.TimeoutException, asyncio.TimeoutError) as error:
            raise APITimeoutError(f"no whole answer within {request.timeout:g} s") from error
        except httpx.RequestError as error:
            is_certificate = _is_caused_by(error, ssl.SSLCertVerificationError)
            raise APIConnectionError(f"no answer: {type(error).__name__}", retryable=not is_certificate) from error

    async def _send(self, request: Request) -> Response:
        sent = self._client.build_request(
            request.method,
            request.url,
            headers=dict(request.headers),
            content=request.body,
            timeout=httpx.Timeout(None, connect=request.connect_timeout),
        )
        answer = await self._client.send(sent, stream=True, follow_redirects=False)
        try:
            return Response(answer.status_code, Headers(answer.headers.multi_items()), await _read(answer))
        finally:
            await answer.aclose()

    async def close(self) -> None:
        """Close the connections, unless the httpx client is yours."""
        if self._is_own:
            await self._client.aclose()


async def _read(answer: httpx.Response) -> bytes:
    """The bytes as they came, at most one beyond the largest body."""
    parts: list[bytes] = []
    room = MAX_BODY + 1
    async for part in answer.aiter_raw():
        parts.append(part[:room])
        room -= len(parts[-1])
        if not room:
            break

    return b"".join(parts)


def _is_caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__

    return False
