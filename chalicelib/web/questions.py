"""What must be asked for one order under its policy: of each line what decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from chalicelib.desk import Desk
from chalicelib.domain.clauses import Clause, Rule
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.orders import SHOP_FAULT, Reason, Variant
from chalicelib.domain.policy import Policy
from chalicelib.domain.verdicts import LineDecision
from chalicelib.offers import LineOffer
from chalicelib.visit import Visit
from chalicelib.web.draft_forms import LineQuestions

SIZES = ("XXXS", "XXS", "XS", "S", "M", "L", "XL", "XXL", "XXXL", "2XL", "3XL", "4XL", "5XL")


@dataclass(frozen=True)
class LineAsked:
    """One chosen line on the details page: what it is, what may be answered, and what the catalogue offers instead."""

    index: int
    chosen: DraftLine
    offer: LineOffer
    conditions: Sequence[str]
    requirers: Mapping[str, Clause]
    exchange: bool
    offered: Callable[[], Sequence[Variant]]

    @cached_property
    def variants(self) -> Sequence[Variant]:
        """What the catalogue offers instead, from small to large, where an exchange is open; read only where it is shown."""
        return sorted(self.offered(), key=_by_size) if self.exchange else ()

    @property
    def own_reasons(self) -> tuple[Reason, ...]:
        """The customer's own reasons that lead anywhere."""
        return tuple(reason for reason in self.offer.reasons if reason not in SHOP_FAULT)

    @property
    def fault_reasons(self) -> tuple[Reason, ...]:
        """The reasons that are the shop's fault and lead anywhere."""
        return tuple(reason for reason in self.offer.reasons if reason in SHOP_FAULT)

    def label(self, variant: Variant) -> str:
        """Return what tells a variant from the others: its options, or its name where those are not enough."""
        said = [tuple(each.options.values()) for each in self.variants]
        options = tuple(variant.options.values())
        return " · ".join(options) if options and said.count(options) == 1 else variant.label

    @property
    def questions(self) -> LineQuestions:
        """What a posted form may answer."""
        return LineQuestions(self.index, self.offer.reasons, self.conditions, [each.sku for each in self.variants], self.exchange)


def asked_of(desk: Desk, visit: Visit) -> dict[str, LineAsked]:
    """Return what is asked of each line of the draft that has units left, by line id."""
    drafted = {line.id: line for line in visit.draft.lines}
    offers = {offer.line.id: offer for offer in visit.offers(drafted) if offer.selectable}
    chosen = [(line, offers[line.id]) for line in visit.draft.lines if line.id in offers]
    ways = visit.own_ways(drafted)
    return {line.id: _asked(desk, visit, index, line, offer, ways[line.id]) for index, (line, offer) in enumerate(chosen)}


def next_step(visit: Visit, asked: Mapping[str, LineAsked]) -> str:
    """Return the step of the draft that is missing first: items, details, outcomes or, if none is, check."""
    if not asked or any(line.reason is None and line.id not in asked for line in visit.draft.lines):
        return "items"
    for line in asked.values():
        reason = line.chosen.reason
        if reason not in line.offer.reasons:
            return "details"
        if reason not in SHOP_FAULT and not set(line.conditions) <= line.chosen.answers.keys():
            return "details"
    return "outcomes" if visit.draft.method is None else "check"


def _asked(
    desk: Desk, visit: Visit, index: int, chosen: DraftLine, offer: LineOffer, own_ways: Sequence[LineDecision]
) -> LineAsked:
    decisions = [decision for decision in (offer.decision, offer.fault) if decision is not None]
    exchange = any(outcome.kind == "exchange" for decision in decisions for outcome in decision.outcomes)
    # Another reason or another way of sending may ask for more: whatever can be asked is asked at once.
    demanding: dict[str, LineDecision] = {}
    for decision in own_ways:
        for name in decision.required:
            demanding.setdefault(name, decision)
    return LineAsked(
        index=index,
        chosen=chosen,
        offer=offer,
        conditions=tuple(demanding),
        requirers={name: clause for name, by in demanding.items() if (clause := _requirer(visit.policy, by, name))},
        exchange=exchange,
        offered=partial(desk.variants, visit, offer.line),
    )


def _by_size(variant: Variant) -> list[tuple[int, float, str]]:
    """Order variants as a shop hangs them: sizes from small to large, numbers by worth, the rest by name."""
    return [_rank(option) for option in variant.options.values()] or [(2, 0, variant.name)]


def _rank(option: str) -> tuple[int, float, str]:
    if option.upper() in SIZES:
        return (0, SIZES.index(option.upper()), "")
    return (1, float(option), "") if option.isascii() and option.isdigit() else (2, 0, option)


def _requirer(policy: Policy, decision: LineDecision, condition: str) -> Clause | None:
    """Return the clause that demands a condition of this line, or else the one that says what it costs not to confirm it."""
    said = {say.id for say in decision.clauses if say.effect == "requires"}
    for clause in policy.clauses:
        if clause.id in said and any(condition in rule.requires for rule in clause.rules):
            return clause
    return next((clause for clause in policy.clauses if any(condition in _unconfirmed(rule) for rule in clause.rules)), None)


def _unconfirmed(rule: Rule) -> tuple[str, ...]:
    return rule.when.unconfirmed if rule.when else ()
