"""Buying labels from EasyPost: what it is asked, and what is made of each of its answers, nonsense too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.adapters.easypost import LARGEST_LABEL, EasyPost
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.label_rules import Box
from chalicelib.domain.labels import LabelRefused, LabelWish, Quote
from chalicelib.domain.orders import Address
from tests.easypost import KEY, PDF, Answer, FakeEasyPost, running

CUSTOMER = Address(
    name="Ana Ruiz", street="179 N Harbor Dr", city="Redondo Beach", region="CA", postcode="90277", country="US", phone="555"
)
SHOP = Address(
    name="Azulu", company="Azulu Inc", street="417 Montgomery St", street2="5th floor", city="San Francisco", region="CA",
    postcode="94104", country="US",
)  # fmt: skip
WISH = LabelWish(name="7K3M-2Q9X", customer=CUSTOMER, shop=SHOP, box=Box(length=30, width=25, height=10, grams=700))


@pytest.fixture
def fake() -> Iterator[FakeEasyPost]:
    with running() as fake:
        yield fake


def port(fake: FakeEasyPost, key: str = KEY, timeout: float = 5) -> EasyPost:
    return EasyPost(key, f"{fake.address}/v2", timeout)  # type: ignore[arg-type]


def asked(fake: FakeEasyPost) -> list[str]:
    return [what for what, _, _ in fake.asked]


def bought(fake: FakeEasyPost) -> tuple[EasyPost, Quote]:
    """Return the port, with a shipment bought at its first rate."""
    seller = port(fake)
    quote = seller.quote(WISH)
    seller.buy(quote.shipment, quote.rates[0].id)
    return seller, quote


def test_a_label_runs_from_the_customer_to_the_shop(fake: FakeEasyPost) -> None:
    """EasyPost turns the two ends around because of `is_return`, as it documents: what counts is what it made of it."""
    made = fake.shipments[port(fake).quote(WISH).shipment]
    assert made["is_return"] is True
    assert (made["from_address"]["name"], made["from_address"]["street1"]) == ("Ana Ruiz", "179 N Harbor Dr")
    assert (made["to_address"]["name"], made["to_address"]["company"]) == ("Azulu", "Azulu Inc")


def test_a_parcel_is_told_in_inches_and_ounces_and_never_smaller_than_it_is(fake: FakeEasyPost) -> None:
    port(fake).quote(WISH)
    (_, _, told) = fake.asked[0]
    assert told["shipment"]["parcel"] == {"length": 11.9, "width": 9.9, "height": 4.0, "weight": 24.7}
    assert told["shipment"]["reference"] == "7K3M-2Q9X"
    assert told["shipment"]["options"]["label_format"] == "PDF"


def test_rates_come_with_exact_amounts_and_what_carriers_object_to(fake: FakeEasyPost) -> None:
    fake.messages = [{"carrier": "DHL", "type": "rate_error", "message": "no\nsuch postcode"}, "nonsense"]
    quote = port(fake).quote(WISH)
    first = quote.rates[0]
    assert (first.carrier, first.service, first.cost, first.currency) == ("USPS", "GroundAdvantage", Decimal("5.93"), "USD")
    assert quote.problems == ("DHL: no such postcode",)
    assert fake.charges == []


def test_a_bought_label_has_its_file_its_number_and_its_price(fake: FakeEasyPost) -> None:
    seller = port(fake)
    quote = seller.quote(WISH)
    label = seller.buy(quote.shipment, quote.rates[1].id)
    assert (label.body, label.content_type) == (PDF, "application/pdf")
    assert (label.carrier, label.service, label.cost, label.currency) == ("USPS", "Priority", Decimal("6.95"), "USD")
    assert label.tracking == "940000000001"
    assert label.charged == "at_purchase"
    assert fake.charges == [quote.shipment]


def test_a_carriers_account_of_the_shops_own_is_billed_on_use(fake: FakeEasyPost) -> None:
    fake.billing = "carrier"
    seller = port(fake)
    quote = seller.quote(WISH)
    assert seller.buy(quote.shipment, quote.rates[0].id).charged == "on_use"


def test_what_was_bought_before_is_not_bought_again(fake: FakeEasyPost) -> None:
    seller, quote = bought(fake)
    before = asked(fake).count("buy")
    assert seller.buy(quote.shipment, quote.rates[0].id).body == PDF
    assert asked(fake).count("buy") == before
    assert fake.charges == [quote.shipment]


def test_what_somebody_else_bought_meanwhile_is_taken_as_it_is(fake: FakeEasyPost) -> None:
    seller, quote = bought(fake)
    shipment = fake.shipments[quote.shipment]
    fake.instead("retrieve", Answer(200, shipment | {"postage_label": None, "selected_rate": None, "tracking_code": None}))
    assert seller.buy(quote.shipment, quote.rates[0].id).tracking == shipment["tracking_code"]
    assert fake.charges == [quote.shipment]


@pytest.mark.parametrize("after", [False, True])
def test_a_silent_provider_is_asked_again_later_and_has_then_been_paid_once(fake: FakeEasyPost, after: bool) -> None:
    seller = port(fake, timeout=0.2)
    quote = seller.quote(WISH)
    fake.instead("buy", Answer(silent=True, after=after))
    with pytest.raises(Unavailable, match="EasyPost is not available: TimeoutError"):
        seller.buy(quote.shipment, quote.rates[0].id)
    assert seller.buy(quote.shipment, quote.rates[0].id).body == PDF
    assert fake.charges == [quote.shipment]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("what", ["create", "retrieve", "buy"])
def test_what_may_pass_is_tried_again_later(fake: FakeEasyPost, what: str, status: int) -> None:
    seller = port(fake)
    quote = seller.quote(WISH)
    fake.instead(what, Answer(status, {"error": {"code": "X", "message": "later", "errors": []}}))
    with pytest.raises(Unavailable, match=str(status)):
        seller.quote(WISH) if what == "create" else seller.buy(quote.shipment, quote.rates[0].id)


@pytest.mark.parametrize(
    ("status", "why"), [(400, "refused"), (402, "refused"), (422, "refused"), (401, "no_key"), (403, "no_key")]
)
def test_what_can_never_work_is_refused_with_the_providers_words(fake: FakeEasyPost, status: int, why: str) -> None:
    fake.instead(
        "create", Answer(status, {"error": {"code": "ADDRESS.BAD", "message": "House number\nis missing", "errors": []}})
    )
    with pytest.raises(LabelRefused) as refused:
        port(fake).quote(WISH)
    assert (refused.value.why, refused.value.detail) == (why, "ADDRESS.BAD: House number is missing")


def test_a_wrong_key_is_named_as_such(fake: FakeEasyPost) -> None:
    with pytest.raises(LabelRefused) as refused:
        port(fake, key="wrong").quote(WISH)
    assert refused.value.why == "no_key"


NONSENSE: list[Any] = [
    b"", b"<html>", b"{", b"null", b"[]", b"42", b'"words"', {}, {"id": 42}, {"id": None}, {"id": {"a": 1}}, {"id": "../users"},
    {"id": "shp_1", "rates": "none"}, {"error": "what"}, {"id": "unknown_1", "object": 7},
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE)
def test_nonsense_is_no_quote(fake: FakeEasyPost, body: Any) -> None:
    fake.instead("create", Answer(201, body))
    offered: list[Quote] = []
    with suppress(Unavailable):
        offered.append(port(fake).quote(WISH))
    assert [quote.rates for quote in offered] in ([], [()])


@pytest.mark.parametrize("body", NONSENSE)
@pytest.mark.parametrize("after", [False, True])
def test_nonsense_about_a_purchase_is_not_taken_for_an_answer_and_never_pays_twice(
    fake: FakeEasyPost, body: Any, after: bool
) -> None:
    seller = port(fake)
    quote = seller.quote(WISH)
    fake.instead("buy", Answer(200, body, after=after))
    with pytest.raises(Unavailable):
        seller.buy(quote.shipment, quote.rates[0].id)
    assert seller.buy(quote.shipment, quote.rates[0].id).body == PDF
    assert fake.charges == [quote.shipment]


@pytest.mark.parametrize(
    "rate",
    [
        {"id": "rate_1", "carrier": "USPS", "service": "Priority", "rate": 5.5, "currency": "USD"},
        {"id": "rate_1", "carrier": "USPS", "service": "Priority", "rate": "-5", "currency": "USD"},
        {"id": "rate_1", "carrier": "USPS", "service": "Priority", "rate": "1e9", "currency": "USD"},
        {"id": "rate_1", "carrier": "USPS", "service": "Priority", "rate": "5.5", "currency": "???"},
        {"id": "rate_1", "carrier": None, "service": "Priority", "rate": "5.5", "currency": "USD"},
        {"id": "rate_1/../x", "carrier": "USPS", "service": "Priority", "rate": "5.5", "currency": "USD"},
        None,
        "free",
    ],
)
def test_a_rate_that_nobody_can_read_is_not_offered(fake: FakeEasyPost, rate: Any) -> None:
    good = {"id": "rate_2", "carrier": "UPS", "service": "Ground", "rate": "9.10", "currency": "USD"}
    fake.instead("create", Answer(201, {"id": "shp_1", "object": "Shipment", "rates": [rate, good], "messages": None or []}))
    assert [each.id for each in port(fake).quote(WISH).rates] == ["rate_2"]


@pytest.mark.parametrize("label", [b"", b"<html>not found</html>", b"%PDF-" + b"x" * LARGEST_LABEL])
def test_a_label_that_is_no_label_is_not_handed_over_and_not_paid_again(fake: FakeEasyPost, label: bytes) -> None:
    seller = port(fake)
    quote = seller.quote(WISH)
    fake.label = label
    with pytest.raises(Unavailable, match="label"):
        seller.buy(quote.shipment, quote.rates[0].id)
    fake.label = PDF
    assert seller.buy(quote.shipment, quote.rates[0].id).body == PDF
    assert fake.charges == [quote.shipment]


@pytest.mark.parametrize(
    ("address", "why"), [("file:///etc/passwd", "InvalidSchema"), ("https://a..b/1.pdf", "LocationParseError")]
)
def test_a_label_is_fetched_over_a_line_that_nobody_else_reads(fake: FakeEasyPost, address: str, why: str) -> None:
    _, quote = bought(fake)
    shipment = fake.shipments[quote.shipment]
    shipment["postage_label"] |= {"label_url": address}
    with pytest.raises(Unavailable, match=f"label: {why}"):
        port(fake).buy(quote.shipment, quote.rates[0].id)


def test_a_label_can_be_taken_back_and_twice_does_no_harm(fake: FakeEasyPost) -> None:
    seller, quote = bought(fake)
    assert seller.void(quote.shipment) is None
    assert seller.void(quote.shipment) is None
    assert fake.refunds == [quote.shipment]


def test_what_was_never_bought_needs_no_refund(fake: FakeEasyPost) -> None:
    seller = port(fake)
    assert seller.void(seller.quote(WISH).shipment) is None
    assert "refund" not in asked(fake)


@pytest.mark.parametrize("status", ["rejected", "not_applicable"])
def test_a_refund_that_the_carrier_turns_down_is_told(fake: FakeEasyPost, status: str) -> None:
    fake.refund_status = status
    seller, quote = bought(fake)
    assert seller.void(quote.shipment) == f"refund {status}"


def test_a_refund_that_is_not_possible_any_more_is_told_in_the_providers_words(fake: FakeEasyPost) -> None:
    seller, quote = bought(fake)
    fake.instead("refund", Answer(422, {"error": {"code": "REFUND.OLD", "message": "Too late", "errors": []}}))
    assert seller.void(quote.shipment) == "REFUND.OLD: Too late"


def test_nobody_at_the_address_is_a_provider_to_be_asked_later() -> None:
    with pytest.raises(Unavailable):
        EasyPost(KEY, "http://127.0.0.1:1/v2", 1).quote(WISH)
