"""The default transport of AsyncClient."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from ._pool import MOST_CONNECTIONS, Abort, Pool, start_again_after_fork
from ._transport import Request, Response


class ThreadTransport:
    """Uses the pool of Client in threads.

    Cancelling a request ends its connection, and with that the thread's work.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._start()
        start_again_after_fork(self, ThreadTransport._start)

    def _start(self) -> None:
        self._threads = ThreadPoolExecutor(MOST_CONNECTIONS, thread_name_prefix="syssecure")

    async def send(self, request: Request) -> Response:
        """Send the request once."""
        abort = Abort()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._pool.send, request, abort)
        except asyncio.CancelledError:
            abort.request()
            raise

    async def close(self) -> None:
        """Close the connections and let the threads end."""
        self._pool.close()
        self._threads.shutdown(wait=False)
