"""Every sample of docs/policies.md is a policy that works, and every verdict in its tables is the engine's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli import main
from chalicelib.domain.clauses import Fee, PolicyFile, Price, Rule, When
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.policy_check import policy_mistakes, policy_notes, read_merchant, read_policy
from chalicelib.domain.verdicts import Decision
from chalicelib.domain.windows import Between, Window
from tests.domain.shopmaking import ask, brief

DOCS = (Path(__file__).resolve().parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
NAME = "lumen/policy-2026-01-01.toml"


@dataclass(frozen=True)
class Row:
    """A verdict that the page promises, and the policy as far as the page has built it there."""

    policy: str
    at: str
    changes: str
    verdict: str


def samples() -> Iterator[tuple[str, str]]:
    """Yield the page's TOML blocks and table rows in their order, as `(kind, text)`."""
    for found in re.finditer(r"```(toml[^\n]*)\n(.*?)```|^\| (\d{4}-[^\n]*) \|$", DOCS, re.DOTALL | re.MULTILINE):
        yield (found[1], found[2]) if found[1] else ("row", found[3])


def built() -> tuple[Merchant, list[str], list[Row]]:
    """Return the page's shop, the policy after each of its blocks, and its rows."""
    merchant, steps, rows = "", [""], []
    for kind, text in samples():
        if kind == "toml merchant":
            merchant = text
        elif kind == "row":
            at, changes, verdict = (cell.strip() for cell in text.split("|"))
            rows.append(Row(steps[-1], at, changes, verdict))
        elif text.startswith("outcomes"):
            steps.append(re.sub(r"^outcomes = .*\n", text, steps[-1], flags=re.MULTILINE))
        else:
            steps.append(f"{steps[-1]}\n{text}")
    return read_merchant("lumen/merchant.toml", merchant), steps[1:], rows


MERCHANT, STEPS, ROWS = built()


def changed(cell: str) -> dict[str, Any]:
    """Return what a table's cell changes in the case: `order.`, `line.`, `wish.` and `request.` followed by TOML."""
    text = "\n".join(re.findall(r"`([^`]+)`", cell))
    nothing = dict.fromkeys(re.findall(r"order\.(\w+) = null", text))
    tables = tomllib.loads(re.sub(r"(?m)^.* = null$", "", text))
    return {**tables.pop("order", {}), **nothing, **tables}


def shown(decision: Decision, promised: str) -> str:
    """Return a decision in the words of the page's tables, with as much as the row promises."""
    line = decision.lines[0]
    told = brief(decision)
    if amount := re.search(r"[a-z?] (\d+\.\d\d)", promised.replace("return_label ", "").replace("due ", "")):
        told += f" {line.outcomes[-1].value}" if amount else ""
    told += f", {line.shipping} pays, send by {line.ship_by:%Y-%m-%d}" if "pays" in promised else ""
    told += "".join(f", {charge.kind} {charge.amount}" for charge in decision.charges) if "label" in promised else ""
    told += f", {line.photos} photos" if "photos" in promised else ""
    return told + (f", due {line.outcomes[0].due}" if "due" in promised else "")


def in_lisbon(changes: dict[str, Any]) -> dict[str, Any]:
    """Return changes to the case that the page's tables start from, bought and delivered in Lisbon."""
    moments = {"placed_at": "2026-03-01T12:00:00+00:00", "delivered_at": "2026-03-05T12:00:00+00:00"}
    return {"country": "PT", **moments, **changes, "request": {"country": "PT", **changes.get("request", {})}}


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.at} {row.changes}" for row in ROWS])
def test_every_verdict_on_the_page_is_the_engines(row: Row) -> None:
    policy = read_policy(NAME, row.policy, MERCHANT)
    lisbon = "+01:00" if "2026-03-29" <= row.at[:10] < "2026-10-25" else "+00:00"
    decision = ask(policy, f"{row.at.replace(' ', 'T')}:00{lisbon}", **in_lisbon(changed(row.changes)))
    assert shown(decision, row.verdict) == row.verdict


def test_the_page_builds_its_policy_up_without_a_mistake_at_each_table() -> None:
    assert len(STEPS) > 8
    for row in ROWS:
        assert policy_mistakes(NAME, row.policy, MERCHANT) == []
    assert policy_mistakes(NAME, STEPS[-1], MERCHANT) == []
    assert policy_notes(STEPS[-1]) == []


@pytest.mark.parametrize("model", [Rule, When, Window, Fee, Price, Between, PolicyFile])
def test_the_page_names_every_key_of_the_language(model: type[Any]) -> None:
    for name, field in model.model_fields.items():
        assert re.search(rf"[`{{\s]{field.alias or name}\b", DOCS), name


@pytest.mark.parametrize("window", re.findall(r"^\| `(\{[^`]*\})` \|", DOCS, re.MULTILINE))
def test_every_window_on_the_page_is_one(window: str) -> None:
    assert Window.model_validate(tomllib.loads(f"window = {window}")["window"])


@pytest.mark.parametrize("when", re.findall(r"`((?:not|any) = [^`]+)`", DOCS))
def test_every_nested_condition_on_the_page_is_one(when: str) -> None:
    assert When.model_validate(tomllib.loads(when))


def test_the_case_on_the_page_is_answered_as_the_page_says(capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> None:
    case = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)[0]
    promised = re.findall(r"decide cases.jsonl\n(.*) …\n", DOCS)[0]
    file = tmp_path / "cases.jsonl"
    file.write_text(case, encoding="utf-8")
    assert main(["decide", str(file)]) == 0
    assert capfdbinary.readouterr().out.decode().startswith(promised)
