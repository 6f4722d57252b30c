"""One connection to the server, made of http.client's reader of answers and a deadline for all that is read."""

from __future__ import annotations

import io
import select
import socket
from http.client import HTTPResponse, IncompleteRead
from time import monotonic

from ._errors import ConfigurationError
from ._transport import MAX_BODY, Headers, Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl

    from typing_extensions import Buffer

    from ._proxy import Proxy

# The largest timeout that every system's sockets take.
LONGEST = 1e6
_CHUNK = 65536


class ConnectTimeoutError(Exception):
    """Connecting took too long."""


class Deadline:
    """The moment at which an attempt has taken its whole time."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left. It raises TimeoutError when there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise TimeoutError

        return min(left, LONGEST)


class Route:
    """The way to a server.

    host, port: the server.
    target: what stands before the path in a request: nothing, or to a proxy the scheme and host.
    host_header: the value of Host.
    context: how to check the server's certificate; None for plain HTTP.
    proxy: the proxy on the way, if any.
    """

    __slots__ = ("context", "host", "host_header", "port", "proxy", "target")

    def __init__(
        self,
        host: str,
        port: int,
        *,
        host_header: str,
        context: ssl.SSLContext | None,
        proxy: Proxy | None,
    ) -> None:
        self.host = host
        self.port = port
        self.host_header = host_header
        self.context = context
        self.proxy = proxy
        self.target = f"http://{host_header}" if proxy and context is None else ""


class _Reader(io.RawIOBase):
    """Reads a socket until the deadline."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        self._sock.settimeout(self._deadline.left())

        return self._sock.recv_into(buffer)


class _Lines(io.BufferedReader):
    """Reads lines, of which there must be one: http.client would take the end of a connection for that of a header."""

    def readline(self, size: int | None = -1, /) -> bytes:
        line = super().readline(size)
        if not line:
            raise OSError("the server closed the connection before the answer was whole")

        return line


class Connection:
    """A connection that carries one request after another."""

    __slots__ = ("_route", "_sock", "idle_since")

    def __init__(self, route: Route) -> None:
        self._route = route
        self._sock: socket.socket | None = None
        self.idle_since = 0.0

    def open(self, timeout: float, deadline: Deadline) -> None:
        """Connect within the timeout and the deadline."""
        until = Deadline(timeout)
        try:
            self._connect(until, deadline)
        except TimeoutError as error:
            deadline.left()
            raise ConnectTimeoutError from error

    def _connect(self, until: Deadline, deadline: Deadline) -> None:
        route = self._route
        first = route.proxy or route
        failure: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(first.host, first.port, type=socket.SOCK_STREAM):
            self._sock = sock = socket.socket(family, kind, protocol)
            sock.settimeout(min(until.left(), deadline.left()))
            try:
                sock.connect(address)
                break
            except OSError as error:
                sock.close()
                failure = error
        else:
            raise failure or OSError("the host has no address")

        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if route.context is not None:
            if route.proxy:
                self._tunnel(sock, route.proxy, until)
            sock.settimeout(min(until.left(), deadline.left()))
            self._sock = route.context.wrap_socket(sock, server_hostname=route.host)

    def _tunnel(self, sock: socket.socket, proxy: Proxy, deadline: Deadline) -> None:
        name = f"[{self._route.host}]" if ":" in self._route.host else self._route.host
        place = f"{name}:{self._route.port}"
        lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *proxy.header_lines, "", ""]
        sock.settimeout(deadline.left())
        sock.sendall("\r\n".join(lines).encode("latin-1"))
        answer = _begin(sock, "CONNECT", deadline)
        answer.close()
        if answer.status != 200:
            raise OSError(f"the proxy answered {answer.status}")

    def exchange(self, request: Request, path: str, deadline: Deadline) -> tuple[Response, bool]:
        """Send the request and read the answer; also tells whether the connection can carry another."""
        sock = self._sock
        if sock is None:
            raise OSError("the connection is closed")

        sock.settimeout(deadline.left())
        sock.sendall(self._message(request, path))
        answer = _begin(sock, request.method, deadline)
        try:
            body = _read_body(answer)
            is_whole = len(body) <= MAX_BODY and not answer.will_close
            return Response(answer.status, Headers(answer.getheaders()), body), is_whole
        finally:
            answer.close()

    def _message(self, request: Request, path: str) -> bytes:
        lines = [f"{request.method} {self._route.target}{path} HTTP/1.1", f"Host: {self._route.host_header}"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        if request.body is not None:
            lines.append(f"Content-Length: {len(request.body)}")
        elif request.method in ("POST", "PUT", "PATCH"):
            lines.append("Content-Length: 0")
        if self._route.target and self._route.proxy:
            lines += self._route.proxy.header_lines

        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (request.body or b"")

    def is_dropped(self) -> bool:
        """Whether the server has closed the connection, or sent what nobody asked for."""
        sock = self._sock
        if sock is None:
            return True
        if hasattr(select, "poll"):
            poll = select.poll()
            poll.register(sock, select.POLLIN)
            return bool(poll.poll(0))

        return bool(select.select([sock], [], [], 0)[0])

    def abort(self) -> None:
        """End what another thread is doing with the connection."""
        sock = self._sock
        if sock is not None:
            try:
                # Not SSLSocket's own shutdown, which is not for use by two threads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                pass  # It is not connected, so there is nothing to end.

    def close(self) -> None:
        """Close the connection. It may be called twice."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()


class _Socket:
    """What HTTPResponse wants of a socket."""

    __slots__ = ("_lines",)

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._lines = _Lines(_Reader(sock, deadline), _CHUNK)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return self._lines


def _begin(sock: socket.socket, method: str, deadline: Deadline) -> HTTPResponse:
    """The head of the answer. http.client passes over 100 only, but 102, 103 and others may come before it, too."""
    source = _Socket(sock, deadline)
    while True:
        answer = HTTPResponse(source, method=method)  # type: ignore[arg-type]
        try:
            answer.begin()
        except BaseException:
            answer.close()  # else Python 3.13 may print an error when it collects what was read
            raise
        if not 101 < answer.status < 200:
            return answer

        answer.fp = None  # type: ignore[assignment]  # else it closes what the next one reads


def _read_body(answer: HTTPResponse) -> bytes:
    """The body, at most one byte beyond the largest."""
    parts: list[bytes] = []
    room = MAX_BODY + 1
    while room and (part := answer.read(min(room, _CHUNK))):
        parts.append(part)
        room -= len(part)
    if room and answer.length:
        raise IncompleteRead(b"", answer.length)

    return b"".join(parts)


def secure_context(ca_file: str | None) -> ssl.SSLContext:
    """How to check the server's certificate: against the system's authorities, or against those in the file."""
    import ssl

    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError("ca_file cannot be read as a file of certificates in PEM") from error
