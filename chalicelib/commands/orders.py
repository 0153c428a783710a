"""`orders import`: bring a shop's orders into the returns table."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from chalicelib.commands.import_arguments import add_import_arguments

if TYPE_CHECKING:
    from chalicelib.commands.importing import Reader


def register(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("orders", help="bring a shop's orders in")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("import", help="import orders from JSON Lines, CSV or a platform's export", description=__doc__)
    add_import_arguments(action, "orders")
    action.add_argument("--from", dest="platform", metavar="PLATFORM", help="FILE is the order export of shopify or woocommerce")
    words = "with --from: count an order as delivered N days after it was sent (else nobody knows when it was)"
    action.add_argument("--delivered-after-days", type=_days, metavar="N", help=words)
    words = "with --from: take orders as they were sold, since what was refunded came back through this portal"
    action.add_argument("--keep-refunded", action="store_true", help=words)
    action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import the orders: 0, or 1 if any was rejected, or 2 if nothing could be read or the table failed."""
    from chalicelib.commands.importing import run_import

    return run_import(options, "orders", _reader(options))


def _reader(options: argparse.Namespace) -> Reader:
    from datetime import timedelta

    from chalicelib.imports.exported_files import export_reader
    from chalicelib.imports.exported_orders import Reading
    from chalicelib.imports.faults import did_you_mean
    from chalicelib.imports.lines import ImportRefusedError
    from chalicelib.imports.order_files import read_orders
    from chalicelib.imports.platforms import load_platforms

    days: int | None = options.delivered_after_days
    if options.platform is None:
        if days is not None or options.keep_refunded:
            raise ImportRefusedError("--delivered-after-days and --keep-refunded go with --from: our own files say it themselves")
        return read_orders
    platforms = load_platforms()
    if options.platform not in platforms:
        hint = did_you_mean(options.platform, platforms) or f": there are {', '.join(platforms)}"
        raise ImportRefusedError(f"we cannot read exports from {options.platform!r}{hint}")
    options.format = options.format or "csv"
    delivered_after = None if days is None else timedelta(days=days)
    return export_reader(Reading(platforms[options.platform], delivered_after, options.keep_refunded))


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 90:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of days from 0 to 90")
    return int(text)
