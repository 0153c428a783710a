"""The arguments of every import."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path


def add_import_arguments(parser: argparse.ArgumentParser, noun: str) -> None:
    """Add the arguments of an import of `noun`."""
    parser.add_argument("shop", metavar="SHOP", help="the shop's short name, such as azulu")
    parser.add_argument("file", metavar="FILE", help=f"the {noun}: JSON Lines or CSV; - for standard input")
    parser.add_argument("--format", choices=("jsonl", "csv"), help="what FILE is (else told by its name, or by how it begins)")
    parser.add_argument("--as-of", type=_moment, metavar="TIME", help="when the file was made (else its time of last change)")
    parser.add_argument("--rejected", type=Path, metavar="FILE", help="where to put what is rejected (else FILE.rejected)")


def _moment(text: str) -> datetime:
    from pydantic import TypeAdapter, ValidationError

    from chalicelib.domain.orders import Moment

    try:
        return TypeAdapter(Moment).validate_python(text)
    except ValidationError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment: write it as in 2026-03-01T09:00:00-05:00") from None
