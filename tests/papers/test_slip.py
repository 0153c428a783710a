"""What a return slip says, in which order, on how many pages, whatever the names on it are."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.domain.instructions import Instructions
from chalicelib.domain.orders import Address
from chalicelib.domain.returns import Return
from chalicelib.papers.printable import GAP
from chalicelib.papers.sheet import Sheet, Type
from chalicelib.papers.slip import slip_pdf
from chalicelib.papers.words import has_slip
from chalicelib.rendering import environment
from chalicelib.shops import load_shops
from tests.letters import DRESS, NOON, SHIRT, asked
from tests.papers.slips import (
    HOME,
    american,
    boxes,
    by_mail,
    codes,
    named,
    opened,
    persian,
    pictures,
    prepaid,
    slip,
    texts,
    to_store,
)  # fmt: skip

EDGE = 10 / 25.4 * 72
"""Printers reach to within ten millimetres of the paper's edge, in points."""
LONG = "Vestido de lino con bordado a mano en el escote y botones de nácar, edición limitada " * 6


def test_a_slip_by_mail_says_all_that_the_shop_and_the_post_office_need() -> None:
    (text,) = texts(by_mail("en"))
    told = [
        "Azulu", "Return slip", "Your return number (RMA)", str(by_mail("en").rma), "Put this page into the parcel.",
        "Order", "AZ-1001", "Asked for on", "10 March 2026", "Send it by", "Monday 23 March, end of the day in Bogotá",
        "Return address", "Azulu Devoluciones", "Carrera 69P # 74B-21, bodega 4", "What you are sending back", "2 ×",
        "Linen dress “Alba”, M, sand", "DR-7-M", "The size does not fit", "What to do now", "Fold the garments as they came",
        "You pay the return shipping.", "Questions?", "Cut here", "Deliver to", "Azulu Devoluciones", "Sent by",
    ]  # fmt: skip
    place = 0
    for words in told:
        place = text.find(words, place)
        assert place >= 0, words


def test_a_slip_for_a_store_says_where_and_when_and_has_nothing_to_cut_off() -> None:
    (text,) = texts(to_store("es"))
    for words in ("Azulu Zona T", "Calle 82 # 12-38, local 3", "Lunes a sábado", "Llévelo a más tardar", "recibo de compra"):
        assert words in text
    assert "Corte aquí" not in text
    assert "paquete" not in text


def test_a_prepaid_slip_speaks_of_the_carriers_label_and_not_of_ours() -> None:
    (text,) = texts(prepaid("en"))
    assert "Wait for the label that we send you by e-mail" in text
    assert "It costs you nothing." in text
    assert "You pay" not in text
    assert "Cut here" not in text


def test_where_both_pay_the_slip_says_what_goes_into_a_parcel_of_its_own() -> None:
    both = asked("azulu", (DRESS, "size", "store_credit"), (SHIRT, "damaged", "store_credit"), language="en")
    text = " ".join(texts(both))
    assert "We pay for sending this: Camisa de algodón, L, azul. Put it into a parcel of its own." in text
    assert "You pay the return shipping." in text


def test_only_what_may_be_sent_is_on_it() -> None:
    made = asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "changed_mind", "refund"), language="en")
    assert [line.status for line in made.lines] == ["authorised", "under_review"]
    text = " ".join(texts(made))
    assert "Linen dress" in text
    assert "Camisa" not in text


def test_persian_stands_in_the_order_of_reading_with_its_own_digits_and_calendar() -> None:
    (text,) = texts(persian())
    place = 0
    for words in (
        "نورانا", "برگهٔ مرجوعی", "سفارش", "NU-3105", "تاریخ درخواست", "۱۹ اسفند ۱۴۰۴", "مهلت ارسال", "۱۴۰۴",
        "تعداد", "دلیل", "سایز آن مناسب نیست", "مراحل بعدی", "گیرنده", "فروشگاه نورانا", "فرستنده",
    ):  # fmt: skip
        place = text.find(words, place)
        assert place >= 0, words
    assert not set(text) & set("\ufffd\u2066\u2067\u2068\u2069")


def line(text: str, direction: str) -> str:
    """Return the characters of one written line from left to right, as they are seen."""
    sheet = Sheet("a4", "fa", "ltr", NOON, "")
    sheet.add_page()
    sheet.write(text, Type(12), 20, 20, direction=direction)  # type: ignore[arg-type]
    return "".join(char for _, char, _ in sorted(boxes(sheet.finished()), key=lambda found: found[2][0]))


@pytest.mark.parametrize(
    ("text", "direction", "seen"),
    [
        ("ab گب ۱۲ دذ cd", "ltr", "abذد۱۲بگcd"),
        ("ab گب ۱۲ دذ cd", "rtl", "cdذد۱۲بگab"),
        ("گ ۴۴ تا ۴۶ ذ XL", "rtl", "XLذ۴۶ات۴۴گ"),
        ("\u2068+98 21\u2069 گ", "rtl", "گ+9821"),
        ("گ \u20687K-2Q\u2069.", "rtl", ".7K-2Qگ"),
        ("ab گب\u200cدذ cd", "ltr", "abذدبگcd"),
        ("۱۲\u200c٪ گ", "rtl", "گ۱۲٪"),
    ],
)
def test_mixed_text_is_seen_as_unicode_orders_it(text: str, direction: str, seen: str) -> None:
    assert line(text, direction) == seen


def test_letters_join_and_a_half_space_keeps_them_apart() -> None:
    def width(text: str) -> float:
        sheet = Sheet("a4", "fa", "rtl", NOON, "")
        measured = sheet.measured(text, Type(12))
        sheet.finished()
        return measured

    assert width("بب") < 2 * width("ب") * 0.9
    assert width("می\u200cشود") > width("میشود")


@pytest.mark.parametrize("make", [by_mail, persian, to_store])
def test_the_same_return_gives_the_same_bytes(make: object) -> None:
    made: Return = make("fa")  # type: ignore[operator]
    assert slip_pdf(slip(made, HOME)) == slip_pdf(slip(made, HOME))


def test_the_bytes_depend_on_no_process_and_no_clock() -> None:
    program = (
        "import hashlib; from tests.papers.slips import *; print(hashlib.sha256(slip_pdf(slip(persian(), HOME))).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=root, env={"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.strip() == hashlib.sha256(slip_pdf(slip(persian(), HOME))).hexdigest()


@pytest.mark.parametrize(("country", "size"), [("US", (612, 792)), ("CO", (612, 792)), ("IR", (595, 842)), ("ES", (595, 842))])
def test_the_paper_is_that_of_the_customers_country(country: str, size: tuple[int, int]) -> None:
    with opened(slip_pdf(slip(by_mail("en").model_copy(update={"country": country})))) as document:
        assert tuple(map(round, document[0].get_size())) == size


def test_the_files_own_description_holds_nothing_that_a_customer_or_a_shop_wrote() -> None:
    with opened(slip_pdf(slip(named("Secret name"), HOME))) as document:
        assert document.get_metadata_dict(skip_empty=True) == {
            "Title": f"RMA {by_mail('es').rma}", "CreationDate": "D:20260310170000Z",
        }  # fmt: skip


def test_what_is_over_has_no_slip() -> None:
    made = by_mail("en")
    assert has_slip(made)
    assert not has_slip(made.model_copy(update={"rma": None}))
    gone = tuple(line.model_copy(update={"status": "cancelled"}) for line in made.lines)
    assert not has_slip(made.model_copy(update={"lines": gone}))


def test_eighty_lines_flow_over_pages_that_each_say_whose_they_are() -> None:
    made = named(*(f"Camisa {number}" for number in range(80)))
    pdf = slip_pdf(slip(made, HOME))
    pages = texts(made, sender=HOME)
    assert 3 <= len(pages) <= 6
    whole = " ".join(pages)
    places = [whole.find(f"SKU-{number:03}") for number in range(80)]
    assert -1 not in places
    assert places == sorted(places)
    for number, text in enumerate(pages, start=1):
        assert str(made.rma) in text
        assert f"Página {number} de {len(pages)}" in text
        assert "Motivo" in text or "Destinatario" in text
    inside(pdf)
    assert ("Code128", made.rma) in codes(pictures(pdf)[-1])


def test_the_foot_of_every_page_is_set_alike() -> None:
    pdf = slip_pdf(slip(named(*(f"Camisa {number}" for number in range(80))), HOME))
    feet = [round(top - bottom, 2) for _, char, (_, bottom, _, top) in boxes(pdf) if char == "P" and top < 45]
    assert len(feet) == len(pictures(pdf, 0.2))
    assert len(set(feet)) == 1


def test_a_return_of_two_lines_fits_on_one_page_of_each_size() -> None:
    for country in ("US", "DE"):
        assert len(texts(named("Vestido", "Camisa", country=country))) == 1


HOSTILE = [
    "\u202eevil\u202c \u2067x\u2066y \x00\x07\x1b[31m\r\n<b>&amp;</b> {{7*7}} %(rma)s {rma}",
    "💃🏽👩‍👩‍👧 🇮🇷 Dress",
    "東京タワー ограниченный ชุด Kleid",
    "W" * 500,
    LONG[:500],
    "مانتوی‌کتان" * 45,
    "\u0301" * 200 + "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "\ufdd0\uffff\ue000",
    "a\u2028b\u2029c" + "\u200b" * 100,
]  # fmt: skip


@pytest.mark.parametrize("language", ["es", "fa"])
def test_hostile_names_stay_inside_the_page_and_outside_the_words_of_others(language: str) -> None:
    made = named(*HOSTILE, language=language)
    inside(slip_pdf(slip(made)))
    whole = " ".join(texts(made))
    assert "%(rma)s {rma}" in whole or language == "fa"
    assert GAP in whole or "[" in whole
    assert "\ufffd" not in whole


def test_nothing_in_a_name_is_taken_for_the_number_of_pages() -> None:
    assert "Dress {nb} x" in texts(named("Dress {nb} x", language="en"))[0]


def test_what_could_not_be_printed_is_owned_up_to_and_only_then() -> None:
    assert "stands for letters that cannot be printed here" in texts(named("東京 dress", language="en"))[0]
    assert "cannot be printed" not in texts(named("Dress 💃", language="en"))[0]


@pytest.mark.parametrize("language", ["en", "fa"])
def test_long_addresses_stay_inside_the_label(language: str) -> None:
    shop = load_shops()["azulu"].merchant
    lines = tuple(f"{number}. {LONG[:90]}" for number in range(9))
    far = shop.model_copy(update={"return_address": shop.return_address.model_copy(update={"name": LONG[:80], "lines": lines})})
    sender = Address(name="N" * 100, company=LONG[:100], street=LONG[:200], city="C" * 100, postcode="1" * 20, country="IR")
    made = by_mail(language)
    pdf = slip_pdf(slip(made, sender, far))
    inside(pdf)
    assert ("Code128", made.rma) in codes(pictures(pdf)[-1])


def test_a_parcel_from_another_country_names_the_shops_country() -> None:
    (text,) = texts(american().model_copy(update={"country": "CA"}))
    assert "United States" in text
    assert "returned goods" in text
    assert "United States" not in texts(american())[0]


def test_the_senders_address_is_on_the_label_where_the_shop_knows_it() -> None:
    (text,) = texts(by_mail("es"), sender=HOME)
    for words in ("Ana María Gómez", "Carrera 7 # 45-12, apto 301", "Edificio El Nogal", "Bogotá D. C. 110231"):
        assert words in text


def inside(pdf: bytes) -> None:
    """Hold everything that is written to where printers print."""
    with opened(pdf) as document:
        sizes = [page.get_size() for page in document]
    for page, char, (left, bottom, right, top) in boxes(pdf):
        width, height = sizes[page]
        assert left >= EDGE, f"page {page}: {char!r} at {left}"
        assert right <= width - EDGE, f"page {page}: {char!r} at {right}"
        assert bottom >= EDGE * 0.9, f"page {page}: {char!r} at {bottom}"
        assert top <= height - EDGE, f"page {page}: {char!r} at {top}"


def test_where_a_shop_says_nothing_of_parcels_the_portal_does() -> None:
    for make, words in (
        (by_mail, "Pack everything well, with all that came with it, and put this page inside."),
        (by_mail, "Cut off the address label and stick it on the outside of the parcel."),
        (by_mail, "Choose a service with tracking."),
        (prepaid, "Hand the parcel in where the label says, and keep the receipt."),
        (to_store, "Hand it in at the counter, and show this page."),
    ):
        shop = load_shops()["azulu"].merchant
        silent = shop.model_copy(update={"instructions": Instructions()})
        assert words in texts(make("en"), merchant=silent)[0]


def test_the_number_stands_where_a_shops_words_ask_for_it_and_its_words_are_no_markup() -> None:
    page = environment().from_string("{{ texts|with_rma(rma) }}")
    wording = slip(by_mail("en")).wording
    said = page.render(wording=wording, texts={"en": "Say {rma} <b>loudly</b>, {rma}."}, rma="7K<3M")
    number = '<bdi dir="ltr">7K&lt;3M</bdi>'
    assert said == f"Say {number} &lt;b&gt;loudly&lt;/b&gt;, {number}."
    assert "say the number 11K0-PED7-TMZR-1WB7." in " ".join(texts(to_store("en")))
