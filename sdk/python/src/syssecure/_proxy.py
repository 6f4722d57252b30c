"""Which proxy leads to the server, if any."""

from __future__ import annotations

import base64
import os
from urllib.parse import unquote

from ._errors import ConfigurationError
from ._settings import is_loopback, split_url

_VARIABLES = ("http_proxy", "https_proxy")


class Proxy:
    """A proxy.

    host, port: where it is.
    header_lines: what it wants to be sent besides a request.
    """

    __slots__ = ("header_lines", "host", "port")

    def __init__(self, host: str, port: int, header_lines: list[str]) -> None:
        self.host = host
        self.port = port
        self.header_lines = header_lines


def find_proxy(origin: str, host: str, port: int, proxy: str | None) -> Proxy | None:
    """The proxy on the way to the server: the argument, else the environment's."""
    if proxy is None:
        proxy = _from_environment(origin, host, port)

    return None if proxy is None else _parsed(proxy)


def _from_environment(origin: str, host: str, port: int) -> str | None:
    # A proxy for this machine would see the key, which plain HTTP carries.
    if is_loopback(host) or not any(os.environ.get(name) or os.environ.get(name.upper()) for name in _VARIABLES):
        return None

    # Imported only here, because it takes as long as everything else together.
    from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

    proxies = getproxies_environment()
    if proxy_bypass_environment(f"{host}:{port}", proxies):
        return None

    url = proxies.get(origin.partition(":")[0])

    return f"http://{url}" if url and "://" not in url else url


def _parsed(proxy: str) -> Proxy:
    parts = split_url(proxy, "proxy") if isinstance(proxy, str) else None
    if parts is None or parts.scheme != "http" or parts.hostname is None:
        raise ConfigurationError(
            "proxy must be a URL such as http://proxy.example.com:3128; other kinds are not supported"
        )

    lines = []
    if parts.username is not None:
        user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(user.encode()).decode()}")

    return Proxy(parts.hostname, parts.port or 80, lines)
