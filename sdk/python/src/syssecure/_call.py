"""One call, without input or output: what each attempt sends, and what follows from each answer.

The clients only carry the requests and wait; everything that is decided is decided here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from ._errors import NO_MESSAGE, APIConnectionError, APIResponseError, APIStatusError, status_error_class
from ._json import read_answer
from ._redact import redacted
from ._retry import backoff, is_retried, parse_retry_after
from ._settings import (
    SELF_HOSTED,
    Settings,
    check_headers,
    check_idempotency_key,
    check_max_retries,
    check_timeout,
    merge_headers,
)
from ._transport import Headers, Request, Response
from ._values import json_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._clock import Clock

T = TypeVar("T")

Parse = Callable[[Any, "str | None"], T]
"""Makes the result from the decoded body and the request id."""


class Call(Generic[T]):
    """One call of an operation, with all its attempts."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        method: str,
        path: str,
        template: str,
        body: Any,
        parse: Parse[T],
        read_only: bool = True,
        options: Mapping[str, Any],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._method = method
        self._url = settings.root + path
        self._name = f"{method} /v2{template}"
        self._body = None if body is None else json_body(body)
        self._parse = parse
        self._is_read_only = read_only
        self._attempt = 0
        self._started = 0.0
        self._set_options(**options)

    def _set_options(
        self,
        *,
        idempotency_key: str | None = None,
        timeout: Any = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        settings = self._settings
        self._timeout = settings.timeout if timeout is None else check_timeout("timeout", timeout)
        self._retries = settings.max_retries if max_retries is None else check_max_retries(max_retries)
        self._headers = dict(settings.headers)
        if self._body is not None:
            self._headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            self._headers["Idempotency-Key"] = check_idempotency_key(idempotency_key)
        elif self._method == "POST":
            self._headers["Idempotency-Key"] = f"ss-{_random_uuid()}"

        merge_headers(self._headers, check_headers(headers))

    def next_request(self) -> Request:
        """The request of the next attempt."""
        self._attempt += 1
        self._started = self._clock.monotonic()
        headers = self._headers
        if self._attempt > 1:
            headers = {**headers, "X-SysSecure-Retry-Count": str(self._attempt - 1)}

        return Request(
            self._method,
            self._url,
            headers,
            self._body,
            timeout=self._timeout,
            connect_timeout=self._settings.connect_timeout,
        )

    def failed(self, error: APIConnectionError) -> float:
        """The seconds to wait after an attempt without an answer. It raises the error when no attempt is left."""
        self._log_attempt(type(error).__name__, None)
        if error.retryable and self._attempt <= self._retries:
            return self._wait(type(error).__name__, None)

        text = redacted(str(error), self._settings.key)
        if self._settings.is_default_server:
            text = f"{text}. {SELF_HOSTED}"
        error.args = (text,)
        raise error

    def answered(self, response: Response) -> float | None:
        """The seconds to wait after an answer, or None if it is the result. It raises the error of the last answer."""
        status = response.status
        self._log_attempt(str(status), _request_id(response))
        if 200 <= status < 300:
            return None

        after = parse_retry_after(response.headers.get("Retry-After"), self._clock.now())
        too_long = after is not None and after > self._settings.max_retry_after
        if is_retried(status) and self._attempt <= self._retries and not too_long:
            return self._wait(str(status), after)

        raise self._status_error(response, after)

    def result(self, response: Response) -> T:
        """What the answer holds."""
        request_id = _request_id(response)
        try:
            body = read_answer(response, read_only=self._is_read_only)
            return self._parse(body, request_id)
        except ValueError as error:
            text = redacted(f"the server's answer is not what the API promises: {error}", self._settings.key)
            raise APIResponseError(
                text, status=response.status, request_id=redacted(request_id, self._settings.key)
            ) from None

    def _wait(self, why: str, retry_after: int | None) -> float:
        seconds = float(retry_after) if retry_after else backoff(self._attempt, self._clock.random())
        self._log(f"{self._name}: retry {self._attempt} in {seconds:.3f} s after {why}")

        return seconds

    def _status_error(self, response: Response, retry_after: int | None) -> APIStatusError:
        status = response.status
        key = self._settings.key
        body = _problem(response, key)
        code = body.get("code", "")
        message = _text(body.get("message")) or NO_MESSAGE
        request_id = _text(body.get("request_id")) or redacted(_request_id(response), key)
        details = body.get("details")

        text = f"{status} {code}: {message}" if code else f"{status}: {message}"
        if request_id:
            text += f" (request_id: {request_id})"
        if status == 401 and self._settings.is_default_server:
            text += f". {SELF_HOSTED}"

        return status_error_class(status)(
            text,
            status=status,
            headers=Headers(redacted([*response.headers.items()], key)),
            code=code,
            message=message,
            request_id=request_id,
            details=details if isinstance(details, dict) else None,
            retry_after=retry_after,
        )

    def _log_attempt(self, outcome: str, request_id: str | None) -> None:
        if self._settings.logger is not None:
            milliseconds = (self._clock.monotonic() - self._started) * 1000
            tail = f", request_id {request_id}" if request_id else ""
            self._log(f"{self._name}: {outcome} in {milliseconds:.0f} ms, attempt {self._attempt}{tail}")

    def _log(self, line: str) -> None:
        if self._settings.logger is None:
            return

        try:
            self._settings.logger.debug(redacted(line, self._settings.key))
        except Exception:
            # What was sent was sent: a line that is lost must not make the caller send it again.
            return


def _problem(response: Response, key: str) -> dict[str, Any]:
    """The body of an error without the key and numbers, or nothing if it is not the API's."""
    try:
        body = redacted(read_answer(response, read_only=False), key)
    except (ValueError, RecursionError):
        return {}

    return body if isinstance(body, dict) and isinstance(body.get("code"), str) else {}


def _request_id(response: Response) -> str | None:
    return response.headers.get("X-Request-Id")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _random_uuid() -> str:
    # The module uuid would take a third of the import's time.
    digits = bytearray(os.urandom(16))
    digits[6] = digits[6] & 0x0F | 0x40
    digits[8] = digits[8] & 0x3F | 0x80
    text = digits.hex()

    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_WORD = re.compile(r"v?[a-z-]+|")


def template_of(path: str) -> str:
    """The path of a raw request with what may be an id or a number left out, for the log."""
    return "/".join(part if _WORD.fullmatch(part) else "{…}" for part in path.split("/"))
