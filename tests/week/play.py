"""How the week is played: customers and staff through the pages, mails through the worker, time through the sweep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any

import boto3

from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.items import order_to_item
from chalicelib.digests import Telling
from chalicelib.labelling import Labelling
from chalicelib.sweeping import Sweep
from chalicelib.worker import Worker
from tests.conftest import REGION
from tests.made import line, order, stored
from tests.mailroom import Postbox, event
from tests.web.browsing import Browser
from tests.web.conftest import NOON, Site, new_site
from tests.week.stories import ARRIVES, SETTLED, Story, stories

STAFF = {"azulu": "ana@azulu.example", "alustoora": "grace@alustoora.example", "nurana": "shirin@nurana.example"}
GOODS = {
    "azulu": ("CO", "COP", "dress", "Vestido de lino"), "alustoora": ("US", "USD", "lighting", "Brass lamp"),
    "nurana": ("IR", "IRR", "coat", "مانتو لینن"),
}  # fmt: skip


class Week:
    """The portal with the week's orders, its staff, and everything that was mailed."""

    def __init__(self) -> None:
        self.site: Site = new_site()
        self.postbox = Postbox()
        self.stories = stories()
        self.exports: list[str] = []
        self._aside = boto3.client("dynamodb", region_name=REGION)
        for story in self.stories:
            self._sell(story)

    def play(self) -> None:
        """Play every story to its end; forgetting is left to the command."""
        for story in self.stories:
            self._ask(story)
        self.mail()
        self.site.later(hours=20)
        self._each(lambda story: story.fate == "cancelled", self._cancel)
        self._sign_in()
        self._each(lambda story: story.reviewed and story.fate not in ("waiting", "cancelled"), self._decide)
        self._each(lambda story: story.fate == "overridden" and not story.reviewed, self._override)
        self._each(lambda story: story.fate in ARRIVES - {"late"} or story.fate == "sent", self._send)
        self.mail()
        self.site.later(hours=30)
        self._sign_in()
        self._each(lambda story: story.fate in ARRIVES - {"late"}, self._receive)
        self._each(lambda story: story.fate in SETTLED - {"late"}, self._settle)
        self.mail()
        for _ in range(20):
            self.site.later(hours=24)
            self.mail()
        self._sign_in()
        self._each(lambda story: story.fate == "late", self._receive)
        self._each(lambda story: story.fate == "late", self._settle)
        self.mail()

    def tells_of(self, item: Mapping[str, Any]) -> bool:
        """Say whether a typed item is a return of the week, rather than one of the demo's."""
        return item["type"]["S"] == "return" and item["order_number"]["S"] in {story.number for story in self.stories}

    def mail(self) -> None:
        """Let the streams and the sweep do what waits."""
        settings = self.site.portal.settings
        for name in (settings.returns_table, settings.sessions_table):
            waiting = [item for item in self._aside.scan(TableName=name)["Items"] if "unsent" in item]
            assert self._worker.deliver(event(*waiting)) == {"batchItemFailures": []}
        self._sweep.run()

    @cached_property
    def _worker(self) -> Worker:
        wired = self.site.portal
        labelling = Labelling(wired.returns, wired.files, wired.shops, lambda name: None, wired.clock)
        url = wired.settings.portal_url
        return Worker(
            wired.links, wired.staff, wired.returns, wired.sessions, wired.shops, self.postbox, wired.clock, url, labelling
        )

    @cached_property
    def _sweep(self) -> Sweep:
        wired = self.site.portal
        digests = DigestsTable(Table(self.site.client, wired.settings.sessions_table))
        telling = Telling(wired.returns, digests, wired.shops, self.postbox, wired.clock, wired.settings.portal_url)
        return Sweep(self._worker, wired.returns, wired.shops, wired.clock, telling, ())

    def _sign_in(self) -> None:
        """Let the staff in anew: their sessions end with the day."""
        self._staff = {shop: self.site.staff(email) for shop, email in STAFF.items()}

    def _each(self, concerned: Callable[[Story], bool], act: Callable[[Story], None]) -> None:
        for story in self.stories:
            if concerned(story):
                act(story)

    def _sell(self, story: Story) -> None:
        country, currency, category, name = GOODS[story.shop]
        # What is to expire soon was delivered thirteen days ago; nurana takes back what came yesterday.
        days = {"nurana": 0.9, "alustoora": 3}.get(story.shop, 13 if story.fate in ("expired", "late") else 3)
        bought = line(
            sku=f"{category}-1", product=category, name=name, quantity=story.units, unit_price=story.price, categories=(category,)
        )
        sold = order(
            bought, merchant=story.shop, number=story.number, country=country, currency=currency,
            placed_at=NOON - timedelta(days=days + 1), delivered_at=NOON - timedelta(days=days),
        )  # fmt: skip
        item = order_to_item(stored(sold, email=story.email, language=story.language))
        self._aside.put_item(TableName=self.site.portal.settings.returns_table, Item=packed(item))
        self.site.addresses[story.number] = story.email

    def _ask(self, story: Story) -> None:
        browser = self.site.inside(story.number, story.language)
        browser.submit({"take-1": "yes", "quantity-1": str(story.units)})
        answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-1-")}
        browser.submit({"reason-1": "size", "remark-1": f"{story.number} remark", **answers})
        browser.submit({"how": "mail", "outcome-1": story.outcome})
        browser.submit()
        assert browser.page.address == f"/{story.shop}/returns/1/done", browser.page.text

    def _cancel(self, story: Story) -> None:
        browser = self._back(story)
        browser.get(f"/{story.shop}/returns/1/cancel")
        browser.submit()

    def _send(self, story: Story) -> None:
        browser = self._back(story)
        browser.get(f"/{story.shop}/returns/1")
        browser.submit({"tracking": f"TRACK-{story.number}", "carrier": "Correo"})

    def _back(self, story: Story) -> Browser:
        browser = self.site.browser(story.language)
        browser.get(self.site.link(story.number, "return", 1, story.language))
        browser.submit()
        return browser

    def _decide(self, story: Story) -> None:
        browser = self._page(story)
        if story.fate == "rejected":
            fields = {"answer-1": "reject", "note-1": "It was worn."}
        elif story.fate == "overridden":
            fields = {"answer-1": "approve", **_grant(story)}
        else:
            fields = {"answer-1": "approve"}
        browser.submit(fields)
        assert browser.page.status == 200, browser.page.text

    def _override(self, story: Story) -> None:
        self._page(story).submit(_grant(story))

    def _receive(self, story: Story) -> None:
        browser = self._page(story, "/receive")
        if story.fate in ("settled", "late", "forgotten", "overridden", "inspected"):
            browser.submit(form_id="fine")
        else:
            browser.submit({"arrived-1": str(story.arrived), **_found(story)})
        assert browser.page.status == 200, browser.page.text

    def _settle(self, story: Story) -> None:
        self._page(story, "/settle").submit({"reference": f"REF-{story.number}"})

    def _page(self, story: Story, what: str = "") -> Browser:
        browser = self._staff[story.shop]
        browser.get(f"/{story.shop}/staff/return{what}?id={story.number}/1")
        assert browser.page.status == 200, browser.page.text
        return browser


def _grant(story: Story) -> dict[str, str]:
    shown = story.granted / 10 if story.shop == "nurana" else story.granted
    return {"outcome-1": "other", "kind-1": "refund", "amount-1": f"{shown:f}", "why-1": "Our mistake on the phone."}


def _found(story: Story) -> dict[str, str]:
    if story.fate == "short":
        return {"verdict-1": "accepted", "condition-1": "as_new"}
    shown = story.reduction / 10 if story.shop == "nurana" else story.reduction
    reduced = {"verdict-1": "reduced", "reduction-1": f"{shown:f}"} if story.fate == "reduced" else {"verdict-1": "refused"}
    return {"condition-1": "used", "reason-1": "It has a stain.", **reduced}
