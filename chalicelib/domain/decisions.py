"""Decide what a customer may get for each line that they ask to send back, with every clause that had a say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from chalicelib.domain.amounts import ZERO, charges, deductions, difference, price_of
from chalicelib.domain.errors import InvalidCase
from chalicelib.domain.hearing import Hearing
from chalicelib.domain.matching import Facts
from chalicelib.domain.money import rounded
from chalicelib.domain.orders import Order, Request
from chalicelib.domain.policy import Policy, Statement
from chalicelib.domain.refusals import refusal, refused_by
from chalicelib.domain.says import Say, in_file_order, listed, said
from chalicelib.domain.verdicts import Approval, Cause, Decision, LineDecision, Outcome, OutcomeKind, Shipping


def check_request(order: Order, request: Request) -> None:
    """Raise InvalidCase, with the place inside the request, where a request does not fit its order."""
    bought = {line.id: line.quantity for line in order.lines}
    asked: set[str] = set()
    for place, line in enumerate(request.lines):
        if line.id not in bought:
            raise InvalidCase(f"the order has no line {line.id!r}", f"lines[{place}].id")
        if line.id in asked:
            raise InvalidCase(f"line {line.id!r} is asked for twice", f"lines[{place}].id")
        if line.quantity > bought[line.id]:
            raise InvalidCase(f"only {bought[line.id]} bought, {line.quantity} asked for", f"lines[{place}].quantity")
        asked.add(line.id)


def decide(order: Order, request: Request, policy: Policy, at: datetime) -> Decision:
    """Return what the policy says of a request at a moment (aware); InvalidCase if the request does not fit the order."""
    check_request(order, request)
    moment = at.astimezone(UTC)
    lines = {line.id: line for line in order.lines}
    ends: dict[int, datetime | None] = {}
    heard = []
    for asked in request.lines:
        facts = Facts(policy.merchant, order, request, lines[asked.id], asked, moment, ends)
        hearing = Hearing(facts, policy)
        heard.append((hearing, _line(hearing)))
    once = charges(heard, policy.merchant.decimals(order.currency))
    return Decision(policy.id, tuple(line for _, line in heard), once)


def _line(hearing: Hearing) -> LineDecision:
    standings = {kind: hearing.standing(kind, hearing.facts.at) for kind in hearing.policy.outcomes}
    offered = {kind: approval for kind, standing in standings.items() if (approval := standing.approval) is not None}
    if not offered:
        return _refused(hearing)
    first = next(iter(offered))
    asked_by = _asked_by(hearing, {standings[first].basis.clause.id})
    if unmet := _unmet(hearing, asked_by):
        says: list[Say] = [(asked_by[name], "refuses") for name in unmet]
        return _refusal(hearing, "conditions", says, required=tuple(asked_by), unmet=unmet)
    price = price_of(hearing)
    outcomes = tuple(_outcome(hearing, kind, approval, price) for kind, approval in offered.items())
    end = hearing.lasts_until(first, offered[first])
    shipping = hearing.first("shipping")
    says = [*said(hearing, standings, outcomes), *((statement, "requires") for statement in asked_by.values())]
    photos, photos_clause = _photos(hearing)
    return LineDecision(
        id=hearing.facts.asked.id,
        verdict="approved" if "automatic" in offered.values() else "review",
        outcomes=outcomes,
        shipping=(shipping.rule.shipping if shipping else None) or _usual_shipping(hearing),
        request_by=_shown(hearing, end),
        ship_by=_shown(hearing, _ship_by(hearing, end)),
        required=tuple(dict.fromkeys((*asked_by, *_questions(hearing)))),
        clauses=listed(in_file_order(says)),
        quantity=hearing.facts.asked.quantity,
        price=price,
        photos=photos,
        photos_clause=photos_clause,
    )


def _outcome(hearing: Hearing, kind: OutcomeKind, approval: Approval, price: Decimal) -> Outcome:
    decimals = hearing.facts.merchant.decimals(hearing.facts.order.currency)
    taken = deductions(hearing, kind, price, decimals)
    worth = rounded(price * hearing.facts.asked.quantity, decimals)
    return Outcome(
        kind=kind,
        approval=approval,
        value=worth - sum((deduction.amount for deduction in taken), ZERO),
        deductions=taken,
        due=difference(hearing, kind, price, decimals),
        expires_days=next(
            (one.rule.expires_days[kind] for one in hearing.says("expires_days") if kind in one.rule.expires_days), None
        ),
    )


def _refused(hearing: Hearing) -> LineDecision:
    why = refusal(hearing)
    asked_by = _asked_by(hearing, {grant.clause.id for grant in why.grants})
    says: list[Say] = [(statement, "refuses") for statement in why.statements]
    says += [(asked_by[name], "refuses") for name in _unmet(hearing, asked_by)]
    says += [(one, "limits") for one in hearing.speaking if refused_by(hearing, one) and one not in why.statements]
    return _refusal(hearing, why.cause, says, closed_at=why.closed_at)


def _refusal(
    hearing: Hearing,
    cause: Cause,
    says: list[Say],
    *,
    closed_at: datetime | None = None,
    required: tuple[str, ...] = (),
    unmet: tuple[str, ...] = (),
) -> LineDecision:
    return LineDecision(
        id=hearing.facts.asked.id,
        verdict="refused",
        outcomes=(),
        shipping=None,
        request_by=_shown(hearing, closed_at),
        ship_by=None,
        required=required,
        clauses=listed(says),
        quantity=hearing.facts.asked.quantity,
        price=price_of(hearing),
        cause=cause,
        unmet=unmet,
    )


def _asked_by(hearing: Hearing, granting: set[str]) -> dict[str, Statement]:
    """Return the conditions to confirm, in the file's order, each with the first statement that requires it (R4)."""
    asked_by: dict[str, Statement] = {}
    if hearing.facts.asked.shop_fault:
        return asked_by
    for statement in hearing.says("requires"):
        if not statement.rule.with_ or not granting.isdisjoint(statement.rule.with_):
            for name in statement.rule.requires:
                if hearing.policy.asked[name].applies(hearing.facts):
                    asked_by.setdefault(name, statement)
    return asked_by


def _questions(hearing: Hearing) -> tuple[str, ...]:
    """Return the conditions that refuse nothing where they are not confirmed, but change something on this line."""
    facts, policy = hearing.facts, hearing.policy
    if facts.asked.shop_fault:
        return ()
    return tuple(
        name for holds, name in policy.questions if (holds is None or holds(facts)) and policy.asked[name].applies(facts)
    )


def _photos(hearing: Hearing) -> tuple[int, str]:
    """Return how many photos are asked for, the most that any clause says, and the first clause that says so."""
    asked = [(statement.rule.photos or 0, statement.clause.id) for statement in hearing.says("photos")]
    return max(asked, key=lambda one: one[0], default=(0, ""))


def _unmet(hearing: Hearing, asked_by: Iterable[str]) -> tuple[str, ...]:
    confirmed = hearing.facts.asked.attested
    return () if confirmed is None else tuple(name for name in asked_by if name not in confirmed)


def _usual_shipping(hearing: Hearing) -> Shipping:
    """Say who pays for the parcel where no clause does: whoever sends it."""
    return "customer" if hearing.facts.request.method == "mail" else "none"


def _ship_by(hearing: Hearing, request_by: datetime | None) -> datetime | None:
    statement = hearing.first("send_within")
    if statement is None or statement.rule.send_within is None:
        return None
    within = statement.rule.send_within
    return request_by if within == "window" else hearing.facts.end(within)


def _shown(hearing: Hearing, moment: datetime | None) -> datetime | None:
    return None if moment is None else hearing.facts.merchant.local(moment)
