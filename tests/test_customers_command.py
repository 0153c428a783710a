"""`customers forget`, from the arguments to what it says."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.cli import main
from tests.conftest import Tables
from tests.customers import EMAIL, MARK, Remembered


@pytest.fixture
def remembered(tables: Tables, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remembered]:
    keeping = Remembered(tables)
    monkeypatch.setenv("RETURNS_TABLE", tables.returns)
    monkeypatch.setenv("SESSIONS_TABLE", tables.sessions)
    monkeypatch.setenv("FILES_BUCKET", keeping.bucket)
    monkeypatch.setenv("PORTAL_URL", "https://returns.example")
    bootstrap.portal.cache_clear()
    yield keeping
    bootstrap.portal.cache_clear()


def test_it_says_what_it_did_in_counts_and_never_whom_it_forgot(
    remembered: Remembered, capsys: pytest.CaptureFixture[str]
) -> None:
    counts = "1 order, 3 returns, 2 drafts, 6 links and sessions, 19 files; 9 waiting mails given up\n"
    assert main(["customers", "forget", "azulu", EMAIL, "--dry-run"]) == 0
    assert capsys.readouterr() == (f"azulu: would forget {counts}", "")
    assert main(["customers", "forget", "azulu", f" {EMAIL.upper()} "]) == 0
    assert capsys.readouterr() == (f"azulu: forgot {counts}", "")
    assert remembered.traces() == []
    assert main(["customers", "forget", "azulu", EMAIL]) == 0
    assert capsys.readouterr() == ("azulu: forgot 0 orders, 0 returns, 0 drafts, 0 links and sessions, 0 files\n", "")


def test_the_address_may_come_from_standard_input(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{EMAIL}\n"))
    assert main(["customers", "forget", "azulu", "-"]) == 0
    assert remembered.traces() == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["azulo", EMAIL], "vuelta: there is no shop 'azulo': give one of alustoora, azulu, nurana\n"),
        (["azulu", MARK], "vuelta: that is no e-mail address: write it as in ana@example.com\n"),
        (["azulu", ""], "vuelta: that is no e-mail address: write it as in ana@example.com\n"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    remembered: Remembered, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["customers", "forget", *arguments]) == 2
    assert capsys.readouterr() == ("", words)


def test_a_return_that_cannot_be_read_is_named_and_status_1(remembered: Remembered, capsys: pytest.CaptureFixture[str]) -> None:
    item = remembered.returns.get("azulu#AZ1001", "RETURN#002")
    assert item is not None
    remembered.returns.put({name: value for name, value in item.items() if name != "lines"})
    assert main(["customers", "forget", "azulu", EMAIL]) == 1
    assert "vuelta: return AZ-1001/2 cannot be read and stays as it is" in capsys.readouterr().err


def test_a_missing_table_is_one_line_and_status_2(
    remembered: Remembered, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SESSIONS_TABLE", "nowhere")
    assert main(["customers", "forget", "azulu", EMAIL]) == 2
    assert capsys.readouterr().err == "vuelta: table nowhere is not available: scan: ResourceNotFoundException\n"
