"""The rival that decisions are timed beside answers as the policy asks, or the comparison would say nothing."""

from __future__ import annotations

import pytest

from tests.bench.decide import agreed, drawn


@pytest.mark.parametrize("found", list(drawn(60, seed=7)), ids=lambda _: "")
def test_the_rivals_model_of_azulu_says_what_the_policy_says(found):
    told, theirs = agreed(found)
    assert told == theirs
