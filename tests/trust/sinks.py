"""Whether something broke out of its place, as parsers of HTML, mails, tables, logs, headers and PDFs judge that read it."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import Any
from urllib.parse import urljoin, urlsplit

from openpyxl import load_workbook
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from selectolax.lexbor import LexborHTMLParser

Skeleton = tuple[tuple[str, tuple[str, ...]], ...]
"""The elements of a page in their order, each with the names of its attributes."""

LEADING = frozenset({"href", "action", "src", "formaction"})
_ISOLATES, _EMBEDS = "\u2066\u2067\u2068", "\u202a\u202b\u202d\u202e"
_FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
_ACTIVE = frozenset(
    {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI", "/EmbeddedFile", "/GoToR", "/SubmitForm", "/XFA"}
)
_EXPRESSION = re.compile(r"(Expression|Statement|TableName|IndexName|ExpressionAttributeNames)$")


@dataclass(frozen=True)
class Markup:
    """A page as a browser's own parser reads it (lexbor, which is written after the HTML standard)."""

    skeleton: Skeleton
    attributes: tuple[tuple[str, str, str], ...]

    @classmethod
    def of(cls, html: str) -> Markup:
        """Read a page."""
        nodes = [node for node in LexborHTMLParser(html).css("*") if node.tag]
        skeleton = tuple((node.tag or "", tuple(sorted(node.attributes))) for node in nodes)
        held = ((node.tag or "", name, value or "") for node in nodes for name, value in node.attributes.items())
        return cls(skeleton, tuple(held))

    def faults(self, known: Collection[tuple[str, str]], home: str) -> list[str]:
        """Return what stands here that no page of ours has: an element, an attribute, or an address that leads elsewhere.

        `known` holds every pair of an element and an attribute of ours, and ("tag", "") for every element.
        """
        found = [f"<{tag}>" for tag, _ in self.skeleton if (tag, "") not in known]
        for tag, name, value in self.attributes:
            if (tag, name) not in known:
                found.append(f"<{tag} {name}>")
            elif name in LEADING and (tag, f"{name}={value}") not in known and not leads_home(value, home):
                found.append(f"<{tag} {name}={value!r}>")
        return found

    @property
    def names(self) -> set[tuple[str, str]]:
        """Every element, every pair of an element and an attribute, and what a link to an icon of the shop's holds."""
        icons = {(tag, f"{name}={value}") for tag, name, value in self.attributes if tag == "link"}
        return {(tag, "") for tag, _ in self.skeleton} | {(tag, name) for tag, name, _ in self.attributes} | icons


def leads_home(address: str, home: str) -> bool:
    """Say whether a browser that is at `home` stays there by this address: what it strips is stripped, as it resolves it."""
    plain = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
    if plain.startswith(("mailto:", "tel:", "data:image/png;base64,")):
        return True
    try:
        resolved = urlsplit(urljoin(home, plain.replace("\\", "/") if not plain.startswith("?") else plain))
    except ValueError:
        return False
    known = urlsplit(home)
    amazon = (resolved.hostname or "").endswith(".amazonaws.com") and resolved.scheme == "https"
    return amazon or (resolved.scheme, resolved.netloc) == (known.scheme, known.netloc)


def mail_faults(raw: bytes, like: EmailMessage, home: str, known: Collection[tuple[str, str]]) -> tuple[list[str], str, str]:
    """Return what a mail has that its harmless twin has not, with its text and its HTML."""
    read = message_from_bytes(raw, policy=policy.SMTP)
    assert isinstance(read, EmailMessage)
    found = [] if read.keys() == like.keys() else [f"headers {read.keys()}"]
    for name in ("From", "To", "Reply-To"):
        ours, theirs = ([each.addr_spec for each in mail[name].addresses] for mail in (read, like))
        found += [f"{name}: {read[name]}"] if ours != theirs else []
    if "\n" in str(read["Subject"]) or unicodedata.normalize("NFC", str(read["Subject"])) == "":
        found.append(f"Subject: {read['Subject']!r}")
    if [part.get_content_type() for part in read.walk()] != [part.get_content_type() for part in like.walk()] or read.defects:
        found.append("parts")
        return found, "", ""
    text, html = (read.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    found += text_faults(text)
    markup = Markup.of(html)
    twin = Markup.of(like.get_body(("html",)).get_content())  # type: ignore[union-attr]
    found += markup.faults(known, home)
    if markup.skeleton != twin.skeleton:
        found.append("HTML of another structure")
    return found, text, html


def text_faults(text: str) -> list[str]:
    """Return what a terminal or a mail program would obey in a plain text: controls, and directions that leak out of a line."""
    found = []
    for line in text.split("\n"):
        odd = {char for char in line.rstrip("\r") if unicodedata.category(char) == "Cc" and char != "\t"}
        found += [f"control {char!r}" for char in odd]
        depth = 0
        for char in line:
            depth += (char in _ISOLATES) - (char == "\u2069")
            if depth < 0 or char in _EMBEDS:
                found.append(f"direction {char!r}")
                break
        if depth > 0:
            found.append("a direction that is not ended")
    return found


def csv_faults(raw: bytes, rows: int, columns: int, delimiter: str = ",") -> tuple[list[str], list[str]]:
    """Return what a spreadsheet would run or tear apart, and the cells."""
    read = list(csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=delimiter))
    found = [] if len(read) == rows and {len(row) for row in read} == {columns} else ["rows or columns of another number"]
    cells = [cell for row in read[1:] for cell in row]
    for cell in cells:
        first = cell.lstrip(' \t"\u200b\ufeff')[:1]
        if first in _FORMULA and first and not re.fullmatch(r"-?[\d.]+", cell):
            found.append(f"cell {cell[:60]!r}")
        if "\n" in cell or "\r" in cell:
            found.append(f"a cell of lines {cell[:60]!r}")
    return found, cells


def xlsx_faults(raw: bytes, rows: int, columns: int) -> tuple[list[str], list[str]]:
    """Return formulas and links of a workbook, and its texts."""
    sheet = load_workbook(io.BytesIO(raw)).worksheets[0]
    found = [] if (sheet.max_row, sheet.max_column) == (rows, columns) else [f"{sheet.max_row} × {sheet.max_column}"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    found += [f"{cell.data_type} {cell.value!r}" for cell in cells if cell.data_type == "f" or cell.hyperlink]
    return found, [str(cell.value) for cell in cells if cell.value is not None]


def log_faults(lines: Iterable[str], mark: str) -> list[str]:
    """Return the lines of a log that are not one object of JSON, or that hold what somebody wrote."""
    found = []
    for line in lines:
        try:
            whole = isinstance(json.loads(line), dict) and len(line.splitlines()) == 1
        except ValueError:
            whole = False
        if not whole or mark in line:
            found.append(f"log {line[:200]!r}")
    return found


def expression_faults(asked: Mapping[str, Any], mark: str) -> list[str]:
    """Return the parts of a call to DynamoDB that are read as language, and hold what somebody wrote."""
    found = []
    for name, value in asked.items():
        if _EXPRESSION.search(name) and mark in json.dumps(value, default=str, ensure_ascii=False):
            found.append(f"{name} {value!r}")
        elif isinstance(value, Mapping) and name not in ("Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"):
            found += expression_faults(value, mark)
        elif isinstance(value, list):
            found += [fault for each in value if isinstance(each, Mapping) for fault in expression_faults(each, mark)]
    return found


def key_faults(key: str, depth: int) -> list[str]:
    """Return what is wrong with the name of a file in a bucket that has so many parts."""
    parts = key.split("/")
    odd = [part for part in parts if part in (".", "..") or not re.fullmatch(r"[A-Za-z0-9%._~=-]*", part)]
    return [f"key {key!r}"] if odd or len(parts) != depth else []


def disposition_faults(header: str) -> list[str]:
    """Return what is wrong with a Content-Disposition, as a parser of headers reads it."""
    message = Message()
    message["Content-Disposition"] = header
    named = [name for name, _ in message.get_params(header="content-disposition") or ()]
    name = message.get_filename() or ""
    fine = len(named) == header.count(";") + 1 == 2 and named[0] in ("inline", "attachment") and named[1] == "filename"
    return [] if fine and re.fullmatch(r"[A-Za-z0-9._-]+", name) and not name.startswith(".") else [f"disposition {header!r}"]


def pdf_faults(raw: bytes) -> tuple[list[str], str]:
    """Return what of a PDF does something, and the words on its pages."""
    reader = PdfReader(io.BytesIO(raw))
    found: list[str] = []
    seen: set[int] = set()

    def look(part: Any) -> None:
        if isinstance(part, IndirectObject):
            if part.idnum in seen:
                return
            seen.add(part.idnum)
            part = part.get_object()
        if isinstance(part, DictionaryObject):
            # What opens a document may be a place in it, which is an array; an action is a dictionary.
            acts = (name for name, value in part.items() if name in _ACTIVE and not isinstance(value, ArrayObject))
            found.extend(f"PDF {name}" for name in acts)
            found.extend(f"PDF {value}" for name, value in part.items() if name == "/S" and value in _ACTIVE)
            for value in part.values():
                look(value)
        elif isinstance(part, ArrayObject):
            for value in part:
                look(value)

    look(reader.trailer)
    return found, "\n".join(page.extract_text() for page in reader.pages)
