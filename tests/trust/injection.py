"""Promise 8: what anybody types stays text wherever it stands, on pages, in mails, tables, logs, calls, names, headers and PDFs.

Each payload stands in every field at once, each time with a mark of its own after it; where a parser finds the mark, the field
has reached that sink, and counts as a try. What is stored is put past the forms, which would take much of it away.
`size` is the number of payloads.
"""

from __future__ import annotations

import io
import logging
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.returns import Mail
from chalicelib.exports.columns import TABLES
from chalicelib.exports.csv_file import write_csv
from chalicelib.exports.damages import Damages
from chalicelib.exports.reading import Found
from chalicelib.exports.rows import Wanted, rows
from chalicelib.exports.xlsx_file import write_xlsx
from chalicelib.i18n import LANGUAGES
from chalicelib.labelling import label_folder
from chalicelib.letter import Letter
from chalicelib.logs import OneLine
from chalicelib.mail import return_mail
from chalicelib.message import MailRefused
from chalicelib.papers.slip import slip_pdf
from chalicelib.papers.words import Slip
from chalicelib.photos import Drawer
from chalicelib.wording import Wording
from tests.conftest import emulated_aws
from tests.letters import mailed
from tests.mails import read
from tests.sequels import came
from tests.trust import sinks
from tests.trust.bad_input import heard_by
from tests.trust.hostile import ASKED, CUSTOMERS, HEADERS, MESSAGES, NAMED, SHORT, SIGNED, STORED, TYPED, shapes
from tests.trust.payloads import payloads
from tests.trust.recorder import Recorder, recording
from tests.trust.sinks import Markup
from tests.trust.table import Tried
from tests.web.browsing import FORM, Browser
from tests.web.conftest import NOON, Site, new_site

FULL, SMALL = 1000, 3
SHARE = 50
PROCESSES = 2
URL = "http://127.0.0.1:8000"
HOME = f"{URL}/azulu"


@dataclass
class Pierced:
    """How often each sink was reached by a field, and where something broke out."""

    reached: Counter[str] = field(default_factory=Counter)
    pairs: set[tuple[str, str]] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def add(self, other: Pierced) -> None:
        """Count in what another found."""
        self.reached += other.reached
        self.pairs |= other.pairs
        self.faults += other.faults

    def note(self, sink: str, payload: str, fields: Mapping[str, str], text: str, faults: list[str]) -> None:
        """Keep which fields reached a sink, by their marks, and what broke out of it there."""
        for name, mark in fields.items():
            if mark in text:
                self.reached[sink] += 1
                self.pairs.add((name, sink))
        self.faults += [f"{sink}: {fault} by {payload!r}" for fault in faults]


def tried(size: int, seed: int) -> Tried:
    """Put `size` payloads into every field and look at every sink; lost is what broke out, as parsers judge."""
    given = payloads(size, random.Random(seed))
    shares = [given[begin : begin + SHARE] for begin in range(0, len(given), SHARE)]
    found = Pierced()
    if len(shares) == 1:
        found.add(_share(shares[0]))
    else:
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            for done, part in enumerate(pool.map(_share, shares), start=1):
                found.add(part)
                print(f"{done * SHARE:,} payloads, {len(found.faults)} faults", file=sys.stderr, flush=True)
    for each, count in Counter(found.faults).most_common(40):
        print(f"{count} × {each[:400]}", file=sys.stderr)
    fields = len({name for name, _ in found.pairs})
    said = ", ".join(f"{sink} {count:,}" for sink, count in found.reached.most_common())
    how = f"{size:,} payloads in {fields} fields, {len(found.reached)} kinds of sinks, judged by parsers"
    return Tried("What is typed stays text", how, found.reached.total(), len(found.faults), said)


def _share(given: list[str]) -> Pierced:
    lines = Lines()
    with emulated_aws(), recording() as recorder, heard_by(lines):
        shop = Shop(new_site(URL), recorder, lines)
        for payload in given:
            shop.take(payload)
    return shop.found


class Lines(logging.Handler):
    """What would stand in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(OneLine())
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


class Shop:
    """Azulu with one order and two returns of it, whose every word is a payload's."""

    def __init__(self, site: Site, recorder: Recorder, lines: Lines) -> None:
        self.site, self.recorder, self.lines, self.found = site, recorder, lines, Pierced()
        self.fill("plain")
        self.customer, self.staff = site.inside("AZ-1001"), site.staff("ana@azulu.example")
        logging.getLogger("vuelta").handlers[:] = [lines]  # Chalice adds one of its own for each application.
        self.plain = {address: Markup.of(self.body(address)) for address in (*SIGNED, *CUSTOMERS)}
        self.known = {name for markup in self.plain.values() for name in markup.names}
        others = (
            "policy",
            "",
            "gift",
            "staff/sign-in",
            "staff/receive",
            "nothing",
            "staff/settings",
            "staff?sku=x",
            "staff?since=x",
        )
        for address in others:
            self.known |= Markup.of(self.body(address)).names
        for address, name in TYPED:
            self.known |= Markup.of(self.answer("POST", address, {name: ""})["body"]).names
        self.mails = {message: read(self.mail(message, "plain")) for message in MESSAGES}
        self.in_mails = {name for each in self.mails.values() for name in Markup.of(html_of(each)).names}

    def take(self, payload: str) -> None:
        """Put one payload into every field, and look at everything that tells of it."""
        self.lines.said.clear()
        self.recorder.taken()
        marks = self.fill(payload)
        self.pages(payload, marks)
        self.typed(payload)
        self.composed(payload, marks)
        self.written(payload, marks)
        self.named(payload, marks)
        for call in self.recorder.taken():
            sink = "DynamoDB expression" if call.service == "dynamodb" else "S3 key"
            faults = sinks.expression_faults(call.asked, "zq") if call.service == "dynamodb" else []
            text = repr(call.asked) if call.service == "dynamodb" else ""
            self.found.note(sink, payload, {**marks, "typed": "zq99q"}, text, faults)
        self.found.note("log line", payload, {"every": ""}, "", sinks.log_faults(self.lines.said, "zq"))

    def fill(self, payload: str) -> dict[str, str]:
        """Store the order and both returns, with the payload in every field; return the mark of each field."""
        marks = {name: f"zq{place:02}q" for place, name in enumerate(STORED)}
        clean = payload.encode("utf-8", "replace").decode()
        self.words = {name: f"{clean[:90] if name in SHORT else clean}{mark}" for name, mark in marks.items()}
        self.bought, self.first, self.second = shapes(self.words)
        table = self.site.portal.settings.returns_table
        for item in (order_to_item(self.bought), return_to_item(self.first), return_to_item(self.second)):
            self.site.client.put_item(TableName=table, Item=packed(item))
        self.site.addresses["AZ-1001"] = self.bought.email
        return marks

    def body(self, address: str) -> str:
        """Return a page of the shop's."""
        return str(self.answer("GET", address)["body"])

    def answer(self, method: str, address: str, fields: Mapping[str, str] = {}, **headers: str) -> dict[str, Any]:
        """Ask for a page or post a form, as whoever may."""
        browser: Browser = self.staff if address.startswith("staff") else self.customer
        keep = dict(browser.cookies)
        body = None
        if method == "POST":
            page = browser.page.all("input") if browser.page else []
            token = next((each["value"] for each in page if each.get("name") == "csrf"), "")
            body = urlencode({"csrf": token, **fields}, errors="replace").encode()
            headers |= {"content-type": FORM}
        answer = browser.send(method, f"/azulu/{address}".replace("/?", "?").removesuffix("/"), body, headers)
        browser.answers.clear()
        browser.cookies = keep
        return answer

    def pages(self, payload: str, marks: Mapping[str, str]) -> None:
        """Look at every page that shows what is stored."""
        for address, plain in self.plain.items():
            body = self.body(address)
            markup = Markup.of(body)
            faults = markup.faults(self.known, HOME)
            if markup.skeleton != plain.skeleton:
                faults.append(f"{address} has another structure")
            self.found.note("HTML", payload, marks, body, faults)
            values = "\n".join(value for _, _, value in markup.attributes)
            self.found.note("HTML attribute", payload, marks, values, [])

    def typed(self, payload: str) -> None:
        """Type it into every form, ask for it in every address and send it in every header; look at the answer."""
        words, mark = f"{payload}zq99q", {"typed": "zq99q"}
        asked: Iterator[tuple[str, dict[str, Any]]] = (
            (f"{address} {name}", self.answer("POST", address, {name: words})) for address, name in TYPED
        )
        answers = list(asked)
        spelled = quote(words, safe="", errors="replace")
        answers += [(name, self.answer("GET", f"{name}={spelled}" if "?" in name else name)) for name in ASKED]
        answers += [(name, self.answer("GET", name.format(spelled))) for name in NAMED]
        plain = "".join(char for char in words if char.isprintable())
        answers += [(name, self.answer("GET", "policy", **{name: plain})) for name in HEADERS]
        for name, answer in answers:
            location = answer["headers"].get("Location", "")
            if answer["statusCode"] == 303:
                faults = [] if sinks.leads_home(location, HOME) and location.isprintable() else [f"{name} leads to {location!r}"]
                self.found.note("redirect", payload, {name: ""}, location, faults)
            elif not answer.get("isBase64Encoded"):
                faults = [f"{name}: {each}" for each in Markup.of(answer["body"]).faults(self.known, HOME)]
                self.found.note("HTML", payload, {f"typed {name}": mark["typed"]}, answer["body"], faults)
            cookies = answer.get("multiValueHeaders", {}).get("Set-Cookie", ())
            broken = [
                each for each in (*answer["headers"].values(), *cookies) if not str(each).isprintable() or "zq99q" in str(each)
            ]
            self.found.note("header", payload, {name: ""}, "", [f"{name}: {each}" for each in broken if each != location])

    def mail(self, message: str, _: str) -> Any:
        """Return one of the mails about what is stored; MailRefused if none may leave."""
        about = self.second if message in ("inspected", "settled") else self.first
        ids = tuple(each.line.id for each in about.lines)
        if message == "received":
            about = came(self.first)
        told = Letter(about, Mail(id="m", message=message, lines=ids, queued_at=NOON), self.site.portal.shops["azulu"])  # type: ignore[arg-type]
        return return_mail(told, mailed("azulu", "AZ-1001", "es", "return", 1), URL, NOON)

    def composed(self, payload: str, marks: Mapping[str, str]) -> None:
        """Look at every mail that tells of it, as it leaves."""
        for message, like in self.mails.items():
            try:
                built = self.mail(message, payload)
            except MailRefused:
                continue
            faults, text, html = sinks.mail_faults(bytes(built), like, HOME, self.in_mails)
            faults = [f"{message}: {each}" for each in faults]
            self.found.note("mail text", payload, marks, text, faults)
            self.found.note("HTML mail", payload, marks, html, [])
            self.found.note("mail header", payload, {message: ""}, "", [])

    def written(self, payload: str, marks: Mapping[str, str]) -> None:
        """Look at tables and at the slip."""
        items = [packed(return_to_item(each)) for each in (self.first, self.second)]
        found = [Found(item, "return", "made", place) for place, item in enumerate(items)]
        for table in TABLES.values():
            fields = tuple(table.fields)
            _, made_rows = rows(iter(found), table, Wanted({"azulu": ZoneInfo("America/Bogota")}), Damages())
            told = list(made_rows)
            for delimiter, separator in ((",", "comma"), (";", "semicolon"), ("\t", "tab")):
                stream = io.BytesIO()
                write_csv(stream, fields, told, bom=False, separator=separator)  # type: ignore[arg-type]
                faults, cells = sinks.csv_faults(stream.getvalue(), len(told) + 1, len(fields), delimiter)
                self.found.note("CSV", payload, marks, "\n".join(cells), faults)
            stream = io.BytesIO()
            write_xlsx(stream, table.name, fields, told)
            faults, cells = sinks.xlsx_faults(stream.getvalue(), len(told) + 1, len(fields))
            self.found.note("XLSX", payload, marks, "\n".join(cells), faults)
        wording = Wording(LANGUAGES["es"], self.site.portal.shops["azulu"].merchant)
        slip = Slip(self.first, wording, self.words["reference"], self.bought.ship_to, URL)
        faults, text = sinks.pdf_faults(slip_pdf(slip))
        self.found.note("PDF", payload, marks, "".join(text.split()), faults)

    def named(self, payload: str, marks: Mapping[str, str]) -> None:
        """Look at the names that files get, in the bucket and when they are saved."""
        words = f"{payload}zq98q".encode("utf-8", "replace").decode()
        drawer = Drawer.of("azulu", words, "draft")
        for key, depth in ((drawer.line(words), 6), (label_folder(self.first.model_copy(update={"order_number": words})), 5)):
            self.found.note("S3 key", payload, {"order number": ""}, key, sinks.key_faults(key, depth))
        link = self.site.portal.files.link("labels/azulu/x/1/x.pdf", words)
        (header,) = parse_qs(urlsplit(link).query)["response-content-disposition"]
        self.found.note("Content-Disposition", payload, {"file name": ""}, header, sinks.disposition_faults(header))


def html_of(mail: Any) -> str:
    """Return the HTML of a mail."""
    return str(mail.get_body(("html",)).get_content())
