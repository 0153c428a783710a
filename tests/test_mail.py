"""What every mail says and is made of, for every shop, message and language."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage
from functools import cache
from itertools import pairwise

from chalicelib.domain.lifecycle import decided, redirected
from chalicelib.domain.returns import Return
from chalicelib.domain.verdicts import Charge
from chalicelib.mail import laid_out
from chalicelib.shops import load_shops
from tests import letters
from tests.letters import BLOUSE, DRESS, LAMP, MANTO, NOON, PORTAL_URL, SHIRT, Choice, asked, composed, letter
from tests.mails import EVIL, HEADERS, part, read, reading, visible
from tests.sequels import sequels

FORBIDDEN = set("img link script iframe object embed video audio svg form input table base".split())
MESSAGES = {
    "access", "resume", "approved", "under_review", "decided", "cancelled", "label", "received", "inspected", "settled",
    "reminder", "expired",
}  # fmt: skip


@cache
def every_mail() -> tuple[tuple[str, str, EmailMessage], ...]:
    return tuple((name, language, read(message)) for name, language, message in letters.every_mail(letters.returns, sequels))


def messages() -> list[EmailMessage]:
    return [message for _, _, message in every_mail()]


def test_every_message_is_among_the_samples_in_every_language() -> None:
    found = {(name.rpartition("-")[2], language) for name, language, _ in every_mail()}
    assert found == {(message, language) for message in MESSAGES for language in ("en", "es", "fa")}


def test_headers_are_these_and_no_others_and_nothing_is_wrong_with_them() -> None:
    for name, language, message in every_mail():
        merchant = load_shops()[name.partition("-")[0]].merchant.called_in(language)
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


def text_of(made: Return, mail_id: str | None = None) -> str:
    """Return the text of a return's mail on one line."""
    return " ".join(visible(part(read(composed(letter(made, mail_id))), "plain")).split())


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
    fault: Choice = (SHIRT, "damaged", "store_credit")
    choice: Choice = (DRESS, "size", "store_credit")
    ours = text_of(asked("azulu", fault, language="en"))
    assert "We pay the return shipping." in ours
    assert "You pay" not in ours
    both = text_of(asked("azulu", fault, choice, language="en"))
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
    assert f"{PORTAL_URL}/nurana/policy?version=2024-01-01#N1" in text
    assert f"{PORTAL_URL}/nurana/policy?version=2024-01-01#N8" not in text, "who pays for the parcel has decided nothing"
    assert "Neda" not in text
    assert "RMA number" not in text


def test_a_changed_outcome_is_told_without_saying_that_anything_was_decided() -> None:
    approved = asked("azulu", (DRESS, "size", "exchange"), language="en")
    made = redirected(approved, "1", "store_credit", by="Neda", note="", at=NOON + timedelta(hours=5))
    text = text_of(made)
    assert "We have changed what you get for your return" in text
    assert "Store credit of" in text
    assert "Good news" not in text
    assert "Neda" not in text


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


def test_paragraphs_are_wrapped_lists_hung_and_addresses_left_whole() -> None:
    link = "https://returns.example.com/" + "x" * 90
    text = laid_out(f"\n\n- {'word ' * 20}\n\n\n\n{link}\n\n2. {'word ' * 20}\n\n> {'word ' * 20}\n")
    lines = text.splitlines()
    assert lines[1].startswith("  word")
    assert link in lines
    assert any(line.startswith("   word") for line in lines)
    assert all(after.startswith("> ") for before, after in pairwise(lines) if before.startswith("> "))
    assert text.endswith("word\n")
