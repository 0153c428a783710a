"""How objections against the packaged template are judged; `make audit` lets checkov raise them."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.audit import Findings, Objection, excused, findings, judged

LOGS, KEYS = Objection("CKV_1", "Bucket"), Objection("CKV_2", "Table")
FOUND = Findings(3, frozenset({LOGS}), {"CKV_1": "Ensure that it logs"})


def test_what_nobody_excused_is_named_with_the_auditors_words() -> None:
    assert judged(FOUND, frozenset()) == ["Bucket: CKV_1, Ensure that it logs"]


def test_an_excuse_that_is_not_needed_is_refused() -> None:
    assert judged(FOUND, frozenset({LOGS, KEYS})) == ["Table: CKV_2 is excused and not needed"]


def test_what_is_excused_is_passed_over() -> None:
    assert judged(FOUND, frozenset({LOGS})) == []


def test_every_excuse_gives_its_reason(tmp_path: Path) -> None:
    assert excused()
    listed = tmp_path / "audit.toml"
    listed.write_text('[CKV_1]\nresources = ["Bucket"]\nbecause = " "\n', "utf-8")
    with pytest.raises(ValueError, match="gives no reason for CKV_1"):
        excused(listed)


def test_an_auditor_that_says_nothing_counts_for_no_audit(tmp_path: Path) -> None:
    silent = tmp_path / "checkov"
    silent.write_text("#!/bin/sh\necho out of order >&2\n", "utf-8")
    silent.chmod(0o755)
    with pytest.raises(ValueError, match="out of order"):
        findings(silent, tmp_path / "sam.yaml")


def test_an_auditor_that_checked_nothing_counts_for_no_audit(tmp_path: Path) -> None:
    idle = tmp_path / "checkov"
    idle.write_text(
        """#!/bin/sh\necho '{"results": {"failed_checks": []}, "summary": {"passed": 0, "parsing_errors": 1}}'\n""", "utf-8"
    )
    idle.chmod(0o755)
    with pytest.raises(ValueError, match=r"could not read sam\.yaml"):
        findings(idle, tmp_path / "sam.yaml")
