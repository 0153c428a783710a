"""Promise 6: what only looks at a link uses nothing up, what only looks like a link opens nothing, and a used one says so.

Mail scanners fetch every kind of link in every way that changes nothing. Links are forged, altered, carried to other shops and
other doors, kept until they have expired, and used twice, also at the same moment.
"""

from __future__ import annotations

import itertools
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote

from chalicelib.domain.identifiers import fold_email, fold_order_number
from chalicelib.domain.seats import digest
from chalicelib.domain.staff import STAFF_LINK_LIFE, StaffLink
from chalicelib.domain.visits import LINK_LIFE
from tests.trust.portals import ADMINS, Answer, Street, Visitor, near, street
from tests.trust.table import Tried
from tests.web.browsing import Browser

FULL, SMALL = 50_000, 70
"""Attempts with links that open nothing; scanners fetch each kind of link a fiftieth as often."""
INSTANCES = 3
SCANNERS = (
    ("HEAD", {}), ("GET", {}), ("GET", {"purpose": "prefetch"}), ("GET", {"sec-purpose": "prefetch;prerender"}),
    ("GET", {"x-moz": "prefetch"}), ("GET", {"user-agent": "Mozilla/5.0 (compatible; mail scanner)", "accept": "*/*"}),
)  # fmt: skip
ORDERS = {"alustoora": "AL-1001", "azulu": "AZ-1001", "nurana": "NU-1001"}
LANGUAGES = {"en": "already been used", "es": "se usó", "fa": "استفاده شده|به کار رفته"}


@dataclass(frozen=True)
class Sent:
    """A link as a mail holds it: its shop, its door (`link` or `staff/link`), its kind, and its secret."""

    shop: str
    door: str
    kind: str
    secret: str

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"/{self.shop}/{self.door}/{self.secret}"

    @property
    def once(self) -> bool:
        """Whether it works only once."""
        return self.kind in ("access", "gift", "staff")


@dataclass
class Attempts:
    """What was tried and what came of it: attempts by what they were, and what should not have happened."""

    tries: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)

    def note(self, what: str, wrong: str = "") -> None:
        """Count an attempt, and why it was one too many."""
        self.tries[what] += 1
        if wrong:
            self.lost.append(f"{what}: {wrong}")


def tried(size: int, seed: int) -> Tried:
    """Try links that open nothing so often, scanners a fiftieth as often with each kind, and some used twice."""
    found, chance = Attempts(), random.Random(seed)
    with street(INSTANCES) as place:
        scanned(place, found, max(size // 50, 6))
        twice(place, found, max(size // 1000, 1))
        at_once(place, found, max(size // 500, 1))
        forged(place, found, size, chance)
    for each in found.lost[:10]:
        print(f"  {each}", file=sys.stderr)
    said = ", ".join(f"{number:,} {what}" for what, number in found.tries.items())
    how = "links of every kind fetched by scanners, forged, altered, carried elsewhere, expired, used twice and at once"
    return Tried("Links open once, to whom they were sent", how, found.tries.total(), len(found.lost), said)


def scanned(place: Street, found: Attempts, times: int) -> None:
    """Fetch a link of each kind so often, in all ways that change nothing, then use it."""
    visitors = itertools.cycle(place.visitors())
    for sent in links(place, "azulu"):
        for number in range(times):
            method, headers = SCANNERS[number % len(SCANNERS)]
            visitor, _ = next(visitors), place.recorder.taken()
            again = "/again" if sent.door == "link" and number % 5 == 0 else ""
            answer = visitor.ask(method, f"{sent.address}{again}", **headers)  # type: ignore[arg-type]
            wrong = _wrote(place) or ("opened a session" if answer.opened else "")
            found.note("fetched by scanners", wrong or ("" if answer.status in (200, 303, 405) else f"answered {answer.status}"))
        answer = next(visitors).ask("POST", sent.address)
        if not answer.opened:
            found.note("opened afterwards", f"{sent.kind} was used up: {answer.status}")


def twice(place: Street, found: Attempts, times: int) -> None:
    """Use links twice: another browser is told what happened, in its language; the same browser is let in."""
    for _, (language, words) in itertools.product(range(times), LANGUAGES.items()):
        for sent in links(place, "azulu", language):
            if not sent.once:
                continue
            first, second = Browser(place.instances[0], language), Browser(place.instances[-1], language)
            first.get(sent.address)
            first.post(sent.address, {})
            page, again = second.post(sent.address, {}), second.get(sent.address)
            explained = page.status == again.status == 410 and all(re.search(words, each.text) for each in (page, again))
            found.note("used twice", "" if explained and not second.cookies else f"{sent.kind} {language}: {page.status}")
            page = first.post(sent.address, {})
            inside = page.status == 200 and "/link/" not in page.address
            found.note("pressed twice", "" if inside else f"{sent.kind}: {page.status} at {page.address}")


def at_once(place: Street, found: Attempts, times: int) -> None:
    """Use one link from many browsers at the same moment, at several instances: one of them gets in."""
    visitors = [Visitor(portal) for portal in place.instances for _ in range(3)]
    with ThreadPoolExecutor(len(visitors)) as threads:
        for _ in range(times):
            for sent in links(place, "azulu"):
                if sent.once:
                    answers = list(threads.map(lambda visitor: visitor.ask("POST", sent.address), visitors))  # noqa: B023
                    opened = sum(answer.opened for answer in answers)
                    found.note("used at once", "" if opened == 1 else f"{sent.kind}: {opened} got in")


def forged(place: Street, found: Attempts, size: int, chance: random.Random) -> None:
    """Press the button of links that open nothing."""
    visitors = itertools.cycle(place.visitors())
    ways = [_expired(place), *_wrong(place, chance)]
    live = [sent for shop in ORDERS for sent in links(place, shop)]
    place.recorder.taken()
    for number in range(size):
        what, draw = ways[number % len(ways)]
        if not number % 10_000:
            print(f"  {number:,} links that open nothing, {len(found.lost)} opened something", file=sys.stderr, flush=True)
        address = draw()
        answer = next(visitors).ask("POST", address)
        found.note(what, _accepted(answer) or _wrote(place))
    tables = place.site.portal.settings.sessions_table, place.site.portal.settings.returns_table
    used = {item["digest"]["S"] for table in tables for item in place.items(table) if "used_at" in item}
    for sent in live:
        if digest(sent.secret) in used:
            found.note("left alone", f"{sent.kind} was used up")


def links(place: Street, shop: str, language: str = "en") -> Iterator[Sent]:
    """Yield one new link of each kind to an order of a shop, and to its console."""
    makes, number = place.site.portal.links, ORDERS[shop]
    address, order = fold_email(place.site.addresses[number]), fold_order_number(number)
    now = place.site.portal.clock()
    for purpose, slot in (("access", None), ("resume", None), ("return", 1)):
        mailed = makes._new_link(shop, order, address, language, purpose, now, slot)  # type: ignore[arg-type]
        yield Sent(shop, "link", purpose, mailed.secret)
    if shop == "azulu":
        given = makes._new_link(
            shop, fold_order_number("AZ-1006"), "reader@example.com", language, "access", now, gift_code="REGALO-7K2M-94"
        )
        yield Sent(shop, "link", "gift", given.secret)
    yield Sent(shop, "staff/link", "staff", _staff_link(place, shop, language))


def _staff_link(place: Street, shop: str, language: str) -> str:
    staff = place.site.portal.staff
    secret = staff.secret()
    ends = place.site.portal.clock() + STAFF_LINK_LIFE
    link = StaffLink(digest=digest(secret), merchant=shop, email=ADMINS[shop], language=language, expires_at=ends)
    staff.sessions.add_link(link)
    return secret


def _wrong(place: Street, chance: random.Random) -> list[tuple[str, Callable[[], str]]]:
    """Return what is wrong with a link, and what draws the address of such a one."""
    live = [sent for shop in ORDERS for sent in links(place, shop)]
    used = [sent for sent in links(place, "azulu") if sent.once]
    visitor = Visitor(place.site.portal)
    assert all(visitor.ask("POST", sent.address).opened for sent in used)

    def forged() -> str:
        secret = "".join(chance.choices(LETTERS, k=43))
        return f"/{chance.choice(list(ORDERS))}/{chance.choice(('link', 'staff/link'))}/{secret}"

    def altered() -> str:
        sent = chance.choice(live)
        return f"/{sent.shop}/{sent.door}/{quote(near(sent.secret, chance), safe='')}"

    def elsewhere() -> str:
        sent = chance.choice(live)
        return f"/{chance.choice([shop for shop in ORDERS if shop != sent.shop])}/{sent.door}/{sent.secret}"

    def other_door() -> str:
        sent = chance.choice(live)
        return f"/{sent.shop}/{'link' if sent.door == 'staff/link' else 'staff/link'}/{sent.secret}"

    def stored() -> str:
        # What stands in the tables, should somebody get to read them.
        sent = chance.choice(live)
        told = (
            digest(sent.secret),
            f"LINK#{digest(sent.secret)}",
            f"STAFFLINK#{digest(sent.secret)}",
            digest(digest(sent.secret)),
            # The place of a link that is kept beside its order, with anything behind it.
            f"{sent.secret.rpartition('~')[0]}~{digest(sent.secret)}",
        )
        return f"/{sent.shop}/{sent.door}/{quote(chance.choice(told), safe='')}"

    def worn() -> str:
        return chance.choice(used).address

    return [
        ("forged", forged), ("altered", altered), ("of other shops", elsewhere), ("at other doors", other_door),
        ("as stored", stored), ("used", worn),
    ]  # fmt: skip


def _expired(place: Street) -> tuple[str, Callable[[], str]]:
    """Return what draws links that were live before the longest of their lives; time passes for it."""
    old = [sent for shop in ORDERS for sent in links(place, shop)]
    place.site.later(seconds=max(LINK_LIFE.values()).total_seconds())
    turns = itertools.cycle(old)
    return "expired", lambda: next(turns).address


def _accepted(answer: Answer) -> str:
    """Say why an answer lets in, or says more than that the link opens nothing; empty if it does neither."""
    if answer.opened or "Location" in answer.headers:
        return f"let in: {answer.status} {answer.headers.get('Location')}"
    return (
        "" if answer.status in (404, 410) and not _OF_AN_ORDER.search(answer.body) else f"answered {answer.status}: {answer.body}"
    )


def _wrote(place: Street) -> str:
    """Say what was written since this was last asked."""
    return ", ".join(call.operation for call in place.recorder.taken() if call.wrote)


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_OF_AN_ORDER = re.compile(r"(AL|AZ|NU)-1\d{3}|@example\.com")
