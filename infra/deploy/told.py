"""What whoever deploys reads: the changes, the question, what came of it, and what is left to do by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from infra.deploy.account import Account
from infra.deploy.stack import Change

_VARIABLES = {
    "RETURNS_TABLE": "ReturnsTableName",
    "SESSIONS_TABLE": "SessionsTableName",
    "FILES_BUCKET": "FilesBucketName",
    "EXPORTS_BUCKET": "ExportsBucketName",
    "PORTAL_URL": "PortalAddress",
}
"""What the command line reads of its environment, by the output that has it."""


_FIRST = frozenset({"Remove", "Replace"})
"""What is told first of what becomes of resources."""


def told_changes(changes: Sequence[Change]) -> str:
    """Return a line for each change, what is replaced or removed first; with a question mark what may be replaced."""
    ordered = sorted(changes, key=lambda each: (_word(each) not in _FIRST, _word(each), each.name))
    width = max(len(change.name) for change in changes)
    lines = [f"  {_word(each):<8} {each.name:<{width}}  {each.kind}" for each in ordered]
    return "\n".join([f"{len(changes)} changes:", *lines])


def _word(change: Change) -> str:
    return change.action if not change.replaced else "Replace" if change.certain else "Replace?"


def agreed(question: str, *, yes: bool) -> bool:
    """Ask, and return whether the answer is y; nobody there to answer is a no."""
    if yes:
        return True
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        print(file=sys.stderr)
        return False


def told_outputs(outputs: Mapping[str, str]) -> str:
    """Return the portal's address, then the other outputs."""
    first = f"\nThe portal: {outputs['PortalAddress']}/<shop>\n" if "PortalAddress" in outputs else ""
    width = max((len(name) for name in outputs), default=0)
    return "\n".join([first, *(f"  {name:<{width}}  {outputs[name]}" for name in sorted(outputs) if name != "PortalAddress")])


def left_to_do(account: Account, outputs: Mapping[str, str], given: Mapping[str, str]) -> str:
    """Return what nobody but the reader can do, as a list; docs/deploy.md explains each."""
    steps: list[str] = []
    if "MailRecord1" in outputs:
        steps.append("put the three MailRecords into the domain's DNS, so that SES may send; mails wait until then")
    if "DomainTarget" in outputs:
        steps.append(f"point the domain to {outputs['DomainTarget']}")
    if given.get("AlarmEmail"):
        steps.append(f"confirm the subscription that SNS mailed to {given['AlarmEmail']}")
    steps.append("bring orders in, every night: .venv/bin/python -m chalicelib orders import SHOP FILE, after the line below")
    listed = [f"  {place}. {step}" for place, step in enumerate(steps, 1)]
    told = ["", "Left to do:", *listed, "", "In a terminal, for python -m chalicelib:", f"  {_exported(account, outputs)}"]
    return "\n".join(told)


def _exported(account: Account, outputs: Mapping[str, str]) -> str:
    """Return the line by which the command line knows the stack; AWS_REGION, which others read, botocore does not."""
    named = {name: outputs.get(output, "…") for name, output in _VARIABLES.items()}
    return " ".join(["export", *(f"{name}={value}" for name, value in {"AWS_DEFAULT_REGION": account.region, **named}.items())])
