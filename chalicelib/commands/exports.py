"""`exports request | status | fetch | restore | returns | lines | timeline`: get, read and put back exports."""

from __future__ import annotations

import argparse
from datetime import date, datetime

from chalicelib.commands.export_source import add_source_arguments

TABLES = {
    "returns": "write one row for each return",
    "lines": "write one row for each line of each return",
    "timeline": "write one row for everything that happened to each return",
}


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands and their arguments."""
    parser = commands.add_parser("exports", help="request exports of the table, fetch them, and read them as tables")
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)

    requesting = acts.add_parser("request", help="have DynamoDB export the table into EXPORTS_BUCKET")
    _add_shop(requesting)
    requesting.add_argument(
        "--since", type=_since, metavar="TIME", help="only what changed since, such as 2026-03-09T02:00:00Z; or `last`"
    )
    requesting.add_argument(
        "--at", type=_moment, metavar="TIME", help="the table as it stood then, back to 35 days ago: to restore something"
    )
    requesting.set_defaults(run=_request)

    telling = acts.add_parser("status", help="tell how far the shop's exports are")
    _add_shop(telling)
    telling.set_defaults(run=_status)

    fetching = acts.add_parser("fetch", help="bring the shop's exports into a folder; may be run again to go on")
    _add_shop(fetching)
    fetching.add_argument("--export", metavar="ID", help="this export alone (else the newest full one and what changed since)")
    fetching.add_argument("--to", metavar="FOLDER", help="where to (else exports/SHOP)")
    fetching.set_defaults(run=_fetch)

    restoring = acts.add_parser("restore", help="write an export's items into RETURNS_TABLE, where they are missing")
    add_source_arguments(restoring)
    restoring.add_argument("--shop", metavar="SHOP", help="only this shop's")
    restoring.add_argument("--order", metavar="NUMBER", help="only this order of the shop, with its returns")
    restoring.add_argument("--over", action="store_true", help="over what is there, too: what happened since is lost")
    restoring.set_defaults(run=_restore)

    for name, says in TABLES.items():
        reading = acts.add_parser(name, help=says)
        add_source_arguments(reading)
        reading.add_argument("--format", choices=("csv", "xlsx", "jsonl", "parquet"), help="else by FILE's name, else csv")
        reading.add_argument("--shop", metavar="SHOP", help="only this shop's returns")
        reading.add_argument("--since", type=_day, metavar="DAY", help="submitted on this day of the shop's calendar or later")
        reading.add_argument("--until", type=_day, metavar="DAY", help="submitted on this day or earlier")
        reading.add_argument("--bom", action="store_true", help="begin CSV with the mark by which Excel knows UTF-8")
        reading.add_argument("--separator", choices=("comma", "semicolon", "tab"), default="comma", help="between CSV's cells")
        reading.add_argument("--output", default="-", metavar="FILE", help="where to write to; - for standard output (default)")
        reading.set_defaults(run=_rows, table=name)


def _add_shop(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shop", metavar="SHOP", help="whose exports; each holds all shops that share the table")


def _rows(options: argparse.Namespace) -> int:
    from chalicelib.commands.export_rows import run_rows

    return run_rows(options)


def _restore(options: argparse.Namespace) -> int:
    from chalicelib.commands.export_restore import run_restore

    return run_restore(options)


def _request(options: argparse.Namespace) -> int:
    from chalicelib.commands.export_requests import run_request

    return run_request(options)


def _status(options: argparse.Namespace) -> int:
    from chalicelib.commands.export_requests import run_status

    return run_status(options)


def _fetch(options: argparse.Namespace) -> int:
    from chalicelib.commands.export_requests import run_fetch

    return run_fetch(options)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-03-01") from None


def _since(text: str) -> datetime | str:
    return text if text == "last" else _moment(text, "neither `last` nor")


def _moment(text: str, no: str = "not") -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is {no} a moment with its offset, such as 2026-03-09T02:00:00Z")
    return at
