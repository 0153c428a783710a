"""Steps of tales: forms that are posted, news that is carried, sweeps, opened links, and what is done where they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from chalicelib.domain.errors import Unavailable
from tests.trust.stage import Stage
from tests.web.browsing import FORM, Browser

ANA = "ana@azulu.example"
Act = Callable[[], bool]


@dataclass(frozen=True)
class Step:
    """One thing that is done: `act` says whether it is done, `again` is what is done where not, if it is not the same.

    `then` is what happens afterwards in any case. `route` is the address that a form was posted to.
    """

    name: str
    act: Act
    again: Act | None = None
    then: Callable[[], None] | None = None
    route: str | None = None


class WentWrong(AssertionError):
    """An answer that nobody should get, whatever breaks."""


def post(browser: Browser, name: str, address: str, fields: Mapping[str, str], then: Callable[[], None] | None = None) -> Step:
    """Return the step of posting a form; where it fails, the browser posts the very same form again."""
    body = urlencode(fields).encode()

    def act() -> bool:
        answer = browser.send("POST", address, body, {"content-type": FORM})
        status, location = answer["statusCode"], unquote(answer["headers"].get("Location", ""))
        if status not in (200, 303, 403, 409, 410, 503):
            raise WentWrong(f"{name}: answered with {status}")
        return status != 503 and ":busy" not in location

    return Step(name, act, then=then, route=browser._route(address.partition("?")[0])[0])


def form(browser: Browser, name: str, fields: Mapping[str, str] = {}, form_id: str = "step") -> Step:
    """Return the step of posting a form of the page that is shown, with its hidden fields."""
    return post(browser, name, browser.page.action(form_id), {**browser.page.hidden(form_id), **fields})


def form_to(browser: Browser, name: str, address: str, fields: Mapping[str, str] = {}) -> Step:
    """Return the step of posting the form of the page that goes to an address."""
    held = next(held for each, held in browser.page.forms if each["action"] == address)
    hidden = {each["name"]: each["value"] for _, each in held if each.get("type") == "hidden"}
    return post(browser, name, address, {**hidden, **fields})


def carried(stage: Stage, name: str) -> Step:
    """Return the step of the streams bringing what waits, again as long as it is asked for, with sweeps to follow."""
    news = stage.news()
    return Step(name, lambda: not stage.worker.deliver(news)["batchItemFailures"], then=stage.settle)


def swept(stage: Stage, name: str) -> Step:
    """Return the step of a sweep, which others follow."""

    def act() -> bool:
        stage.sweep.run()
        return True

    return Step(name, act, then=stage.settle)


def entered(stage: Stage, browser: Browser, name: str, shop: str = "/azulu") -> Step:
    """Return the step of opening a mailed link; whom it let in without their knowing asks for another one."""
    secret = stage.secret()
    address = f"{shop}/link/{secret}"
    browser.get(address)
    first = form(browser, name)

    def again() -> bool:
        answer = browser.send("POST", address, b"", {"content-type": FORM})
        if answer["statusCode"] == 303:
            return True
        assert answer["statusCode"] == 410, answer["statusCode"]
        if shop == "/azulu":
            browser.send("POST", f"{address}/again", b"", {"content-type": FORM})
        else:
            browser.post(f"{shop}/sign-in", {"email": ANA})
        stage.worker.deliver(stage.news())
        return bool(browser.send("POST", f"{shop}/link/{stage.secret()}", b"", {"content-type": FORM})["statusCode"] == 303)

    return Step(name, first.act, again, route=first.route)


def done(act: Callable[[], object]) -> Act:
    """Return an act that is done unless something does not answer."""

    def acted() -> bool:
        try:
            act()
        except Unavailable:
            return False
        return True

    return acted
