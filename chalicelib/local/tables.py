"""Creates the tables of `infra/resources/` on any DynamoDB, so that no second definition can drift from the first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RESOURCES = Path(__file__).resolve().parents[2] / "infra" / "resources"
"""The folder of what Vuelta needs in an AWS account besides its code, one file for each part."""

# Only what a program can tell from outside: emulators refuse or drop the rest, and tests hold it to the template itself.
_KEPT = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


def create_tables(client: DynamoDBClient, names: dict[str, str]) -> None:
    """Create the tables whose logical ids `names` maps to table names, and wait until they answer."""
    resources = _tables()
    for logical_id, name in names.items():
        properties = resources[logical_id]["Properties"]
        stream = {"StreamEnabled": True, **properties["StreamSpecification"]}
        kept = {key: properties[key] for key in _KEPT}
        client.create_table(TableName=name, StreamSpecification=stream, **kept)  # type: ignore[arg-type]
    for name in names.values():
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})


@cache
def _tables() -> Mapping[str, Any]:
    """Return the resources of the tables' part, which nobody changes."""
    return MappingProxyType(load_template(RESOURCES / "tables.yaml")["Resources"])


def load_template(path: Path) -> dict[str, Any]:
    """Read a CloudFormation template or a folder of its parts, with `!Ref x` as `{"Ref": x}`, `!Sub x` as `{"Fn::Sub": x}` etc.

    ValueError if two parts say the same thing: which of them holds, nobody could tell.
    """
    template: dict[str, Any] = {}
    for part in sorted(path.glob("*.yaml")) if path.is_dir() else (path,):
        read = yaml.load(part.read_text("utf-8"), Loader=_Template)  # noqa: S506 - a SafeLoader
        for section, entries in read.items():
            known = template.setdefault(section, {}) if isinstance(entries, dict) else template
            added = entries if isinstance(entries, dict) else {section: entries}
            if twice := known.keys() & added.keys():
                raise ValueError(f"{part.name}: {', '.join(sorted(twice))} stands in another part, too")
            known.update(added)
    return template


class _Template(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".") if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise TypeError(f"{node.tag} holds neither text, list nor mapping")


_Template.add_multi_constructor("!", _function)
