"""Which files may be handed to a customer as a label."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from chalicelib.files import LARGEST_LABEL
from chalicelib.label_files import MOST_PAGES, BadLabel, judged_pages


def pdf(change: Callable[[PdfWriter], object] = lambda writer: None, pages: int = 1) -> bytes:
    """Return a PDF of blank pages, changed."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=288, height=432)
    change(writer)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def fault(body: bytes) -> str:
    with pytest.raises(BadLabel) as refused:
        judged_pages(body)
    return refused.value.fault


def test_a_pdf_of_some_pages_is_a_label() -> None:
    assert judged_pages(pdf()) == 1
    assert judged_pages(pdf(pages=2)) == 2
    assert judged_pages(pdf(lambda writer: writer.add_outline_item(title="Label", page_number=0))) == 1


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "label_empty"),
        (b"%PDF-" + bytes(LARGEST_LABEL), "label_large"),
        (b"<!doctype html><script>alert(1)</script>", "label_not_pdf"),
        (b"\xff\xd8\xff\xe0 a photo", "label_not_pdf"),
        (b"\n\n" + pdf(), "label_not_pdf"),
        (b"%PDF-1.7", "label_broken"),
        (b"%PDF-1.4\n<html><script>alert(1)</script>", "label_broken"),
        (pdf()[:-200], "label_broken"),
        (pdf(pages=0), "label_pages"),
        (pdf(pages=MOST_PAGES + 1), "label_pages"),
        (pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")), "label_locked"),
        (pdf(lambda writer: writer.encrypt("", "owner", algorithm="RC4-128")), "label_locked"),
        (pdf(lambda writer: writer.add_open_action(JavaScript("app.alert('hello')"))), "label_active"),
        (pdf(lambda writer: writer.add_attachment("prices.exe", b"MZ")), "label_active"),
    ],
)
def test_what_is_no_label_is_told_by_what_is_wrong_with_it(body: bytes, what: str) -> None:
    assert fault(body) == what


def acting(action: str) -> Callable[[PdfWriter], object]:
    def change(writer: PdfWriter) -> None:
        does = {NameObject("/S"): NameObject(action), NameObject("/F"): TextStringObject("calc.exe")}
        annotation = Link(rect=(0, 0, 10, 10), url="https://example.com")
        annotation[NameObject("/A")] = DictionaryObject(does)
        writer.add_annotation(0, annotation)

    return change


@pytest.mark.parametrize("action", ["/Launch", "/JavaScript", "/SubmitForm", "/ImportData"])
def test_a_file_that_does_something_at_a_click_is_no_label(action: str) -> None:
    assert fault(pdf(acting(action))) == "label_active"


def indirectly(writer: PdfWriter) -> None:
    kind = writer._add_object(NameObject("/Launch"))
    does = {NameObject("/S"): kind, NameObject("/F"): TextStringObject("calc.exe")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(does)


def carrying(writer: PdfWriter, where: str) -> None:
    carried = StreamObject()
    carried.set_data(b"MZ")
    content = DictionaryObject({NameObject("/F"): writer._add_object(carried)})
    file = DictionaryObject({NameObject("/F"): TextStringObject("x.exe"), NameObject("/EF"): content})
    if where == "/Annots":
        pinned = {NameObject("/Subtype"): NameObject("/FileAttachment"), NameObject("/FS"): file}
        writer.pages[0][NameObject("/Annots")] = ArrayObject([DictionaryObject(pinned)])
    else:
        writer.root_object[NameObject("/AF")] = ArrayObject([file])


@pytest.mark.parametrize(
    "change", [indirectly, partial(carrying, where="/AF"), partial(carrying, where="/Annots")], ids=["launch", "beside", "pinned"]
)
def test_what_is_hidden_behind_a_reference_or_pinned_to_a_page_is_found(change: Callable[[PdfWriter], None]) -> None:
    assert fault(pdf(change)) == "label_active"


def test_a_plain_link_may_stand_on_a_label() -> None:
    assert judged_pages(pdf(acting("/URI"))) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_whatever_is_damaged_is_a_label_or_a_fault_and_never_an_accident(noise: bytes, at: int) -> None:
    whole = pdf()
    body = whole[:at] + noise + whole[at + len(noise) :]
    try:
        assert judged_pages(body) >= 1
    except BadLabel as refused:
        assert refused.fault.startswith("label_")  # noqa: PT017
