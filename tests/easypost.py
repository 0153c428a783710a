"""A server that answers as EasyPost's documented API does, counts what it would charge, and can be made to answer otherwise.

Shapes after https://docs.easypost.com/docs/shipments: rates are offered with a new shipment, one of them is bought once, the
label is a file elsewhere, and of a return the two addresses are turned around.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "EZTK-for-tests"
PDF = b"%PDF-1.4\n% a label\n%%EOF\n"
RATES = (("USPS", "GroundAdvantage", "5.93"), ("USPS", "Priority", "6.95"), ("UPS", "Ground", "9.10"))


@dataclass
class Answer:
    """What to answer instead of the truth: a status and a body, or nothing at all. `after` is after the request took effect."""

    status: int = 500
    body: Any = None
    silent: bool = False
    after: bool = False


@dataclass
class FakeEasyPost:
    """EasyPost as it stands: its shipments, what it was asked, and the labels that it charged for and took back."""

    address: str = ""
    shipments: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    charges: list[str] = field(default_factory=list)
    refunds: list[str] = field(default_factory=list)
    otherwise: dict[str, list[Answer]] = field(default_factory=dict)
    rates: tuple[tuple[str, str, str], ...] = RATES
    messages: list[Any] = field(default_factory=list)
    billing: str = "easypost"
    refund_status: str = "submitted"
    label: bytes = PDF
    quiet: threading.Event = field(default_factory=threading.Event)

    def instead(self, what: str, *answers: Answer) -> None:
        """Answer the next questions of a kind (create, retrieve, buy, refund, label) with these."""
        self.otherwise[what] = list(answers)

    def answered(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Return the status and the body of an answer; None for a connection that stays silent."""
        what, shipment = self._kind(method, path)
        self.asked.append((what, shipment, body))
        told = self.otherwise.get(what) or []
        first = told.pop(0) if told else None
        if first and not first.after:
            return first.status, None if first.silent else first.body
        truth = getattr(self, f"_{what}")(shipment, body)
        if first:
            return first.status, None if first.silent else first.body
        return truth

    def _kind(self, method: str, path: str) -> tuple[str, str]:
        if path == "/label.pdf":
            return "label", ""
        found = re.fullmatch(r"/v2/shipments(?:/([\w-]+))?(?:/(\w+))?", path)
        assert found, path
        shipment, act = found[1] or "", found[2]
        return (act or ("create" if method == "POST" else "retrieve")), shipment

    def _create(self, _: str, body: Any) -> tuple[int, Any]:
        told = body["shipment"]
        number = f"shp_{len(self.shipments) + 1:032x}"
        ends = {"from_address": told["from_address"], "to_address": told["to_address"]}
        if told.get("is_return"):
            ends = {"from_address": told["to_address"], "to_address": told["from_address"]}
        rates = [
            {"id": f"rate_{len(self.shipments) + 1:016x}{index:016x}", "object": "Rate", "carrier": carrier, "service": service,
             "rate": rate, "currency": "USD", "billing_type": self.billing}
            for index, (carrier, service, rate) in enumerate(self.rates)
        ]  # fmt: skip
        self.shipments[number] = {
            "id": number, "object": "Shipment", "is_return": told.get("is_return", False), **ends, "parcel": told["parcel"],
            "reference": told.get("reference"), "options": told.get("options"), "messages": self.messages, "rates": rates,
            "postage_label": None, "selected_rate": None, "tracking_code": None, "refund_status": None,
        }  # fmt: skip
        return 201, self.shipments[number]

    def _retrieve(self, shipment: str, _: Any) -> tuple[int, Any]:
        if shipment not in self.shipments:
            return 404, {"error": {"code": "NOT_FOUND", "message": "The requested resource could not be found.", "errors": []}}
        return 200, self.shipments[shipment]

    def _buy(self, shipment: str, body: Any) -> tuple[int, Any]:
        found = self.shipments[shipment]
        if found["postage_label"]:
            message = "Postage already exists for this shipment."
            return 422, {"error": {"code": "SHIPMENT.POSTAGE.EXISTS", "message": message, "errors": []}}
        rate = next(rate for rate in found["rates"] if rate["id"] == body["rate"]["id"])
        found |= {
            "selected_rate": rate,
            "tracking_code": f"9400{shipment[-8:]}",
            "postage_label": {
                "id": f"pl_{shipment[4:]}", "object": "PostageLabel", "label_url": f"{self.address}/label.pdf",
                "label_pdf_url": None, "label_file_type": "application/pdf",
            },
        }  # fmt: skip
        self.charges.append(shipment)
        return 200, found

    def _refund(self, shipment: str, _: Any) -> tuple[int, Any]:
        found = self.shipments[shipment]
        found["refund_status"] = self.refund_status
        if self.refund_status == "submitted":
            self.refunds.append(shipment)
        return 200, found

    def _label(self, _shipment: str, _: Any) -> tuple[int, Any]:
        return 200, self.label


@contextmanager
def running() -> Iterator[FakeEasyPost]:
    """Serve an EasyPost of its own, on a port of its own."""
    fake = FakeEasyPost()

    class Connection(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            read = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path != "/label.pdf" and self.headers.get("Authorization") != f"Bearer {KEY}":
                status, body = 401, {"error": {"code": "APIKEY.INVALID", "message": "This API key is invalid.", "errors": []}}
            else:
                status, body = fake.answered(method, self.path, json.loads(read) if read else None)
            if body is None:
                fake.quiet.wait(5)
                return
            told = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Connection)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    fake.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        fake.quiet.set()
        server.shutdown()
        server.server_close()
