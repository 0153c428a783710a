"""What a customer was shown of a decision, and what is different about it now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from chalicelib.domain.drafts import Draft
from chalicelib.domain.verdicts import Decision, LineDecision

Shown = Mapping[str, Any]
"""What stood on the check page: per line its verdict, chosen outcome, money, shipping and deadlines; the charges; the choices."""

Aspect = Literal["quantity", "verdict", "outcome", "approval", "value", "due", "shipping", "request_by", "ship_by", "charges"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was shown; `line_id` is None for what concerns the whole return."""

    line_id: str | None
    aspect: Aspect
    before: Any
    now: Any


def shown(decision: Decision, draft: Draft) -> dict[str, Any]:
    """Return what the check page shows of a decision, ready to be stored and compared."""
    lines = {line.id: _shown_line(line, draft) for line in decision.lines}
    charges = [[charge.kind, str(charge.amount), *charge.outcomes] for charge in decision.charges]
    choices = draft.model_dump(mode="json", include={"lines", "method", "store", "proof", "country"})
    return {"lines": lines, "charges": charges, "choices": choices}


def fingerprint(seen: Shown) -> str:
    """Return a digest of what was shown, for the form to carry."""
    canonical = json.dumps(seen, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def remembered(seen: Shown) -> dict[str, Any]:
    """Return what a draft keeps of what was shown: all but the choices, which it holds already."""
    return {key: value for key, value in seen.items() if key != "choices"}


def differences(before: Shown | None, now: Shown) -> tuple[Difference, ...]:
    """List what changed between two sightings, line by line; nothing where there was no earlier one.

    A line of which no unit is left any more has become a quantity of 0. Choices are compared by their fingerprint only: who
    changed them on another page knows it.
    """
    if before is None:
        return ()
    found: list[Difference] = []
    for line_id, earlier in before["lines"].items():
        current = now["lines"].get(line_id)
        if current is None:
            found.append(Difference(line_id, "quantity", earlier["quantity"], 0))
            continue
        if earlier["verdict"] != current["verdict"] and current["verdict"] == "refused":
            found.append(Difference(line_id, "verdict", earlier["verdict"], "refused"))
            continue
        found += [
            Difference(line_id, key, earlier.get(key), value) for key, value in current.items() if earlier.get(key) != value
        ]
    if before["charges"] != now["charges"]:
        found.append(Difference(None, "charges", before["charges"], now["charges"]))
    return tuple(found)


def _shown_line(line: LineDecision, draft: Draft) -> dict[str, Any]:
    chosen = draft.line(line.id)
    kind = chosen.outcome if chosen else None
    outcome = next((each for each in line.outcomes if each.kind == kind), None)
    return {
        "quantity": line.quantity,
        "verdict": line.verdict,
        "outcome": outcome.kind if outcome else None,
        "approval": outcome.approval if outcome else None,
        "value": str(outcome.value) if outcome else None,
        "due": str(outcome.due) if outcome else None,
        "shipping": line.shipping,
        "request_by": line.request_by.isoformat() if line.request_by else None,
        "ship_by": line.ship_by.isoformat() if line.ship_by else None,
    }
