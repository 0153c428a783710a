"""Reads the packaged template as CloudFormation would: conditions decided, references resolved to names and ARNs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.local.tables import load_template
from tests.rehearsal.runtime import ACCOUNT, REGION

NAME = "rehearsal"
PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": NAME,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{NAME}/1",
    "AWS::URLSuffix": "amazonaws.com",
}
NOTHING = object()
"""What `AWS::NoValue` stands for: whatever holds it is left out."""
_NAMED_BY = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::SES::ConfigurationSet": "Name",
    "AWS::SES::EmailIdentity": "EmailIdentity",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Events::Rule": "Name",
}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SES::ConfigurationSet": f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{{}}",
    "AWS::SES::EmailIdentity": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{{}}",
}
_HOLE = re.compile(r"\$\{([^!}][^}]*)\}")


class Unresolved(ValueError):
    """The template says something that is not understood here; the message names it."""


@dataclass(frozen=True)
class Function:
    """A function as deployed: logical id, name, entry, variables, memory in MB, seconds, role, how many at once."""

    id: str
    name: str
    handler: str
    environment: Mapping[str, str]
    memory: int
    timeout: float
    role: str
    most: int | None = None


@dataclass
class Stack:
    """A template with the values of its parameters; `attributes` are those that only what was created knows, by (id, name)."""

    template: Mapping[str, Any]
    given: Mapping[str, str]
    attributes: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, **given: str) -> Stack:
        """Read a template file; parameters that are not given have their defaults."""
        return cls(load_template(path), given)

    def resources(self, kind: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the ids and resolved properties of the resources of a type that the conditions let be."""
        for name, resource in self.template["Resources"].items():
            if resource["Type"].startswith(kind) and self._holds(resource.get("Condition")):
                yield name, self.value(resource.get("Properties", {}))

    def kind(self, name: str) -> str:
        """Return a resource's type."""
        return str(self.template["Resources"][name]["Type"])

    def name(self, logical: str) -> str:
        """Return the name under which a resource was created."""
        resource = self.template["Resources"][logical]
        given = resource.get("Properties", {}).get(_NAMED_BY.get(resource["Type"], ""))
        return str(self.value(given)) if given is not None else f"{NAME}-{logical.lower()}"

    def named(self, kind: str, name: str) -> str:
        """Return the logical id of the resource of this type with this name or ARN."""
        for logical, _ in self.resources(kind):
            if name in {self.name(logical), self._attribute(logical, "Arn")}:
                return logical
        raise Unresolved(f"no {kind} is called {name}")

    def functions(self) -> list[Function]:
        """Return every function, with the variables that all of them share."""
        shared = self.value(self.template.get("Globals", {}).get("Function", {}))
        found = []
        for logical, own in self.resources("AWS::Serverless::Function"):
            both = {**shared, **own}
            variables = [each.get("Environment", {}).get("Variables", {}) for each in (shared, own)]
            role = self.named("AWS::IAM::Role", both["Role"])
            environment = {name: str(value) for each in variables for name, value in each.items()}
            size = (int(both["MemorySize"]), float(both["Timeout"]))
            most = both.get("ReservedConcurrentExecutions")
            name = self.name(logical)
            found.append(Function(logical, name, both["Handler"], environment, *size, role, None if most is None else int(most)))
        return found

    def value(self, said: Any) -> Any:
        """Return what an expression of the template comes to."""
        if isinstance(said, list):
            return [found for each in said if (found := self.value(each)) is not NOTHING]
        if not isinstance(said, dict):
            return said
        if len(said) == 1:
            ((function, argument),) = said.items()
            if function == "Ref":
                return self._reference(argument)
            if function.startswith("Fn::") or (function == "Condition" and isinstance(argument, str)):
                return self._apply(function.removeprefix("Fn::"), argument)
        return {name: found for name, each in said.items() if (found := self.value(each)) is not NOTHING}

    def _apply(self, function: str, argument: Any) -> Any:
        if function in {"Equals", "Not", "And", "Or", "Condition"}:
            return self._holds({function if function == "Condition" else f"Fn::{function}": argument})
        if function == "If":
            condition, yes, no = argument
            return self.value(yes if self._holds(condition) else no)
        if function == "GetAtt":
            return self._attribute(*(argument if isinstance(argument, list) else argument.split(".", 1)))
        if function == "Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            return self._filled(text, {name: self.value(each) for name, each in own.items()})
        return self._rearranged(function, argument)

    def _rearranged(self, function: str, argument: Any) -> Any:
        match function, argument:
            case "Join", [between, parts]:
                return between.join(str(each) for each in self.value(parts))
            case "Select", [index, parts]:
                return self.value(parts)[int(index)]
            case "Split", [at, text]:
                return str(self.value(text)).split(at)
            case "ToJsonString", _:
                return json.dumps(self.value(argument))
        raise Unresolved(f"Fn::{function} with {argument!r} is not understood")

    def _holds(self, condition: Any) -> bool:
        if condition is None or isinstance(condition, bool):
            return condition is not False
        if isinstance(condition, str):
            return self._holds(self.template["Conditions"][condition])
        ((function, argument),) = condition.items()
        match function, argument:
            case "Condition", str():
                return self._holds(argument)
            case "Fn::Equals", [one, other]:
                return str(self.value(one)) == str(self.value(other))
            case "Fn::Not", [one]:
                return not self._holds(one)
            case "Fn::And", [*each]:
                return all(self._holds(one) for one in each)
            case "Fn::Or", [*each]:
                return any(self._holds(one) for one in each)
        raise Unresolved(f"the condition {condition!r} is not understood")

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in PSEUDO:
            return PSEUDO[name]
        parameter = self.template.get("Parameters", {}).get(name)
        if parameter is None and "." in name:
            return name.replace(".", "-").lower()  # what SAM makes of a resource, such as an API's stage
        if parameter is None:
            if name not in self.template["Resources"]:
                raise Unresolved(f"nothing is called {name}")
            return self._attribute(name, "Arn") if self.kind(name) == "AWS::SNS::Topic" else self.name(name)
        if name not in self.given and "Default" not in parameter:
            raise Unresolved(f"the parameter {name} has neither value nor default")
        value = str(self.given.get(name, parameter.get("Default")))
        return value.split(",") if parameter["Type"] == "CommaDelimitedList" else value

    def _attribute(self, logical: str, attribute: str) -> str:
        known = self.attributes.get((logical, attribute))
        if known is not None:
            return known
        kind = self.kind(logical)
        if attribute == "Arn" and kind in _ARNS:
            return _ARNS[kind].format(self.name(logical))
        # What is asked of anything else ends in outputs, dashboards and alarms, which nothing reads here.
        return f"{logical}.{attribute}"

    def _filled(self, text: str, own: Mapping[str, Any]) -> str:
        def fill(hole: re.Match[str]) -> str:
            name = hole[1]
            if name in own:
                return str(own[name])
            return self._attribute(*name.split(".", 1)) if "." in name else str(self._reference(name))

        return _HOLE.sub(fill, text).replace("${!", "${")
