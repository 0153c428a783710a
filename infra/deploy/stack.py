"""One CloudFormation stack: where it stands, what would change, carrying that out, and what it came to."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, takewhile
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.account import Account, NotReady

HELD = frozenset({"AWS::DynamoDB::Table", "AWS::S3::Bucket"})
"""The kinds of resources that hold what cannot be made again."""
_NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True)
class Change:
    """What would happen to a resource: `action` is Add, Modify or Remove; `replaced` that a new one takes its place.

    Of most that only point to what changes CloudFormation does not know beforehand whether they are: then it is not `certain`.
    """

    action: str
    name: str
    kind: str
    replaced: bool
    certain: bool = True


class Stack:
    """A stack by its name. `pause` is slept, in seconds, between two looks at what CloudFormation does."""

    def __init__(self, account: Account, name: str, pause: float = 3) -> None:
        self.account = account
        self.name = name
        self.client = account.client("cloudformation")
        self._pause = pause
        self._proposed = ""

    @property
    def status(self) -> str | None:
        """CloudFormation's word for where the stack stands; None if there is none."""
        described = self._described()
        return described["StackStatus"] if described else None

    def outputs(self) -> dict[str, str]:
        """Return what the stack tells, by name."""
        described = self._described() or {}
        return {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", ())}

    def parameters(self) -> dict[str, str]:
        """Return the values that the stack has, by name; nothing while there is none."""
        described = self._described() or {}
        return {each["ParameterKey"]: each["ParameterValue"] for each in described.get("Parameters", ())}

    def resources(self) -> tuple[tuple[str, str], ...]:
        """Return kind and physical name of what the stack holds."""
        pages = self.client.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return tuple(
            (each["ResourceType"], each.get("PhysicalResourceId", ""))
            for page in pages
            for each in page["StackResourceSummaries"]
        )

    def holds(self, kind: str, name: str) -> bool:
        """Say whether something of this kind and physical name is the stack's."""
        return self.status not in (None, "REVIEW_IN_PROGRESS") and (kind, name) in self.resources()

    def settle(self) -> None:
        """Wait until nothing is under way: somebody else's deployment, or ours that was interrupted. NotReady if it is stuck."""
        while (status := self.status) is not None and status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
            time.sleep(self._pause)
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
            raise NotReady(
                f"stack {self.name} is {status}: it was never whole and takes no change; "
                f"run make undeploy STACK={self.name}, then this again"
            )
        if status == "UPDATE_ROLLBACK_FAILED":
            mend = f"aws cloudformation continue-update-rollback --stack-name {self.name}"
            raise NotReady(f"stack {self.name} could not go back to what it was; mend what its events name, then: {mend}")

    def propose(self, template: str, parameters: Mapping[str, str]) -> tuple[Change, ...]:
        """Ask for what would change; parameters that are not given keep their values. Nothing is changed yet."""
        described = self._described()
        exists = described is not None and described["StackStatus"] != "REVIEW_IN_PROGRESS"
        kept = set(self.parameters()) if exists else set()
        known = {each["ParameterKey"] for each in self._summary(template)["Parameters"]}
        if unknown := sorted(set(parameters) - known):
            raise NotReady(f"no parameter is called {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
        asked: list[dict[str, Any]] = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        asked += [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted((kept & known) - set(parameters))]
        self._proposed = f"vuelta-{uuid.uuid4().hex}"
        self._call(
            "create_change_set", ChangeSetName=self._proposed, TemplateURL=template, Parameters=asked,
            ChangeSetType="UPDATE" if exists else "CREATE", Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )  # fmt: skip
        return self._changes()

    def refuse_losses(self, changes: Sequence[Change]) -> None:
        """Raise NotReady, and withdraw, where a change would leave the portal without a table or bucket that it has."""
        lost = [change.name for change in changes if change.kind in HELD and (change.action == "Remove" or change.replaced)]
        if lost:
            self.withdraw()
            raise NotReady(
                f"this would put an empty one in the place of {', '.join(lost)}; docs/operate.md says how to move what it holds"
            )

    def withdraw(self) -> None:
        """Take the proposal back; a stack that was only proposed goes with it."""
        self._call("delete_change_set", ChangeSetName=self._proposed)
        if self.status == "REVIEW_IN_PROGRESS":
            self._call("delete_stack")

    def carry_out(self, changes: Sequence[Change], tell: Callable[[str], object]) -> None:
        """Carry the proposal out, telling each resource that is done; NotReady, with the first cause, if it fails."""
        past = self.past()
        self._call("execute_change_set", ChangeSetName=self._proposed)
        self.watch(past, tell)
        status = self.status
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            raise NotReady(
                f"stack {self.name} is {status}: {self._first_failure(past)}; mend it and run this again ({len(changes)} changes)"
            )

    def past(self) -> frozenset[str]:
        """Return what happened last, by CloudFormation's names for it: what is newer than any of it comes after."""
        return frozenset(event["EventId"] for event in next(self._pages(), ()))

    def watch(self, past: frozenset[str], tell: Callable[[str], object]) -> None:
        """Wait until what began after `past` has ended, telling each resource that is done."""
        told = set(past)
        begun = False
        while True:
            status = self.status
            for event in self._events(told):
                told.add(event["EventId"])
                if event["PhysicalResourceId"] == event["StackId"]:
                    begun = True
                elif event["ResourceStatus"].endswith(("_COMPLETE", "_FAILED")):
                    tell(f"  {event['ResourceStatus']:<16} {event['LogicalResourceId']}")
            if status is None or (begun and not status.endswith("_IN_PROGRESS")):
                return
            time.sleep(self._pause)

    def _changes(self) -> tuple[Change, ...]:
        while True:
            answer = self._call("describe_change_set", ChangeSetName=self._proposed)
            if answer["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                break
            time.sleep(self._pause)
        if answer["Status"] == "FAILED":
            why = answer.get("StatusReason", "")
            self.withdraw()
            if any(words in why for words in _NOTHING):
                return ()
            raise NotReady(f"CloudFormation refuses the template: {_line(why)}")
        found = list(answer["Changes"])
        while answer.get("NextToken"):
            answer = self._call("describe_change_set", ChangeSetName=self._proposed, NextToken=answer["NextToken"])
            found += answer["Changes"]
        return tuple(
            Change(
                one["Action"],
                one["LogicalResourceId"],
                one["ResourceType"],
                replaced=one.get("Replacement") in ("True", "Conditional"),
                certain=one.get("Replacement") != "Conditional",
            )
            for one in (each["ResourceChange"] for each in found)
        )

    def _first_failure(self, past: frozenset[str]) -> str:
        for event in self._events(past):
            if event["ResourceStatus"].endswith("_FAILED"):
                return f"{event['LogicalResourceId']}: {_line(event.get('ResourceStatusReason', ''))}"
        return "its events name no cause"

    def _events(self, known: AbstractSet[str]) -> list[dict[str, Any]]:
        """Return what happened since, oldest first; what came before, thousands of events in time, is left unread."""
        new = takewhile(lambda event: event["EventId"] not in known, chain.from_iterable(self._pages()))
        return list(new)[::-1]

    def _pages(self) -> Iterator[list[dict[str, Any]]]:
        """Yield what happened to the stack, newest first; nothing of one that is gone, which tells nothing by its name."""
        try:
            for page in self.client.get_paginator("describe_stack_events").paginate(StackName=self.name):
                yield page["StackEvents"]
        except ClientError:
            return

    def _summary(self, template: str) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self.client.get_template_summary(TemplateURL=template)
        except ClientError as error:
            raise NotReady(f"CloudFormation refuses the template: {error.response['Error']['Message']}") from None
        return found

    def _described(self) -> dict[str, Any] | None:
        try:
            (found,) = self.client.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise NotReady(f"stack {self.name}: {error.response['Error']['Message']}") from None
        described: dict[str, Any] = found
        return described

    def _call(self, operation: str, **call: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.client, operation)(StackName=self.name, **call)
        except ClientError as error:
            raise NotReady(f"stack {self.name}: {_line(error.response['Error']['Message'])}") from None
        return answer


def _line(text: str) -> str:
    return " ".join(text.split())
