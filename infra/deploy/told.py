"""What whoever deploys reads: the changes, the question, what came of it, and what is left to do by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from infra.deploy.account import Account
from infra.deploy.stack import Change


def told_changes(changes: Sequence[Change]) -> str:
    """Return a line for each change, what is replaced or removed first."""
    ordered = sorted(changes, key=lambda change: (not change.replaced, change.action != "Remove", change.action, change.name))
    width = max(len(change.name) for change in changes)
    lines = [f"  {'Replace' if each.replaced else each.action:<8} {each.name:<{width}}  {each.kind}" for each in ordered]
    return "\n".join([f"{len(changes)} changes:", *lines])


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
    tables = f"RETURNS_TABLE={outputs.get('ReturnsTableName', '…')} AWS_REGION={account.region}"
    steps.append(f"bring orders in, every night: {tables} .venv/bin/python -m chalicelib orders import SHOP FILE")
    return "\n".join(["", "Left to do:", *(f"  {place}. {step}" for place, step in enumerate(steps, 1))])
