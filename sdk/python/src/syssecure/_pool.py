"""The SDK's own transport: a pool of connections to one server."""

from __future__ import annotations

import os
import ssl
import threading
from http.client import HTTPException
from time import monotonic
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from ._errors import APIConnectionError, APITimeoutError
from ._http import LONGEST, Connection, ConnectTimeoutError, Deadline, Route, secure_context
from ._proxy import find_proxy
from ._transport import Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    T = TypeVar("T")

MOST_CONNECTIONS = 64
# Many gateways drop what was idle for a minute, some without a word.
_IDLE = 50.0


_started: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()


def start_again_after_fork(value: T, start: Callable[[T], None]) -> None:
    """Start a value again in each child process, as the parent uses its connections, threads and locks."""
    _started[value] = start


def _start_all_again() -> None:
    for value, start in list(_started.items()):
        start(value)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_all_again)


class Abort:
    """Lets another thread end a request."""

    __slots__ = ("_connection", "_lock", "requested")

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._lock = threading.Lock()
        self.requested = False

    def attach(self, connection: Connection | None) -> None:
        """Tell which connection carries the request; None once it may carry that of another."""
        with self._lock:
            self._connection = connection

    def request(self) -> None:
        """End the request now."""
        with self._lock:
            self.requested = True
            if self._connection is not None:
                self._connection.abort()


class Pool:
    """Carries requests over at most 64 connections, and keeps those that are free for the next requests."""

    def __init__(self, root: str, *, proxy: str | None = None, ca_file: str | os.PathLike[str] | None = None) -> None:
        parts = urlsplit(root)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._netloc = parts.netloc
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._proxy = find_proxy(self._origin, self._host, self._port, proxy)
        self._ca_file = None if ca_file is None else os.fspath(ca_file)
        self._route: Route | None = None
        self._is_closed = False
        if ca_file is not None:
            self._find_route()
        self._start()
        start_again_after_fork(self, Pool._start)

    def _start(self) -> None:
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._idle: list[Connection] = []

    def _find_route(self) -> Route:
        """The way to the server. The system's certificates are read when they are first needed: that takes a while."""
        if self._route is None:
            context = secure_context(self._ca_file) if self._is_secure or self._ca_file else None
            self._route = Route(
                self._host,
                self._port,
                host_header=self._netloc,
                context=context if self._is_secure else None,
                proxy=self._proxy,
            )

        return self._route

    def send(self, request: Request, abort: Abort | None = None) -> Response:
        """Send the request once and return the answer."""
        deadline = Deadline(request.timeout)
        if not self._free.acquire(timeout=min(request.timeout, LONGEST)):
            raise APITimeoutError(f"all {MOST_CONNECTIONS} connections were busy for {request.timeout:g} s")
        try:
            return self._send(request, deadline, abort or Abort())
        except ConnectTimeoutError as error:
            raise APITimeoutError(
                f"could not connect to {self._origin} within {request.connect_timeout:g} s"
            ) from error.__cause__
        except TimeoutError as error:
            raise APITimeoutError(f"{self._origin} gave no whole answer within {request.timeout:g} s") from error
        except ssl.SSLCertVerificationError as error:
            reason = error.verify_message or "it is not trusted"
            raise APIConnectionError(
                f"the certificate of {self._origin} was refused: {reason}. If it is of an authority of your own, set "
                "ca_file to the file of that",
                retryable=False,
            ) from error
        except OSError as error:
            reason = error.strerror or str(error) or type(error).__name__
            raise APIConnectionError(f"no answer from {self._origin}: {reason}") from error
        except HTTPException as error:
            # Its text holds parts of the answer, which a server could have made of the request.
            raise APIConnectionError(
                f"no answer from {self._origin}: the answer is broken off or not HTTP"
            ) from HTTPException(type(error).__name__)
        finally:
            self._free.release()

    def _send(self, request: Request, deadline: Deadline, abort: Abort) -> Response:
        connection = self._take()
        is_new = connection is None
        connection = connection or Connection(self._find_route())
        abort.attach(connection)
        is_reusable = False
        try:
            if is_new:
                connection.open(request.connect_timeout, deadline)
            if abort.requested:
                raise OSError("the request was cancelled")
            response, is_reusable = connection.exchange(request, request.url[len(self._origin) :], deadline)
        finally:
            abort.attach(None)
            if not is_reusable or not self._keep(connection):
                connection.close()

        return response

    def _take(self) -> Connection | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                connection = self._idle.pop()
            if monotonic() - connection.idle_since < _IDLE and not connection.is_dropped():
                return connection
            connection.close()

    def _keep(self, connection: Connection) -> bool:
        connection.idle_since = monotonic()
        with self._lock:
            if self._is_closed:
                return False
            self._idle.append(connection)

        return True

    def close(self) -> None:
        """Close the free connections now, and the others as soon as they are free."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def __del__(self) -> None:
        if hasattr(self, "_idle"):
            self.close()
