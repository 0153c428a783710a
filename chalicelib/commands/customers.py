"""`customers forget`: remove the personal data of one customer from everything that a shop's portal holds."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.forgetting import Forgotten


def register(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("customers", help="forget a customer")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("forget", help="remove a customer's personal data; figures stay", description=__doc__)
    action.add_argument("shop", metavar="SHOP", help="the shop's short name, such as azulu")
    action.add_argument("email", metavar="EMAIL", help="the customer's address; - reads it from standard input")
    action.add_argument("--dry-run", action="store_true", help="say what would be removed, and remove nothing")
    action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Forget the customer: 0, or 1 if something of theirs cannot be read; what was done is told in counts alone."""
    from chalicelib.bootstrap import forgetting
    from chalicelib.domain.errors import VueltaError
    from chalicelib.shops import load_shops

    shop = options.shop
    if shop not in load_shops():
        raise VueltaError(f"there is no shop {shop!r}: give one of {', '.join(sorted(load_shops()))}")
    email = _address(options.email)
    wired = forgetting()
    done = wired.would_forget(shop, email) if options.dry_run else wired.forget(shop, email)
    print(f"{shop}: {'would forget' if options.dry_run else 'forgot'} {_counts(done)}")
    for name in done.damaged:
        print(f"vuelta: return {name} cannot be read and stays as it is: mend its item, then forget once more", file=sys.stderr)
    return 1 if done.damaged else 0


def _address(text: str) -> str:
    from pydantic import TypeAdapter, ValidationError

    from chalicelib.domain.errors import VueltaError
    from chalicelib.domain.orders import EmailAddress

    try:
        return TypeAdapter(EmailAddress).validate_python(sys.stdin.readline() if text == "-" else text)
    except ValidationError:
        # What was typed may be an address all the same; it stays out of logs.
        raise VueltaError("that is no e-mail address: write it as in ana@example.com") from None


def _counts(done: Forgotten) -> str:
    told = [
        _count(done.orders, "order", "orders"),
        _count(done.returns, "return", "returns"),
        _count(done.drafts, "draft", "drafts"),
        _count(done.keys, "link or session", "links and sessions"),
        _count(done.files, "file", "files"),
    ]
    mails = f"; {_count(done.mails, 'waiting mail', 'waiting mails')} given up" if done.mails else ""
    return ", ".join(told) + mails


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
