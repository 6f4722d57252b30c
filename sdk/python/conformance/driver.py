"""The driver of the Python SDK: it reads commands and writes answers, one JSON object per line.

../../conformance/README.md describes the protocol. With --httpx the asynchronous client uses HttpxTransport.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import locale
import os
import pprint
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

import syssecure
from canonical import CancelledCall, canonical, decoded, described, reported
from syssecure import webhooks
from syssecure._call import Call
from syssecure._clock import Clock
from syssecure._transport import Headers, Response

if TYPE_CHECKING:
    from collections.abc import Callable

Command = dict[str, Any]
USES_HTTPX = "--httpx" in sys.argv[1:]


class Recorder(Clock):
    """A clock that shows what the command says, and notes the waits instead of sleeping."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self.sleeps: list[int] = []

    def now(self) -> float:
        return float(self._command["now"]) if "now" in self._command else super().now()

    def random(self) -> float:
        return float(self._command["random"]) if "random" in self._command else super().random()

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(int(seconds * 1000 + 1e-6))
        if self._command.get("cancel") == "sleep":
            signal.raise_signal(signal.SIGALRM)

    async def sleep_async(self, seconds: float) -> None:
        self.sleeps.append(int(seconds * 1000 + 1e-6))
        if self._command.get("cancel") == "sleep":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
        await asyncio.sleep(0)


class Lines:
    """A logger that collects lines."""

    def __init__(self, fails: bool) -> None:
        self.lines: list[str] = []
        self.fails = fails

    def debug(self, msg: str, /) -> None:
        self.lines.append(msg)
        if self.fails:
            raise OSError("the disk is full")


class Session:
    """One command with the client that it makes. In both modes results are awaited by `finish`."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.clock = Recorder(command)
        self.logger = Lines(command.get("log_fails", False)) if command.get("log") else None
        self.is_async = command.get("mode") == "async"

    def make_client(self) -> Any:
        options = dict(self.command.get("client", {}))
        for name in ("timeout", "connect_timeout", "max_retry_after"):
            if f"{name}_ms" in options:
                options[name] = options.pop(f"{name}_ms") / 1000
        if self.logger is not None:
            options["logger"] = self.logger
        if USES_HTTPX:
            options["transport"] = syssecure.HttpxTransport()
        client = (syssecure.AsyncClient if self.is_async else syssecure.Client)(**options)
        client._engine._clock = self.clock
        return client

    async def finish(self, value: Any) -> Any:
        return await value if inspect.isawaitable(value) else value

    async def invoke(self, client: Any, step: Command) -> Any:
        method = find_method(client, step["op"])
        given = {keyword(name): decoded(value) for name, value in step.get("args", {}).items()}
        parameters = inspect.signature(method).parameters.values()
        ids = [given.pop(p.name) for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name in given]
        # Python itself would refuse a call without them; the server's answer is what a case is about.
        absent = {p.name: None for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty}
        return await self.finish(method(*ids, **{**absent, **given}, **call_options(step)))

    async def call(self) -> Any:
        client = self.make_client()
        result = await self.invoke(client, self.command)
        self.request_id = result.request_id
        return canonical(result)

    async def iterate(self) -> Any:
        page = await self.invoke(self.make_client(), self.command)
        most = self.command.get("max", 0)
        rows: list[Any] = []
        if self.is_async:
            async for row in page:
                rows.append(canonical(row))
                if len(rows) == most:
                    break
        else:
            for row in page:
                rows.append(canonical(row))
                if len(rows) == most:
                    break
        return rows

    async def parallel(self) -> Any:
        client = self.make_client()
        count = self.command["n"]
        succeeded = 0
        for _ in range(self.command["rounds"]):
            if self.is_async:
                results = await asyncio.gather(*(self.invoke(client, self.command) for _ in range(count)))
            else:
                with ThreadPoolExecutor(count) as threads:
                    results = list(threads.map(lambda _: run_sync(self.invoke(client, self.command)), range(count)))
            succeeded += len(results)
        return {"ok": succeeded}

    async def request(self) -> Any:
        command = self.command
        client = self.make_client()
        answer = client.request(
            command["method"], command["path"], command.get("body"), command.get("query"), **call_options(command)
        )
        return await self.finish(answer)

    async def sequence(self) -> Any:
        client = self.make_client()
        return [canonical(await self.invoke(client, step)) for step in self.command["steps"]]

    async def closed(self) -> Any:
        client = self.make_client()
        await self.finish(client.close())
        await self.finish(client.close())
        await self.finish(client.balance.get())

    async def inspect(self) -> Any:
        client = self.make_client()
        shown = [client, client.otp]
        if "op" in self.command:
            shown.append(await self.invoke(client, self.command))
        texts = [form(value) for value in shown for form in (repr, str, format, pprint.pformat)]
        return {"texts": texts}

    async def construct_event(self) -> Any:
        return canonical(self.verified(webhooks.construct_event))

    async def verify_webhook(self) -> Any:
        self.verified(webhooks.verify)
        return True

    def verified(self, check: Callable[..., Any]) -> Any:
        command = self.command
        payload: Any = base64.b64decode(command["payload_b64"])
        if command.get("as") == "text":
            payload = payload.decode()
        if command.get("as") == "parsed":
            payload = json.loads(payload)
        more = {"tolerance": command["tolerance"]} if "tolerance" in command else {}
        with mock.patch("syssecure.webhooks.time.time", return_value=self.clock.now()):
            return check(payload, command["header"], command["secrets"], **more)

    async def sign_webhook(self) -> Any:
        command = self.command
        return webhooks.sign(base64.b64decode(command["payload_b64"]), command["secret"], command["timestamp"])

    async def retry_delay(self) -> Any:
        command = self.command
        longest = command.get("max_retry_after_ms", 10_000) / 1000
        client = syssecure.Client(api_key="sk_test_key", max_retries=command["retry"], max_retry_after=longest)
        call: Call[Any] = Call(
            client._settings,
            self.clock,
            method="GET",
            path="/balance",
            template="/balance",
            body=None,
            parse=lambda body, _: body,
            options={},
        )
        call._attempt = command["retry"]
        after = command["retry_after"]
        lines = [] if after is None else [("Retry-After", after)]
        try:
            seconds = call.answered(Response(command["status"], Headers(lines), b""))
        except syssecure.APIStatusError as error:
            return {"raise": type(error).__name__, "retry_after_s": error.retry_after}
        assert seconds is not None
        return {"sleep_ms": int(seconds * 1000 + 1e-6)}

    async def hello(self) -> Any:
        modes, lacks = (["async"], ["proxy", "ca_file"]) if USES_HTTPX else (["sync", "async"], [])
        return {"sdk": "python", "version": syssecure.__version__, "modes": modes, "lacks": lacks}

    async def describe(self) -> Any:
        client = (syssecure.AsyncClient if self.is_async else syssecure.Client)(api_key="sk_test_key")
        return {"operations": {name: described(find_method(client, name)) for name in method_names(client)}}


def find_method(client: Any, op: str) -> Any:
    value = client
    for name in op.split("."):
        value = getattr(value, name)
    return value


def method_names(client: Any) -> list[str]:
    own = {"close", "request", "webhooks"}
    names: list[str] = []
    for name in (n for n in dir(client) if not n.startswith("_") and n not in own):
        value = getattr(client, name)
        if callable(value):
            names.append(name)
        else:
            names += [f"{name}.{inner}" for inner in dir(value) if not inner.startswith("_")]
    return names


def keyword(name: str) -> str:
    return f"{name}_" if name == "from" else name


def call_options(step: Command) -> dict[str, Any]:
    options = dict(step.get("options", {}))
    if "timeout_ms" in options:
        options["timeout"] = options.pop("timeout_ms") / 1000
    return options


def run_sync(coroutine: Any) -> Any:
    """Runs a coroutine that never waits, so that the synchronous client is called without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("the synchronous client waited for an event loop")


async def cancellable(session: Session, work: Any) -> Any:
    task = asyncio.ensure_future(work)
    if session.command.get("cancel") == "before":
        task.cancel()
    if session.command.get("cancel") == "response":
        asyncio.get_running_loop().call_later(0.2, task.cancel)
    return await task


def run(session: Session) -> Any:
    if not session.is_async and session.command.get("cancel") == "before":
        signal.raise_signal(signal.SIGALRM)
    work = getattr(session, session.command["cmd"])()
    if session.is_async:
        return asyncio.run(cancellable(session, work))
    if session.command.get("cancel") == "response":
        signal.setitimer(signal.ITIMER_REAL, 0.2)
    return run_sync(work)


def answer(command: Command) -> Any:
    for name in [n for n in os.environ if n.startswith("SYSSECURE_") or n.lower().endswith("_proxy")]:
        del os.environ[name]
    os.environ.update(command.get("env", {}))
    wanted = command.get("locale", "C").replace("-", "_")
    try:
        locale.setlocale(locale.LC_ALL, wanted if wanted == "C" else f"{wanted}.UTF-8")
    except locale.Error:
        pass  # It is not installed here.

    session = Session({"client": {}, **command})
    result: dict[str, Any] = {"id": command["id"]}
    try:
        result["ok"] = run(session)
    except BaseException as error:
        result["error"] = reported(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if hasattr(session, "request_id") and "ok" in result:
        result["request_id"] = session.request_id
    return {**result, "sleeps_ms": session.clock.sleeps, "logs": session.logger.lines if session.logger else []}


def cancel(*_: Any) -> None:
    raise CancelledCall


def main() -> None:
    signal.signal(signal.SIGALRM, cancel)
    for line in sys.stdin.buffer:
        text = json.dumps(answer(json.loads(line)), ensure_ascii=False)
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
