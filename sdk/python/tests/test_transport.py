"""The SDK's own connections, on real sockets."""

from __future__ import annotations

import gzip
import json
import os
import ssl
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest

import syssecure
from scripted import ScriptedServer, Step, answer, closing, hang, send
from syssecure import _http, _pool
from syssecure._transport import MAX_BODY

BALANCE = answer({"credits": 7, "held": 0})


def connect(server: ScriptedServer, **options: Any) -> syssecure.Client:
    return syssecure.Client(**{"api_key": "sk_test_key", "base_url": server.url, "max_retries": 0, **options})


def test_calls_share_a_connection() -> None:
    with ScriptedServer(*[BALANCE] * 3) as server, connect(server) as client:
        assert [client.balance.get().credits for _ in range(3)] == [7, 7, 7]

    assert server.connections == 1


def test_a_connection_that_the_server_closed_is_replaced() -> None:
    with ScriptedServer(closing(BALANCE), BALANCE) as server, connect(server) as client:
        client.balance.get()
        server.hung_up.wait(5)
        client.balance.get()

    assert server.connections == 2


def test_a_connection_that_was_idle_for_long_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(BALANCE, BALANCE) as server, connect(server) as client:
        client.balance.get()
        monkeypatch.setattr(_pool, "monotonic", lambda: time.monotonic() + 51)
        client.balance.get()

    assert server.connections == 2


@pytest.mark.parametrize(
    ("step", "kept"),
    [
        pytest.param(answer({"credits": 7}, Connection="close"), False, id="the server says that it closes"),
        pytest.param(send(b'HTTP/1.0 200 OK\r\nContent-Length: 14\r\n\r\n{"credits": 7}'), False, id="HTTP/1.0"),
        pytest.param(
            send(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{"credits": 7}\r\n0\r\n\r\n'),
            True,
            id="chunks",
        ),
        pytest.param(answer({"credits": 7}, status=201), True, id="another 2xx"),
    ],
)
def test_connections_are_kept_when_they_can_be(step: Step, kept: bool) -> None:
    with ScriptedServer(step, BALANCE) as server, connect(server) as client:
        assert client.balance.get().credits == 7
        assert client.balance.get().credits == 7

    assert server.connections == (1 if kept else 2)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(send(close=True), id="nothing"),
        pytest.param(send(b"SSH-2.0-x\r\n", close=True), id="another protocol"),
        pytest.param(send(b"HTTP/1.1 200 OK\r\nContent-", close=True), id="a part of the header"),
        pytest.param(send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", close=True), id="a part of the body"),
        pytest.param(
            send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}", close=True), id="half a chunk"
        ),
        pytest.param(send(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), id="too many headers"),
    ],
)
def test_an_answer_that_is_not_whole_is_a_connection_error(step: Step) -> None:
    with ScriptedServer(step) as server, connect(server) as client:
        with pytest.raises(syssecure.APIConnectionError) as raised:
            client.balance.get()

    assert not isinstance(raised.value, syssecure.APITimeoutError)
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"sk_test_key +32470123456\r\n\r\n", id="no status line"),
        pytest.param(b"HTTP/1.1 sk_test_key +32470123456\r\n\r\n", id="no status"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nsk_test_key +32470123456\r\n", id="no chunk"
        ),
    ],
)
def test_no_cause_shows_what_the_server_sent(text: bytes) -> None:
    with ScriptedServer(send(text, close=True)) as server, connect(server) as client:
        with pytest.raises(syssecure.APIConnectionError) as raised:
            client.balance.get()

    shown = "".join(traceback.format_exception(raised.value))
    assert "sk_test_key" not in shown
    assert "470123456" not in shown


def test_what_comes_before_an_answer_is_passed_over() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n"
    whole = b'HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{"credits": 7}'
    with ScriptedServer(send(early + whole), BALANCE) as server, connect(server) as client:
        assert [client.balance.get().credits for _ in range(2)] == [7, 7]

    assert server.connections == 1


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(hang, id="no answer"),
        pytest.param(send(*[b"X"] * 20, pause=0.05), id="a header by drops"),
        pytest.param(
            send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *[b" "] * 20, pause=0.05), id="a body by drops"
        ),
    ],
)
def test_the_timeout_is_for_the_whole_attempt(step: Step) -> None:
    with ScriptedServer(step) as server, connect(server) as client:
        with pytest.raises(syssecure.APITimeoutError, match=r"0\.3 s"):
            client.balance.get(timeout=0.3)


@pytest.mark.parametrize("timeout", [1e-9, 1e12])
def test_extreme_timeouts(timeout: float) -> None:
    with ScriptedServer(BALANCE) as server, connect(server) as client:
        if timeout > 1:
            assert client.balance.get(timeout=timeout).credits == 7
        else:
            with pytest.raises(syssecure.APITimeoutError):
                client.balance.get(timeout=timeout)


def test_a_refused_certificate_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = ssl.SSLCertVerificationError()
    refusal.verify_message = "self-signed certificate"
    monkeypatch.setattr(_http.Connection, "open", mock.Mock(side_effect=refusal))
    client = syssecure.Client(api_key="sk_test_key", base_url="https://otp.example.com", max_retries=0)
    with client, pytest.raises(syssecure.APIConnectionError, match="set ca_file") as raised:
        client.balance.get()

    assert not raised.value.retryable


def test_a_refused_connection_says_so() -> None:
    with ScriptedServer() as server:
        pass
    with connect(server) as client, pytest.raises(syssecure.APIConnectionError, match="refused"):
        client.balance.get()


@pytest.mark.parametrize("header", [f"Content-Length: {2 * MAX_BODY}", "Connection: close"])
def test_a_body_beyond_the_limit_is_not_read_to_its_end(header: str) -> None:
    with ScriptedServer(send(f"HTTP/1.1 200 OK\r\n{header}\r\n\r\n".encode() + b" " * (MAX_BODY + 1))) as server:
        with connect(server) as client, pytest.raises(syssecure.APIResponseError, match="10 MB"):
            client.balance.get()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(gzip.compress(b'{"credits": 7}'), None, id="whole"),
        pytest.param(gzip.compress(b'{"credits": 7}')[:-9], "broken off", id="broken off"),
        pytest.param(b'{"credits": 7}', "not gzip", id="plain"),
        pytest.param(gzip.compress(b" " * (MAX_BODY + 1)), "10 MB", id="beyond the limit"),
    ],
)
def test_gzip(content: bytes, says: str | None) -> None:
    with ScriptedServer(answer(content, Content__Encoding="gzip")) as server, connect(server) as client:
        if says is None:
            assert client.balance.get().credits == 7
        else:
            with pytest.raises(syssecure.APIResponseError, match=says):
                client.balance.get()

    assert server.requests[0].headers["Accept-Encoding"] == "gzip"


def test_the_pool_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_pool, "MOST_CONNECTIONS", 2)
    with ScriptedServer(hang, hang) as server, connect(server) as client, ThreadPoolExecutor(2) as threads:
        calls = [threads.submit(client.balance.get, timeout=1.0) for _ in range(2)]
        assert server.arrived.wait(5)
        with pytest.raises(syssecure.APITimeoutError, match="all 2 connections were busy"):
            client.balance.get(timeout=0.1)
        assert [type(call.exception()) for call in calls] == [syssecure.APITimeoutError] * 2


def test_threads_use_one_client() -> None:
    count = 16
    with ScriptedServer(*[BALANCE] * (2 * count)) as server, connect(server) as client:
        for _ in range(2):
            start = threading.Barrier(count)

            def call(_: int, start: threading.Barrier = start) -> int:
                start.wait()
                return client.balance.get().credits

            with ThreadPoolExecutor(count) as threads:
                assert sum(threads.map(call, range(count))) == 7 * count

    assert server.connections <= count


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_after_a_fork_the_child_has_its_own_connections() -> None:
    with ScriptedServer(*[BALANCE] * 3) as server, connect(server) as client:
        client.balance.get()
        child = os.fork()
        if child == 0:
            os._exit(0 if client.balance.get().credits == 7 else 1)
        _, status = os.waitpid(child, 0)
        client.balance.get()

    assert status == 0
    assert server.connections == 2


def test_a_closed_client_says_so() -> None:
    with ScriptedServer(BALANCE) as server:
        client = connect(server)
        client.balance.get()
        client.close()
        client.close()
        assert server.hung_up.wait(5)
        with pytest.raises(syssecure.ConfigurationError, match="closed"):
            client.balance.get()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy"])
@pytest.mark.parametrize(
    ("bypass", "proxied"), [("", True), ("other.example", True), ("api.example", False), ("*", False)]
)
def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str, bypass: str, proxied: bool) -> None:
    with ScriptedServer(BALANCE) as proxy:
        monkeypatch.setenv(variable, proxy.url.replace("//", "//me:p%40w@"))
        monkeypatch.setenv("no_proxy", bypass)
        options: dict[str, Any] = {"base_url": "http://api.example:1", "allow_insecure_http": True}
        with connect(proxy, **options) as client:
            if proxied:
                assert client.balance.get().credits == 7
            else:
                with pytest.raises(syssecure.APIConnectionError):
                    client.balance.get()

    if proxied:
        assert proxy.requests[0].path == "http://api.example:1/v2/balance"
        assert proxy.requests[0].headers["Host"] == "api.example:1"
        assert proxy.requests[0].headers["Proxy-Authorization"] == "Basic bWU6cEB3"


def test_a_proxy_that_refuses_the_tunnel_says_so() -> None:
    with ScriptedServer(send(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")) as proxy:
        with connect(proxy, base_url="https://api.example", proxy=proxy.url) as client:
            with pytest.raises(syssecure.APIConnectionError, match="the proxy answered 407"):
                client.balance.get()

    assert proxy.requests[0].path == "api.example:443"
    assert "Authorization" not in proxy.requests[0].headers


def test_bodies_are_sent_whole() -> None:
    with ScriptedServer(answer({"message_id": "msg_1"})) as server, connect(server) as client:
        client.sms.send(to="+32470123456", body="é" * 100_000)

    assert json.loads(server.requests[0].body)["body"] == "é" * 100_000
