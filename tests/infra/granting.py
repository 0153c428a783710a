"""What the template's roles may do, statement by statement, as if every condition held."""

from __future__ import annotations

from typing import Any

from chalicelib.local.tables import RESOURCES, load_template

TEMPLATE = load_template(RESOURCES)["Resources"]
ROLES = ("BouncedRole", "CleanRole", "DefaultRole", "MailRole")


def statements(role: str) -> list[dict[str, Any]]:
    """Return a role's statements, those under a condition too."""
    listed = [each for policy in TEMPLATE[role]["Properties"]["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return [each["Fn::If"][1] if "Fn::If" in each else each for each in listed]


def resources(statement: dict[str, Any]) -> list[Any]:
    """Return what a statement is about."""
    named = statement["Resource"]
    return named if isinstance(named, list) else [named]
