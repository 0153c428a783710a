"""`python -m tests.trust`: try to break every promise, each in a program of its own, and print one table."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from tests.conftest import ROOT  # and with it an environment in which no real account is reached
from tests.trust.promises import NUMBERS
from tests.trust.table import Row, Tried, markdown, plain, summary

SEED = 2026
LONGEST = 3 * 60 * 60  # seconds that one promise may take
UNDISTURBED = ("lookup_secrecy", "load")
"""What measures times, and is therefore tried with nothing else beside it."""


def alone(name: str, size: str, seed: int) -> Tried:
    """Try one promise in this program."""
    module = importlib.import_module(f"tests.trust.{name}")
    tried: Tried = module.tried(module.FULL if size == "full" else module.SMALL, seed)
    return tried


def apart(name: str, size: str, seed: int) -> Row:
    """Try one promise in a program of its own, so that nothing of it disturbs the next, nor the end of it the table."""
    started = time.monotonic()

    def row(tried: Tried, broken: str = "") -> Row:
        return Row(NUMBERS[name], tried, time.monotonic() - started, broken)

    nothing = Tried(name.replace("_", " "), "", 0, 0)
    if importlib.util.find_spec(f"tests.trust.{name}") is None:
        return row(nothing, "there is nothing yet that tries it")
    with tempfile.TemporaryDirectory(prefix="trust-") as folder:
        answer = Path(folder) / "tried.json"
        command = [sys.executable, "-m", "tests.trust", "--alone", name, "--size", size, "--seed", str(seed)]
        environment = os.environ | {"PYTHONHASHSEED": str(seed % 2**32), "TRUST_ANSWER": str(answer)}
        try:
            run = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, timeout=LONGEST, check=False)
        except subprocess.TimeoutExpired:
            return row(nothing, f"did not end within {LONGEST // 3600} h")
        if run.returncode or not answer.exists():
            return row(nothing, f"ended with code {run.returncode}: what went wrong is printed above the table")
        return row(Tried(**json.loads(answer.read_text("utf-8"))))


def everything(names: Sequence[str], size: str, seed: int, at_once: int) -> list[Row]:
    """Try all that is named, so many at once, and return a row for each in the order of their names."""

    def row(name: str) -> Row:
        print(f"trying {NUMBERS[name]} {name}, seed {seed} …", file=sys.stderr, flush=True)
        tried = apart(name, size, seed)
        print(plain([tried]), file=sys.stderr, flush=True)
        return tried

    timed = [name for name in names if name in UNDISTURBED]
    others = [name for name in names if name not in UNDISTURBED]
    rows = {name: row(name) for name in timed}
    with ThreadPoolExecutor(at_once) as threads:
        rows |= dict(zip(others, threads.map(row, others), strict=True))
    return [rows[name] for name in names]


def main() -> int:
    """Read the command line, try what it names or everything, and return 1 if anything was lost or could not be tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.trust", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to try (all): {', '.join(NUMBERS)}")
    parser.add_argument("--size", choices=("full", "small"), default="full", help="small is what the tests try (default: full)")
    parser.add_argument("--seed", type=int, default=SEED, help="where chance begins (default: %(default)s)")
    at_once = min(4, os.cpu_count() or 1)
    parser.add_argument("--at-once", type=int, default=at_once, metavar="N", help="how many promises (default here: %(default)s)")
    parser.add_argument("--markdown", action="store_true", help="print the table as markdown")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in NUMBERS]:
        parser.error(f"no promise is called {', '.join(unknown)}; there are: {', '.join(NUMBERS)}")
    if asked.alone:
        tried = alone(asked.names[0], asked.size, asked.seed)
        Path(os.environ["TRUST_ANSWER"]).write_text(json.dumps(asdict(tried)), "utf-8")
        return 0
    began = time.monotonic()
    rows = everything(asked.names or tuple(NUMBERS), asked.size, asked.seed, asked.at_once)
    took = time.monotonic() - began
    print((markdown if asked.markdown else plain)(rows), summary(rows, asked.size, asked.seed, took), sep="\n\n")
    return 0 if all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
