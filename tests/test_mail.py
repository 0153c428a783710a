"""What every mail is made of: read back from its bytes, as a mail program does, for every shop, message and language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.merchant import Merchant
from chalicelib.domain.returns import decided
from chalicelib.domain.verdicts import Charge
from chalicelib.mail import laid_out
from chalicelib.message import HEADER_LENGTH, Envelope, MailRefused, build, header_text
from chalicelib.shops import load_shops
from tests import letters
from tests.letters import BLOUSE, DRESS, LAMP, MANTO, NOON, PORTAL_URL, SHIRT, asked, composed, letter

HEADERS = set("From To Reply-To Subject Date Message-ID Content-Language Auto-Submitted MIME-Version Content-Type".split())
FORBIDDEN = set("img link script iframe object embed video audio svg form input table base".split())
MESSAGES = {"access", "resume", "approved", "under_review", "decided", "cancelled"}
VOID = {"meta", "br"}
EVIL = "\r\nBcc: eve@example.com\r\n\r\nnew body\u202e\x00\u2028"


def read(message: EmailMessage) -> EmailMessage:
    """Return a message as it arrives."""
    arrived = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert isinstance(arrived, EmailMessage)
    return arrived


def part(message: EmailMessage, kind: str) -> str:
    """Return the text or the html of a message."""
    found = message.get_body((kind,))
    assert found is not None
    content: str = found.get_content()
    return content


def visible(text: str) -> str:
    """Return text without the marks that only steer its direction."""
    return re.sub("[\u2066-\u2069]", "", text)


@dataclass
class Reading(HTMLParser):
    """An HTML mail as a program sees it: its elements with their attributes, and its text."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    text: str = ""
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in {"p", "br", "li", "h2", "div"}:
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "title" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element with this name."""
        return [attributes for name, attributes in self.tags if name == tag]


def reading(message: EmailMessage) -> Reading:
    """Return the HTML of a message, read."""
    parser = Reading()
    parser.feed(part(message, "html"))
    assert parser.open == []
    return parser


@cache
def every_mail() -> tuple[tuple[str, str, EmailMessage], ...]:
    return tuple((name, language, read(message)) for name, language, message in letters.every_mail())


def messages() -> list[EmailMessage]:
    return [message for _, _, message in every_mail()]


def test_every_message_is_among_the_samples_in_every_language() -> None:
    found = {(name.rpartition("-")[2], language) for name, language, _ in every_mail()}
    assert found == {(message, language) for message in MESSAGES for language in ("en", "es", "fa")}


def test_headers_are_these_and_no_others_and_nothing_is_wrong_with_them() -> None:
    for name, language, message in every_mail():
        merchant = load_shops()[name.partition("-")[0]].merchant
        assert set(message.keys()) == HEADERS
        assert len(message.keys()) == len(HEADERS)
        assert message.defects == []
        assert str(message["From"]) == f"{merchant.name} <{merchant.sender}>"
        assert str(message["To"]) == letters.EMAIL
        assert message["Reply-To"].addresses[0].addr_spec.lower() == merchant.contact.email.lower()
        assert message["Content-Language"] == language
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["Date"].datetime == NOON
        assert message["Message-ID"].endswith(f"@{merchant.sender.partition('@')[2]}>")
        assert visible(message["Subject"]).startswith(merchant.name)


def test_bytes_are_seven_bit_in_lines_that_every_server_takes() -> None:
    for message in messages():
        raw = message.as_bytes()
        assert raw.isascii()
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_html_says_its_language_and_direction_on_the_root_and_on_a_wrapper() -> None:
    for _, language, message in every_mail():
        html = reading(message)
        expected = {"lang": language, "dir": "rtl" if language == "fa" else "ltr"}
        for tag in ("html", "body", "div"):
            assert {key: html.named(tag)[0][key] for key in ("lang", "dir")} == expected


def test_html_fetches_nothing_and_reports_nothing() -> None:
    for message in messages():
        html = reading(message)
        assert not {tag for tag, _ in html.tags} & FORBIDDEN
        assert not [name for _, attributes in html.tags for name in attributes if name in {"src", "background", "srcset", "ping"}]
        assert "url(" not in part(message, "html")
        assert "@import" not in part(message, "html")


def test_html_bears_dark_mode() -> None:
    for message in messages():
        html = reading(message)
        assert {"name": "color-scheme", "content": "light dark"} in html.named("meta")
        for tag, attributes in html.tags:
            style = attributes.get("style") or ""
            coloured = re.findall(r"(?:^|[; ])(color|background-color): (?!inherit)", style)
            assert coloured in ([], ["background-color", "color"]), f"<{tag}> sets one colour without the other"


def test_there_is_one_button_and_every_link_leads_to_the_portal() -> None:
    for message in messages():
        html = reading(message)
        buttons = [link for link in html.named("a") if "background-color" in (link["style"] or "")]
        assert len(buttons) == 1
        assert (buttons[0]["href"] or "").startswith(f"{PORTAL_URL}/")
        assert "/link/" in (buttons[0]["href"] or "")
        assert buttons[0]["href"] in html.text
        assert all((link["href"] or "").startswith(f"{PORTAL_URL}/") for link in html.named("a"))
        addresses = re.findall(r"https?://[^\s\u2069]+", part(message, "plain"))
        assert addresses
        assert all(address.startswith(f"{PORTAL_URL}/") for address in addresses)


def test_text_holds_every_address_number_and_deadline_of_the_html() -> None:
    for message in messages():
        text, html = visible(part(message, "plain")), reading(message)
        assert all(link["href"] in text for link in html.named("a"))
        flat = " ".join(text.split())
        for line in html.text.splitlines():
            said = " ".join(visible(line).split())
            for word in re.findall(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}|[0-9۰-۹][0-9۰-۹.,٬٫:]*", said):
                assert word in flat


def test_text_is_laid_out_for_reading() -> None:
    for message in messages():
        text = part(message, "plain")
        assert "\n\n\n" not in text
        assert not re.search(r"<(?!b>|/b>)[a-z/]|&[a-z]+;|\{[{%]", text)
        for line in text.splitlines():
            assert len(visible(line)) <= 72 or "https://" in line
            assert line == line.rstrip()
            assert line.count("\u2068") == line.count("\u2069"), "an isolate ends in the line that it begins in"


def test_text_and_html_say_the_same_words() -> None:
    for message in messages():
        """Word for word but for what only one of them can show: the button's label, and marks of lists."""
        text = visible(part(message, "plain"))
        flat = " ".join(re.sub(r"^[ ]*(?:[-*>]|[0-9۰-۹]\.|-+)(?= |$)", "", text, flags=re.MULTILINE).split())
        for line in reading(message).text.splitlines():
            said = " ".join(line.split())
            if said and not said.startswith("https://") and len(said) > 40:
                assert said in flat


def test_a_repeated_mail_bears_the_same_identity_and_another_mail_another() -> None:
    both = asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "changed_mind", "refund"), language="es")
    identities = [composed(letter(both, mail.id))["Message-ID"] for mail in (*both.outbox, *both.outbox)]
    assert identities[:2] == identities[2:]
    assert len(set(identities)) == 2
    assert both.order_number not in identities[0]


def test_subjects_name_the_shop_and_then_the_fact() -> None:
    made = asked("alustoora", (LAMP, "other", "exchange"), language="en")
    assert composed(letter(made))["Subject"] == f"Alustoora: your return RMA {made.rma} is approved"


def text_of(made: object, mail_id: str | None = None) -> str:
    """Return the text of a return's mail on one line."""
    return " ".join(visible(part(read(composed(letter(made, mail_id))), "plain")).split())  # type: ignore[arg-type]


def test_an_approved_return_by_mail_says_everything_that_the_post_office_takes() -> None:
    made = asked("azulu", (DRESS, "size", "store_credit"), language="en")
    text = text_of(made)
    for words in (
        str(made.rma), "2 × Linen dress “Alba”, M, sand", "Store credit of COP 358,200",
        "(COP 199,000 × 2, less COP 39,800 restocking fee)",
        "Valid for 30 days", "Carrera 69P # 74B-21, bodega 4", "Send the parcel by Monday 23 March, end of the day in Bogotá.",
        "You pay the return shipping.", "service with tracking", "5 to 7 business days", "Add your receipt",
    ):  # fmt: skip
        assert words in text


def test_an_approved_return_to_a_store_says_where_and_when_it_is_open() -> None:
    text = text_of(asked("azulu", (DRESS, "size", "store_credit"), language="en", method="store", store="bogota-zona-t"))
    for words in ("Calle 82 # 12-38", "Monday to Saturday 10:00–20:00", "Bring everything by", "costs you nothing", "398,000"):
        assert words in text
    assert "parcel" not in text.replace("the parcel", "")


def test_who_pays_for_the_parcel_is_said_and_where_it_differs_by_line() -> None:
    fault, choice = (SHIRT, "damaged", "store_credit"), (DRESS, "size", "store_credit")
    ours = text_of(asked("azulu", fault, language="en"))
    assert "We pay the return shipping." in ours
    assert "You pay" not in ours
    both = text_of(asked("azulu", fault, choice, language="en"))  # type: ignore[arg-type]
    assert "We pay the return shipping for these items." in both
    assert "You pay the return shipping for the other items." in both


def test_what_waits_for_a_person_is_said_with_its_day_and_that_nothing_may_be_sent_yet() -> None:
    text = text_of(asked("nurana", (MANTO, "size", "exchange"), language="en"))
    assert "You will have our answer by" in text
    assert "Please do not send these items yet." in text
    assert "RMA" in text
    assert "نورانا" not in text, "no address before it may be used"


def test_an_approval_of_part_says_part_and_what_still_waits() -> None:
    text = text_of(asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "changed_mind", "refund"), language="en"), "approved-1")
    assert "part of your return" in text
    assert "Please keep these items for now, and do not send them yet: - 1 × Camisa de algodón" in text


def test_a_rejection_gives_the_words_of_the_person_and_the_clauses_with_their_addresses() -> None:
    waits = asked("nurana", (BLOUSE, "size", "exchange"), language="en")
    made = decided(waits, ("2",), approve=False, by="Neda", note="It was washed.\nWe are sorry.", at=NOON + timedelta(hours=5))
    text = text_of(made)
    assert "> It was washed. > We are sorry." in text
    assert f"{PORTAL_URL}/nurana/policy#N1" in text
    assert f"{PORTAL_URL}/nurana/policy#N8" not in text, "who pays for the parcel has decided nothing"
    assert "Neda" not in text
    assert "RMA number" not in text


def test_a_charge_for_the_whole_return_is_told_once() -> None:
    charge = Charge("return_label", Decimal("6.95"), "A9", ("exchange",))
    text = text_of(asked("alustoora", (LAMP, "other", "exchange"), language="en", charges=(charge,)))
    assert text.count("Taken off once for the whole return: $6.95 for the return label.") == 1


def test_persian_text_isolates_what_runs_from_left_to_right() -> None:
    made = asked("azulu", (DRESS, "size", "store_credit"), language="fa")
    message = read(composed(letter(made)))
    assert f"\u2068{made.rma}\u2069" in part(message, "plain")
    assert f"\u2068{made.rma}\u2069" in message["Subject"]
    assert "\u2068" not in reading(message).text


def test_a_language_that_the_shop_does_not_speak_becomes_its_own() -> None:
    made = asked("azulu", (DRESS, "size", "store_credit"), language="xx")
    assert composed(letter(made))["Content-Language"] == "es"


def test_what_people_wrote_stays_text() -> None:
    note = f"<script>alert(1)</script> {{{{ 7*7 }}}} =1+1 https://evil.example {EVIL}"
    waits = asked("nurana", (MANTO, "size", "exchange"), language="fa")
    wished = waits.model_copy(update={"lines": (waits.lines[0].model_copy(update={"wish_words": note}),)})
    made = decided(wished, ("1",), approve=True, by=note, note=note, at=NOON + timedelta(hours=1))
    message = read(composed(letter(made)))
    html = reading(message)
    assert set(message.keys()) == HEADERS
    assert "script" not in {tag for tag, _ in html.tags}
    assert not [link for link in html.named("a") if "evil" in (link["href"] or "")]
    assert "49" not in part(message, "plain").replace("۴۹", "49").split("{{")[0]
    assert "\u202e" not in part(message, "plain")


# Headers that nothing can bend.

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


def test_paragraphs_are_wrapped_lists_hung_and_addresses_left_whole() -> None:
    link = "https://returns.example.com/" + "x" * 90
    text = laid_out(f"\n\n- {'word ' * 20}\n\n\n\n{link}\n\n2. {'word ' * 20}\n\n> {'word ' * 20}\n")
    lines = text.splitlines()
    assert lines[1].startswith("  word")
    assert link in lines
    assert any(line.startswith("   word") for line in lines)
    assert all(after.startswith("> ") for before, after in pairwise(lines) if before.startswith("> "))
    assert text.endswith("word\n")
