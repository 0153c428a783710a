"""`decide`: answers cases, one line of JSON each, by the same engine that serves the portal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("decide", help="answer cases put to a shop's policy, one line of JSON each")
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="JSON Lines; standard input if absent or -")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer every line; return 0, or 2 if any line was no valid case or nothing could be read."""
    # Python has no stream at all in place of one that was closed before it started.
    if sys.stdout is None or (options.file == "-" and sys.stdin is None):
        print("vuelta: standard input or output is closed", file=sys.stderr)
        return 2
    try:
        lines = _opened(options.file)
    except OSError as error:
        print(f"vuelta: cannot read {options.file}: {error.strerror}", file=sys.stderr)
        return 2
    try:
        with lines:
            return answer_lines(lines, sys.stdout.buffer)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"vuelta: stopped in the middle: {error.strerror}", file=sys.stderr)
        return 2


def _opened(file: str) -> IO[bytes]:
    return sys.stdin.buffer if file == "-" else Path(file).open("rb")


def answer_lines(lines: Iterable[bytes], output: IO[bytes]) -> int:
    """Write the answer to each line that is not blank as soon as it is read; return the exit status."""
    from chalicelib.domain.contract import error_answer
    from chalicelib.domain.errors import InvalidCase

    status = 0
    for number, line in enumerate(lines):
        text = (line.removeprefix(BYTE_ORDER_MARK) if number == 0 else line).strip()
        if not text:
            continue
        try:
            found = _answer(text)
        except InvalidCase as error:
            found = error_answer(text, error)
            status = 2
        output.write(_json(found))
        output.flush()
    return status


def _answer(line: bytes) -> dict[str, Any]:
    from chalicelib.domain.contract import answer, read_case
    from chalicelib.domain.decisions import decide
    from chalicelib.domain.errors import InvalidCase
    from chalicelib.shops import load_shops

    case = read_case(line)
    shop = load_shops().get(case.order.merchant)
    if shop is None:
        raise InvalidCase(f"no shop is called {case.order.merchant!r}", "order.merchant")
    return answer(case.case, decide(case.order, case.request, shop.policy_for(case.order.placed_at), case.at))


def _json(found: dict[str, Any]) -> bytes:
    """Write an answer as one line of UTF-8, whatever the terminal's encoding; half a character stays an escape."""
    try:
        return json.dumps(found, ensure_ascii=False, separators=(", ", ": ")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(found).encode() + b"\n"
