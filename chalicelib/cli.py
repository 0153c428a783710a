"""The command line: finds the command that was asked for and turns what goes wrong into one line."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from chalicelib.domain.errors import VueltaError

COMMANDS = ("serve", "decide", "policy", "orders", "catalogue", "returns", "exports", "customers", "report")


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with every command's arguments; a command's own imports wait until it runs."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib", description="Vuelta: a returns portal for shops.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"chalicelib.commands.{name}").register(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 with one line on standard error when it cannot be run."""
    options = build_parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has read enough; what is still buffered must go nowhere when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except VueltaError as error:
        print(f"vuelta: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status
