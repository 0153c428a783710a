"""Reads the shops of a folder from their files, with every mistake of any of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.policy import Policy
from chalicelib.domain.policy_check import decoded, policy_notes, read_merchant, read_policy
from chalicelib.shops import MERCHANTS, Shop


def read_shops(folder: Path) -> Mapping[str, Shop]:
    """Return every shop of a folder by its slug; InvalidPolicy with each mistake of any file, all at once."""
    shops: dict[str, Shop] = {}
    mistakes: list[str] = []
    for place in sorted(path.parent for path in folder.glob("*/merchant.toml")):
        try:
            shops[place.name] = _read_shop(place)
        except InvalidPolicy as error:
            mistakes += error.mistakes
    if mistakes:
        raise InvalidPolicy(tuple(mistakes))
    return shops


@lru_cache(maxsize=64)
def shop_notes(slug: str, folder: Path = MERCHANTS) -> tuple[tuple[str, str], ...]:
    """Return what `policy check` notes about a shop's policies, each with its file's name: no mistakes, but surprises."""
    files = (_read(file) for file in sorted((folder / slug).glob("policy-*.toml")))
    return tuple((name.rpartition("/")[2], note) for name, text in files for note in policy_notes(text))


def _read_shop(place: Path) -> Shop:
    merchant = read_merchant(*_read(place / "merchant.toml"))
    texts = dict(_read(file) for file in sorted(place.glob("policy-*.toml")))
    mistakes: list[str] = []
    policies: list[Policy] = []
    for name, text in texts.items():
        try:
            policies.append(read_policy(name, text, merchant))
        except InvalidPolicy as error:
            mistakes += error.mistakes
    if not texts:
        mistakes.append(f"{place.name}: the shop has no policy; add a policy-<date>.toml")
    if mistakes:
        raise InvalidPolicy(tuple(mistakes))
    logo = place / "logo.svg"
    return Shop(
        merchant=merchant,
        policies=tuple(sorted(policies, key=lambda policy: policy.effective)),
        logo=logo.read_text("utf-8").strip() if logo.exists() else "",
    )


def _read(file: Path) -> tuple[str, str]:
    """Return the name by which a file's mistakes are told, and its text."""
    name = f"{file.parent.name}/{file.name}"
    return name, decoded(name, file.read_bytes())
