"""`python -m chalicelib serve`, as a person runs it: ready soon, a mail for a link, a clean end."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.local.serving import ROOT, Run, fetch, free_ports, greeting, start


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """The portal on free ports, stopped by Ctrl-C; it must end by itself, say nothing wrong and write nothing here."""
    before = {path for path in ROOT.iterdir() if path.is_file()}
    port, began = free_ports(), time.monotonic()
    process = start(port)
    said = greeting(process)
    if said is None:
        pytest.fail(process.communicate()[1])
    yield Run(port, time.monotonic() - began, said)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert {path for path in ROOT.iterdir() if path.is_file()} == before


def test_it_is_ready_within_ten_seconds_and_says_where_to_go(run: Run) -> None:
    assert run.seconds < 10
    for port in (run.port, run.port + 1, run.port + 2):
        assert f"http://127.0.0.1:{port}" in run.said
    assert "export " in run.said


@pytest.mark.parametrize("shop", ["alustoora", "azulu", "nurana"])
def test_each_shop_has_its_page(run: Run, shop: str) -> None:
    status, headers, page = fetch(run.port, "GET", f"/{shop}")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<form" in page


def test_a_head_request_gets_the_head_of_the_page(run: Run) -> None:
    status, headers, page = fetch(run.port, "HEAD", "/azulu")
    assert (status, page) == (200, "")
    assert int(headers["content-length"]) > 1000


@pytest.mark.parametrize("path", ["/azulu/nothing", "/azulu/a/b/c/d/e/f", "/nobody", "//[", "/azulu/%00/"])
def test_an_unknown_address_is_a_page_of_ours(run: Run, path: str) -> None:
    status, headers, page = fetch(run.port, "GET", path)
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1" in page


def test_the_first_mail_is_of_the_return_that_the_demo_has_already(run: Run) -> None:
    mail = run.mails(1)[0]
    assert mail["to"] == ["daniela@example.com"]


def test_an_order_is_found_and_its_link_mailed(run: Run) -> None:
    before = len(run.mails(1))
    _, _, page = fetch(run.port, "GET", "/azulu")
    fields = set(re.findall(r'<input[^>]* name="([^"]+)"', page))
    assert {"number", "email"} <= fields
    status, _, _ = fetch(run.port, "POST", "/azulu/find", {"number": "az 1001", "email": "Valentina@Example.com"})
    assert status == 303
    mail = run.mails(before + 1)[-1]
    assert mail["to"] == ["valentina@example.com"]
    assert set(mail) >= {"id", "to", "from", "subject", "date", "headers", "text", "html", "links"}
    link = urlsplit(next(link for link in mail["links"] if "/link/" in link))
    assert link.netloc == f"127.0.0.1:{run.port}"
    assert fetch(run.port, "GET", link.path)[0] == 200


def test_the_mailbox_shows_each_mail_in_a_frame_that_runs_nothing(run: Run) -> None:
    mail = run.mails(1)[0]
    status, _, page = fetch(run.port + 1, "GET", f"/mail/{mail['id']}")
    assert status == 200
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert fetch(run.port + 1, "GET", f"/mail/{mail['id']}/html")[0] == 200
    assert fetch(run.port + 1, "GET", "/mail/none")[0] == 404


def test_a_mail_can_come_back_at_the_press_of_a_button(run: Run) -> None:
    mail = run.mails(1)[0]
    assert mail["to"] == ["daniela@example.com"]
    assert fetch(run.port + 1, "POST", f"/mail/{mail['id']}/nothing")[0] == 404
    status, headers, _ = fetch(run.port + 1, "POST", f"/mail/{mail['id']}/bounced")
    assert (status, headers["location"]) == (303, f"/mail/{mail['id']}?told=bounced")
    assert "The portal was told" in fetch(run.port + 1, "GET", headers["location"])[2]


def test_the_mailbox_leads_through_the_demo(run: Run) -> None:
    _, _, page = fetch(run.port + 1, "GET", "/")
    for words in ("AL-1001", "AZ-1001", "NU-1001", "valentina@example.com", "a person decides", "refused, too late"):
        assert words in page


def test_a_taken_port_is_said_in_one_line(run: Run) -> None:
    process = start(run.port)
    said, errors = process.communicate(timeout=20)
    assert (process.returncode, said) == (2, "")
    assert errors.count("\n") == 1
    assert f"port {run.port} is taken" in errors
    assert "PORT=" in errors


def test_the_mailboxs_port_is_needed_too(run: Run) -> None:
    process = start(run.port - 1)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 2
    assert re.search(rf"port ({run.port - 1}|{run.port}) is taken", errors)


def test_a_termination_ends_it_too() -> None:
    process = start(free_ports())
    if greeting(process) is None:
        pytest.fail(process.communicate()[1])
    process.terminate()
    _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors
