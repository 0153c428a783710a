"""Promise 5: guessing finds nothing out, and what is limited is limited however many instances answer.

Orders, addresses, links, sessions, tokens of forms and RMA numbers are guessed, many of them one letter beside a real one. A
guess learned something if its answer differs in a byte from that to a guess that nothing is near to, if it wrote anything, or if
a mail went anywhere but to an order's own address, or more often than an hour allows.
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
from email.message import EmailMessage
from hashlib import sha256
from urllib.parse import quote

from chalicelib.access import csrf_token
from chalicelib.domain.identifiers import fold_email, fold_gift_code
from chalicelib.domain.rma import ALPHABET, new_rma
from chalicelib.domain.seats import digest
from chalicelib.limits import LIMITS_AN_HOUR
from chalicelib.web.forms import GiftForm
from tests.mailroom import Postbox
from tests.trust.links import LETTERS, links
from tests.trust.portals import ADMINS, Answer, Street, Visitor, near, street
from tests.trust.table import Tried
from tests.web.asking import asked

FULL, SMALL = 100_000, 140
INSTANCES = 3
SHARES = {"orders": 25, "links": 25, "sessions": 25, "tokens of forms": 20, "RMA numbers": 5}
"""In percent; a page that a signed-in person gets takes the longest to make."""


@dataclass(frozen=True)
class Guess:
    """One guess: who sends what, and what of the answer is only what they typed themselves."""

    method: str
    address: str
    fields: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    typed: tuple[str, ...] = ()


@dataclass
class Learned:
    """What was guessed, and what was learned by it."""

    tries: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    mails: int = 0


Draw = Callable[[], Guess]


def tried(size: int, seed: int) -> Tried:
    """Guess so often at several instances of one portal, and answer every wish that was guessed at all of them at once."""
    found = Learned()
    with street(INSTANCES) as place:
        guessed(place, found, size, random.Random(seed))
        flooded(place)
        answered(place, found)
    for each in found.lost[:10]:
        print(f"  {each}", file=sys.stderr)
    said = ", ".join(f"{number:,} {what}" for what, number in found.tries.items())
    limited = f"{found.mails} mails to owners, none above the hour's limits at {INSTANCES} instances"
    how = "guesses at random and beside the real ones; answers compared byte by byte, writes and mails counted"
    return Tried("Guessing learns nothing", how, found.tries.total(), len(found.lost), f"{said}; {limited}")


def guessed(place: Street, found: Learned, size: int, chance: random.Random) -> None:
    """Send guesses of every kind, and compare each answer with that to one of its kind that is near to nothing."""
    visitors = itertools.cycle(place.visitors())
    for what, share in SHARES.items():
        kinds = list(_kinds(what, place, chance))
        usual: dict[int, Answer] = {}
        place.recorder.taken()
        print(f"  {found.tries.total():,} guesses, {len(found.lost)} learned; next {what}", file=sys.stderr, flush=True)
        for number in range(max(size * share // 100, len(kinds))):
            kind = number % len(kinds)
            nothing, draw = kinds[kind]
            if kind not in usual:
                usual[kind] = _sent(next(visitors), nothing())
                place.recorder.taken()
            guess, visitor = draw(), next(visitors)
            visitor.source = f"198.51.{number % 7}.{number // 7 % 11}"
            answer = _sent(visitor, guess)
            found.tries[what] += 1
            wrote = [call.operation for call in place.recorder.taken() if call.wrote] if what != "orders" else []
            if answer != usual[kind] or wrote:
                found.lost.append(f"{what}: {guess} {wrote} {_difference(answer, usual[kind])}")


def flooded(place: Street) -> None:
    """Wish, at all instances by turns, for more links than an hour allows: for one order, for one person, from one source."""
    visitors = itertools.cycle(place.visitors())
    for number in range(14):
        wishes = (
            (f"203.0.113.{number}", "/azulu/find", _FLOODED),
            ("192.0.2.99", "/azulu/find", {"number": "AZ-1003", "email": place.site.addresses["AZ-1003"]}),
            ("192.0.2.98", "/azulu/staff/sign-in", {"email": ADMINS["azulu"]}),
        )
        for source, address, fields in wishes:
            visitor = next(visitors)
            visitor.source = source
            visitor.ask("POST", address, fields)


_FLOODED = {"number": "AZ-1002", "email": "mateo@example.com"}


def answered(place: Street, found: Learned) -> None:
    """Let the workers of all instances answer the wishes at once, as streams do, and look at the mails.

    Each wish comes to one instance at a time: Lambda reads a shard once. Those for one order or person come to all of them.
    """
    records, box = place.lookups(), Postbox()
    workers = [place.worker(portal, box) for portal in place.instances]
    print(f"  {len(records):,} wishes to be answered", file=sys.stderr, flush=True)
    shares = [records[start :: len(workers)] for start in range(len(workers))]
    with ThreadPoolExecutor(len(workers)) as threads:
        list(threads.map(lambda worker, share: worker.deliver({"Records": share}), workers, shares))
    for worker in workers:  # And whatever came once may come again.
        worker.deliver({"Records": records})
    to, about = Counter(str(mail["To"]) for mail in box.mails), Counter(_opened(place, mail) for mail in box.mails)
    found.mails = len(box.mails)
    owners = {fold_email(email): number for number, email in place.site.addresses.items()}
    found.lost += [f"a mail to {address}" for address in to if fold_email(address) not in {*owners, *ADMINS.values()}]
    found.lost += [f"{count} mails to {who}" for who, count in to.items() if count > LIMITS_AN_HOUR["address"]]
    found.lost += [
        f"{count} mails of {what}" for what, count in about.items() if "AZ" in what and count > LIMITS_AN_HOUR["order"]
    ]
    # A limit that lets nobody in at all would not be one either.
    if "mateo@example.com" not in to or ADMINS["azulu"] not in to:
        found.lost.append(f"whoever was flooded got no mail: {to}")


def _opened(place: Street, mail: EmailMessage) -> str:
    """Return which order the link in a mail opens, or whom it signs in."""
    body = mail.get_body(("plain",))
    assert body is not None
    shop, door, secret = re.findall(r"/(\w+)/((?:staff/)?link)/([\w~%-]+)", body.get_content())[0]
    portal = place.site.portal
    return portal.access.peek(shop, secret).number if door == "link" else portal.staff.peek(shop, secret).email


def _sent(visitor: Visitor, guess: Guess) -> Answer:
    visitor.cookies = dict(guess.cookies)
    return visitor.ask(guess.method, guess.address, guess.fields).without(*guess.typed)


def _difference(answer: Answer, usual: Answer) -> str:
    at = next((place for place, (one, other) in enumerate(zip(answer.body, usual.body, strict=False)) if one != other), -1)
    words = f"{answer.body[max(at - 40, 0) : at + 40]!r}"
    return f"{answer.status} for {usual.status}, {answer.headers.get('Location')}, {answer.cookies}, {words}"


def _kinds(what: str, place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    """Yield, for each way to guess this, what draws a guess that is near to nothing, and what draws any other."""
    yield from {
        "orders": _orders, "links": _links, "sessions": _sessions, "tokens of forms": _tokens, "RMA numbers": _rmas,
    }[what](place, chance)  # fmt: skip


def _orders(place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    real = [(number, email) for number, email in place.site.addresses.items() if number.startswith("AZ")]
    emails, numbers = [email for _, email in real], [number for number, _ in real]
    gift_code = "REGALO-7K2M-94"

    def draw() -> Guess:
        number = chance.choice(
            (f"AZ-{chance.randrange(1000, 1100)}", f"AZ{chance.randrange(1000, 9999)}", chance.choice(numbers))
        )
        email = chance.choice(("guess@example.com", chance.choice(emails), f"{near('valentina', chance)}@example.com".lower()))
        if not chance.randrange(20):
            number, email = chance.choice(real)
        return Guess("POST", "/azulu/find", {"number": number, "email": email})

    yield lambda: Guess("POST", "/azulu/find", {"number": "ZZ-0000000", "email": "nobody@example.org"}), draw

    def gift() -> Guess:
        code = near(gift_code, chance)
        while fold_gift_code(code) == fold_gift_code(gift_code) or GiftForm.read({"code": code, "email": emails[0]}).mistakes:
            code = near(gift_code, chance)
        return Guess("POST", "/azulu/gift", {"code": code, "email": chance.choice(("guess@example.com", *emails))})

    yield lambda: Guess("POST", "/azulu/gift", {"code": "ZZZZ-0000", "email": "nobody@example.org"}), gift


def _links(place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    live = list(links(place, "azulu"))
    for door, method in itertools.product(("link", "staff/link"), ("GET", "POST")):
        real = [sent.secret for sent in live if sent.door == door]

        def draw(door: str = door, method: str = method, real: list[str] = real) -> Guess:
            return Guess(method, f"/azulu/{door}/{quote(_beside(chance.choice(real), chance), safe='')}")

        yield lambda door=door, method=method: Guess(method, f"/azulu/{door}/{_random(chance)}"), draw  # type: ignore[misc]


def _sessions(place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    customer, staff = _signed_in(place)
    doors = (("vuelta_azulu", "/azulu/items", customer), ("vuelta_azulu", "/azulu/returns/1", customer))
    for name, address, real in (*doors, ("vuelta_staff_azulu", "/azulu/staff/find", staff)):

        def draw(secret: str | None = None, name: str = name, address: str = address, real: str = real) -> Guess:
            secret = secret or _beside(real, chance)
            # The page carries a token that follows from whatever stands in the cookie.
            return Guess("GET", address, {}, {name: secret}, (csrf_token(secret),))

        yield lambda draw=draw: draw(_random(chance)), draw  # type: ignore[misc]


def _tokens(place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    customer, staff = _signed_in(place)
    given = asked(place.site, "AZ-1001").id
    forms = (
        ("vuelta_azulu", customer, "/azulu/items", {"take-1": "yes", "quantity-1": "1"}),
        ("vuelta_azulu", customer, "/azulu/sign-out", {}),
        ("vuelta_staff_azulu", staff, f"/azulu/staff/return?id={quote(given, safe='')}", {"then": "assign", "seen": "2"}),
        ("vuelta_staff_azulu", staff, "/azulu/staff/bulk", {"act": "assign", "pick-1": f"{given} 2"}),
    )
    for name, secret, address, fields in forms:

        def draw(token: str | None = None, name: str = name, secret: str = secret, address: str = address,
                 fields: dict[str, str] = fields) -> Guess:  # fmt: skip
            drawn = token if token is not None else _token(secret, chance)
            return Guess("POST", address, {**fields, "csrf": drawn}, {name: secret})

        yield lambda draw=draw: draw(sha256(_random(chance).encode()).hexdigest()), draw  # type: ignore[misc]


def _rmas(place: Street, chance: random.Random) -> Iterator[tuple[Draw, Draw]]:
    """Yield the guesses of another shop's people, who learn of no return that is not theirs, be its number guessed right."""
    real = place.site.portal.counter.find("azulu", "AZ-1001/1").rma or ""
    _, staff = _signed_in(place, "nurana")
    asking = {"vuelta_staff_nurana": staff}

    def draw(number: str | None = None) -> Guess:
        drawn = number or (real if not chance.randrange(4) else _other_rma(real, chance))
        return Guess("GET", f"/nurana/staff/receive?rma={drawn}", {}, asking, (drawn,))

    yield lambda: draw(new_rma(chance.getrandbits(75))), draw

    def asked_by_nobody() -> Guess:
        drawn = real if not chance.randrange(4) else _other_rma(real, chance)
        return Guess("GET", f"/azulu/staff/receive?rma={drawn}", {}, {}, (drawn,))

    def nothing() -> Guess:
        drawn = new_rma(chance.getrandbits(75))
        return Guess("GET", f"/azulu/staff/receive?rma={drawn}", {}, {}, (drawn,))

    yield nothing, asked_by_nobody


def _signed_in(place: Street, shop: str = "azulu") -> tuple[str, str]:
    """Return the secrets of a customer's session at azulu, and of one of the staff's at a shop."""
    customer = place.site.inside("AZ-1001").cookies["vuelta_azulu"]
    staff = place.site.staff(ADMINS[shop]).cookies[f"vuelta_staff_{shop}"]
    return customer, staff


def _beside(secret: str, chance: random.Random) -> str:
    """Return a guess at a secret: one near to it, what is stored of it, what follows from it, or chance alone."""
    kept = digest(secret)
    mark = "~" if "~" in secret else "."
    place = secret.rpartition(mark)[0]
    drawn = (near(secret, chance), near(secret, chance), kept, csrf_token(secret), f"SESSION-{kept}", kept[:43], _random(chance))
    drawn += (f"{place}{mark}{_random(chance)}", f"{place.partition('.')[0]}..{_random(chance)}")
    return chance.choice(drawn)


def _token(secret: str, chance: random.Random) -> str:
    """Return a guess at the token that a session's forms carry."""
    real = csrf_token(secret)
    return chance.choice((near(real, chance), real[:-1], csrf_token(digest(secret)), digest(secret), secret, "", csrf_token("")))


def _other_rma(real: str, chance: random.Random) -> str:
    """Return an RMA number that is right in itself and shares as many characters with a real one as it can."""
    kept = new_rma(chance.getrandbits(75))
    at = chance.randrange(1, 4)
    values = [ALPHABET.index(letter) for letter in (real[: 5 * at] + kept[5 * at :]).replace("-", "")[:15]]
    drawn = new_rma(sum(value << (5 * place) for place, value in enumerate(values)))
    return drawn if drawn != real else kept


def _random(chance: random.Random) -> str:
    return "".join(chance.choices(LETTERS, k=43))
