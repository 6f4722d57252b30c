"""The errors. All are below SysSecureError."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

NO_MESSAGE = "the server's answer has no error message"


class SysSecureError(Exception):
    """The base of every error that this package raises."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take keywords, which pickle would not pass. Task queues pickle errors.
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(cls: type[SysSecureError], args: tuple[Any, ...], state: dict[str, Any]) -> SysSecureError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(state)

    return error


class ConfigurationError(SysSecureError):
    """An argument or a setting is wrong. Nothing was sent."""


class APIConnectionError(SysSecureError):
    """There was no whole answer. `__cause__` is the error of the connection.

    retryable: whether another attempt could help. It is false for certificates that cannot be trusted.
    """

    def __init__(self, message: str, *, retryable: bool = True) -> None:
        super().__init__(message)
        self.retryable = retryable


class APITimeoutError(APIConnectionError):
    """There was no whole answer in time."""


class APIResponseError(SysSecureError):
    """The status is 2xx, but the body is not what the API promises.

    status: the HTTP status.
    request_id: quote it when you ask for help.
    """

    def __init__(self, message: str, *, status: int, request_id: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.request_id = request_id


class FieldError:
    """One thing that is wrong with a request.

    field: the path of the field, such as `channels[0]`; None when the request as a whole is wrong.
    message: what is wrong, and what to write.
    """

    __slots__ = ("field", "message")

    def __init__(self, field: str | None, message: str) -> None:
        self.field = field
        self.message = message

    def __repr__(self) -> str:
        return f"FieldError(field={self.field!r}, message={self.message!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldError) and (self.field, self.message) == (other.field, other.message)

    def __hash__(self) -> int:
        return hash((self.field, self.message))


class APIStatusError(SysSecureError):
    """The server answered with a status other than 2xx. The classes below it stand for one status each.

    status: the HTTP status.
    code: the kind of error, such as `rate_limit_exceeded`; empty when the answer is not the API's.
    message: what is wrong, for people.
    request_id: quote it when you ask for help.
    details: what else the server said, for programs.
    errors: everything that is wrong with the request, field by field.
    otp_id: the pending code that a send would have sent again.
    limit: the limit that was reached, such as `5/10m`.
    doc_url: the page that describes the error.
    retry_after: the seconds after which the server says to try again.
    headers: the headers of the answer; their names are found in upper and lower case.
    """

    def __init__(
        self,
        text: str,
        *,
        status: int,
        headers: Mapping[str, str],
        code: str = "",
        message: str = NO_MESSAGE,
        request_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.details: Mapping[str, Any] = details or {}
        self.headers = headers
        self.retry_after = retry_after
        self.errors = _field_errors(self.details.get("errors"))
        self.otp_id = _text(self.details.get("otp_id"))
        self.limit = _text(self.details.get("limit"))
        self.doc_url = _text(self.details.get("doc_url"))


class BadRequestError(APIStatusError):
    """400: a parameter is missing or wrong; `errors` names each."""


class AuthenticationError(APIStatusError):
    """401: the API key is missing, unknown or revoked."""


class InsufficientCreditsError(APIStatusError):
    """402: the account has too few credits."""


class NotFoundError(APIStatusError):
    """404: there is nothing with this id."""


class InvalidPhoneError(APIStatusError):
    """422: the number is invalid or cannot be reached."""


class RateLimitError(APIStatusError):
    """429: too many requests or sends; `limit` and `retry_after` say more."""


class InternalServerError(APIStatusError):
    """500 and above: the server or something before it failed."""


class WebhookSignatureError(SysSecureError):
    """A webhook is not to be trusted. Answer 400 and do nothing else.

    reason: `missing_header`, `malformed_header`, `no_signature`, `no_match`, `timestamp_out_of_range` or
        `invalid_payload`.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: InsufficientCreditsError,
    404: NotFoundError,
    422: InvalidPhoneError,
    429: RateLimitError,
}


def status_error_class(status: int) -> type[APIStatusError]:
    """The class for a status: the status alone decides it."""
    return _BY_STATUS.get(status, InternalServerError if status >= 500 else APIStatusError)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _field_errors(value: object) -> tuple[FieldError, ...]:
    rows = value if isinstance(value, list) else []

    return tuple(
        FieldError(_text(row.get("field")), _text(row.get("message")) or "") for row in rows if isinstance(row, dict)
    )
