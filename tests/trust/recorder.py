"""Hears every call to AWS that this process makes: what was asked, what was answered, and, if told so, after how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from chalicelib.adapters.dynamodb import unpacked

_NAMES = ("before-parameter-build.{}", "before-call.{}", "after-call.{}")
SERVICES = ("dynamodb", "s3")
WRITES = frozenset(
    "PutItem UpdateItem DeleteItem BatchWriteItem TransactWriteItems PutObject DeleteObject DeleteObjects CopyObject".split()
)


@dataclass(frozen=True)
class Call:
    """One call: the service, its operation, what was asked and what was answered."""

    service: str
    operation: str
    asked: Mapping[str, Any]
    answered: Mapping[str, Any]

    @property
    def shape(self) -> str:
        """What whoever listens on the line could tell of the question: everything but the letters that stand in it."""
        return f"{self.service} {self.operation} {_shape(self.asked)}"

    @property
    def wrote(self) -> bool:
        """Whether something was written: a condition that does not hold writes nothing."""
        return self.operation in WRITES and "Error" not in self.answered

    @property
    def found(self) -> list[dict[str, Any]]:
        """The items of a table that the answer held, in plain values."""
        items = [self.answered["Item"]] if "Item" in self.answered else self.answered.get("Items", ())
        return [unpacked(item) for item in items]


@dataclass
class Recorder:
    """The calls so far, in the order of their answers. `waiting` is called before each, as if AWS were far away."""

    calls: list[Call] = field(default_factory=list)
    waiting: Callable[[], object] = lambda: None

    def taken(self) -> list[Call]:
        """Return the calls since this was last asked."""
        found = list(self.calls)
        self.calls.clear()
        return found

    def _asked(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params

    def _called(self, **_: Any) -> None:
        self.waiting()

    def _answered(self, parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        self.calls.append(Call(model.service_model.service_name, model.name, context.get("asked", {}), parsed))


@contextmanager
def recording() -> Iterator[Recorder]:
    """Give a recorder of every client that is made from now on, until the end."""
    recorder = Recorder()
    session = boto3.DEFAULT_SESSION or boto3.session.Session()
    boto3.DEFAULT_SESSION = session
    hears = [
        (name.format(service), listener)
        for service in SERVICES
        for name, listener in zip(_NAMES, (recorder._asked, recorder._called, recorder._answered), strict=True)
    ]
    for name, listener in hears:
        session.events.register(name, listener)
    try:
        yield recorder
    finally:
        for name, listener in hears:
            session.events.unregister(name, listener)


def _shape(value: Any) -> Any:
    match value:
        case str() | bytes():
            return f"{len(value)} letters"
        case Mapping():
            return {name: _shape(value[name]) for name in sorted(value)}
        case list() | tuple() | set() | frozenset():
            return [_shape(each) for each in value]
    return value
