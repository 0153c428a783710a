"""What a line offers is what every reason would bring by itself, though only those that differ are decided, all lines at once."""

from __future__ import annotations

import json
import random

import pytest

from chalicelib.domain.clauses import REASONS
from chalicelib.domain.contract import read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.orders import SHOP_FAULT, Reason
from chalicelib.domain.verdicts import LineDecision
from chalicelib.offers import offered
from chalicelib.shops import load_shops
from tests.domain.cases import drawn_case

SHOPS = load_shops()


@pytest.mark.parametrize("shop", SHOPS)
def test_an_offer_is_what_every_reason_by_itself_brings(shop: str) -> None:
    chance = random.Random(5)
    for _ in range(60):
        found = read_case(json.dumps(drawn_case(chance.choice, shop)).encode())
        rules = SHOPS[shop].policy_for(found.order.placed_at)
        line, asked = found.order.lines[0], found.request.lines[0]
        plain: dict[Reason, LineDecision] = {}
        for reason in REASONS:
            lines = (asked.model_copy(update={"reason": reason}), *found.request.lines[1:])
            alone = found.request.model_copy(update={"lines": lines[:1]})
            plain[reason] = decide(found.order, alone, rules, found.at).lines[0]
            # No line's decision hangs on another's.
            assert (
                decide(found.order, found.request.model_copy(update={"lines": lines}), rules, found.at).lines[0] == plain[reason]
            )
        offer = offered(line, 2, rules, {reason: plain[reason] for reason in rules.alike.values()})
        leading = [reason for reason in REASONS if plain[reason].verdict != "refused"]
        assert list(offer.reasons) == leading
        own = [reason for reason in leading if reason not in SHOP_FAULT]
        assert offer.decision == plain[own[0] if own else "changed_mind"]
        faults = [reason for reason in leading if reason in SHOP_FAULT]
        assert offer.fault == (plain[faults[0]] if faults else None)


def test_of_a_line_with_nothing_left_nothing_is_decided() -> None:
    found = read_case(json.dumps(drawn_case(random.Random(1).choice, "azulu")).encode())
    offer = offered(found.order.lines[0], 0, SHOPS["azulu"].policies[0], {})
    assert (offer.decision, offer.fault, offer.selectable) == (None, None, False)
