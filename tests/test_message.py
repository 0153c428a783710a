"""Headers that nothing can bend: whatever stands in a shop's file, an order or a form, the mail that was meant arrives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.merchant import Merchant
from chalicelib.message import HEADER_LENGTH, Envelope, MailRefused, build, header_text
from chalicelib.shops import load_shops
from tests.letters import NOON
from tests.mails import EVIL, HEADERS, part, read

shop = load_shops()["azulu"].merchant
anything = st.text(max_size=300)
hostile = anything | st.builds(lambda one, two: one + EVIL + two, anything, anything) | st.sampled_from([EVIL, "=?utf-8?q?x?="])


def envelope(merchant: Merchant = shop, to: str = "ana@example.com", language: str = "es") -> Envelope:
    return Envelope(merchant, to, language, "identity", NOON)


@given(subject=hostile, name=hostile, language=hostile)
@settings(max_examples=300, deadline=None)
def test_no_text_can_add_change_or_break_a_header(subject: str, name: str, language: str) -> None:
    merchant = shop.model_copy(update={"name": name})
    message = read(build(envelope(merchant, language=language), subject, "text", "<p>html</p>"))
    assert sorted(message.keys()) == sorted(HEADERS)
    assert message["To"].addresses[0].addr_spec == "ana@example.com"
    assert [address.addr_spec for address in message["From"].addresses] == [shop.sender]
    assert [address.addr_spec for address in message["Reply-To"].addresses] == [shop.contact.email]
    assert part(message, "plain") == "text\r\n"
    for value in (message["Subject"], message["From"].addresses[0].display_name, message["Content-Language"]):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", value)


def test_a_long_subject_begins_on_the_line_of_its_name() -> None:
    raw = build(
        envelope(shop), "Azulu: please send your return RMA 11K0-PED7-TMZR-1WB7 by Monday 23 March", "text", "<p>"
    ).as_bytes()
    (line,) = [line for line in raw.split(b"\r\n") if line.startswith(b"Subject:")]
    assert line.startswith(b"Subject: Azulu: please send")


@given(hostile)
@settings(max_examples=300, deadline=None)
def test_a_subject_arrives_as_it_was_cleaned(subject: str) -> None:
    cleaned = header_text(subject)
    assert len(cleaned) <= HEADER_LENGTH
    assert header_text(cleaned) == cleaned
    assert read(build(envelope(), subject, "text", "<p>html</p>"))["Subject"] == cleaned


@given(st.one_of(hostile, st.emails(), st.builds(lambda local: f"{local}@example.com", anything)))
@settings(max_examples=300, deadline=None)
def test_an_address_is_the_one_recipient_or_is_refused(to: str) -> None:
    try:
        message = read(build(envelope(to=to), "subject", "text", "<p>html</p>"))
    except MailRefused:
        return
    [recipient] = message["To"].addresses
    assert (recipient.username, recipient.domain) == (to.rpartition("@")[0], to.rpartition("@")[2].lower())
    assert sorted(message.keys()) == sorted(HEADERS)


NO_ADDRESSES = [
    "", "ana", "ana@", "ana@localhost", "ana@example.com, eve@example.com", "ana@example.com\r\nBcc: e@x.example",
    "Ana <ana@example.com>", "ana@[127.0.0.1]", "añа@example.com", "ana@exa mple.com", "ana@-a.example", f"a@{'b' * 64}.example",
    '"eve@example.com,"@example.com', "ana@example.com\u202e", "ana@\ud800.example",
]  # fmt: skip


@pytest.mark.parametrize("to", NO_ADDRESSES)
def test_no_mail_goes_to_what_is_no_address(to: str) -> None:
    with pytest.raises(MailRefused):
        build(envelope(to=to), "subject", "text", "<p>html</p>")


def test_a_domain_outside_ascii_is_written_as_dns_knows_it() -> None:
    assert str(build(envelope(to="ana@bücher.example"), "subject", "text", "<p>html</p>")["To"]) == "ana@xn--bcher-kva.example"
    assert str(build(envelope(to="ana@faß.example"), "subject", "text", "<p>html</p>")["To"]) == "ana@xn--fa-hia.example"


def test_isolates_stay_in_a_header_only_where_each_is_closed() -> None:
    assert header_text("کد \u2068AB-1\u2069 است") == "کد \u2068AB-1\u2069 است"
    assert header_text("کد \u2068AB-1 است") == "کد AB-1 است"
    assert header_text("a\u2069b\u2068") == "ab"
    assert header_text("می\u200cشود") == "می\u200cشود"
