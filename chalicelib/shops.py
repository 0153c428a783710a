"""The shops of this deployment, read once from `merchants/<slug>/`."""

from __future__ import annotations

import pickle
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from chalicelib.compiled import made_ready
from chalicelib.domain.merchant import Merchant
from chalicelib.later import Later

if TYPE_CHECKING:
    from chalicelib.domain.policy import Policy

MERCHANTS = Path(__file__).parent / "merchants"
READY = "shops.pickle"


def policies_of(slug: str) -> str:
    """Return the name of what is made ready of a shop's policies."""
    return f"policies-{slug}.pickle"


def _policies(shop: Shop) -> tuple[Policy, ...]:
    ready = made_ready(policies_of(shop.merchant.slug))
    if ready is None:
        raise FileNotFoundError(f"the package holds {shop.merchant.slug} without its policies: package it anew")
    policies: tuple[Policy, ...] = pickle.loads(ready.read_bytes())  # noqa: S301 - part of the package, as this line is
    return policies


@dataclass(frozen=True, eq=False)
class Shop:
    """A shop with its logo as SVG to stand inside a page, and its dated policies, oldest first, which many pages do without."""

    merchant: Merchant
    logo: str
    policies: Later[tuple[Policy, ...]] = Later(_policies)

    def policy_for(self, placed_at: datetime) -> Policy:
        """Return the policy in force when an order was placed; the shop's first one for an order from before it."""
        return self.policy_on(self.merchant.local(placed_at).date())

    def policy_on(self, day: date) -> Policy:
        """Return the policy in force on a date of the shop's calendar."""
        later = bisect_right(self.policies, day, key=lambda policy: policy.effective)
        return self.policies[max(later - 1, 0)]


@lru_cache(maxsize=8)
def load_shops(folder: Path = MERCHANTS) -> Mapping[str, Shop]:
    """Return every shop of a folder by its slug; InvalidPolicy with each mistake of any file, all at once."""
    if folder == MERCHANTS and (ready := made_ready(READY)):
        shops: dict[str, Shop] = pickle.loads(ready.read_bytes())  # noqa: S301 - part of the package, as this line is
        return MappingProxyType(shops)
    from chalicelib.shop_files import read_shops

    return MappingProxyType(dict(read_shops(folder)))
