"""Rules that a schema cannot express, so that requests that schemathesis considers valid are valid.

Hooks only change requests; every answer is checked.
"""
import ast
import json
import os
import re
import threading
import uuid
from datetime import datetime, timedelta, timezone

import schemathesis
from schemathesis import GenerationMode
from hypothesis import strategies as st

# Python 3.11's ast.parse counts its depth for all threads together, and fails when two of them parse at once.
PARSE, PARSING = ast.parse, threading.RLock()


def parse(*args, **kwargs):
    with PARSING:
        return PARSE(*args, **kwargs)


ast.parse = parse

# Numbers that exist, in several countries.
NUMBERS = st.one_of(
    st.integers(470000000, 479999999).map(lambda n: f"+32{n}"),
    st.integers(15100000000, 15199999999).map(lambda n: f"+49{n}"),
    st.integers(600000000, 699999999).map(lambda n: f"+33{n}"),
    st.just("+15005550006"),
)
schemathesis.openapi.format("e164", NUMBERS)
schemathesis.openapi.format("ip", st.ip_addresses().filter(lambda a: a.is_global and not a.is_multicast).map(str))
# Times with offsets that exist on Earth.
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))
schemathesis.openapi.format(
    "date-time", st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=OFFSETS).map(lambda d: d.isoformat(timespec="seconds")))
# An address; a port is optional.
schemathesis.openapi.format("ip-port", st.ip_addresses().filter(lambda a: a.is_global and not a.is_multicast).map(str))
schemathesis.openapi.format("go-duration", st.integers(1, 600).map(lambda n: f"{n}s"))


# What belongs to the whole installation is live: these operations get a live key, all others one of the sandbox.
TEST_KEY, LIVE_KEY = (f"Bearer {os.environ[name]}" for name in ("CONTRACT_KEY", "CONTRACT_LIVE_KEY"))
LIVE = re.compile(r"^/v2/(accounts|instance|carriers/[^/]*/(pause|resume))")


def depth(value):
    """How deep objects and lists are nested, value included."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return 0
    return 1 + max(map(depth, value), default=0)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.headers and case.headers.get("Authorization") == TEST_KEY and LIVE.match(case.operation.path):
        case.headers["Authorization"] = LIVE_KEY
    # A key stands for one request; schemathesis would use the same one for many.
    for name in list(case.headers or {}):
        key = case.headers[name]
        if name.lower() == "idempotency-key" and 0 < len(key) <= 255:
            case.headers[name] = (uuid.uuid4().hex + key)[: max(32, len(key))]
    # A cursor comes from a previous page; a made-up one is refused, as other tests show.
    positive = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if positive and case.query and "cursor" in case.query:
        del case.query["cursor"]
    # In a URL null is the text "null", which is a valid value; a value that is not an object is invalid.
    if not positive and case.query:
        query = dict(case.query)
        metadata = query.get("metadata")
        if isinstance(metadata, dict) and None in metadata.values():
            case.query["metadata"] = "x"
        for name in [n for n, v in query.items() if n.startswith("metadata[") and v in (None, "null")]:
            del case.query[name]
            case.query["metadata"] = "x"
    # A range ends after its begin, which no schema can express.
    for begin, end in (("created_after", "created_before"), ("received_after", "received_before")):
        if positive and case.query and begin in case.query and end in case.query:
            del case.query[end]
    # One of the two is required; null means absent.
    if positive and case.path.endswith("/sandbox/clock") and isinstance(case.body, dict):
        if not case.body.get("advance") and not case.body.get("reset"):
            case.body["advance"] = "1s"
    # Metadata has 4 KB and 5 levels, written compactly, which no schema can express.
    if positive and isinstance(case.body, dict) and isinstance(case.body.get("metadata"), dict):
        metadata = case.body["metadata"]
        if len(json.dumps(metadata, separators=(",", ":"))) > 4096 or depth(metadata) > 5:
            case.body["metadata"] = {"order": "o_1", "items": [1, None]}
    # A purpose is printable, which differs between Unicode's versions.
    if positive and isinstance(case.body, dict) and isinstance(case.body.get("purpose"), str):
        case.body["purpose"] = "p" * min(len(case.body["purpose"]), 64)
    # A name has no invisible characters, which differ between Unicode's versions.
    for path, most in (("/account", 100), ("/accounts", 100), ("/keys", 64)):
        if positive and case.path.endswith(path) and isinstance(case.body, dict) and isinstance(case.body.get("name"), str):
            case.body["name"] = "n" * min(len(case.body["name"]), most)
    # Telegram alone has codes of at most 8 digits.
    if positive and isinstance(case.body, dict) and set(case.body.get("channels") or []) == {"telegram"}:
        if isinstance(case.body.get("length"), int):
            case.body["length"] = min(case.body["length"], 8)
    # A URL has a valid host, which "uri" does not require.
    for name in ("callback_url", "url"):
        if positive and isinstance(case.body, dict) and isinstance(case.body.get(name), str):
            case.body[name] = "https://example.com/" + "x" * max(0, min(len(case.body[name]), 2048) - 20)
    # scheduled_at is in the future, which no schema can express.
    if positive and isinstance(case.body, dict) and isinstance(case.body.get("scheduled_at"), str):
        tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
        case.body["scheduled_at"] = tomorrow.strftime("%Y-%m-%dT%H:%M:%SZ")
