"""Judges calls by the policies of the template's roles, and keeps what was used, what was refused and what was never needed."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from tests.rehearsal.stack import Stack

Right = tuple[str, str]
"""An action and the ARN on which: `("dynamodb:GetItem", "arn:aws:dynamodb:…:table/rehearsal-returnstable")`."""


@dataclass(frozen=True)
class Grant:
    """One action on one resource that a role's policy allows or denies, as the template writes it; both may hold wildcards."""

    role: str
    statement: str
    action: str
    resource: str
    allows: bool = True

    def covers(self, action: str, resource: str) -> bool:
        """Say whether it speaks of this action on this resource."""
        return bool(_pattern(self.action.lower()).fullmatch(action.lower()) and _pattern(self.resource).fullmatch(resource))


def grants(stack: Stack) -> list[Grant]:
    """Return what the policies of every role say; ValueError for what a policy may say and nobody understands here."""
    found: list[Grant] = []
    for role, properties in stack.resources("AWS::IAM::Role"):
        for policy in properties.get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                found += _read(role, statement)
    return found


def _read(role: str, statement: Mapping[str, Any]) -> Iterable[Grant]:
    unknown = set(statement) - {"Sid", "Effect", "Action", "Resource"}
    if unknown:
        raise ValueError(f"{role}: {', '.join(sorted(unknown))} of a statement is not understood here")
    allows = statement["Effect"] == "Allow"
    for action in _listed(statement["Action"]):
        for resource in _listed(statement["Resource"]):
            yield Grant(role, statement.get("Sid", ""), action, resource, allows)


def _listed(said: Any) -> list[str]:
    return said if isinstance(said, list) else [said]


@cache
def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(re.escape(said).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


@dataclass
class Judge:
    """Knows what each role may do; counts what it did and what it was refused. May be asked from many threads."""

    granted: list[Grant]
    done: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    refused: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    used: set[Grant] = field(default_factory=set)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def allow(self, role: str, rights: Iterable[Right]) -> Right | None:
        """Count a call of a role that takes these rights; return the first that the role lacks, or None."""
        with self.turn:
            for action, resource in rights:
                speaking = [grant for grant in self.granted if grant.role == role and grant.covers(action, resource)]
                if not speaking or not all(grant.allows for grant in speaking):
                    self.refused[role, action, resource] += 1
                    return action, resource
                self.used.update(speaking)
                self.done[role, action, _folded(resource)] += 1
        return None

    def unused(self) -> list[Grant]:
        """Return what was granted and never needed, in the order of the template."""
        return [grant for grant in self.granted if grant.allows and grant not in self.used and _applies(grant)]


def _applies(grant: Grant) -> bool:
    """Say whether the action is one on such a resource: a statement that lists a bucket and its files pairs each with each."""
    if not grant.resource.startswith("arn:aws:s3:::"):
        return True
    return ("/" in grant.resource) is (grant.action not in {"s3:ListBucket", "s3:ListBucketVersions"})


def _folded(resource: str) -> str:
    """Return an ARN without the name of a single file, which would make as many rows as there are files."""
    if resource.startswith("arn:aws:s3:::") and "/" in resource:
        bucket, *folders, _ = resource.split("/")
        return "/".join([bucket, *folders[:2], "*"])
    return resource
