"""What a line offers is what deciding it once for every reason would say, though only reasons that differ are decided."""

from __future__ import annotations

import json
import random

import pytest

from chalicelib.domain.contract import read_case
from chalicelib.domain.decisions import decide
from chalicelib.domain.orders import SHOP_FAULT, Reason
from chalicelib.domain.verdicts import LineDecision
from chalicelib.offers import REASONS, offered
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
        decided: list[Reason] = []

        def alone(reason: Reason) -> LineDecision:
            decided.append(reason)  # noqa: B023
            lines = (asked.model_copy(update={"reason": reason}),)  # noqa: B023
            return decide(found.order, found.request.model_copy(update={"lines": lines}), rules, found.at).lines[0]  # noqa: B023

        offer = offered(line, 2, rules, alone)
        assert len(decided) == len(set(decided)) == len(set(rules.alike.values()))
        plain = {reason: alone(reason) for reason in REASONS}
        leading = [reason for reason in REASONS if plain[reason].verdict != "refused"]
        assert list(offer.reasons) == leading
        own = [reason for reason in leading if reason not in SHOP_FAULT]
        assert offer.decision == plain[own[0] if own else "changed_mind"]
        faults = [reason for reason in leading if reason in SHOP_FAULT]
        assert offer.fault == (plain[faults[0]] if faults else None)


def test_of_a_line_with_nothing_left_nothing_is_decided() -> None:
    found = read_case(json.dumps(drawn_case(random.Random(1).choice, "azulu")).encode())

    def never(_: Reason) -> LineDecision:
        raise AssertionError("it was decided")

    offer = offered(found.order.lines[0], 0, SHOPS["azulu"].policies[0], never)
    assert (offer.decision, offer.fault, offer.selectable) == (None, None, False)
