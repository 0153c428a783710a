"""The way in: looking up, links, sessions, and who is kept out."""

from __future__ import annotations

import pytest

from tests.web.browsing import FORM, Browser
from tests.web.conftest import Site, new_site


def shape(answer: dict[str, object]) -> tuple[object, ...]:
    """Everything of an answer that a stranger could compare."""
    headers = dict(answer["headers"])  # type: ignore[call-overload]
    return answer["statusCode"], answer["body"], sorted(headers.items()), answer.get("multiValueHeaders")


def test_asking_for_a_link_answers_the_same_whatever_is_true(site: Site) -> None:
    browser = site.browser()
    asked = [("AZ-1001", site.addresses["AZ-1001"]), ("AZ-1001", "else@example.com"), ("AZ-9999", "no@example.com")]
    answers = []
    for number, email in asked:
        body = f"number={number}&email={email.replace('@', '%40')}".encode()
        answers.append(shape(browser.send("POST", "/azulu/find", body, {"content-type": FORM})))
    assert len({str(each) for each in answers}) == 1
    assert answers[0][0] == 303


def test_asking_too_often_answers_no_differently(site: Site) -> None:
    browser = site.browser()
    pages = {browser.post("/azulu/find", {"number": "AZ-1001", "email": "a@example.com"}).body for _ in range(40)}
    assert len(pages) == 1


def test_mistakes_stand_on_top_and_beside_the_field_with_what_was_typed(quiet_site: Site) -> None:
    page = quiet_site.browser().post("/azulu/find", {"number": "AZ-1001", "email": "ana at example"})
    assert page.status == 422
    assert page.field("number")["value"] == "AZ-1001"
    assert page.field("email")["value"] == "ana at example"
    assert page.field("email")["aria-invalid"] == "true"
    assert any(each["href"] == "#email" for each in page.all("a"))
    assert page.body.count("<title>Error:") == 1


def test_opening_a_link_changes_nothing_and_pressing_its_button_uses_it_up(site: Site) -> None:
    address = site.link("AZ-1001")
    scanner, browser, thief = site.browser(), site.browser(), site.browser()
    scanner.get(address)
    scanner.get(address)
    assert scanner.cookies == {}
    browser.get(address)
    assert "AZ1001" in browser.page.text
    assert browser.submit().address == "/azulu/items"
    assert thief.get(address).status == 410
    assert thief.post(address, {}).status == 410
    assert "vuelta_azulu" not in thief.cookies


def test_a_link_that_is_over_offers_a_new_one_to_the_same_address(site: Site) -> None:
    address = site.link("AZ-1001")
    site.later(minutes=11)
    browser = site.browser()
    assert browser.get(address).status == 410
    assert browser.submit().address == "/azulu/sent"
    assert site.addresses["AZ-1001"] not in browser.page.body


def test_a_link_of_one_shop_is_unknown_at_another(site: Site) -> None:
    address = site.link("AZ-1001").replace("/azulu/", "/nurana/")
    page = site.browser().get(address)
    assert page.status == 404
    assert "step" not in {form.get("id") for form, _ in page.forms}


@pytest.mark.parametrize("token", ["x", "%00", "a" * 5000, "..%2f..", "%ff", "<script>", "{{7*7}}", "-"])
def test_a_token_that_nobody_made_is_unknown(quiet_site: Site, token: str) -> None:
    browser = quiet_site.browser()
    assert browser.get(f"/azulu/link/{token}").status == 404
    assert browser.post(f"/azulu/link/{token}", {}).status == 404
    assert browser.post(f"/azulu/link/{token}/again", {}).status == 404
    assert token not in browser.page.body or len(token) < 3


def test_sessions_of_two_shops_live_side_by_side(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.get(site.link("AL-1001"))
    browser.submit()
    assert browser.get("/azulu/items").status == 200
    assert browser.get("/alustoora/items").status == 200
    assert browser.get("/nurana/items").status == 403


def test_a_session_reaches_one_order_only(site: Site) -> None:
    browser = site.inside("AZ-1002")
    assert browser.get("/azulu/returns/1").status == 404
    browser.cookies["vuelta_nurana"] = browser.cookies["vuelta_azulu"]
    assert browser.get("/nurana/items").status == 403


def test_signing_out_ends_the_session_everywhere(site: Site) -> None:
    browser = site.inside("AZ-1001")
    kept = dict(browser.cookies)
    csrf = browser.page.hidden()["csrf"]
    assert browser.post("/azulu/sign-out", {"csrf": csrf}).address == "/azulu"
    assert "vuelta_azulu" not in browser.cookies
    browser.cookies = kept
    assert browser.get("/azulu/items").status == 403


def test_a_session_that_ends_midway_keeps_the_draft_for_the_next_link(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "2"})
    site.later(hours=3)
    page = browser.submit({"reason-1": "size"})
    assert page.status == 403
    assert page.heading == "Please open your order again"
    assert page.action() == "/azulu/find"
    again = site.inside("AZ-1001")
    assert again.page.address == "/azulu/details"
    assert "× 2" in again.page.text


def test_what_is_typed_on_a_page_that_outlived_its_session_is_kept_and_shows_nothing(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "2"})
    site.later(hours=3)
    page = browser.submit({"reason-1": "size", "remark-1": "typed before lunch", "lang": "fa"})
    assert page.status == 403
    assert "typed before lunch" not in page.text
    assert browser.get("/azulu/details").status == 403
    assert "typed before lunch" in site.inside("AZ-1001").page.body


def test_a_session_that_is_long_over_saves_nothing(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "2"})
    site.later(hours=27)
    assert browser.submit({"reason-1": "size", "remark-1": "typed last week"}).status == 403
    assert "typed last week" not in site.inside("AZ-1001").page.body


def test_saving_mails_a_link_that_opens_the_draft_where_it_was(site: Site) -> None:
    browser = site.inside("AZ-1001")
    browser.submit({"take-1": "yes", "quantity-1": "1"})
    page = browser.submit({"then": "save", "reason-1": "size", "remark-1": "half a sentence"})
    assert page.address == "/azulu/saved"
    waiting = list(site.portal.sessions.unanswered(site.portal.clock().replace(year=2030)))
    assert [lookup.purpose for lookup in waiting] == ["resume"]
    mailed = site.portal.links.answer(waiting[0])
    assert mailed is not None
    other = site.browser("fa")
    other.get(f"/azulu/link/{mailed.secret}")
    other.submit()
    assert other.page.address == "/azulu/details"
    assert "half a sentence" in other.page.text
    assert any(each.get("value") == "size" and "checked" in each for each in other.page.all("input"))
    assert other.page.all("html")[0]["lang"] == "en", "the link's language"


def test_a_form_needs_the_token_of_its_session(site: Site) -> None:
    browser = site.inside("AZ-1001")
    for token in ("", "x", "é" * 20, browser.page.hidden()["csrf"][:-1]):
        assert browser.post("/azulu/items", {"csrf": token, "take-1": "yes"}).status == 403
    draft = site.portal.returns.draft("azulu", "AZ1001", "", site.portal.clock())
    assert draft is None or not draft.lines


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.example"}, {"origin": "null"}],
)
def test_what_another_site_posts_is_refused(quiet_site: Site, headers: dict[str, str]) -> None:
    browser = quiet_site.browser()
    assert browser.post("/azulu/find", {"number": "AZ-1001", "email": "a@example.com"}, **headers).status == 403
    assert browser.post(quiet_site.link("AZ-1001"), {}, **headers).status == 403
    assert "vuelta_azulu" not in browser.cookies


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "same-origin"}, {"origin": "http://127.0.0.1:8000"}, {}])
def test_what_our_own_pages_post_is_taken(quiet_site: Site, headers: dict[str, str]) -> None:
    page = quiet_site.browser().post("/azulu/find", {"number": "AZ-1001", "email": "a@example.com"}, **headers)
    assert page.address == "/azulu/sent"


def test_over_https_the_cookies_insist_on_it(aws: None) -> None:
    site = new_site("https://returns.example.com")
    browser = site.inside("AZ-1001")
    assert set(browser.cookies) == {"__Host-vuelta_azulu", "__Host-vuelta_language"}


def test_addresses_that_name_nothing_answer_with_a_page(site: Site) -> None:
    browser = site.browser()
    for address in ("/", "/nobody", "/azulu/x", "/azulu/items/x/y", "/azulu/returns/0", "/azulu/returns/abc/done"):
        page = browser.get(address)
        assert page.status in (403, 404), address
    inside = site.inside("AZ-1001")
    for slot in ("0", "99", "1", "-1", "١", "1e0"):
        assert inside.get(f"/azulu/returns/{slot}").status == 404


def test_a_method_that_no_page_has_answers_with_a_page(quiet_site: Site) -> None:
    browser = quiet_site.browser()
    for method in ("DELETE", "PUT", "PATCH", "OPTIONS"):
        answer = browser.send(method, "/azulu", None, {})
        assert answer["statusCode"] == 405
        assert "GET" in answer["headers"]["Allow"]
        assert "<h1>" in answer["body"]


def test_the_language_follows_link_choice_browser_and_shop(quiet_site: Site) -> None:
    def language(browser: Browser, address: str) -> str:
        return browser.get(address).all("html")[0]["lang"]

    browser = quiet_site.browser("de, fa;q=0.5")
    assert language(browser, "/azulu") == "fa"
    assert language(browser, "/azulu?lang=en") == "en"
    assert language(browser, "/azulu") == "en"
    assert language(browser, "/azulu?lang=xx") == "en"
    assert language(quiet_site.browser("de"), "/azulu") == "es"
    assert language(quiet_site.browser("de"), "/nurana") == "fa"
    assert language(quiet_site.browser("de"), quiet_site.link("AZ-1001", language="fa")) == "fa"


@pytest.mark.parametrize("stage", ["/api", "/returns/v1"])
def test_behind_a_stage_every_address_begins_with_it(site: Site, stage: str) -> None:
    browser = Browser(site.portal, stage=stage)
    browser.get(stage + site.link("AZ-1001"))
    page = browser.submit()
    assert page.address == f"{stage}/azulu/items"
    addresses = [each["href"] for each in page.all("a")] + [form["action"] for form, _ in page.forms]
    ours = [each for each in addresses if each.startswith("/")]
    assert ours
    assert all(each.startswith(f"{stage}/azulu") for each in ours)
