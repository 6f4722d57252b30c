"""The driver of the Python SDK: it reads commands and writes answers, one JSON object per line.

../../conformance/README.md describes the protocol.
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
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, get_args, get_type_hints
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import syssecure  # noqa: E402
import syssecure.types  # noqa: E402
from syssecure import webhooks  # noqa: E402
from syssecure._call import Call  # noqa: E402
from syssecure._clock import Clock  # noqa: E402
from syssecure._models.base import Model, wire_name  # noqa: E402
from syssecure._options import CallOptions  # noqa: E402
from syssecure._transport import Headers, Response  # noqa: E402

Command = dict[str, Any]
OPERATIONS = json.loads((ROOT.parent / "conformance" / "operations.json").read_text())["operations"]
ERROR_FIELDS = ("status", "code", "message", "request_id", "details", "otp_id", "limit", "doc_url", "retry_after", "reason")


class Cancelled(BaseException):
    """What the signal raises by which a call of the synchronous client is cancelled, as Ctrl-C raises KeyboardInterrupt."""


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

    def __init__(self) -> None:
        self.lines: list[str] = []

    def debug(self, msg: str, /) -> None:
        self.lines.append(msg)


class Session:
    """One command with the client that it makes. In both modes results are awaited by `finish`."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self.clock = Recorder(command)
        self.logger = Lines() if command.get("log") else None
        self.is_async = command.get("mode") == "async"

    def make_client(self) -> Any:
        options = dict(self.command.get("client", {}))
        for name in ("timeout", "connect_timeout", "max_retry_after"):
            if f"{name}_ms" in options:
                options[name] = options.pop(f"{name}_ms") / 1000
        if self.logger is not None:
            options["logger"] = self.logger
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
        return {"texts": [text for value in shown for text in (repr(value), str(value), f"{value}", pprint.pformat(value))]}

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
        with mock.patch("syssecure.webhooks.time.time", lambda: command["now"]):
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
            parse=lambda body, request_id: body,
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
        return {"sdk": "python", "version": syssecure.__version__, "modes": ["sync", "async"], "lacks": []}

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


def described(method: Any) -> Any:
    parameters = [n.rstrip("_") for n, p in inspect.signature(method).parameters.items() if p.kind is not p.VAR_KEYWORD]
    returned = method.__annotations__["return"].rpartition("[")[2].rstrip("]")
    return {"params": parameters, "result": list(field_paths(getattr(syssecure.types, returned)))}


def field_paths(cls: Any, prefix: str = "") -> Any:
    for field in fields(cls):
        if field.name in ("raw", "request_id"):
            continue
        name = prefix + field.name.rstrip("_")
        inner = next((kind for kind in (field.type, *get_args(field.type)) if is_dataclass(kind)), None)
        if inner is None:
            yield name
        else:
            yield from field_paths(inner, f"{name}[]." if get_args(field.type)[-1:] == (...,) else f"{name}.")


def keyword(name: str) -> str:
    return f"{name}_" if name == "from" else name


def call_options(step: Command) -> dict[str, Any]:
    options = dict(step.get("options", {}))
    if "timeout_ms" in options:
        options["timeout"] = options.pop("timeout_ms") / 1000
    return options


def decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$time" in value or "$local_time" in value:
        return datetime.fromisoformat((value.get("$time") or value["$local_time"]).replace("Z", "+00:00"))
    if "$duration_ms" in value:
        return timedelta(milliseconds=value["$duration_ms"])
    return {name: decoded(item) for name, item in value.items()}


def canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        text = value.astimezone(timezone.utc).replace(tzinfo=None, microsecond=0).isoformat()
        return text + (f".{value.microsecond:06}".rstrip("0") if value.microsecond else "") + "Z"
    if isinstance(value, (syssecure.types.Page, syssecure.types.AsyncPage)):
        rows = [canonical(row) for row in value.data]
        return {"data": rows, "next_cursor": value.next_cursor, "has_more": value.has_more}
    if isinstance(value, Model):
        own = [f for f in fields(value) if f.name not in ("raw", "request_id")]
        return {f.name.rstrip("_"): canonical(getattr(value, f.name)) for f in own}
    if isinstance(value, Mapping):
        return {name: canonical(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    return value


def reported(error: BaseException) -> Any:
    if isinstance(error, (Cancelled, asyncio.CancelledError)):
        return {"type": "Cancelled", "parents": [], "text": str(error)}
    if not isinstance(error, syssecure.SysSecureError):
        return {"type": "Unexpected", "parents": [], "text": f"{type(error).__name__}: {error}"}
    parents = [cls.__name__ for cls in type(error).__mro__[1:] if issubclass(cls, syssecure.SysSecureError)]
    report = {"type": type(error).__name__, "parents": parents, "text": str(error)}
    report |= {name: getattr(error, name) for name in ERROR_FIELDS if hasattr(error, name)}
    if isinstance(error, syssecure.APIStatusError):
        report["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    return report


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
    raise Cancelled


def main() -> None:
    signal.signal(signal.SIGALRM, cancel)
    for line in sys.stdin.buffer:
        text = json.dumps(answer(json.loads(line)), ensure_ascii=False)
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass") + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
