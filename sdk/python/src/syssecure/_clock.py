"""Time and chance, in one place so that tests need neither."""

from __future__ import annotations

import random
import time


class Clock:
    """What the SDK asks for the time and for random numbers."""

    __slots__ = ()

    def now(self) -> float:
        """Seconds since 1970, for Retry-After."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds on a clock that nobody sets, for measuring."""
        return time.monotonic()

    def random(self) -> float:
        """A number from 0 up to 1, for the waits between attempts."""
        return random.random()

    def sleep(self, seconds: float) -> None:
        """Wait between two attempts."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Wait between two attempts of AsyncClient."""
        import asyncio

        await asyncio.sleep(seconds)


SYSTEM_CLOCK = Clock()
