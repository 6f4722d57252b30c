"""The package as a whole."""

from __future__ import annotations

import inspect
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import syssecure
from syssecure.testing import FakeTransport

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk_test_4f9c2d81e6b7a350"


def run(program: str, *flags: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *flags, "-c", program],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), **environment},
        encoding="utf-8",
    )

    return done.stdout


def test_the_import_loads_nothing_that_costs() -> None:
    program = "import sys, syssecure; syssecure.Client(api_key='k'); print(*sys.modules)"
    loaded = run(program, "-S").split()

    assert not {"asyncio", "concurrent.futures", "dataclasses", "inspect", "logging", "httpx"} & set(loaded)


def test_everything_public_can_be_reached() -> None:
    names = dict.fromkeys(syssecure.__all__)
    names.update(dict.fromkeys(dir(syssecure)))
    for name in names:
        assert getattr(syssecure, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        syssecure.Clinet  # noqa: B018


def test_the_package_works_in_an_ascii_locale() -> None:
    program = """
import syssecure
from syssecure.testing import FakeTransport
fake = FakeTransport()
fake.answer({"message_id": "msg_1"})
client = syssecure.Client(api_key="sk_test_fake", transport=fake)
client.sms.send(to="+32470123456", body="h\\u00e9llo \\U0001f510")
print(ascii(fake.requests[0].json["body"]))
"""
    for flags in ((), ("-X", "utf8=0")):
        assert run(program, *flags, LANG="C", LC_ALL="C").strip() == "'h\\xe9llo \\U0001f510'"


def test_a_client_that_is_not_closed_warns_of_nothing() -> None:
    program = f"""
import sys; sys.path.insert(0, {str(ROOT / "tests")!r})
import syssecure
from scripted import ScriptedServer, answer
with ScriptedServer(answer({{"credits": 7}})) as server:
    print(syssecure.Client(api_key="sk_test_key", base_url=server.url).balance.get().credits)
"""
    assert run(program, "-X", "dev", "-W", "error").strip() == "7"


def methods() -> list[Any]:
    client = syssecure.Client(api_key=KEY)
    found = [client.lookup, client.request, client.close]
    for name in (n for n in dir(client) if not n.startswith("_")):
        value = getattr(client, name)
        found += [getattr(value, n) for n in dir(value) if not n.startswith("_") and not inspect.isroutine(value)]

    return found


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.__qualname__)
def test_every_method_is_documented(method: Any) -> None:
    document = inspect.getdoc(method)
    assert document
    parameters = [p for p in inspect.signature(method).parameters.values() if p.kind is not p.VAR_KEYWORD]
    if len(parameters) > 1:
        assert [p.name for p in parameters if f"{p.name}:" not in document] == []


def test_logs_have_a_line_for_each_attempt_and_show_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeTransport()
    fake.answer({"code": "internal_error", "message": "busy"}, status=503)
    fake.answer({"number": "+32470123456"}, headers={"X-Request-Id": "req_1"})
    fake.fail(syssecure.APITimeoutError("no answer"))
    client = syssecure.Client(api_key=KEY, transport=fake, logger=logging.getLogger("shop"))
    with caplog.at_level(logging.DEBUG, logger="shop"):
        client.opt_outs.put("+32470123456")
        with pytest.raises(syssecure.APITimeoutError):
            client.request("GET", "/lookup/%2B32470123456", max_retries=0)

    first, wait, second, third = [record.getMessage() for record in caplog.records]
    assert first.startswith("PUT /v2/opt-outs/{number}: 503 in ")
    assert first.endswith(" ms, attempt 1")
    assert wait.startswith("PUT /v2/opt-outs/{number}: retry 1 in 0.")
    assert second.endswith(" ms, attempt 2, request_id req_1")
    assert third.startswith("GET /v2/lookup/{…}: APITimeoutError in ")
    assert "470123456" not in caplog.text
    assert KEY not in caplog.text


def test_a_fake_without_answers_says_so() -> None:
    client = syssecure.Client(api_key=KEY, transport=FakeTransport())

    with pytest.raises(AssertionError, match="GET /v2/balance"):
        client.balance.get()
