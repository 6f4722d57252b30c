"""A server that answers as a test tells it, on a real socket."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

Step = Callable[[socket.socket], None]


class Seen:
    """A request that arrived."""

    def __init__(self, head: str, body: bytes) -> None:
        line, *lines = head.split("\r\n")
        self.method, self.path, _ = line.split(" ")
        self.headers = dict(line.split(": ", 1) for line in lines)
        self.body = body


class ScriptedServer:
    """Gives one answer after another, over as many connections as the client opens."""

    def __init__(self, *steps: Step) -> None:
        self._steps = list(steps)
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[Seen] = []
        self.connections = 0
        self.arrived = threading.Event()
        self.hung_up = threading.Event()

    def __enter__(self) -> ScriptedServer:
        threading.Thread(target=self._accept, daemon=True).start()

        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while (seen := _read(connection)) is not None:
                with self._lock:
                    self.requests.append(seen)
                    step = self._steps.pop(0)
                    if not self._steps:
                        self.arrived.set()
                step(connection)
        except OSError:
            pass
        self.hung_up.set()


def _read(connection: socket.socket) -> Seen | None:
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None
        data += part

    head, _, body = data.partition(b"\r\n\r\n")
    seen = Seen(head.decode("latin-1"), body)
    while len(seen.body) < int(seen.headers.get("Content-Length", 0)):
        seen.body += connection.recv(65536)

    return seen


def answer(body: Any, *, status: int = 200, **headers: str) -> Step:
    """Answer with JSON and keep the connection. `__` in a header's name stands for a hyphen."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('__', '-')}: {value}" for name, value in headers.items()]
    message = "\r\n".join([*lines, "", ""]).encode() + content

    return lambda connection: connection.sendall(message)


def send(*parts: bytes, pause: float = 0.0, close: bool = False) -> Step:
    """Send bytes as they are, with a pause after each part."""

    def step(connection: socket.socket) -> None:
        done = threading.Event()
        for part in parts:
            connection.sendall(part)
            done.wait(pause)
        if close:
            connection.close()

    return step


def closing(step: Step) -> Step:
    """Do a step, and close the connection without announcing it."""

    def both(connection: socket.socket) -> None:
        step(connection)
        connection.shutdown(socket.SHUT_RDWR)

    return both


def hang(connection: socket.socket) -> None:
    """Say nothing until the client goes away."""
    connection.recv(1)
