"""Which clauses had a say in a line, and what each did there: what is shown beside a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.hearing import Hearing, Standing
from chalicelib.domain.policy import Statement
from chalicelib.domain.verdicts import ClauseSay, Effect, Outcome, OutcomeKind

Say = tuple[Statement, Effect]

_ORDER: dict[Effect, int] = {"refuses": 0, "grants": 1, "limits": 2, "charges": 3, "requires": 4}


def said(hearing: Hearing, standings: Mapping[OutcomeKind, Standing], outcomes: Sequence[Outcome]) -> list[Say]:
    """Return what was said of a line that is not refused, conditions aside."""
    says: list[Say] = []
    for standing in standings.values():
        says += [(statement, "grants") for statement in standing.grants]
        # Against an open grant a denial is the other side of a disagreement (R2); alone it only takes an outcome away.
        says += [(statement, "refuses" if standing.grants else "limits") for statement in standing.denials]
        says += [(statement, "limits") for statement in standing.limits if standing.grants]
    return says + _terms(hearing, outcomes)


def _terms(hearing: Hearing, outcomes: Sequence[Outcome]) -> list[Say]:
    """Return what was said of money, parcels and time."""
    kinds = {outcome.kind for outcome in outcomes}
    charged = {deduction.clause for outcome in outcomes for deduction in outcome.deductions}
    says: list[Say] = []
    for statement in hearing.says("fee"):
        fee = statement.rule.fee
        once = fee is not None and fee.per == "return" and not kinds.isdisjoint(fee.outcomes)
        if once or statement.clause.id in charged:
            says.append((statement, "charges"))
    if shipping := hearing.first("shipping"):
        says.append((shipping, "charges" if shipping.rule.shipping == "customer" else "grants"))
    if any(outcome.due for outcome in outcomes) and (due := hearing.first("due")):
        says.append((due, "charges"))
    if price := hearing.first("price"):
        says.append((price, "limits"))
    if send_within := hearing.first("send_within"):
        says.append((send_within, "limits"))
    says += [(statement, "limits") for statement in hearing.says("instead")]
    says += [(one, "limits") for one in hearing.says("expires_days") if not kinds.isdisjoint(one.rule.expires_days)]
    return says


def in_file_order(says: Iterable[Say]) -> list[Say]:
    """Return says as the file orders their clauses."""
    return sorted(says, key=lambda say: (say[0].place, _ORDER[say[1]]))


def listed(says: Iterable[Say]) -> tuple[ClauseSay, ...]:
    """Return what is shown: each clause once for each of its effects; who refuses or grants is not said to limit besides."""
    shown: dict[tuple[str, Effect], ClauseSay] = {}
    for statement, effect in says:
        clause = statement.clause
        if effect != "limits" or not ((clause.id, "refuses") in shown or (clause.id, "grants") in shown):
            shown.setdefault((clause.id, effect), ClauseSay(clause.id, effect, clause.text))
    return tuple(shown.values())
