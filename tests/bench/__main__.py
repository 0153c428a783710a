"""`python -m tests.bench`: measure what is asked to be fast, small or cheap, and print one table."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.bench.table import Figure, markdown, plain, summary
from tests.conftest import ROOT  # and with it an environment in which no real account is reached

FIGURES = ("cold", "warm", "sizes", "decide", "units", "imports")
"""The modules of this package with a function `measured() -> list[Figure]`, in the order of the table."""
LONGEST = 60 * 60  # seconds that one of them may take


def apart(name: str) -> list[Figure] | str:
    """Measure in a program of its own, so that nothing of it is in the way of the next; what went wrong, if it did."""
    if importlib.util.find_spec(f"tests.bench.{name}") is None:
        return f"{name}: there is nothing yet that measures it"
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        answer = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "tests.bench", "--alone", name, "--answer", str(answer)]
        run = subprocess.run(command, cwd=ROOT, env=os.environ, stdout=sys.stderr, timeout=LONGEST, check=False)
        if run.returncode or not answer.exists():
            return f"{name}: ended with code {run.returncode}; what went wrong is printed above"
        return [Figure(**each) for each in json.loads(answer.read_text("utf-8"))]


def main() -> int:
    """Read the command line, measure what it names or everything; return 1 if a bound does not hold, or could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=(__doc__ or "").partition(": ")[2])
    parser.add_argument("names", nargs="*", metavar="name", help=f"what to measure (all): {', '.join(FIGURES)}")
    parser.add_argument("--markdown", action="store_true", help="print the table as markdown")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in FIGURES]:
        parser.error(f"nothing is called {', '.join(unknown)}; there are: {', '.join(FIGURES)}")
    if asked.alone:
        figures = importlib.import_module(f"tests.bench.{asked.names[0]}").measured()
        asked.answer.write_text(json.dumps([asdict(figure) for figure in figures]), "utf-8")
        return 0
    found: list[Figure] = []
    broken: list[str] = []
    for name in asked.names or FIGURES:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        answer = apart(name)
        if isinstance(answer, str):
            broken.append(answer)
        else:
            found += answer
    print((markdown if asked.markdown else plain)(found), summary(found), *broken, sep="\n\n")
    return 0 if not broken and all(figure.kept for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
