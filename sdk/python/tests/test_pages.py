"""Lists: pages, and going through all of them."""

from __future__ import annotations

import asyncio

import pytest

import syssecure
from syssecure.testing import AsyncFakeTransport, FakeTransport


def fill(fake: FakeTransport | AsyncFakeTransport, *pages: tuple[list[str], str | None]) -> None:
    for ids, cursor in pages:
        fake.answer({"data": [{"message_id": one} for one in ids], "next_cursor": cursor})


def make() -> tuple[syssecure.Client, FakeTransport]:
    fake = FakeTransport()

    return syssecure.Client(api_key="sk_test_fake", transport=fake), fake


def test_a_page_leads_to_the_next_with_the_same_filters() -> None:
    client, fake = make()
    fill(fake, (["m1"], "c1"), ([], "c2"), (["m2"], None))

    page = client.messages.list(limit=1, metadata={"order": "1042"})
    assert [row.id for row in page.data] == ["m1"]
    assert (page.has_more, page.next_cursor) == (True, "c1")
    assert [row.id for row in page] == ["m1", "m2"]
    assert [request.query.get("cursor") for request in fake.requests] == [None, "c1", "c2"]
    assert all(request.query["metadata[order]"] == "1042" for request in fake.requests)


def test_the_last_page_has_no_next() -> None:
    client, fake = make()
    fill(fake, (["m1"], ""))

    page = client.messages.list()
    assert (page.has_more, page.next_cursor, page.next_page()) == (False, None, None)


def test_a_loop_left_early_asks_for_no_more() -> None:
    client, fake = make()
    fill(fake, (["m1", "m2"], "c1"))

    for row in client.messages.list().auto_paging_iter():
        assert row.id == "m1"
        break
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("first", "pages"),
    [
        pytest.param(None, [(["m1"], "c1"), (["m2"], "c1")], id="the same twice"),
        pytest.param(None, [(["m1"], "c1"), (["m2"], "c2"), (["m3"], "c1")], id="back to an earlier one"),
        pytest.param("c0", [(["m1"], "c0")], id="back to where it began"),
    ],
)
def test_a_cursor_that_comes_again_ends_the_loop(first: str | None, pages: list[tuple[list[str], str]]) -> None:
    client, fake = make()
    fill(fake, *pages)

    with pytest.raises(syssecure.APIResponseError, match="cursor"):
        list(client.messages.list(cursor=first))
    assert fake.answers_left == 0


def test_an_error_comes_where_it_happens() -> None:
    client, fake = make()
    fill(fake, (["m1"], "c1"))
    fake.answer({"code": "not_found", "message": "no"}, status=404)

    rows = iter(client.messages.list())
    assert next(rows).id == "m1"
    with pytest.raises(syssecure.NotFoundError):
        next(rows)


def test_events_from_the_oldest_end_at_the_first_empty_page() -> None:
    client, fake = make()
    fake.answer({"data": [{"id": "e1", "event": "message.sent"}], "next_cursor": "e1"})
    fake.answer({"data": [], "next_cursor": "e1"})

    assert [event.id for event in client.events.list(after="start")] == ["e1"]
    assert [request.query["after"] for request in fake.requests] == ["start", "e1"]


@pytest.mark.parametrize("body", [[], {"data": {}}, {"data": [7]}, {"next_cursor": 7}, {"data": [{"message_id": 7}]}])
def test_a_page_that_is_none(body: object) -> None:
    client, fake = make()
    fake.answer(body)

    with pytest.raises(syssecure.APIResponseError):
        client.messages.list()


def test_the_asynchronous_list_is_awaited_or_iterated() -> None:
    async def use() -> None:
        fake = AsyncFakeTransport()
        client = syssecure.AsyncClient(api_key="sk_test_fake", transport=fake)
        fill(fake, (["m1"], "c1"), (["m2"], None), (["m1"], "c1"), (["m2"], None))

        pending = client.messages.list(limit=1)
        assert fake.requests == []
        page = await pending
        following = await page.next_page()
        assert following is not None
        assert [row.id for row in (*page.data, *following.data)] == ["m1", "m2"]
        assert [row.id async for row in client.messages.list(limit=1)] == ["m1", "m2"]

    asyncio.run(use())
