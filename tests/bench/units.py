"""What a whole return reads and writes: a customer's way from the look-up's form to the page that says "done", page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.bounces import CarefulPost
from chalicelib.domain.identifiers import fold_order_number
from chalicelib.domain.orders import StoredOrder
from chalicelib.labelling import Labelling
from chalicelib.worker import Worker
from tests.bench.meter import READS, WRITES, Call, Meter, size
from tests.bench.table import Figure
from tests.conftest import REGION, emulated_aws
from tests.mailroom import Postbox, event
from tests.web.browsing import Browser
from tests.web.conftest import Site, new_site
from tests.web.test_journeys import WAYS

LINES = (1, 10, 50)
PER_PAGE = ("ask", "sent", "link", "open", "items", "items, posted", "details", "details, posted", "outcomes", "outcomes, posted",
            "check", "check, posted", "done")  # fmt: skip


@dataclass(frozen=True)
class Walked:
    """What each page of a way cost the portal, what the mails of it cost, and how large the items of it are, by their type."""

    pages: dict[str, list[Call]]
    mails: list[Call]
    sizes: dict[str, int]

    def of(self, names: frozenset[str]) -> list[Call]:
        """Return the portal's calls of these names."""
        return [call for calls in self.pages.values() for call in only(names, calls)]


class Customer:
    """A browser whose every request is metered by itself, redirects too."""

    def __init__(self, site: Site, meter: Meter) -> None:
        self.browser, self.meter = Browser(site.portal), meter
        self.pages: dict[str, list[Call]] = {}
        self._names: Iterator[str] = iter(PER_PAGE)
        real = self.browser.send

        def send(*request: Any) -> dict[str, Any]:
            self.meter.take()
            answer = real(*request)
            self.pages[next(self._names)] = self.meter.take()
            return answer

        self.browser.send = send  # type: ignore[method-assign]


class Mailing:
    """The worker behind the streams, and its post."""

    def __init__(self, site: Site, aside: Any) -> None:
        portal, self._aside, self._postbox = site.portal, aside, Postbox()
        self._names = portal.settings.returns_table, portal.settings.sessions_table
        labelling = Labelling(portal.returns, portal.files, portal.shops, lambda name: None, portal.clock)
        post = CarefulPost(self._postbox, portal.sessions, portal.clock)
        doors = portal.links, portal.staff, portal.returns, portal.sessions, portal.shops
        self._worker = Worker(*doors, post, portal.clock, portal.settings.portal_url, labelling)

    def items(self) -> list[dict[str, Any]]:
        """Return everything that both tables hold."""
        return [item for name in self._names for item in self._aside.scan(TableName=name)["Items"]]

    def send(self, shop: str, number: str) -> list[str]:
        """Send what the streams bring of one order; return the paths of the links in it."""
        self._postbox.mails.clear()
        assert self._worker.deliver(event(*(each for each in self.items() if "unsent" in each and _of(each, number)))) == {
            "batchItemFailures": []
        }
        bodies = [message.get_body(("plain",)) for message in self._postbox.mails]
        return [link for body in bodies if body for link in re.findall(rf"/{shop}/link/[\w~-]+", body.get_content())]


def walk(site: Site, shop: str, *, lines: int = 1, wish: str = "") -> Walked:
    """Go a shop's way with so many lines of its order, each with a wish for this SKU; the worker mails what there is to mail."""
    way, client = WAYS[shop], boto3.client("dynamodb", region_name=REGION)
    meter = Meter(site.client, client)
    mailing, customer = Mailing(site, client), Customer(site, meter)
    browser, ids = customer.browser, [str(number) for number in range(1, lines + 1)]
    browser.post(f"/{shop}/find", {"number": way.number, "email": site.addresses[way.number]})
    (link,) = mailing.send(shop, way.number)
    mails = meter.take()
    browser.get(link)
    browser.submit()
    browser.submit({f"take-{each}": "yes" for each in ids} | {f"quantity-{each}": "1" for each in ids})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")}
    said = {f"reason-{each}": way.reason for each in ids} | {f"remark-{each}": "Gracias <3" for each in ids}
    wishes = {f"wish-{each}": wish for each in ids} if wish else {}
    browser.submit(answers | said | wishes)
    browser.submit({"how": way.how} | {f"outcome-{each}": way.outcome for each in ids})
    browser.submit()
    assert browser.page.address == f"/{shop}/returns/1/done", browser.page.text
    assert tuple(customer.pages) == PER_PAGE
    meter.take()
    mailing.send(shop, way.number)
    mails += meter.take()
    items = mailing.items()
    kinds = {"order", "draft", "return", "link", "lookup"}
    mine = [item for item in items if item["type"]["S"] in kinds and _of(item, way.number)]
    return Walked(customer.pages, mails, {kind: max(size(each) for each in mine if each["type"]["S"] == kind) for kind in kinds})


def with_lines(site: Site, number: str, count: int) -> None:
    """Give an order of the demo so many lines, all like its first."""
    stored, _ = site.portal.returns.order_with_returns("azulu", number)
    assert stored is not None
    first = stored.order.lines[0]
    lines = tuple(first.model_copy(update={"id": str(place)}) for place in range(1, count + 1))
    order = stored.order.model_copy(update={"lines": lines})
    item = order_to_item(StoredOrder.model_validate({**dict(stored), "order": order}))
    site.client.put_item(TableName=site.portal.settings.returns_table, Item=packed(item))


def ask_catalogue(site: Site, shop: str) -> None:
    """Let the portal remember what the shop has in place of an order's first line, as after somebody else's look at it."""
    stored, _ = site.portal.returns.order_with_returns(shop, fold_order_number(WAYS[shop].number))
    assert stored is not None
    assert stored.order.lines[0].product is not None
    site.portal.desk.catalogue.variants(shop, stored.order.lines[0].product)


def measured() -> list[Figure]:
    """Walk each shop's way, azulu's with many lines, too: with nothing in memory, and where the catalogue was asked lately."""
    figures = []
    for shop in WAYS:
        with fresh() as site:
            way = walk(site, shop)
        with fresh() as site:
            ask_catalogue(site, shop)
            usual = walk(site, shop)
        name = f"a return at {shop}"
        figures += [
            Figure(f"{name}: writes", len(way.of(WRITES)), "calls", at_most=6),
            Figure(f"{name}: reads", len(usual.of(READS)), "calls", at_most=10),
            Figure(f"{name}: reads, the catalogue's too", len(way.of(READS)), "calls"),
            Figure(f"{name}: reads, the catalogue's too", units(way.of(READS)), "units", at_most=10),
            Figure(f"{name}: writes, indexes too", units(way.of(WRITES)), "units"),
            Figure(f"{name}: reads for its mails", units(only(READS, way.mails)), "units"),
            Figure(f"{name}: writes for its mails, indexes too", units(only(WRITES, way.mails)), "units"),
        ]
    for count in LINES:
        with fresh() as site:
            with_lines(site, "AZ1001", count)
            way = walk(site, "azulu", lines=count)
        figures += [Figure(f"{kind}, {count} lines", way.sizes[kind], "bytes") for kind in ("order", "draft", "return", "link")]
        figures.append(Figure(f"a return of {count} lines: reads", units(way.of(READS)), "units"))
        figures.append(Figure(f"a return of {count} lines: writes, indexes too", units(way.of(WRITES)), "units"))
    return figures


def units(calls: list[Call]) -> float:
    """Return the units of calls together."""
    return sum(call.units for call in calls)


@contextmanager
def fresh() -> Iterator[Site]:
    """The demo's portal on tables of its own."""
    with emulated_aws():
        yield new_site()


def only(names: frozenset[str], calls: list[Call]) -> list[Call]:
    """Return the calls of these names."""
    return [call for call in calls if call.name in names]


def told(way: Walked) -> str:
    """Return a table of what each page cost."""
    rows = []
    for page, calls in [*way.pages.items(), ("the mails", way.mails)]:
        said = ", ".join(f"{each.name} {each.about} {each.units:g}" for each in calls) or "–"
        rows.append(f"{page:18} {units(only(READS, calls)):5g} R {units(only(WRITES, calls)):5g} W  {said}")
    return "\n".join(rows)


def _of(item: dict[str, Any], number: str) -> bool:
    names = item["pk"]["S"].partition("#")[2], item.get("number", {}).get("S", "")
    return number.replace("-", "") in {str(name).replace("-", "") for name in names}


if __name__ == "__main__":
    with fresh() as site_:
        print(told(walk(site_, "azulu")))
