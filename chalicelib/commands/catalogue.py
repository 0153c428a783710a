"""`catalogue import`: bring a shop's products into the returns table, for exchanges."""

from __future__ import annotations

import argparse
from typing import Any

from chalicelib.commands.import_arguments import add_import_arguments


def register(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("catalogue", help="bring a shop's products in")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    action = actions.add_parser("import", help="import variants of products from JSON Lines or CSV", description=__doc__)
    add_import_arguments(action, "variants")
    action.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Import the variants: 0, or 1 if any was rejected, or 2 if nothing could be read or the table failed."""
    from chalicelib.commands.importing import run_import
    from chalicelib.imports.catalogue_files import read_catalogue

    return run_import(options, "variants", read_catalogue)
