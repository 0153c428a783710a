"""Read a shop's files, and say every mistake in them on a line of its own."""

from __future__ import annotations

import hashlib
import tomllib

from chalicelib.domain.clauses import PolicyFile
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.policy import Policy


def read_merchant(name: str, text: str) -> Merchant:
    return Merchant.model_validate(tomllib.loads(text))


def read_policy(name: str, text: str, merchant: Merchant) -> Policy:
    return Policy(merchant, PolicyFile.model_validate(tomllib.loads(text)), hashlib.sha256(text.encode()).hexdigest())
