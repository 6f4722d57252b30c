"""What a transport carries: a request to the server, and the answer back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

MAX_BODY = 10 * 1024 * 1024
"""The largest body of an answer, in bytes."""


class Headers(Mapping[str, str]):
    """The headers of an answer. Names are found in upper and lower case; lines of one name are joined by commas."""

    __slots__ = ("_values",)

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        values: dict[str, str] = {}
        for name, value in lines:
            key = name.lower()
            values[key] = f"{values[key]}, {value}" if key in values else value

        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({', '.join(self._values)})"


class Request:
    """One attempt of a call.

    method: such as `POST`.
    url: the whole URL, percent-encoded.
    headers: the names and values to send, the key among them.
    body: the bytes to send, or None for a request without a body.
    timeout: the seconds that the attempt may take as a whole.
    connect_timeout: the seconds that connecting may take.
    """

    __slots__ = ("body", "connect_timeout", "headers", "method", "timeout", "url")

    def __init__(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        timeout: float,
        connect_timeout: float,
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connect_timeout = connect_timeout

    def __repr__(self) -> str:
        # The URL holds ids and numbers, the headers the key, the body codes and texts.
        return f"Request({self.method}, {len(self.body or b'')} bytes)"


class Response:
    """An answer.

    status: the HTTP status.
    headers: the headers.
    body: the bytes as they came: not decoded, and at most one byte beyond MAX_BODY.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"Response({self.status}, {len(self.body)} bytes)"
