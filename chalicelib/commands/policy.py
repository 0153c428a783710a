"""`policy check`: says every mistake in a shop's files, each on a line of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("policy", help="look over a shop's files before they are used")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="say every mistake in policy-<date>.toml and merchant.toml files")
    check.add_argument("files", nargs="+", metavar="FILE", type=Path)
    check.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print each mistake of each file, or that it is in order; return 0, 1 if there are mistakes, 2 if a file cannot be read."""
    from chalicelib.domain.policy_check import same_dates

    status = 0
    policies: dict[Path, dict[str, str]] = {}
    for file in options.files:
        try:
            content = file.read_bytes()
        except OSError as error:
            print(f"vuelta: cannot read {file}: {error.strerror}", file=sys.stderr)
            status = 2
            continue
        found = _mistakes(file, content)
        _tell(file, content, found)
        status = max(status, 1 if found else 0)
        if file.name != "merchant.toml":
            policies.setdefault(file.parent.resolve(), {})[str(file)] = content.decode("utf-8", "replace")
    for files in policies.values():
        for line in same_dates(files):
            print(line)
            status = max(status, 1)
    return status


def _mistakes(file: Path, content: bytes) -> Sequence[str]:
    from chalicelib.domain.errors import InvalidPolicy
    from chalicelib.domain.policy_check import decoded, policy_mistakes, read_merchant

    try:
        text = decoded(str(file), content)
        if file.name == "merchant.toml":
            read_merchant(str(file), text)
            return ()
    except InvalidPolicy as error:
        return error.mistakes
    beside = file.parent / "merchant.toml"
    try:
        shop = read_merchant("merchant.toml", beside.read_text("utf-8"))
    except (InvalidPolicy, OSError, UnicodeDecodeError):
        shop = None  # Its own mistakes are told when it is checked; the policy is looked over without it.
    return policy_mistakes(str(file), text, shop)


def _tell(file: Path, content: bytes, mistakes: Sequence[str]) -> None:
    from chalicelib.domain.policy_check import policy_notes

    for mistake in mistakes:
        print(mistake)
    if not mistakes:
        print(f"{file}: ok")
        text = content.decode("utf-8")
        for note in policy_notes(text) if file.name != "merchant.toml" else _unspoken(text):
            print(f"{file}: note: {note}")


def _unspoken(text: str) -> Sequence[str]:
    """Return a note for each of a shop's languages that has no catalogue, and so no pages."""
    from chalicelib.domain.policy_check import read_merchant
    from chalicelib.i18n import LANGUAGES

    without = [language for language in read_merchant("", text).languages if language not in LANGUAGES]
    return [f'no page is shown in "{language}" before it has a catalogue; docs/languages.md says how' for language in without]
