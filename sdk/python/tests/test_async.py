"""What AsyncClient does on real sockets. All else it shares with Client, from one source."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import pytest

import syssecure
from scripted import ScriptedServer, answer, hang

BALANCE = answer({"credits": 7, "held": 0})
TRANSPORTS: list[Callable[[], Any]] = [lambda: None, syssecure.HttpxTransport]


def connect(server: ScriptedServer, transport: Callable[[], Any], **options: Any) -> syssecure.AsyncClient:
    return syssecure.AsyncClient(
        **{"api_key": "sk_test_key", "base_url": server.url, "max_retries": 0, "transport": transport(), **options}
    )


@pytest.mark.parametrize("transport", TRANSPORTS, ids=["threads", "httpx"])
def test_calls_at_once_and_again_share_connections(transport: Callable[[], Any]) -> None:
    async def use() -> None:
        with ScriptedServer(*[BALANCE] * 20) as server:
            async with connect(server, transport) as client:
                for _ in range(2):
                    balances = await asyncio.gather(*(client.balance.get() for _ in range(10)))
                    assert [balance.credits for balance in balances] == [7] * 10
            assert server.connections <= 10

    asyncio.run(use())


@pytest.mark.parametrize("transport", TRANSPORTS, ids=["threads", "httpx"])
def test_cancelling_ends_the_connection(transport: Callable[[], Any]) -> None:
    async def use() -> None:
        with ScriptedServer(hang) as server:
            async with connect(server, transport) as client:
                call = asyncio.create_task(client.balance.get())
                assert await asyncio.to_thread(server.arrived.wait, 5)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
                assert await asyncio.to_thread(server.hung_up.wait, 5)

    asyncio.run(use())


@pytest.mark.parametrize("transport", TRANSPORTS, ids=["threads", "httpx"])
def test_timeouts(transport: Callable[[], Any]) -> None:
    async def use() -> None:
        with ScriptedServer(hang) as server:
            async with connect(server, transport) as client:
                with pytest.raises(syssecure.APITimeoutError, match=r"0\.2 s"):
                    await client.balance.get(timeout=0.2)

    asyncio.run(use())


def test_a_client_serves_one_loop_after_another() -> None:
    with ScriptedServer(BALANCE, BALANCE) as server:
        client = connect(server, TRANSPORTS[0])
        for _ in range(2):
            assert asyncio.run(_credits(client)) == 7
        asyncio.run(client.close())


async def _credits(client: syssecure.AsyncClient) -> int:
    return (await client.balance.get()).credits


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_after_a_fork_the_child_has_its_own_threads() -> None:
    with ScriptedServer(BALANCE, BALANCE) as server:
        client = connect(server, TRANSPORTS[0])
        asyncio.run(_credits(client))
        child = os.fork()
        if child == 0:
            os._exit(0 if asyncio.run(_credits(client)) == 7 else 1)
        _, status = os.waitpid(child, 0)
        asyncio.run(client.close())

    assert status == 0


def test_an_httpx_client_of_the_callers_stays_open() -> None:
    import httpx

    async def use() -> None:
        with ScriptedServer(BALANCE, BALANCE) as server:
            async with httpx.AsyncClient(base_url=server.url) as own:
                for _ in range(2):
                    async with connect(server, lambda: syssecure.HttpxTransport(own)) as client:
                        assert (await client.balance.get()).credits == 7
            assert server.connections == 1

    asyncio.run(use())


def test_a_closed_client_says_so() -> None:
    async def use() -> None:
        client = syssecure.AsyncClient(api_key="sk_test_key")
        await client.close()
        await client.close()
        with pytest.raises(syssecure.ConfigurationError, match="closed"):
            await client.balance.get()

    asyncio.run(use())
