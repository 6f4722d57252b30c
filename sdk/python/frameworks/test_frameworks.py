"""The notes on frameworks in README.md, word for word, each in a server of its framework on a real socket."""

from __future__ import annotations

import http.client
import re
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseServer
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from syssecure import webhooks

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"event": "message.delivered",  "message_id": "msg_1", "metadata": {"name": "Zoë 🔐"}}'.encode()
FRAMEWORKS = ("flask", "fastapi", "django")


def note(framework: str) -> types.ModuleType:
    """The block of README.md that imports the framework, as a module."""
    blocks = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    (block,) = [one for one in blocks if f"from {framework}" in one]
    module = types.ModuleType(f"note_on_{framework}")
    sys.modules[module.__name__] = module
    exec(block, module.__dict__)

    return module


class QuietHandler(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def serving(server: BaseServer) -> Iterator[int]:
    """Serve in a thread; gives the port."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()


@contextmanager
def flask_server() -> Iterator[int]:
    """Flask, by the server of the standard library."""
    with serving(make_server("127.0.0.1", 0, note("flask").app, handler_class=QuietHandler)) as port:
        yield port


@contextmanager
def fastapi_server() -> Iterator[int]:
    """FastAPI, by uvicorn."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(note("fastapi").app, host="127.0.0.1", port=0, log_level="critical"))
    started = threading.Event()
    startup = server.startup

    async def startup_and_tell(*arguments: Any, **options: Any) -> None:
        await startup(*arguments, **options)
        started.set()

    server.startup = startup_and_tell
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(30)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(30)


@contextmanager
def django_server() -> Iterator[int]:
    """Django, by the server of the standard library."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.urls import path

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="urls_of_the_note", SECRET_KEY="x")
        django.setup()
    urls = types.ModuleType("urls_of_the_note")
    urls.__dict__["urlpatterns"] = [path("hooks", note("django").hooks)]
    sys.modules[urls.__name__] = urls
    with serving(make_server("127.0.0.1", 0, WSGIHandler(), handler_class=QuietHandler)) as port:
        yield port


SERVERS: dict[str, Callable[[], Any]] = {"flask": flask_server, "fastapi": fastapi_server, "django": django_server}


@pytest.fixture(params=FRAMEWORKS, scope="module")
def port(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a server of each framework."""
    with SERVERS[request.param]() as number:
        yield number


def signed() -> str:
    return webhooks.sign(BODY, SECRET)


@pytest.mark.parametrize(
    ("body", "header", "status"),
    [
        pytest.param(BODY, signed, 204, id="signed"),
        pytest.param(BODY.replace(b"  ", b" "), signed, 400, id="written again"),
        pytest.param(BODY, lambda: webhooks.sign(BODY, "whsec_other"), 400, id="another secret"),
        pytest.param(BODY, lambda: webhooks.sign(BODY, SECRET, 1), 400, id="too old"),
        pytest.param(BODY, lambda: "hello", 400, id="another header"),
        pytest.param(BODY, lambda: None, 400, id="no header"),
    ],
)
def test_the_note(
    monkeypatch: pytest.MonkeyPatch, port: int, body: bytes, header: Callable[[], str | None], status: int
) -> None:
    monkeypatch.setenv("SYSSECURE_WEBHOOK_SECRET", SECRET)
    value = header()
    headers = {"Content-Type": "application/json"} | ({"X-SysSecure-Signature": value} if value else {})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/hooks", body, headers)
    assert connection.getresponse().status == status
    connection.close()
