"""Finds the resource of a REST API for a path, as the OpenAPI body of the template lists them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote


@dataclass(frozen=True)
class Found:
    """A resource, such as `/{shop}/items`, what stands for its parameters, and its methods, each with what the template says."""

    resource: str
    parameters: Mapping[str, str]
    methods: Mapping[str, Any]


class Routes:
    """The resources of an API. What has a name goes before what is a parameter, part by part, as AWS documents it.

    Documented nowhere, but seen by others on AWS: a slash at the end makes another address, and what stands for a parameter is
    decoded once. Assumed: an empty part within matches nothing, and parts are compared as they were sent.
    """

    def __init__(self, paths: Mapping[str, Mapping[str, Any]]) -> None:
        self._paths = paths
        self._tree: dict[str, Any] = {}
        for resource in paths:
            branch = self._tree
            for part in _parts(resource):
                branch = branch.setdefault(part, {})
            branch["/"] = resource

    def find(self, path: str) -> Found | None:
        """Return the resource for a path without the stage, percent-encoded as it was sent."""
        taken = self._walk(self._tree, _parts(path))
        if taken is None:
            return None
        resource, values = taken
        names = [part.strip("{}+") for part in _parts(resource) if part.startswith("{")]
        decoded = (unquote(value, errors="replace") for value in values)
        methods = {name.upper(): each for name, each in self._paths[resource].items()}
        return Found(resource, dict(zip(names, decoded, strict=True)), methods)

    def _walk(self, branch: Mapping[str, Any], parts: list[str]) -> tuple[str, list[str]] | None:
        if not parts:
            return (branch["/"], []) if "/" in branch else None
        first, *rest = parts
        if first in branch and (found := self._walk(branch[first], rest)):
            return found
        if not first:
            return None
        for name in _parameters(branch):
            if name.endswith("+}"):
                return branch[name]["/"], ["/".join(parts)]
            if found := self._walk(branch[name], rest):
                return found[0], [first, *found[1]]
        return None


def _parts(path: str) -> list[str]:
    inner = path.removeprefix("/")
    return inner.split("/") if inner else []


def _parameters(branch: Iterable[str]) -> list[str]:
    """Return the parameters of a branch, the greedy one last."""
    return sorted((name for name in branch if name.startswith("{")), key=lambda name: name.endswith("+}"))
