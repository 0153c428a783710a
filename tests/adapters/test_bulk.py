"""Large reads and writes, on each emulator, and with a DynamoDB that takes only part."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib.adapters.bulk import BulkTable, open_bulk_table
from chalicelib.adapters.dynamodb import packed
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.places import sortable
from chalicelib.settings import InvalidSettings

EARLY = datetime(2026, 3, 1, tzinfo=UTC)
LATE = EARLY + timedelta(days=1)


def item(number, at=EARLY, content="a"):
    when = {"updated_at": sortable(at), "version": sortable(at)}
    return {"pk": f"azulu#{number}", "sk": "ORDER", "type": "order", "shape": 1, **when, "content": content}


def key(number):
    return f"azulu#{number}", "ORDER"


@pytest.fixture
def bulk(any_tables):
    return BulkTable(any_tables.client, any_tables.returns)


def test_more_items_than_one_call_takes_are_written_and_read(bulk):
    bulk.add([item(number) for number in range(260)])
    held = bulk.held([key(number) for number in range(300)])
    assert set(held) == {key(number) for number in range(260)}
    assert held[key(7)] == {"pk": "azulu#7", "sk": "ORDER"} | {
        name: item(7)[name] for name in ("updated_at", "version", "content")
    }


def test_nothing_asked_is_nothing_done(bulk):
    assert bulk.held([]) == {}
    assert bulk.replace([]) == []
    bulk.add([])


def test_only_what_is_newer_replaces(bulk):
    bulk.add([item(1, EARLY), item(2, LATE), item(3, EARLY)])
    written = bulk.replace([item(1, LATE, "b"), item(2, EARLY, "b"), item(3, EARLY, "b"), item(4, EARLY, "b")])
    assert written == [True, False, False, True]
    held = bulk.held(map(key, range(1, 5)))
    assert [held[key(number)]["content"] for number in range(1, 5)] == ["b", "a", "a", "b"]


def test_of_many_imports_at_once_the_newest_stays(any_tables):
    def put(minute):
        table = BulkTable(any_tables.client, any_tables.returns)
        return table.replace([item(1, EARLY + timedelta(minutes=minute), str(minute))])

    BulkTable(any_tables.client, any_tables.returns).add([item(1)])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, [3, 9, 1, 40, 7, 22, 39, 2] * 4))
    held = BulkTable(any_tables.client, any_tables.returns).held([key(1)])
    assert held[key(1)]["content"] == "40"


def test_a_table_that_is_not_there_is_named(any_tables):
    with pytest.raises(Unavailable, match=r"nowhere.*ResourceNotFound"):
        BulkTable(any_tables.client, "nowhere").held([key(1)])


class Sparing:
    """A DynamoDB that takes `share` items of each batch, and fails at first as often as told."""

    def __init__(self, share, failures=()):
        self.share = share
        self.failures = list(failures)
        self.taken = []
        self.calls = 0

    def batch_write_item(self, RequestItems):  # noqa: N803
        requests = self._call(RequestItems)
        self.taken += requests[: self.share]
        return {"UnprocessedItems": {"t": requests[self.share :]} if requests[self.share :] else {}}

    def batch_get_item(self, RequestItems):  # noqa: N803
        wanted = self._call(RequestItems)
        keys = wanted["Keys"]
        rest = keys[self.share :]
        return {
            "Responses": {"t": keys[: self.share]},
            "UnprocessedKeys": {"t": wanted | {"Keys": rest}} if rest else {},
        }

    def _call(self, wanted):
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return wanted["t"]


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "BatchWriteItem")


def patient(client):
    pauses = []
    return BulkTable(client, "t", pause=pauses.append, spread=lambda: 1.0), pauses


def test_what_is_left_undone_is_asked_again_until_all_is_done():
    client = Sparing(10)
    bulk, pauses = patient(client)
    bulk.add([item(number) for number in range(25)])
    assert client.taken == [{"PutRequest": {"Item": packed(item(number))}} for number in range(25)]
    assert client.calls == 3
    assert pauses == [0.05, 0.05]


def test_keys_left_unread_are_asked_again():
    bulk, _ = patient(Sparing(7))
    assert len(bulk.held(map(key, range(30)))) == 30


def test_pauses_grow_while_nothing_is_taken_and_end_in_an_error():
    client = Sparing(0)
    bulk, pauses = patient(client)
    with pytest.raises(Unavailable, match="throttled"):
        bulk.add([item(1)])
    assert pauses == sorted(pauses)
    assert pauses[-1] == 5.0
    assert client.calls == 12


def test_a_throttled_call_is_made_again():
    client = Sparing(25, [refused("ProvisionedThroughputExceededException"), refused("ThrottlingException")])
    bulk, pauses = patient(client)
    bulk.add([item(1)])
    assert len(client.taken) == 1
    assert pauses == [0.1, 0.2]


def test_chance_shortens_every_pause():
    pauses = []
    client = Sparing(25, [refused("ThrottlingException")])
    BulkTable(client, "t", pause=pauses.append, spread=lambda: 0.25).add([item(1)])
    assert pauses == [0.025]


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (refused("AccessDeniedException"), "AccessDeniedException"),
        (EndpointConnectionError(endpoint_url="https://nowhere.example"), "Could not connect to the endpoint URL"),
    ],
)
def test_what_waiting_cannot_mend_fails_at_once(failure, words):
    client = Sparing(25, [failure])
    bulk, pauses = patient(client)
    with pytest.raises(Unavailable, match=words):
        bulk.add([item(1)])
    assert (client.calls, pauses) == (1, [])


def test_an_environment_without_a_region_is_told_in_one_line(monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "nowhere")
    with pytest.raises(InvalidSettings, match="AWS_DEFAULT_REGION"):
        open_bulk_table("t")
