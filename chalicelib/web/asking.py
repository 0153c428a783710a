"""What must be asked because a policy turns on it: which receipt, from which country, which photos."""

from __future__ import annotations

from functools import lru_cache

from chalicelib.domain.matching import keys
from chalicelib.domain.policy import Policy


@lru_cache(maxsize=64)
def asks_proof(policy: Policy) -> bool:
    """Say whether it matters to this policy which receipt the customer has."""
    return _mentions(policy, "proof")


@lru_cache(maxsize=64)
def asks_country(policy: Policy) -> bool:
    """Say whether it matters to this policy where the goods come back from."""
    return _mentions(policy, "from_country", "other_country")


@lru_cache(maxsize=64)
def asks_photos(policy: Policy) -> bool:
    """Say whether this policy asks for photos of anything."""
    return any(rule.photos for clause in policy.clauses for rule in clause.rules)


def _mentions(policy: Policy, *names: str) -> bool:
    return any(keys(rule.when) & set(names) for clause in policy.clauses for rule in clause.rules)
