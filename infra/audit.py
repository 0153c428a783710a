"""Holds what checkov has against the packaged template to the list of what is right nevertheless.

Run as `python -m infra.audit CHECKOV build/sam.yaml`; ends with 1 if anything is unexplained or needlessly explained.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

EXCEPTIONS = Path(__file__).with_name("audit.toml")


class Objection(NamedTuple):
    """A check, and the logical id of the resource that it fails for."""

    check: str
    resource: str


class Findings(NamedTuple):
    """How many checks passed, and what was found against the template, with checkov's words for each check."""

    passed: int
    against: frozenset[Objection]
    words: dict[str, str]


def findings(checkov: Path, template: Path) -> Findings:
    """Let checkov judge a template. ValueError if it could not read it."""
    asked = "--framework cloudformation --quiet --compact --output json --skip-download".split()
    run = subprocess.run(
        [checkov, "--file", template, *asked],
        capture_output=True, text=True, check=False, env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1"},
    )  # fmt: skip
    try:
        told = json.loads(run.stdout)
        failed, summary = told["results"]["failed_checks"], told["summary"]
    except (ValueError, LookupError, TypeError):
        raise ValueError(f"checkov said nothing that can be read: {run.stderr.strip() or run.stdout[:200]}") from None
    if summary["parsing_errors"] or not summary["passed"]:
        raise ValueError(f"checkov could not read {template.name}: {summary}")
    against = frozenset(Objection(each["check_id"], each["resource"].rpartition(".")[2]) for each in failed)
    return Findings(summary["passed"], against, {each["check_id"]: each["check_name"] for each in failed})


def excused(path: Path = EXCEPTIONS) -> frozenset[Objection]:
    """Return what is right nevertheless. ValueError if something is listed without a reason."""
    listed = tomllib.loads(path.read_text("utf-8"))
    if silent := [check for check, entry in listed.items() if not entry.get("because", "").strip()]:
        raise ValueError(f"{path.name} gives no reason for {', '.join(silent)}")
    return frozenset(Objection(check, resource) for check, entry in listed.items() for resource in entry["resources"])


def judged(found: Findings, excuses: frozenset[Objection]) -> list[str]:
    """Return a line for everything that is unexplained, and for everything that is explained in vain."""
    unexplained = [f"{each.resource}: {each.check}, {found.words[each.check]}" for each in sorted(found.against - excuses)]
    needless = [f"{each.resource}: {each.check} is excused and not needed" for each in sorted(excuses - found.against)]
    return unexplained + needless


if __name__ == "__main__":
    found = findings(Path(sys.argv[1]), Path(sys.argv[2]))
    complaints = judged(found, excused())
    print(*complaints, sep="\n", end="\n" if complaints else "")
    print(f"checkov: {found.passed} checks passed, {len(found.against)} objections, {len(complaints)} to mend")
    sys.exit(1 if complaints else 0)
