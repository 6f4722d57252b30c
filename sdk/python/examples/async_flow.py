"""Sends codes to several numbers at once, and verifies those of the sandbox.

SYSSECURE_API_KEY=sk_test_… SYSSECURE_BASE_URL=http://localhost:8080 python async_flow.py +32470123456 +32470123457
"""

from __future__ import annotations

import asyncio
import sys

import syssecure


async def sign_in(client: syssecure.AsyncClient, number: str) -> bool:
    """Send a code and verify it, as the sandbox makes it."""
    otp = await client.otp.send(to=number, channels=["sms"], purpose="sign-in")
    result = await client.otp.verify(otp_id=otp.id, code="000000")

    return result.valid


async def main() -> None:
    """Sign all numbers in."""
    async with syssecure.AsyncClient() as client:
        valid = await asyncio.gather(*(sign_in(client, number) for number in sys.argv[1:]))
        print(f"{sum(valid)} of {len(valid)} codes were right")

        async for otp in client.otp.list(limit=10, status="verified"):
            print(otp.id, otp.verified_at)


if __name__ == "__main__":
    asyncio.run(main())
