"""`policy check`, as a shop runs it before it hands its files over."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.cli import main
from chalicelib.shops import MERCHANTS

ROOT = Path(__file__).resolve().parents[1]


def test_the_demo_shops_files_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(str(file) for file in MERCHANTS.glob("*/*.toml"))
    assert main(["policy", "check", *files]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if ": note: " not in line] == [f"{file}: ok" for file in files]


def test_mistakes_make_status_one_and_other_files_are_checked_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for file in MERCHANTS.glob("azulu/*.toml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8").replace("days = 7", "days = 0"), "utf-8")
    copy = tmp_path / "policy-2025-01-01.toml"
    copy.write_text((MERCHANTS / "azulu/policy-2024-12-18.toml").read_text("utf-8"), "utf-8")
    wrong = tmp_path / "policy-2024-12-18.toml"

    assert main(["policy", "check", str(wrong), str(copy)]) == 1

    told = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{wrong}:") and "clause Z16: rule 1: window.days: 0 is out of range" in line for line in told)
    assert any(line.startswith(f"{copy}:") and "is not the date in the file's name" in line for line in told)
    assert any("holds from 2024-12-18 too; give one of them another date" in line for line in told)


def test_a_shops_own_file_is_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "azulu"
    folder.mkdir()
    text = (MERCHANTS / "azulu/merchant.toml").read_text("utf-8").replace('"COP"', '"PESO"')
    (folder / "merchant.toml").write_text(text, "utf-8")
    assert main(["policy", "check", str(folder / "merchant.toml")]) == 1
    assert "'PESO' is not a currency of ISO 4217" in capsys.readouterr().out


def test_the_command_ends_quietly_when_nobody_reads_on() -> None:
    files = [str(file) for file in sorted(MERCHANTS.glob("*/*.toml"))]
    command = [sys.executable, "-m", "chalicelib"]
    with subprocess.Popen(
        [*command, "policy", "check", *files], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.wait() == 0
        assert running.stderr.read() == b""


def test_a_language_without_pages_is_noted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "lumen" / "merchant.toml"
    file.parent.mkdir()
    text = (MERCHANTS / "alustoora/merchant.toml").read_text("utf-8").replace('"alustoora"', '"lumen"')
    file.write_text(text.replace('languages = ["en"', 'languages = ["cy", "en"').replace('en = "', 'cy = "x"\nen = "'), "utf-8")
    assert main(["policy", "check", str(file)]) == 0
    assert 'note: no page is shown in "cy" before it has a catalogue' in capsys.readouterr().out


def test_a_file_that_cannot_be_read_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    binary = tmp_path / "policy-2026-01-01.toml"
    binary.write_bytes(b"effective = '\xff'\n")
    assert main(["policy", "check", str(tmp_path / "policy-2020-01-01.toml"), str(tmp_path), str(binary)]) == 2
    told = capsys.readouterr()
    assert [line.split(": ")[1].split(" /")[0] for line in told.err.splitlines()] == ["cannot read", "cannot read"]
    assert told.out == f"{binary}:1: this line is not UTF-8; save the file in UTF-8\n"


def test_the_command_without_an_action_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["policy"])
    assert "ACTION" in capsys.readouterr().err
