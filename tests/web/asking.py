"""Returns for the tests of the console, asked for of the demo's orders."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.comparisons import fingerprint
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.identifiers import fold_email, fold_order_number
from chalicelib.domain.orders import Reason
from chalicelib.domain.returns import Return
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.domain.visits import SESSION_LIFE, Session
from tests.web.browsing import Browser
from tests.web.conftest import Site

ANA, LUIS, SOFIA = "ana@azulu.example", "luis@azulu.example", "sofia@azulu.example"
"""At azulu: everything; receive and settle; decide, in Spanish."""
SHOPS = {"AL": "alustoora", "AZ": "azulu", "NU": "nurana"}


@dataclass(frozen=True)
class Asked:
    """A return of a demo order, and how its pages are opened."""

    site: Site
    shop: str
    id: str

    @property
    def now(self) -> Return:
        """The return as it stands."""
        return self.site.portal.counter.find(self.shop, self.id)

    @property
    def worth(self) -> Decimal:
        """What its first line is worth now."""
        return self.now.lines[0].value

    def page(self, browser: Browser, part: str = "") -> Browser:
        """Open the return's page, or one of those behind it, such as `/receive`."""
        browser.get(f"/{self.shop}/staff/return{part}?id={self.id.replace('/', '%2F')}")
        assert browser.page.status == 200
        return browser

    def approved(self) -> Asked:
        """Let everything that waits be approved."""
        self.site.portal.counter.decide(self.shop, self.id, (), approve=True, by=ANA, note="")
        return self


def asked(site: Site, number: str, *, lines: str = "1", reason: Reason = "size", outcome: OutcomeKind = "exchange") -> Asked:
    """Ask for one unit of each of an order's lines, by mail, in English, as its owner would at the desk."""
    desk, at = site.portal.desk, site.portal.clock()
    shop = SHOPS[number[:2]]
    session = Session(
        digest="digest", merchant=shop, number=fold_order_number(number), email=fold_email(site.addresses[number]),
        language="en", expires_at=at + SESSION_LIFE,
    )  # fmt: skip
    desk.choose_items(desk.visit(session), dict.fromkeys(lines, 1), "receipt", None)
    visit = desk.visit(session)
    confirmed = dict.fromkeys(visit.policy.conditions, True)
    said = [
        DraftLine(id=line, quantity=1, reason=reason, answers=confirmed, remark="Too tight <b>here</b>.", no_photos=True)
        for line in lines
    ]
    desk.describe(visit, visit.draft.id, said)
    desk.choose_outcomes(desk.visit(session), visit.draft.id, dict.fromkeys(lines, outcome), "mail", None)
    visit = desk.visit(session)
    _, seen, _ = desk.check(visit)
    made = desk.submit(visit, visit.draft.id, fingerprint(seen), "en")
    return Asked(site, shop, made.id)
