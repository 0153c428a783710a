"""Posted fields become typed forms: whatever stands in them, with what can be kept and the name of every mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.drafts import Draft, DraftLine
from chalicelib.web.draft_forms import DetailsForm, ItemsForm, LineQuestions, OutcomesForm
from chalicelib.web.forms import FindForm, GiftForm, TrackingForm, one_line, several_lines

ASKED = {"1": LineQuestions(0, ("size", "damaged"), ("unused",), ("DR-S",), exchange=True)}
DRAFT = Draft(id="d", lines=(DraftLine(id="1", quantity=1),))
OFFERED = {"mail": {"1": ("exchange",)}, "store": {"1": ("exchange", "refund")}}
words = st.text(max_size=600) | st.sampled_from(
    ["1", "yes", "no", "size", "damaged", "words", "DR-S", "mail", "store:a", "exchange", "refund"]
)


def codes(form: FindForm | ItemsForm | DetailsForm | OutcomesForm | TrackingForm) -> list[str]:
    return [mistake.code for mistake in form.mistakes]


@given(st.dictionaries(st.sampled_from(["number", "email", "tracking", "carrier", "code"]), words))
def test_any_text_can_be_typed_into_the_small_forms(fields: dict[str, str]) -> None:
    FindForm.read(fields)
    TrackingForm.read(fields)
    GiftForm.read(fields)


@given(st.dictionaries(st.sampled_from(["take-1", "quantity-1", "proof", "country"]), words))
def test_whatever_is_chosen_of_the_items_there_is_a_mistake_or_a_quantity_that_is_left(fields: dict[str, str]) -> None:
    form = ItemsForm.read(fields, {"1": 3}, {"CO": "Colombia"}, DRAFT)
    assert form.mistakes or form.quantities["1"] in (1, 2, 3)
    assert form.country in (None, "CO")


@given(st.dictionaries(st.sampled_from(["reason-1", "answer-1-unused", "wish-1", "words-1", "remark-1"]), words))
def test_whatever_is_said_of_a_line_its_draft_can_keep_it(fields: dict[str, str]) -> None:
    form = DetailsForm.read(fields, ASKED)
    (line,) = form.described(DRAFT)
    assert DraftLine.model_validate(line.model_dump()) == line
    assert form.mistakes or line.reason


@given(st.dictionaries(st.sampled_from(["how", "outcome-1"]), words))
def test_only_what_is_offered_by_the_chosen_way_passes(fields: dict[str, str]) -> None:
    form = OutcomesForm.read(fields, ["mail", "store:a"], OFFERED)  # type: ignore[arg-type]
    assert form.mistakes or form.outcomes["1"] in OFFERED[form.method]["1"]


@given(st.text(max_size=300))
def test_a_line_of_text_holds_no_breaks_and_no_controls(typed: str) -> None:
    line = one_line(typed)
    assert not any(char < " " or char in "\x7f\u2028\u202e\u2066" for char in line)
    assert one_line(line) == line
    assert "\r" not in several_lines(typed)


@pytest.mark.parametrize("number", ["#AZ-1001", " az 1001 ", "۱۰۰۱", "AZ\u200c-\u20661001\u2069", "ＡＺ１００１"])
def test_an_order_number_may_be_typed_in_any_way(number: str) -> None:
    assert codes(FindForm.read({"number": number, "email": "ana@example.com"})) == []


@pytest.mark.parametrize(
    ("email", "code"),
    [
        ("", "email_missing"),
        ("   ", "email_missing"),
        ("ana", "email_wrong"),
        ("a@b", "email_wrong"),
        ("a b@c.de", "email_wrong"),
        ("a@b.c\r\nBcc: x@y.z", "email_wrong"),
        ("a" * 250 + "@b.co", "email_wrong"),
        ("<a@b.co>", "email_wrong"),
    ],
)
def test_an_address_that_no_order_can_have_is_a_mistake(email: str, code: str) -> None:
    assert codes(FindForm.read({"number": "1", "email": email})) == [code]


@pytest.mark.parametrize("email", ["Ana@Example.com", "añá@correo.es", " ana@example.com ", "کاربر@نمونه.ایران"])
def test_an_address_may_have_letters_of_any_script(email: str) -> None:
    assert codes(FindForm.read({"number": "1", "email": email})) == []


@pytest.mark.parametrize("typed", ["٣", "۳", "3", " 3 ", "３"])
def test_a_quantity_may_be_typed_in_any_digits(typed: str) -> None:
    form = ItemsForm.read({"take-1": "yes", "quantity-1": typed}, {"1": 3}, {}, DRAFT)
    assert (codes(form), form.quantities) == ([], {"1": 3})


def test_a_line_that_is_not_the_orders_is_passed_over() -> None:
    form = ItemsForm.read({"take-9": "yes", "quantity-9": "1"}, {"1": 3}, {}, DRAFT)
    assert codes(form) == ["items_missing"]


def test_too_long_a_remark_is_a_mistake_and_as_much_as_fits_is_kept() -> None:
    form = DetailsForm.read({"reason-1": "damaged", "remark-1": "é" * 501}, ASKED)
    assert codes(form) == ["remark_long"]
    assert form.lines["1"].remark == "é" * 501, "what was typed is shown again"
    assert form.described(DRAFT)[0].remark == "é" * 500
