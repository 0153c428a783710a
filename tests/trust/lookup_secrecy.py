"""Promise 4: whoever asks for a link learns nothing of what is true, neither from the answer nor from AWS nor from a watch.

Of each pair of questions, as long as each other, one is about what there is and the other about what there is not. Answers and
calls must be equal to the last byte, and how long the answers took must tell the two apart no better than a coin.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.orders import StoredOrder
from tests.mailroom import Postbox
from tests.trust.portals import ADMINS, Answer, Street, Visitor, street
from tests.trust.table import Tried

FULL, SMALL = 5_000, 60
"""Pairs whose times are compared; of each further kind of truth there is a fifth as many."""
FAIR = 0.05
"""How far from a coin's 0.5 the area under the curve may be."""
_MEDIAN, _SPREAD = 0.004, 0.5
"""Of the time that DynamoDB takes to answer, in seconds and as a logarithm: one in a hundred takes three times the median."""

Fields = dict[str, str]
Typing = Callable[[random.Random], Fields]


@dataclass(frozen=True)
class Secret:
    """Something that is true or not: the form that asks, and what is typed where it is true and where it is not."""

    name: str
    address: str
    true: Typing
    false: Typing


@dataclass
class Compared:
    """What was told apart: pairs that differed, and by how much a watch beat the coin, by the name of the secret."""

    pairs: int = 0
    differing: list[str] = field(default_factory=list)
    areas: dict[str, float] = field(default_factory=dict)
    tellers: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many ways there were to learn something."""
        return len(self.differing) + len(self.tellers)


def tried(size: int, seed: int) -> Tried:
    """Compare so many pairs, with the latencies of DynamoDB put before each call where there is time for it."""
    with street() as place:
        found = compared(place, size, seed, far=size >= FULL)
    worst = max(found.areas.values(), key=lambda area: abs(area - 0.5))
    said = (
        f"area under the curve {found.areas['order']:.3f} over {size:,} pairs, of {len(found.areas)} kinds the worst {worst:.3f}"
    )
    for each in [*found.differing[:5], *found.tellers]:
        print(f"  told apart: {each}", file=sys.stderr)
    how = "pairs of wishes for a link, true and false; bytes, headers, AWS calls and times compared"
    return Tried("A look-up gives nothing away", how, found.pairs, found.lost, said)


def compared(place: Street, size: int, seed: int, *, far: bool = False) -> Compared:
    """Ask of every secret, true and false by turns that chance decides; `far` puts AWS as far away as it is."""
    chance, found, visitor = random.Random(seed), Compared(), Visitor(place.site.portal)
    overflow(place, chance)
    if far:
        place.recorder.waiting = lambda: time.sleep(chance.lognormvariate(math.log(_MEDIAN), _SPREAD))
    for number, secret in enumerate(secrets(place)):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(size if not number else max(size // 5, 12)):
            pair: dict[bool, tuple[Answer, list[str]]] = {}
            for truth in chance.sample((True, False), 2):
                fields = (secret.true if truth else secret.false)(chance)
                place.recorder.taken()
                started = time.perf_counter()
                answer = visitor.ask("POST", secret.address, fields)
                times[truth].append(time.perf_counter() - started)
                pair[truth] = answer, [call.shape for call in place.recorder.taken()]
            found.pairs += 1
            if pair[True] != pair[False]:
                found.differing.append(f"{secret.name}: {pair[True]} {pair[False]}")
        _look_afterwards(visitor, secret, found)
        area = area_under_curve(times[True], times[False])
        found.areas[secret.name] = area
        # Of few pairs chance alone makes more of a difference; four times its usual share is none of chance's.
        if abs(area - 0.5) > max(FAIR, 4 * math.sqrt(1 / (6 * len(times[True])))):
            found.tellers.append(f"{secret.name}: area under the curve {area:.3f}")
    place.recorder.waiting = lambda: None
    return found


def area_under_curve(some: Sequence[float], others: Sequence[float]) -> float:
    """Return how likely one of some is larger than one of the others: 0.5 where nothing tells them apart."""
    ordered = sorted([(value, 1) for value in some] + [(value, 0) for value in others])
    ranks, at = 0.0, 0
    while at < len(ordered):
        end = at
        while end < len(ordered) and ordered[end][0] == ordered[at][0]:
            end += 1
        ranks += sum(mine for _, mine in ordered[at:end]) * (at + 1 + end) / 2
        at = end
    return (ranks - len(some) * (len(some) + 1) / 2) / (len(some) * len(others))


def secrets(place: Street) -> Iterator[Secret]:
    """Yield everything that a form open to everybody could give away."""
    number, email = "AZ-1001", place.site.addresses["AZ-1001"]
    limited, limited_email = "AZ-1004", place.site.addresses["AZ-1004"]
    gift = next(each.gift_code for each in _orders(place) if each.gift_code)
    mine, staff = "reader@example.com", ADMINS["azulu"]

    def nobodys(chance: random.Random) -> str:
        return f"AZ-{chance.randrange(2000, 9999)}"

    def found(number: str, email: str) -> Typing:
        return lambda _: {"number": number, "email": email}

    def lost(email: str) -> Typing:
        return lambda chance: {"number": nobodys(chance), "email": email}

    fits = found(number, email)
    yield Secret("order", "/azulu/find", fits, lost(email))
    yield Secret("address", "/azulu/find", fits, lambda chance: {"number": number, "email": _address(chance, len(email))})
    yield Secret("limit of an order", "/azulu/find", found(limited, limited_email), lost(limited_email))
    yield Secret("another's order", "/azulu/find", found(limited, email), lost(email))
    opens: Typing = lambda _: {"code": gift, "email": mine}  # noqa: E731
    yield Secret("gift", "/azulu/gift", opens, lambda chance: {"code": _shuffled(gift, chance), "email": mine})
    works: Typing = lambda _: {"email": staff}  # noqa: E731
    yield Secret("staff", "/azulu/staff/sign-in", works, lambda chance: {"email": _address(chance, len(staff))})


def overflow(place: Street, chance: random.Random) -> None:
    """Ask so often for one order that it gets no more mails within this hour."""
    visitor, box = Visitor(place.site.portal), Postbox()
    worker = place.worker(place.site.portal, box)
    fields = {"number": "AZ-1004", "email": place.site.addresses["AZ-1004"]}
    for _ in range(12):
        visitor.source = f"198.51.100.{chance.randrange(256)}"
        visitor.ask("POST", "/azulu/find", fields)
    worker.deliver({"Records": place.lookups()})
    assert len(box.mails) == 5, "the limit of an order was not reached, so that nothing can be learned of it"


def _look_afterwards(visitor: Visitor, secret: Secret, found: Compared) -> None:
    """Hold the page that follows to be one page, whatever was asked."""
    chance, pages = random.Random(1), set()
    for fields in (secret.true(chance), secret.false(chance)):
        leads_to = visitor.ask("POST", secret.address, fields).headers["Location"]
        page = visitor.ask("GET", leads_to)
        pages.add((leads_to, page.status, page.body, str(page.headers)))
    if len(pages) > 1:
        found.differing.append(f"{secret.name}: the page afterwards")


def _orders(place: Street) -> Iterator[StoredOrder]:
    """Yield azulu's orders as they are kept."""
    for number in place.site.addresses:
        if number.startswith("AZ"):
            stored, _ = place.site.portal.returns.order_with_returns("azulu", number)
            if stored:
                yield stored


def _address(chance: random.Random, length: int) -> str:
    domain = "@example.com"
    return "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=max(length - len(domain), 1))) + domain


def _shuffled(code: str, chance: random.Random) -> str:
    letters = [letter for letter in code if letter.isalnum()]
    while True:
        chance.shuffle(letters)
        drawn = iter(letters)
        if (found := "".join(next(drawn) if letter.isalnum() else letter for letter in code)) != code:
            return found
