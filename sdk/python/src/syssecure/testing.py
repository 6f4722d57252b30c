"""Helpers for your tests: transports that answer as you tell them, without a server.

    fake = FakeTransport()
    fake.answer({"otp_id": "otp_1", "status": "sent"})
    client = syssecure.Client(api_key="sk_test_fake", transport=fake)

    assert client.otp.send(to="+15005550006", channels=["sms"]).id == "otp_1"
    assert fake.requests[0].json["to"] == "+15005550006"

`syssecure.webhooks.sign` makes the header of a webhook.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ._clock import Clock
from ._transport import Headers, Request, Response

__all__ = ["AsyncFakeTransport", "FakeTransport", "RecordedRequest"]


class RecordedRequest:
    """A request that a client sent.

    method: such as `POST`.
    path: the path as it was sent, such as `/v2/otp/send`.
    query: the decoded parameters of the query.
    headers: the headers; names are found in upper and lower case.
    json: the decoded body; None if there was none.
    """

    __slots__ = ("headers", "json", "method", "path", "query")

    def __init__(self, request: Request) -> None:
        url = urlsplit(request.url)
        self.method = request.method
        self.path = url.path
        self.query = dict(parse_qsl(url.query, keep_blank_values=True))
        self.headers = Headers(request.headers.items())
        self.json: Any = None if request.body is None else json.loads(request.body)

    def __repr__(self) -> str:
        return f"RecordedRequest({self.method} {self.path})"


class _Script(Clock):
    """The answers to give and the requests that came. It is a clock, too: waits between attempts take no time."""

    __slots__ = ("_answers", "requests", "sleeps")

    def __init__(self) -> None:
        self._answers: deque[Response | Exception] = deque()
        self.requests: list[RecordedRequest] = []
        self.sleeps: list[float] = []

    @property
    def answers_left(self) -> int:
        """How many answers nobody asked for yet."""
        return len(self._answers)

    def answer(self, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Add an answer. Answers are given in the order in which they were added.

        Args:
            body: what the answer holds, written as JSON; bytes are sent as they are.
            status: the HTTP status.
            headers: headers of the answer, such as `{"Retry-After": "30"}`.
        """
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers.append(Response(status, Headers((headers or {}).items()), content))

    def fail(self, error: Exception) -> None:
        """Let a request fail, such as with `syssecure.APITimeoutError("no answer")`."""
        self._answers.append(error)

    def sleep(self, seconds: float) -> None:
        """Note a wait."""
        self.sleeps.append(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Note a wait."""
        self.sleeps.append(seconds)

    def _next(self, request: Request) -> Response:
        self.requests.append(RecordedRequest(request))
        if not self._answers:
            raise AssertionError(f"there is no answer for {self.requests[-1]}; add one with answer()")

        answer = self._answers.popleft()
        if isinstance(answer, Exception):
            raise answer

        return answer


class FakeTransport(_Script):
    """A transport for `Client(transport=…)`.

    requests: the requests that came, oldest first.
    sleeps: the waits between attempts in seconds, which took no time.
    """

    __slots__ = ()

    def send(self, request: Request) -> Response:
        """Give the next answer."""
        return self._next(request)

    def close(self) -> None:
        """Do nothing: there are no connections."""


class AsyncFakeTransport(_Script):
    """A transport for `AsyncClient(transport=…)`.

    requests: the requests that came, oldest first.
    sleeps: the waits between attempts in seconds, which took no time.
    """

    __slots__ = ()

    async def send(self, request: Request) -> Response:
        """Give the next answer."""
        return self._next(request)

    async def close(self) -> None:
        """Do nothing: there are no connections."""
