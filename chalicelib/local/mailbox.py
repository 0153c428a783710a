"""The mailbox page: every mail that the local run sent, and the tour of the demo beside it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.local.feedback import KINDS
from chalicelib.local.mails import Mail, all_mails
from chalicelib.local.tour import Tour

PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined)


Feedback = Callable[[Mail, str], object]
"""Tells the portal that a mail came back (`bounced`), or that its recipient called it unwanted (`complained`)."""


def make_server(port: int, tour: Tour, portal_url: str, exports: str, tell: Feedback | None = None) -> ThreadingHTTPServer:
    """Return a server of the mailbox on 127.0.0.1; OSError if the port is taken."""

    class Connection(_Connection):
        feedback = staticmethod(tell) if tell else None

        def front(self) -> tuple[str, str]:
            return _page("mailbox.html", mails=all_mails()[::-1], tour=tour, portal_url=portal_url, exports=exports)

    return _Server(("127.0.0.1", port), Connection)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


class _Connection(BaseHTTPRequestHandler):
    """One connection of a browser, or of a test that reads `/messages.json`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def front(self) -> tuple[str, str]:
        """Return the first page's type and text."""
        raise NotImplementedError

    feedback: Feedback | None = None

    def do_POST(self) -> None:
        """Tell the portal what became of a mail, and show the mail again."""
        _, place, identity, kind, *_ = [*self.path.split("/"), "", ""]
        mail = next((mail for mail in all_mails() if mail.id == identity), None)
        known = place == "mail" and mail is not None and kind in KINDS and self.feedback is not None
        if known and self.feedback and mail:
            self.feedback(mail, kind)
        self.send_response(HTTPStatus.SEE_OTHER if known else HTTPStatus.NOT_FOUND)
        self.send_header("Location", f"/mail/{identity}?told={kind}" if known else "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        """Answer with a page, or with a plain 404."""
        path, _, asked = self.path.partition("?")
        found = self._found(path, asked.removeprefix("told="))
        status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
        kind, text = found or ("text/plain", "There is no such mail. A restarted portal begins with an empty mailbox.\n")
        body = text.encode("utf-8", "replace")
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

    def _found(self, path: str, told: str) -> tuple[str, str] | None:
        if path == "/":
            return self.front()
        if path == "/messages.json":
            return "application/json", json.dumps([mail.as_json() for mail in all_mails()], ensure_ascii=False, indent=1)
        _, place, identity, *part = [*path.split("/"), "", ""]
        mail = next((mail for mail in all_mails() if mail.id == identity), None)
        if place != "mail" or mail is None:
            return None
        kinds = KINDS if self.feedback else ()
        return _page("mail.html", mail=mail, kinds=kinds, told=told) if part[0] != "html" else ("text/html", _opening_apart(mail))

    def log_message(self, *_: Any) -> None:
        """Write nothing."""


def _page(name: str, **context: Any) -> tuple[str, str]:
    return "text/html", PAGES.get_template(name).render(**context)


def _opening_apart(mail: Mail) -> str:
    """Return the mail's page with links that leave the frame it is shown in."""
    base = '<base target="_blank">'
    return mail.html.replace("<head>", f"<head>{base}", 1) if "<head>" in mail.html else base + mail.html
