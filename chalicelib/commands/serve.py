"""`serve`: the portal with all that it needs on this machine."""

from __future__ import annotations

import argparse
from typing import Any


def register(commands: Any) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("serve", help="run the portal, its mailbox and three demo shops on this machine")
    parser.add_argument("--port", type=_port, default=8000, help="the portal's port; the mailbox takes the next one (8000)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from chalicelib.local.run import serve

    serve(options.port)
    return 0


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65533:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: give a number from 1024 to 65533")
    return int(text)
