"""What a return costs: how often the tables are read and written on the whole way, page by page; and nothing is ever scanned."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.bench.meter import READS, WRITES
from tests.bench.units import Walked, ask_catalogue, fresh, only, told, units, walk, with_lines
from tests.conftest import ROOT
from tests.web.conftest import Site
from tests.web.test_journeys import WAYS

# Of each page: calls that read, the units of them, calls that write. A page asks for the session, the order, its draft and its
# returns together; an instance that has not seen the session yet asks for that alone first. The details also ask what else the
# shop has, unless somebody asked within a minute.
PAGES = {
    "ask": (0, 0, 1),
    "sent": (0, 0, 0),
    "link": (1, 0.5, 0),
    "open": (0, 0, 1),
    "items": (1, 0.5, 0),
    "items, posted": (1, 0.5, 1),
    "details": (2, 1, 0),
    "details, posted": (1, 0.5, 1),
    "outcomes": (1, 0.5, 0),
    "outcomes, posted": (1, 0.5, 1),
    "check": (1, 0.5, 0),
    "check, posted": (1, 1, 1),
    "done": (1, 1, 0),
}
# Where scanning a whole table is right: when a customer is forgotten, for nothing leads from an address to lookups and links.
MAY_SCAN = {("adapters/dynamodb.py", "scan"), ("adapters/dynamodb.py", "_pages"), ("adapters/personal_items.py", "keys")}


@pytest.fixture(scope="module", params=sorted(WAYS))
def walked(request: pytest.FixtureRequest) -> Iterator[Walked]:
    """A way through each shop, on tables and in a portal that nobody used before."""
    with fresh() as site:
        yield walk(site, request.param)


def test_a_whole_return_takes_so_many_writes_and_reads_and_no_other_call(walked: Walked) -> None:
    every = [call for calls in walked.pages.values() for call in calls]
    assert {call.name for call in every} <= READS | WRITES
    assert len(walked.of(WRITES)) <= 6, told(walked)
    assert len(walked.of(READS)) <= 11, told(walked)
    assert len([call for call in walked.of(READS) if call.about != "product"]) <= 10, told(walked)
    assert units(walked.of(READS)) <= 6.5, told(walked)


def test_a_whole_return_takes_ten_reads_where_the_catalogue_was_asked_a_moment_ago() -> None:
    with fresh() as site:
        ask_catalogue(site, "azulu")
        way = walk(site, "azulu")
    assert (len(way.of(WRITES)), len(way.of(READS)), units(way.of(READS))) == (6, 10, 6), told(way)


@pytest.mark.parametrize("page", PAGES)
def test_no_page_takes_more_than_it_needs(walked: Walked, page: str) -> None:
    calls = walked.pages[page]
    reads = only(READS, calls)
    found = len(reads), units(reads), len(only(WRITES, calls))
    assert all(has <= may for has, may in zip(found, PAGES[page], strict=True)), told(walked)


def test_asking_for_a_link_writes_one_item_and_reads_none(walked: Walked) -> None:
    assert [call.name for call in walked.pages["ask"]] == ["PutItem"]


def test_no_item_of_an_ordinary_return_is_large(walked: Walked) -> None:
    most = {"lookup": 600, "link": 600, "order": 1500, "draft": 1000, "return": 8000}
    assert {kind: size for kind, size in walked.sizes.items() if size > most[kind]} == {}


def test_a_wish_is_read_from_memory_on_every_page_but_the_one_that_promises() -> None:
    with fresh() as site:
        way = walk(site, "azulu", wish="VL-77-S")
    asked = {page: [call.about for call in calls].count("product") for page, calls in way.pages.items()}
    assert {page: times for page, times in asked.items() if times} == {"details": 1, "check, posted": 1}


def test_fifty_lines_cost_no_more_calls_than_one_and_fit_into_their_items() -> None:
    with fresh() as site:
        with_lines(site, "AZ1001", 50)
        way = walk(site, "azulu", lines=50)
    assert (len(way.of(WRITES)), len(way.of(READS))) == (6, 11)
    most = {"order": 20_000, "draft": 25_000, "return": 80_000, "link": 600}
    assert {kind: way.sizes[kind] for kind in most if way.sizes[kind] > most[kind]} == {}


def test_what_the_catalogue_says_is_remembered_for_a_minute(site: Site) -> None:
    catalogue, returns = site.portal.desk.catalogue, site.portal.returns
    product = returns.order_with_returns("azulu", "AZ1001")[0].order.lines[0].product  # type: ignore[union-attr]
    assert product is not None
    before = catalogue.variants("azulu", product)
    assert before
    name = site.portal.settings.returns_table
    for variant in before:
        key = {"pk": {"S": f"azulu#PRODUCT#{product}"}, "sk": {"S": f"SKU#{variant.sku}"}}
        site.client.delete_item(TableName=name, Key=key)
    site.later(seconds=59)
    assert catalogue.variants("azulu", product) == before
    site.later(seconds=1)
    assert catalogue.variants("azulu", product) == ()


def test_only_forgetting_ever_scans_a_table() -> None:
    found = set()
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        if path.is_relative_to(ROOT / "chalicelib" / "local"):
            continue  # The emulator of one machine.
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                named = {each.attr for each in ast.walk(function) if isinstance(each, ast.Attribute)}
                named |= {str(each.value) for each in ast.walk(function) if isinstance(each, ast.Constant)}
                if named & {"scan", "Scan"}:
                    found.add((path.relative_to(ROOT / "chalicelib").as_posix(), function.name))
    assert found == MAY_SCAN
