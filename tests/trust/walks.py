"""The ways that write, as tales of steps: each step is one thing that somebody does, and what they do where it fails.

A tale is a generator: what it does between two steps is undisturbed. Every address that takes a form is in one of them, which
`test_crashes.py` holds; so is every event, and every command that writes into the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from chalicelib.bounces import Bounces
from chalicelib.domain.lifecycle import cancelled
from chalicelib.imports.batches import Tally, bring_in
from tests.imports.records import TERMS, json_lines, line_record, order_record, orders_of, variant_record, variants_of
from tests.labels import CUSTOMER, made_prepaid
from tests.made import EMAIL, NOON, line, made, order, stored
from tests.mail_events import came_back, complained
from tests.test_label_files import pdf
from tests.trust.stage import URL, Stage
from tests.trust.steps import ANA, Step, carried, done, entered, form, form_to, post, swept
from tests.web.browsing import Browser
from tests.web.test_photos import picture


def customer(stage: Stage) -> Iterator[Step]:
    """A customer finds an order, shows a photo, saves, sends back one line and changes their mind about another."""
    stage.order(stored(order(line("1"), line("2"))))
    browser = stage.customer
    browser.get("/azulu")
    yield form(browser, "look-up", {"number": "AZ-1001", "email": EMAIL})
    yield carried(stage, "the link is mailed")
    used = stage.secret()
    yield entered(stage, browser, "the link is opened")
    yield post(stage.staff, "another link instead of a used one", f"/azulu/link/{used}/again", {})
    yield carried(stage, "another link is mailed")
    browser.get("/azulu/items")
    yield form(browser, "items", {"take-1": "yes", "quantity-1": "1", "take-2": "yes", "quantity-2": "1"})
    browser.get("/azulu/details")
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")}
    yield form(browser, "details", {"reason-1": "damaged", "reason-2": "size", "remark-1": "torn", **answers})
    for colour in ("red", "blue"):
        yield uploaded(stage, browser, colour)
        browser.get("/azulu/photos")
        if colour == "red":
            yield form_to(browser, "a photo is taken back", "/azulu/photos/remove")
    for cannot in ("yes", "no"):
        hidden = {**browser.page.hidden(), "line": "1", "cannot": cannot}
        yield post(browser, f"without photos: {cannot}", "/azulu/photos/without", hidden)
    yield form(browser, "photos")
    browser.get("/azulu/outcomes")
    yield form(browser, "outcomes", {"how": "mail", "outcome-1": "exchange", "outcome-2": "store_credit"})
    browser.get("/azulu/check")
    yield form(browser, "saved for later", form_id="save")
    yield carried(stage, "the link to go on is mailed")
    yield form(browser, "submit")
    yield carried(stage, "the return is mailed")
    browser.get("/azulu/returns/1")
    yield form(browser, "tracking", {"tracking": "123456789", "carrier": "Servientrega"})
    wish_for_the_rest(browser)
    yield form(browser, "submit what is left")
    browser.get("/azulu/returns/2/cancel")
    yield form(browser, "cancel")
    yield carried(stage, "both are mailed")
    browser.get("/azulu/items")
    yield form_to(browser, "sign out", "/azulu/sign-out")


def uploaded(stage: Stage, browser: Browser, colour: str) -> Step:
    """Return the step of a photo being cleaned that a browser has posted to the bucket; its event comes until it is taken."""
    browser.get("/azulu/photos")
    fields = next(fields for each, fields in browser.page.forms if each.get("class") == "upload")
    key = next(each["value"] for _, each in fields if each.get("name") == "key")
    stage.s3.put_object(Bucket=stage.bucket, Key=key, Body=picture(colour))
    event = {"detail": {"object": {"key": key}}}
    return Step(f"a {colour} photo is cleaned", done(partial(stage.portal.photos.cleaned_by, event)))


def wish_for_the_rest(browser: Browser) -> None:
    """Go to the check page once more, with what is left of an order."""
    browser.get("/azulu/items")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    answers = {each["name"]: "yes" for each in browser.page.all("input") if each.get("name", "").startswith("answer-")}
    browser.submit({"reason-1": "size", **answers})
    browser.submit({"how": "mail", "outcome-1": "exchange"})


def gift(stage: Stage) -> Iterator[Step]:
    """Whoever got a gift opens it by its code."""
    stage.order(stored(order(line("1")), gift_code="REGALO-7K2M-94"))
    browser = stage.customer
    browser.get("/azulu/gift")
    yield form(browser, "a gift is looked up", {"code": "REGALO-7K2M-94", "email": "sofia@example.org"})
    yield carried(stage, "the gift's link is mailed")
    yield entered(stage, browser, "the gift is opened")
    browser.get("/azulu/items")
    yield form(browser, "the gift's items", {"take-1": "yes", "quantity-1": "1"})


def staff(stage: Stage) -> Iterator[Step]:
    """The shop's people sign in, decide, take parcels in, mend a mistake, settle, and help somebody on the phone."""
    stage.order(stored(order(line("1"), line("2"))))
    for number, slot in (("AZ-2001", 1), ("AZ-2002", 1), ("AZ-2003", 1)):
        stage.portal.returns.add(made("under_review", order_number=number, slot=slot, draft_id=number))
    stage.portal.returns.add(made("authorised", "authorised", draft_id="first"))
    stage.worker.deliver(stage.news())
    browser = stage.staff
    browser.get("/azulu/staff/sign-in")
    yield form(browser, "sign in", {"email": ANA})
    yield carried(stage, "the staff's link is mailed")
    yield entered(stage, browser, "the staff's link is opened", "/azulu/staff")
    page = opener(browser)
    page("AZ-2001/1")
    yield form(browser, "assign", {"then": "assign"})
    page("AZ-2001/1")
    yield form(browser, "release", {"then": "release"})
    page("AZ-2001/1")
    yield form(browser, "note", {"internal": "She called."})
    page("AZ-2001/1")
    yield form(browser, "reject", {"answer-1": "reject", "note-1": "It is worn."})
    for act in ("assign", "approve"):
        browser.get("/azulu/staff?lang=en")
        picks = {each["name"]: each["value"] for each in browser.page.all("input") if each.get("name", "").startswith("pick-")}
        if act == "approve":
            browser.submit({**picks, "act": act})
            chosen = {each["name"]: each["value"] for each in browser.page.all("input") if each.get("name", "") in picks}
            yield form(browser, "approve several", {**chosen, "note": "Welcome."})
        else:
            yield form(browser, "assign several", {**picks, "act": act})
    page("AZ-2002/1")
    granted = {"outcome-1": "other", "kind-1": "refund", "amount-1": "150.000", "why-1": "Our mistake."}
    yield form(browser, "give more than the policy", granted)
    yield carried(stage, "decisions are mailed")
    yield from table(stage, browser)
    browser.get("/azulu/staff/phone")
    yield form(browser, "open an order on the phone", {"number": "AZ-1001", "email": EMAIL})
    wish_for_the_rest(browser)
    yield form(browser, "submit on the phone")
    yield carried(stage, "what was asked for on the phone is mailed")
    browser.get("/azulu/staff")
    yield form_to(browser, "staff signs out", "/azulu/staff/sign-out")


def table(stage: Stage, browser: Browser) -> Iterator[Step]:
    """At the parcel table: what arrived is scanned, inspected, inspected once more, and settled; a label is brought."""
    page = opener(browser)
    browser.get("/azulu/staff/receive")
    yield form(browser, "scan", {"code": "AZ-1001/1"})
    page("AZ-1001/1", "/receive")
    partly = {"arrived-1": "1", "verdict-1": "accepted", "condition-1": "as_new", "arrived-2": "1", "verdict-2": "later"}
    yield form(browser, "receive", partly)
    page("AZ-1001/1")
    yield form(browser, "reopen", {"reopen": "1", "internal": "The wrong box."})
    page("AZ-1001/1", "/receive")
    reduced = {"verdict-1": "reduced", "condition-1": "used", "reduction-1": "9.100", "reason-1": "A stain."}
    yield form(
        browser, "inspect", {**reduced, "arrived-1": "1", "arrived-2": "1", "verdict-2": "accepted", "condition-2": "as_new"}
    )
    page("AZ-2003/1", "/receive")
    yield form(browser, "take a parcel in as it should be", form_id="fine")
    page("AZ-2003/1", "/settle")
    yield form(browser, "settle", {"reference": "X-1"})
    yield carried(stage, "what was given is mailed")
    yield from label_by_hand(stage, browser)


def opener(browser: Browser) -> Callable[..., None]:
    """Return what opens a return's page, or one of those behind it."""

    def page(of: str, part: str = "") -> None:
        browser.get(f"/azulu/staff/return{part}?{urlencode({'id': of})}")
        assert browser.page.status == 200, browser.page.text

    return page


def label_by_hand(stage: Stage, browser: Browser) -> Iterator[Step]:
    """One of the staff brings a label for a return that waits for one."""
    stage.order(stored(order(line("1"), number="AZ-3001")))
    stage.portal.returns.add(made_prepaid("authorised", order_number="AZ-3001", draft_id="label"))
    yield carried(stage, "nobody sells a label where there is no address")
    opener(browser)("AZ-3001/1", "/label")
    fields = next(fields for each, fields in browser.page.forms if each.get("class") == "upload")
    values = {each["name"]: each["value"] for _, each in fields if each.get("type") == "hidden"}
    stage.s3.put_object(Bucket=stage.bucket, Key=values["key"], Body=pdf())
    query = urlencode({"bucket": stage.bucket, "key": values["key"], "etag": '"x"'})
    browser.get(f"{values['success_action_redirect'].removeprefix(URL)}&{query}")
    yield form(browser, "give a label", form_id="give")
    yield carried(stage, "the label is mailed")


def worker(stage: Stage) -> Iterator[Step]:
    """Streams and sweeps: mails left behind, labels bought and taken back, reminders, expiry, digests, photos that outlived."""
    stage.order(stored(order(line("1"), line("2")), ship_to=CUSTOMER))
    stage.portal.returns.add(made("authorised", "under_review", draft_id="left"))
    stage.later(minutes=2)
    yield swept(stage, "mails that the stream left behind")
    stage.portal.access.ask("azulu", "AZ-1001", EMAIL, "es", "1.1.1.1")
    stage.later(minutes=2)
    yield swept(stage, "a link that the stream left behind")
    stage.portal.returns.add(made_prepaid("authorised", slot=2, draft_id="label", created_at=stage.at))
    yield carried(stage, "a label is bought")
    taken_back = stage.made(2)
    stage.portal.returns.change(cancelled(taken_back, stage.at))
    yield carried(stage, "a label is taken back")
    waiting = made("under_review", order_number="AZ-5001", draft_id="late", answer_by=NOON + timedelta(days=1))
    stage.portal.returns.add(waiting)
    stage.portal.returns.add(made("authorised", order_number="AZ-5002", draft_id="slow", remind_hours=48, grace_days=1))
    stage.settle()
    stage.at = NOON + timedelta(days=6, minutes=1)
    yield swept(stage, "a reminder")
    stage.at = NOON + timedelta(days=9, minutes=5)
    yield swept(stage, "an expiry")
    stage.at = datetime(2026, 3, 13, 14, 0, tzinfo=UTC)
    yield swept(stage, "the staff is told what is overdue")
    # What lies in the bucket is as old as the machine's clock says.
    stage.s3.put_object(Bucket=stage.bucket, Key=f"incoming/photos/azulu/AZ1001/left/{'0' * 16}/{'1' * 32}", Body=picture())
    stage.at = datetime.now(UTC) + timedelta(minutes=3)
    yield swept(stage, "a photo whose event was lost")
    stage.s3.put_object(Bucket=stage.bucket, Key=f"incoming/photos/azulu/AZ1001/left/{'0' * 16}/{'2' * 32}", Body=picture())
    stage.at = datetime.now(UTC) + timedelta(hours=2)
    yield swept(stage, "a photo that nobody could clean")
    stage.at = datetime.now(UTC) + timedelta(days=400)
    yield swept(stage, "photos that outlived their return")


def bounced(stage: Stage) -> Iterator[Step]:
    """A mail comes back, another one is called unwanted, and what would be sent there is kept back."""
    stage.order(stored(order(line("1"), line("2"))))
    known = Bounces(stage.portal.sessions)
    for name, event in (("a mail comes back", came_back()), ("a mail is called unwanted", complained())):
        yield Step(name, done(partial(known.note, event)))
    stage.portal.returns.add(made("authorised", draft_id="back"))
    yield carried(stage, "what would be sent there is kept back")


def imports(stage: Stage) -> Iterator[Step]:
    """Files of orders and products come in, again and newer, and an export is asked for."""
    first = [order_record(number=f"AZ-{number}") for number in range(1, 31)]
    yield brought_in(stage, "new orders", orders_of(json_lines(*first)))
    later = [order_record(number=f"AZ-{number}", lines=[line_record(quantity=3)]) for number in range(1, 4)]
    newer = replace(TERMS, as_of=NOON)
    yield brought_in(stage, "changed orders", orders_of(json_lines(*later, *first[3:6]), terms=newer))
    variants = [variant_record(sku=f"DR-77-{size}") for size in "SML"]
    yield brought_in(stage, "products", variants_of(json_lines(*variants)))
    yield brought_in(stage, "products out of stock", variants_of(json_lines(variant_record(stock=0)), terms=newer))


def brought_in(stage: Stage, name: str, entries: list[Any]) -> Step:
    """Return the step of an import; where it stops, the same file is imported again."""

    return Step(name, done(lambda: bring_in(entries, stage.shelf, NOON, print, Tally())))


def forgetting(stage: Stage) -> Iterator[Step]:
    """A customer with returns, a draft, links, photos and labels is forgotten."""
    stage.order(stored(order(line("1"), line("2")), ship_to=CUSTOMER))
    stage.portal.access.ask("azulu", "AZ-1001", EMAIL, "es", "1.1.1.1")
    stage.worker.deliver(stage.news())
    browser = stage.customer
    browser.get(f"/azulu/link/{stage.secret()}")
    browser.submit()
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    stage.portal.returns.add(made("authorised", draft_id="one"))
    stage.portal.returns.add(made_prepaid("authorised", slot=2, draft_id="two"))
    for key in ("photos/azulu/AZ1001/one/line/x", "incoming/photos/azulu/AZ1001/two/line/y", "labels/azulu/AZ1001/2/l.pdf"):
        stage.s3.put_object(Bucket=stage.bucket, Key=key, Body=b"hers")

    yield Step("forget", done(partial(stage.forgetting.forget, "azulu", EMAIL)))


TALES: dict[str, Callable[[Stage], Iterator[Step]]] = {
    "customer": customer, "gift": gift, "staff": staff, "worker": worker, "bounced": bounced, "imports": imports,
    "forgetting": forgetting,
}  # fmt: skip
