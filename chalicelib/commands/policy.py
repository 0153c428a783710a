"""`policy check`: says every mistake in a shop's files, each on a line of its own."""

from __future__ import annotations

import argparse


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("policy", help="look over a shop's policy files")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    return 0
