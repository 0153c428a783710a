"""What a return costs: how often the tables are read and written on the whole way, and that nothing is ever scanned."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.web.conftest import Site
from tests.web.test_journeys import WAYS, go

READS, WRITES = {"GetItem", "Query", "BatchGetItem"}, {"PutItem", "UpdateItem", "DeleteItem"}


def test_a_return_takes_a_bounded_number_of_reads_and_writes_and_no_scan(site: Site) -> None:
    calls: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:
        calls[model.name] += 1

    site.client.meta.events.register("before-call.dynamodb", count)
    browser = site.browser()
    browser.get("/azulu")
    browser.post("/azulu/find", {"number": "AZ-1001", "email": site.addresses["AZ-1001"]})
    assert calls == {"PutItem": 1}, "asking for a link writes one item and reads none, whether or not the order exists"
    browser.get(site.link("AZ-1001"))
    browser.submit()
    go(browser, WAYS["azulu"]).submit()
    assert browser.page.address == "/azulu/returns/1/done"
    assert set(calls) <= READS | WRITES
    assert sum(calls[name] for name in WRITES) <= 9
    assert sum(calls[name] for name in READS) <= 36
