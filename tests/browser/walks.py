"""Every page in every state that a customer can bring it to, as walks that stop at each.

A walk yields the name of the state that the page is in. Walks begin with a way to bring customers and a language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.browser.customer import Customer, photo

Bring = Callable[[str], Customer]
"""Brings a customer with a copy of this order of the demo, in the language of the walk."""
Stops = Iterator[tuple[str, Customer]]

HOMES = {"en": "AL-1002", "es": "AZ-1003", "fa": "NU-1005"}
"""An order at the shop whose own language it is, so that each shop's own face is seen."""

POST = """([path, fields, enctype]) => {
  const form = document.createElement("form")
  Object.assign(form, {method: "post", action: path, enctype})
  for (const [name, value] of fields) {
    const field = document.createElement("textarea")
    Object.assign(field, {name, value})
    form.append(field)
  }
  document.body.append(form)
  form.submit()
}"""


def door(bring: Bring, language: str) -> Stops:
    """The way in and out, and the policy."""
    customer = bring(HOMES[language])
    customer.open(f"?lang={language}")
    yield "start", customer
    customer.press()
    yield "start-mistakes", customer
    customer.ask()
    yield "sent", customer
    link = customer.shops.link(customer.order)
    customer.page.goto(link)
    yield "link", customer
    customer.press()
    yield "items-of-a-shop", customer
    customer.page.context.clear_cookies()
    customer.page.goto(f"{link}?lang={language}")
    yield "link-used", customer
    customer.open("/link/nothing-that-was-ever-mailed")
    yield "link-unknown", customer
    customer.open("/policy")
    yield "policy", customer
    customer.open("/items")
    yield "ended", customer


def steps(bring: Bring, language: str) -> Stops:
    """From the items to the check page, with every mistake on the way."""
    customer = bring("AZ-1001")
    customer.come_in()
    yield "items", customer
    for closed in customer.page.locator("summary").all():
        closed.click()
    yield "items-why", customer
    customer.press()
    yield "items-mistakes", customer
    customer.take("1", "2", quantity=2)
    customer.press()
    yield "details", customer
    customer.press()
    yield "details-mistakes", customer
    customer.say("1", "changed_mind", wish="words")
    customer.say("2", "changed_mind", wish="CP-12-NE", remark="«Azul» – más oscuro que en la foto; رنگ آن فرق دارد.")
    for line in ("1", "2"):
        customer.page.locator(f'[name^="answer-{line}-"][value="no"]').first.check()
    yield "details-unmet", customer
    customer.page.fill('[name="words-1"]', "XS")
    customer.press()
    yield "outcomes-none", customer
    customer.open("/details")
    customer.say("1", "changed_mind")
    customer.say("2", "changed_mind")
    customer.press()
    yield "outcomes", customer
    customer.press()
    yield "outcomes-mistakes", customer
    customer.send("store:bogota-zona-t")
    customer.want(_1="store_credit", _2="exchange")
    yield "outcomes-store", customer
    customer.send("mail")
    yield "outcomes-mail", customer
    customer.press()
    yield "check", customer
    customer.shops.change(customer.order, unit_price="119000")
    customer.open("/check")
    yield "check-changed", customer


def approved(bring: Bring, language: str) -> Stops:
    """A draft that is saved and gone on with, and the return that it becomes, until its parcel is on its way."""
    customer = bring("AZ-1007")
    customer.come_in()
    customer.take("1")
    customer.press()
    _say_all(customer, "1")
    customer.send("mail")
    customer.press()
    customer.follow('[form="save"]')
    yield "saved", customer
    customer.page.goto(customer.shops.link(customer.order, 2))
    yield "link-to-go-on", customer
    customer.press()
    customer.press()
    yield "done", customer
    customer.open("/returns/1/slip")
    yield "slip", customer
    customer.open("/returns/1")
    yield "status", customer
    customer.press()
    yield "status-mistakes", customer
    customer.open("/items")
    yield "items-returned", customer
    customer.open("/returns/1/cancel")
    yield "cancel", customer
    customer.open("/returns/1")
    customer.page.fill('[name="tracking"]', "1Z 999 AA1 01 2345 6784")
    customer.press()
    yield "status-sent", customer


def photographed(bring: Bring, language: str) -> Stops:
    """Something that arrived damaged, shown in photos: one that is none, one too few, and the return with both."""
    customer = bring("NU-1001")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "damaged")
    customer.press()
    yield "photos", customer
    customer.upload(b"no photo")
    yield "photos-unreadable", customer
    customer.upload(photo("red"))
    customer.press()
    yield "photos-mistakes", customer
    customer.upload(photo("navy"))
    yield "photos-all", customer
    customer.press()
    customer.page.locator('input[type="radio"][name="outcome-1"]').first.check()
    customer.press()
    yield "check-photos", customer
    customer.press()
    customer.open("/returns/1")
    yield "status-photos", customer

    customer = bring("NU-1001")
    customer.come_in()
    customer.take("1")
    customer.press()
    customer.say("1", "damaged")
    customer.press()
    customer.follow('form[action$="/photos/without"] button')
    yield "photos-without", customer


def gifts(bring: Bring, language: str) -> Stops:
    """A gift's own way in, and what whoever got it sees of it."""
    customer = bring("AZ-1006")
    customer.open(f"/gift?lang={language}")
    yield "gift", customer
    customer.press()
    yield "gift-mistakes", customer
    customer.page.fill('[name="code"]', customer.order.record["gift_code"])
    customer.page.fill('[name="email"]', customer.order.email)
    customer.press()
    yield "gift-sent", customer
    customer.page.goto(customer.shops.link(customer.order))
    yield "gift-link", customer
    customer.press()
    yield "gift-items", customer
    customer.take("1")
    customer.press()
    customer.say("1", "size")
    customer.press()
    yield "gift-outcomes", customer


def refusals(bring: Bring, language: str) -> Stops:
    """Orders of which nothing, or not everything, can come back."""
    for state, number in (("late", "NU-1002"), ("undelivered", "AZ-1005"), ("mixed", "AZ-1004")):
        customer = bring(number)
        customer.come_in()
        yield f"items-{state}", customer


def waiting(bring: Bring, language: str) -> Stops:
    """Returns that a person decides on: one waits beside what is approved, one is refused, one is approved and taken back."""
    customer = bring("AL-1004")
    customer.come_in()
    customer.take("1", "3")
    customer.press()
    _say_all(customer, "1", "3")
    customer.press()
    yield "check-mixed", customer
    customer.press()
    yield "done-mixed", customer

    customer = bring("NU-1001")
    customer.come_in()
    for slot, line, answer in (("1", "1", "reject"), ("2", "2", "approve")):
        customer.take(line)
        customer.press()
        _say_all(customer, line)
        if line == "1":
            yield "outcomes-review", customer
        customer.press()
        if line == "1":
            yield "check-review", customer
        customer.press()
        if line == "1":
            yield "done-review", customer
            customer.open(f"/returns/{slot}")
            yield "status-review", customer
        note = "Thank you for the pictures. سپاس از شما. Gracias."
        customer.shops.staff("returns", answer, "nurana", f"{customer.order.number}/{slot}", "--note", note)
        customer.open(f"/returns/{slot}")
        yield f"status-{answer}ed", customer
        customer.open("/items")
    customer.open("/returns/2/cancel")
    customer.press()
    yield "status-cancelled", customer


def errors(bring: Bring, language: str) -> Stops:
    """What goes wrong, as pages."""
    # Not at Azulu, where most tests are: each shop answers thirty lookups an hour from one source.
    customer = bring("NU-1005")
    customer.open(f"?lang={language}")

    def post(path: str, *fields: tuple[str, str], enctype: str = "application/x-www-form-urlencoded") -> None:
        with customer.page.expect_navigation():
            customer.page.evaluate(POST, [customer.home + path, fields, enctype])

    customer.open("/nothing/here")
    yield "error-404", customer
    customer.page.goto(f"{customer.shops.url}/no-shop-of-ours")
    yield "error-no-shop", customer
    customer.open()
    post("/find", ("number", "1"), ("number", "2"))
    yield "error-400", customer
    post("/policy")
    yield "error-405", customer
    post("/find", ("number", "1" * 70_000))
    yield "error-413", customer
    post("/find", ("number", "1"), enctype="text/plain")
    yield "error-415", customer
    customer.come_in()
    post("/items", ("take-1", "yes"), ("csrf", "made-up"))
    yield "error-403", customer


def _say_all(customer: Customer, *lines: str) -> None:
    """Answer everything about lines, and take the first outcome that each may have."""
    for line in lines:
        customer.say(line, "changed_mind")
    customer.press()
    for line in lines:
        offered = customer.page.locator(f'input[type="radio"][name="outcome-{line}"]')
        if offered.count():
            offered.first.check()


WALKS = (steps, photographed, gifts, waiting, approved, door, errors, refusals)
