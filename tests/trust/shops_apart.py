"""Promise 7: whoever comes to one shop with what is another's neither reads nor writes anything of the other.

Every address and every command of a shop is given another shop's numbers, secrets and names, by nobody, by the other shop's own
people with their sessions, and by people of this shop. What was read and written is told by the keys of every call to AWS.
Links and sessions are kept under digests that name no shop: such an item may be looked at to be turned away, and no more.
"""

from __future__ import annotations

import itertools
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from urllib.parse import quote, urlencode

from chalicelib import bootstrap
from chalicelib.access import csrf_token
from chalicelib.adapters.dynamodb import unpacked
from chalicelib.cli import main
from chalicelib.web import customer, staff
from tests.exports.aws_layout import full
from tests.imports.records import json_lines, order_record, variant_record
from tests.made import NOON
from tests.mailroom import Postbox
from tests.trust.belongings import Belongings, belongings, kept
from tests.trust.links import ORDERS
from tests.trust.portals import Street, Visitor, street
from tests.trust.recorder import Call
from tests.trust.table import Tried

FULL, SMALL = 40_000, 100
"""Requests at most: to try every address with everything takes somewhat fewer."""
QUERIES = ("id", "q", "rma", "key", "number", "name", "done", "after", "version", "sku", "results", "seal", "notice")
FIELDS = (
    "number", "email", "code", "draft", "line", "name", "id", "key", "reopen", "back", "after", "reference", "note", "internal",
    "carrier", "tracking", "store", "proof", "country",
)  # fmt: skip
ROUTES = tuple((method, address) for method, address, *_ in itertools.chain(customer.ROUTES, staff.ROUTES))
FORMS: dict[str, tuple[dict[str, str], ...]] = {
    "/{shop}/staff/bulk": ({"act": "assign", "pick-1": "{} 2"}, {"act": "approve", "sure": "1", "pick-1": "{} 2"}),
    "/{shop}/staff/return": ({"then": "assign", "seen": "2"}, {"answer-1": "approve", "seen": "2"}, {"reopen": "1", "seen": "2"}),
    "/{shop}/staff/return/receive": ({"then": "fine", "seen": "2"},),
    "/{shop}/staff/return/settle": ({"kind": "exchange", "amount": "1", "seen": "2"},),
    "/{shop}/staff/return/label": ({"seen": "2"}, {"then": "retry", "seen": "2"}),
    "/{shop}/items": ({"take-1": "yes", "quantity-1": "1", "proof": "receipt"},),
}
"""What a form must hold besides, in order to come as far as it can."""


@dataclass
class Trespassed:
    """What was tried, how often an item of the other shop was looked at to be turned away, and what went further."""

    tries: int = 0
    commands: int = 0
    at_doors: int = 0
    named: int = 0
    lost: list[str] = field(default_factory=list)

    def hear(self, calls: list[Call], theirs: Belongings, what: str) -> None:
        """Judge the calls that one request or command made."""
        for call in calls:
            keys = theirs.named_by(call)
            if not keys:
                continue
            if call.asked.get("IndexName") == "RmaIndex" and not call.wrote:
                self.named += 1  # The index knows numbers alone, and answers with keys alone.
            elif _at_a_door(call):
                self.at_doors += 1
            else:
                self.lost.append(f"{what}: {call.operation} {keys}")


def tried(size: int, seed: int) -> Tried:
    """Carry what is each shop's to every other shop, with at most so many requests, and to every command."""
    found, chance = Trespassed(), random.Random(seed)
    with street() as place:
        held = {shop: belongings(place, shop) for shop in ORDERS}
        pairs = list(itertools.permutations(held.values(), 2))
        for ours, theirs in pairs if size >= FULL else pairs[2:3]:
            print(
                f"  {found.tries:,} requests, {len(found.lost)} lost; next {theirs.shop} at {ours.shop}",
                file=sys.stderr,
                flush=True,
            )
            before = kept(place, theirs)
            trespass(place, found, ours, theirs, chance, size // len(pairs) if size >= FULL else size)
            commanded(place, found, ours, theirs)
            after = kept(place, theirs)
            found.lost += [f"not as it was: {key}" for key, item in before.items() if after.get(key) != item]
            found.lost += [f"not there before: {key}" for key in after.keys() - before.keys()]
    for each in found.lost[:10]:
        print(f"  {each}", file=sys.stderr)
    turned = f"{found.at_doors:,} foreign secrets looked at and turned away"
    said = f"{found.tries:,} requests, {found.commands} commands; {turned}, {found.named:,} foreign RMA numbers not followed"
    how = "every address and command with another shop's ids, numbers, links and sessions; keys of every call recorded"
    return Tried("Shops are apart", how, found.tries + found.commands, len(found.lost), said)


def trespass(
    place: Street, found: Trespassed, ours: Belongings, theirs: Belongings, chance: random.Random, most: int, where: str = ""
) -> None:
    """Ask every address of our shop, or those in which `where` stands, for what is theirs, as everybody that might."""
    visitor, tries = Visitor(place.instances[0]), [each for each in _tries(ours, theirs) if where in each[1]]
    for method, address, fields, cookies, carried in chance.sample(tries, min(most, len(tries))):
        place.recorder.taken()
        visitor.cookies = cookies
        answer = visitor.ask(method, address, fields)
        found.tries += 1
        what = f"{method} {address} {fields} as {list(cookies)}"
        found.hear(place.recorder.taken(), theirs, what)
        secret = (*theirs.words, theirs.email, theirs.made.reserved_rma)
        told = [word for word in secret if word in answer.body and word not in carried]
        if told or answer.status >= 500:
            found.lost.append(f"{what}: answered {answer.status} with {told}")
    box = Postbox()
    place.recorder.taken()
    place.worker(place.instances[0], box).deliver({"Records": place.lookups()})
    found.hear(place.recorder.taken(), theirs, "the mails about it")
    found.lost += [f"a mail to {mail['To']}" for mail in box.mails if str(mail["To"]) == theirs.email]


def commanded(place: Street, found: Trespassed, ours: Belongings, theirs: Belongings) -> None:
    """Give every command of our shop what is theirs."""
    heard = place.recorder.taken()
    with tempfile.TemporaryDirectory(prefix="trust-") as name, environment(place):
        folder = Path(name)
        table = place.site.portal.settings.returns_table
        full(folder / "export", [unpacked(item) for item in place.items(table)], NOON)
        orders, products = folder / "orders.jsonl", folder / "products.jsonl"
        bought = order_record(number=theirs.made.order_number, email=theirs.email, currency=theirs.made.currency)
        orders.write_bytes(json_lines(bought))
        products.write_bytes(json_lines(variant_record()))
        for arguments in _commands(ours.shop, theirs, folder, orders, products):
            place.recorder.taken()
            said = StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                main(arguments)
            found.commands += 1
            what = " ".join(arguments)
            found.hear(place.recorder.taken(), theirs, what)
            written = [path.read_text("utf-8") for path in folder.iterdir() if path.name.startswith("out")]
            told = [word for word in (*theirs.words, theirs.email) for text in (said.getvalue(), *written) if word in text]
            if [word for word in told if word not in what]:
                found.lost.append(f"{what}: says {told}")
    place.recorder.calls[:0] = heard


def _commands(shop: str, theirs: Belongings, folder: Path, orders: Path, products: Path) -> Iterator[list[str]]:
    things = theirs.things
    for act in ("show", "approve", "reject"):
        for thing in (things["a return"], things["an RMA number"], things["a key"]):
            yield ["returns", act, shop, thing, *(["--note", "no"] if act == "reject" else [])]
    yield ["returns", "list", shop]
    yield ["customers", "forget", shop, theirs.email, "--dry-run"]
    yield ["customers", "forget", shop, theirs.email]
    yield ["orders", "import", shop, str(orders)]
    yield ["catalogue", "import", shop, str(products)]
    source = ["--from", str(folder / "export"), "--shop", shop]
    for table in ("returns", "lines", "timeline"):
        yield ["exports", table, *source, "--output", str(folder / f"out-{table}.csv")]
    yield ["report", *source, "--out", str(folder / "out.html"), "--engine", "standard"]


@contextmanager
def environment(place: Street) -> Iterator[None]:
    """Let commands find the tables of a street."""
    settings, before = place.site.portal.settings, dict(os.environ)
    os.environ |= {
        "RETURNS_TABLE": settings.returns_table, "SESSIONS_TABLE": settings.sessions_table, "PORTAL_URL": settings.portal_url,
        "FILES_BUCKET": settings.files_bucket,
    }  # fmt: skip
    bootstrap.portal.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        bootstrap.portal.cache_clear()


def _tries(ours: Belongings, theirs: Belongings) -> Iterator[tuple[str, str, dict[str, str], dict[str, str], str]]:
    """Yield each request: method, address, fields, cookies, and all that whoever sends it brings along."""
    inside, console = f"vuelta_{ours.shop}", f"vuelta_staff_{ours.shop}"
    people = ({}, {inside: theirs.customer}, {console: theirs.staff}, {inside: ours.customer}, {console: ours.staff})
    for (method, route), cookies, thing in itertools.product(ROUTES, people, theirs.things.values()):
        own = ours.customer in cookies.values() or ours.staff in cookies.values()
        if "sign-out" in route and own and method == "POST":
            continue  # It would end what the next ones are sent with.
        address = "/".join(_part(part, ours.shop, thing) for part in route.split("/"))
        query = urlencode(dict.fromkeys(QUERIES, thing))
        token = {"csrf": csrf_token(next(iter(cookies.values())))} if cookies else {}
        for form in FORMS.get(route, ({},)) if method == "POST" else ({},):
            filled = {name: value.replace("{}", thing) for name, value in form.items()}
            fields = {**dict.fromkeys(FIELDS, thing), "email": theirs.email, **filled, **token} if method == "POST" else {}
            yield method, f"{address}?{query}", fields, dict(cookies), f"{thing} {fields}"


def _part(part: str, shop: str, thing: str) -> str:
    return shop if part == "{shop}" else quote(thing, safe="") if part.startswith("{") else part


def _at_a_door(call: Call) -> bool:
    """Say whether a call looked at a link or a session by its digest, and wrote nothing."""
    key = str(unpacked(call.asked.get("Key", {})).get("pk", ""))
    return not call.wrote and key.partition("#")[0] in ("LINK", "SESSION", "STAFFLINK", "STAFFSESSION")
