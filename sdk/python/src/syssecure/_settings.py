"""The options of a client and of one call, checked before anything is sent."""

from __future__ import annotations

import math
import os
import re
import socket
import sys
from urllib.parse import urlsplit

from ._errors import ConfigurationError
from ._version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from urllib.parse import SplitResult

    from ._protocols import Logger

DEFAULT_BASE_URL = "https://api.syssecure.me"
DEFAULT_ROOT = DEFAULT_BASE_URL + "/v2"
SELF_HOSTED = "Self-hosted? Set base_url or SYSSECURE_BASE_URL to the address of your server."

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FRAMING = ("connection", "content-length", "host", "transfer-encoding")
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def check_key(key: str | None) -> str:
    """The API key: the argument, else the environment's."""
    if key is None:
        key = os.environ.get("SYSSECURE_API_KEY") or None
        if key is None:
            raise ConfigurationError("there is no API key; give api_key or set SYSSECURE_API_KEY")
    if not isinstance(key, str) or not key:
        raise ConfigurationError(
            "api_key is empty; give a key such as sk_test_…, or leave it out to use SYSSECURE_API_KEY"
        )
    if not _PRINTABLE.fullmatch(key):
        raise ConfigurationError(
            "the API key contains a space, a line break or a character beyond ASCII; copy it again"
        )

    return key


def check_base_url(url: str | None, *, allow_insecure_http: bool) -> str:
    """The URL that paths are added to. It ends with /v2."""
    if url is None:
        url = os.environ.get("SYSSECURE_BASE_URL") or DEFAULT_BASE_URL
    if not isinstance(url, str) or not url:
        raise ConfigurationError("base_url is empty; give a URL such as https://otp.example.com")

    parts = split_url(url, "base_url")
    if parts is None or parts.scheme not in ("http", "https"):
        raise ConfigurationError("base_url must be an absolute URL such as https://otp.example.com")
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ConfigurationError("base_url must not hold a user, a query or a fragment")
    if parts.scheme == "http" and not allow_insecure_http and not is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            "base_url is plain http, which shows the key to everyone on the way; "
            "use https, or set allow_insecure_http=True"
        )

    root = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"

    return root if root.endswith("/v2") else root + "/v2"


def split_url(url: str, name: str) -> SplitResult | None:
    """The parts of an absolute URL, or None if it is not one."""
    # urlsplit removes line breaks and tabs, so they are found before it.
    if not _PRINTABLE.fullmatch(url):
        raise ConfigurationError(f"{name} contains a space or a character beyond ASCII; write such a host as xn--…")
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and not parts.netloc.startswith(".") and parts.port != 0
    except ValueError:
        return None

    return parts if has_host else None


def is_loopback(host: str) -> bool:
    host = host.rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    for family, first in ((socket.AF_INET, b"\x7f"), (socket.AF_INET6, b"\x00" * 15 + b"\x01")):
        try:
            if socket.inet_pton(family, host).startswith(first):
                return True
        except OSError:
            continue

    return False


def seconds_of(name: str, value: float | timedelta) -> float:
    """A duration as seconds."""
    total = getattr(value, "total_seconds", None)
    seconds = total() if total else value
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not math.isfinite(seconds):
        raise ConfigurationError(f"{name} must be a number of seconds or a timedelta")

    return float(seconds)


def check_timeout(name: str, value: float | timedelta) -> float:
    """A timeout in seconds."""
    seconds = seconds_of(name, value)
    if seconds <= 0:
        raise ConfigurationError(f"{name} must be above 0 seconds")

    return seconds


def check_max_retry_after(value: float | timedelta) -> float:
    """The longest Retry-After that is waited for, in seconds."""
    seconds = seconds_of("max_retry_after", value)
    if seconds < 0:
        raise ConfigurationError("max_retry_after must not be negative")

    return seconds


def check_max_retries(value: int) -> int:
    """How many attempts may follow the first."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ConfigurationError("max_retries must be a whole number from 0 up")

    return value


def check_header_value(name: str, value: str) -> str:
    """The value of a header. The message does not show it."""
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} must be text")
    if re.search(r"[\r\n\0]", value):
        raise ConfigurationError(f"{name} must not contain a line break or a NUL")
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise ConfigurationError(f"{name} must contain only characters of Latin-1") from None

    return value


def check_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Headers of the caller, which never replace the key."""
    checked: dict[str, str] = {}
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError("headers contains a name that is not one of HTTP")
        if name.lower() == "authorization":
            raise ConfigurationError("headers must not contain Authorization; give the key as api_key")
        if name.lower() == "idempotency-key":
            raise ConfigurationError("headers must not contain Idempotency-Key; give it to one call as idempotency_key")
        if name.lower() in _FRAMING:
            raise ConfigurationError(f"headers must not contain {name}, which belongs to the connection")

        checked[name] = check_header_value(f"the header {name}", value)

    return checked


def check_idempotency_key(key: str) -> str:
    """An idempotency key of the caller's."""
    if not isinstance(key, str) or not re.fullmatch(r"[\x20-\x7e]{1,255}", key):
        raise ConfigurationError("idempotency_key must have 1 to 255 printable ASCII characters")

    return key


def user_agent(addition: str | None) -> str:
    """The User-Agent: the SDK, the runtime, the system, and what the caller adds."""
    runtime = f"{sys.implementation.name}/{'.'.join(map(str, sys.version_info[:3]))}"
    text = f"syssecure-python/{__version__} ({runtime}; {_system()})"

    return f"{text} {check_header_value('user_agent', addition)}" if addition else text


def _system() -> str:
    """The system and its architecture. The module platform knows more, but would make the import slower."""
    if hasattr(os, "uname"):
        return f"{os.uname().sysname} {os.uname().machine}"

    return f"{sys.platform} {os.environ.get('PROCESSOR_ARCHITECTURE', 'unknown')}"


class Settings:
    """The checked options of one client. Nothing changes them."""

    __slots__ = (
        "connect_timeout",
        "headers",
        "key",
        "logger",
        "max_retries",
        "max_retry_after",
        "root",
        "timeout",
    )

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None,
        timeout: float | timedelta,
        connect_timeout: float | timedelta,
        max_retries: int,
        max_retry_after: float | timedelta,
        headers: Mapping[str, str] | None,
        user_agent_addition: str | None,
        logger: Logger | None,
        allow_insecure_http: bool,
    ) -> None:
        self.key = check_key(api_key)
        self.root = check_base_url(base_url, allow_insecure_http=allow_insecure_http)
        self.timeout = check_timeout("timeout", timeout)
        self.connect_timeout = check_timeout("connect_timeout", connect_timeout)
        self.max_retries = check_max_retries(max_retries)
        self.max_retry_after = check_max_retry_after(max_retry_after)
        self.logger = logger
        self.headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": user_agent(user_agent_addition),
            "Authorization": f"Bearer {self.key}",
        }
        merge_headers(self.headers, check_headers(headers))

    @property
    def is_default_server(self) -> bool:
        """Whether the base URL is the default one, which a user of another server may have forgotten to replace."""
        return self.root == DEFAULT_ROOT


def merge_headers(headers: dict[str, str], more: Mapping[str, str]) -> None:
    """Add headers, replacing those of the same name in whatever case."""
    if not more:
        return

    names = {name.lower(): name for name in headers}
    for name, value in more.items():
        headers.pop(names.get(name.lower(), name), None)
        headers[name] = value
