"""The options of a client: what is refused, and what the refusal says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import syssecure
from syssecure._settings import check_base_url, user_agent

KEY = "sk_test_4f9c2d81e6b7a350"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        pytest.param({"api_key": None}, "SYSSECURE_API_KEY", id="no key"),
        pytest.param({"api_key": ""}, "api_key is empty", id="an empty key"),
        pytest.param({"api_key": KEY + "\n"}, "line break", id="a key with a line break"),
        pytest.param({"api_key": b"sk_test_x"}, "api_key", id="a key of bytes"),
        pytest.param({"base_url": ""}, "base_url is empty", id="an empty base URL"),
        pytest.param({"base_url": "otp.example.com"}, "absolute", id="a base URL without a scheme"),
        pytest.param({"base_url": "ftp://otp.example.com"}, "absolute", id="a scheme that is not HTTP"),
        pytest.param({"base_url": "https://"}, "absolute", id="no host"),
        pytest.param({"base_url": "https://h:99999"}, "absolute", id="a port that is none"),
        pytest.param({"base_url": "https://bücher.example"}, "xn--", id="a host beyond ASCII"),
        pytest.param({"base_url": "https://h\n.example"}, "space", id="a line break in the base URL"),
        pytest.param({"base_url": "https://me:pw@h.example"}, "user", id="a user in the base URL"),
        pytest.param({"base_url": "http://h.example"}, "allow_insecure_http", id="plain HTTP"),
        pytest.param({"base_url": "http://127.0.0.1.example"}, "https", id="plain HTTP to what looks like loopback"),
        pytest.param({"timeout": 0}, "timeout", id="no time"),
        pytest.param({"timeout": "30"}, "timeout", id="a timeout of text"),
        pytest.param({"timeout": True}, "timeout", id="a timeout of true"),
        pytest.param({"connect_timeout": float("inf")}, "connect_timeout", id="endless time"),
        pytest.param({"max_retries": -1}, "max_retries", id="negative retries"),
        pytest.param({"max_retries": 1.5}, "max_retries", id="a part of a retry"),
        pytest.param({"max_retry_after": timedelta(seconds=-1)}, "max_retry_after", id="a negative limit"),
        pytest.param({"headers": {"authorization": "x"}}, "api_key", id="another Authorization"),
        pytest.param({"headers": {"X-A": "a\r\nX-B: b"}}, "line break", id="a header that adds another"),
        pytest.param({"headers": {"content-length": "1"}}, "connection", id="a length"),
        pytest.param({"base_url": "https://.example"}, "absolute", id="a host that begins with a dot"),
        pytest.param({"headers": {"X A": "a"}}, "name", id="a header's name with a space"),
        pytest.param({"headers": {"X-A": "→"}}, "Latin-1", id="a header beyond Latin-1"),
        pytest.param({"headers": {"X-A": 1}}, "text", id="a header that is a number"),
        pytest.param({"user_agent": "a\nb"}, "user_agent", id="a line break in the user agent"),
        pytest.param({"proxy": "socks5://p.example"}, "proxy", id="a proxy of another kind"),
        pytest.param({"proxy": ""}, "proxy", id="an empty proxy"),
        pytest.param({"ca_file": "/nowhere.pem"}, "ca_file", id="no file of certificates"),
        pytest.param({"proxy": "http://p.example", "transport": object()}, "transport", id="a proxy for a transport"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(syssecure.ConfigurationError) as raised:
        syssecure.Client(**{"api_key": KEY, **options})

    assert says in str(raised.value)
    assert "4f9c2d" not in str(raised.value)
    assert "pw" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://h.example", "https://h.example/v2"),
        ("https://h.example/", "https://h.example/v2"),
        ("https://h.example/v2/", "https://h.example/v2"),
        ("https://h.example/otp//", "https://h.example/otp/v2"),
        ("http://[::1]:8080", "http://[::1]:8080/v2"),
        ("http://127.9.9.9", "http://127.9.9.9/v2"),
        ("http://LocalHost.", "http://LocalHost./v2"),
        ("http://a.localhost", "http://a.localhost/v2"),
    ],
)
def test_base_urls(url: str, root: str) -> None:
    assert check_base_url(url, allow_insecure_http=False) == root


@pytest.mark.parametrize(("argument", "used"), [("sk_test_argument", "argument"), (None, "environment")])
def test_the_argument_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, argument: str | None, used: str
) -> None:
    monkeypatch.setenv("SYSSECURE_API_KEY", "sk_test_environment")
    client = syssecure.Client(api_key=argument)

    assert client._settings.key == f"sk_test_{used}"


def test_a_client_shows_only_the_beginning_of_its_key() -> None:
    for key, shown in ((KEY, "sk_test_…"), ("short", "…")):
        client = syssecure.Client(api_key=key)

        assert repr(client) == f"Client(api_key='{shown}', base_url='https://api.syssecure.me/v2')"


def test_a_client_has_no_attributes_to_set() -> None:
    client = syssecure.Client(api_key=KEY)

    with pytest.raises(AttributeError):
        client.timeout = 3  # type: ignore[attr-defined]


def test_the_user_agent_names_sdk_runtime_and_system() -> None:
    assert user_agent("shop/1").startswith(f"syssecure-python/{syssecure.__version__} (")
    assert user_agent("shop/1").endswith(") shop/1")
