"""Addresses that mails do not reach, on the pages: what staff and customers read, how it ends, and what strangers learn."""

from __future__ import annotations

import pytest

from chalicelib.bounces import Bounces
from tests.mail_events import Event, came_back, complained
from tests.web.asking import ANA, LUIS, SOFIA, asked
from tests.web.browsing import Browser
from tests.web.conftest import NOON, Site

VALENTINA = "valentina@example.com"
HERS = "AZ-1001"
TOLD = "E-mails from us to v•••@e•••.com came back lately."
SEEN_BY_STAFF = "E-mails to this customer do not arrive"


def note(site: Site, event: Event) -> None:
    Bounces(site.portal.sessions).note(event)


def told(browser: Browser) -> bool:
    """Say whether the page tells that mails do not arrive."""
    return any(each.get("id") in ("unreached", "undeliverable") for _, each in browser.page.elements)


def inside(site: Site, link: str) -> Browser:
    """Return a browser that has opened a link which was mailed before the news came."""
    browser = site.browser()
    browser.get(link)
    browser.submit()
    assert browser.page.status == 200
    return browser


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_customer_reads_at_the_next_visit_that_mails_do_not_arrive(site: Site, language: str) -> None:
    asked(site, HERS)
    link = site.link(HERS, "return", 1, language)
    note(site, came_back(VALENTINA))
    browser = site.browser(language)
    browser.get(link)
    assert not told(browser), "nothing before the button was pressed"
    browser.submit()
    for page in ("/azulu/returns/1", "/azulu/items", "/azulu/returns/1/done", "/azulu/saved"):
        browser.get(page)
        assert told(browser), page
        assert "v•••@e•••.com" in browser.page.text
        assert site.portal.shops["azulu"].merchant.contact.email in browser.page.text


def test_a_complaint_has_words_of_its_own(site: Site) -> None:
    link = site.link(HERS, "resume")
    site.later(hours=2)
    note(site, complained(VALENTINA))
    browser = inside(site, link)
    browser.get("/azulu/items")
    assert "reported as unwanted" in browser.page.text
    assert TOLD not in browser.page.text


def test_nobody_else_reads_it(site: Site) -> None:
    note(site, came_back(VALENTINA))
    note(site, came_back(site.addresses["AZ-1002"], shop="nurana"))
    browser = site.inside("AZ-1002")
    browser.get("/azulu/items")
    assert browser.page.status == 200
    assert not told(browser)


def test_before_signing_in_no_page_differs_by_a_byte(site: Site) -> None:
    def pages() -> list[tuple[int, str]]:
        seen = []
        browser = site.browser()
        for path in ("/azulu", "/azulu/sent", "/azulu/gift"):
            browser.get(path)
            seen.append((browser.page.status, browser.page.body))
        browser.post("/azulu/find", {"number": HERS, "email": VALENTINA})
        return [*seen, (browser.page.status, browser.page.body)]

    before = pages()
    note(site, came_back(VALENTINA))
    assert pages() == before


def test_whoever_opens_a_link_that_was_mailed_later_gets_mails_again(site: Site) -> None:
    note(site, came_back(VALENTINA, sent_at=NOON))
    site.later(hours=2)
    browser = inside(site, site.link(HERS))
    browser.get("/azulu/items")
    assert TOLD in browser.page.text, "this visit still tells of what was missed"
    assert site.portal.sessions.undeliverable("azulu", VALENTINA) is None
    note(site, came_back(VALENTINA, sent_at=NOON))
    assert site.portal.sessions.undeliverable("azulu", VALENTINA) is None, "the same news, late"
    next_time = inside(site, site.link(HERS))
    next_time.get("/azulu/items")
    assert TOLD not in next_time.page.text


def test_a_link_of_before_the_news_changes_nothing(site: Site) -> None:
    link = site.link(HERS, "resume")
    site.later(hours=1)
    note(site, came_back(VALENTINA, sent_at=NOON))
    inside(site, link)
    assert site.portal.sessions.undeliverable("azulu", VALENTINA)


@pytest.mark.parametrize(("who", "language"), [(LUIS, "en"), (SOFIA, "es"), (ANA, "fa")])
def test_the_staff_sees_it_on_the_returns_page_and_in_the_queue(site: Site, who: str, language: str) -> None:
    hers, another = asked(site, HERS), asked(site, "AZ-1002")
    note(site, came_back(VALENTINA))
    browser = hers.page(site.staff(who, language))
    assert told(browser)
    assert not told(another.page(browser))
    browser.get("/azulu/staff?state=authorised")
    assert browser.page.body.count(VALENTINA) == 1
    row = browser.page.body.partition(VALENTINA)[2].partition("</li>")[0]
    assert 'class="badge no"' in row
    browser.get("/azulu/staff")
    assert "badge no" not in browser.page.body.partition(site.addresses["AZ-1002"])[2].partition("</li>")[0]


def test_who_may_decide_has_mails_sent_again(site: Site) -> None:
    made = asked(site, HERS)
    note(site, came_back(VALENTINA))
    browser = made.page(site.staff(LUIS))
    site.later(minutes=1)
    browser.submit({"internal": "Half a thou", "then": "write"})
    assert "Half a thou" in browser.page.text, "what was typed is kept"
    assert site.portal.sessions.undeliverable("azulu", VALENTINA) is None
    note(site, came_back(VALENTINA, sent_at=site.portal.clock()))
    browser = made.page(browser)
    browser.submit({"then": "write"})
    assert browser.redirects[-1].endswith("&notice=written_again")
    assert "E-mails are sent there again" in browser.page.text
    assert SEEN_BY_STAFF not in browser.page.text


def test_who_may_only_read_sees_no_button(site: Site) -> None:
    made = asked(site, "AL-1001")
    note(site, came_back("jamie@example.com", shop="alustoora"))
    browser = made.page(site.staff("pat@alustoora.example"))
    assert told(browser)
    assert not [each for each in browser.page.all("button") if each.get("value") == "write"]


def test_a_mail_that_was_kept_back_is_listed_as_such(site: Site) -> None:
    made = asked(site, HERS)
    now = made.now
    kept_back = now.outbox[0].model_copy(update={"failed": "undeliverable"})
    assert site.portal.returns.change(now.model_copy(update={"outbox": (kept_back,), "version": now.version + 1}))
    assert "Not sent: e-mails to this customer do not arrive" in made.page(site.staff(LUIS)).page.text


def test_staff_who_act_for_a_customer_on_the_phone_read_it_too(site: Site) -> None:
    note(site, came_back(VALENTINA))
    browser = site.staff(LUIS)
    browser.get("/azulu/staff/phone")
    browser.submit({"number": HERS, "email": VALENTINA})
    assert browser.page.address == "/azulu/items"
    assert told(browser)
