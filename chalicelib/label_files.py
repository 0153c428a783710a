"""Judges a PDF that somebody brings as a label: one that prints, and does nothing else when it is opened."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Literal

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from chalicelib.files import LARGEST_LABEL

MOST_PAGES = 20
_MOST_PARTS = 50_000

LabelFault = Literal["label_empty", "label_large", "label_not_pdf", "label_broken", "label_locked", "label_active", "label_pages"]
"""What is wrong with a file: no bytes, too many, no PDF, one that is damaged, one with a password, one that runs something or
brings other files, one without pages or with more than anybody prints."""

# What can run, call or carry something, by the names of the PDF standard (ISO 32000-2, 12.6.4, 7.11.4, 12.7.8, 13.7).
_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition", "/RichMediaExecute"}
)
_BAGGAGE = frozenset(
    {
        "/JS", "/JavaScript", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/XFA", "/RichMedia", "/RichMediaContent", "/3DD",
        "/OnInstantiate",
    }
)  # fmt: skip


class BadLabel(Exception):
    """A file is no label that may be handed to a customer; `fault` says why."""

    def __init__(self, fault: LabelFault) -> None:
        super().__init__(fault)
        self.fault = fault


def judged_pages(body: bytes) -> int:
    """Return how many pages a label has; BadLabel if it is none."""
    if not body:
        raise BadLabel("label_empty")
    if len(body) > LARGEST_LABEL:
        raise BadLabel("label_large")
    if not body.startswith(b"%PDF-"):
        raise BadLabel("label_not_pdf")
    try:
        pages, active = _read(PdfReader(io.BytesIO(body)))
    except DependencyError:
        raise BadLabel("label_locked") from None
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OverflowError, OSError):
        # A damaged file makes the library stumble in as many ways as it can be damaged.
        raise BadLabel("label_broken") from None
    if active:
        raise BadLabel("label_active")
    if not 1 <= pages <= MOST_PAGES:
        raise BadLabel("label_pages")
    return pages


def _read(reader: PdfReader) -> tuple[int, bool]:
    """Return how many pages there are, and whether anything in the document is more than a picture of a page."""
    if reader.is_encrypted:
        raise BadLabel("label_locked")
    return len(reader.pages), any(_does_something(part) for part in _parts(reader))


def _does_something(part: DictionaryObject) -> bool:
    kind = part.get("/S")
    # What a name is may stand in an object of its own, which whoever opens the file looks up.
    return bool(_BAGGAGE & part.keys()) or (kind.get_object() if isinstance(kind, IndirectObject) else kind) in _ACTIONS


def _parts(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Yield every dictionary that the document's root leads to, each once."""
    seen: set[tuple[int, int]] = set()
    found: list[Any] = [reader.trailer]
    count = 0
    while found:
        part = found.pop()
        if isinstance(part, IndirectObject):
            if (part.idnum, part.generation) in seen:
                continue
            seen.add((part.idnum, part.generation))
            part = part.get_object()
        count += 1
        if count > _MOST_PARTS:
            raise BadLabel("label_broken")
        if isinstance(part, DictionaryObject):
            yield part
            found += [part.raw_get(name) for name in part]
        elif isinstance(part, ArrayObject):
            found += list(part)
