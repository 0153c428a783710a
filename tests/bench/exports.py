"""`make bench-exports`: a report of a large export, beside queries written by hand and beside a program that counts nothing."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from tests.bench.made_export import make

RIVAL = Path(__file__).with_name("rival.sql")
_LOADED = """
import chalicelib.commands.report, chalicelib.reports.page, chalicelib.reports.engines
from chalicelib.shops import load_shops
from chalicelib.reports.facts import Facts, Span, TABLES
from datetime import UTC, datetime
shop = load_shops()["azulu"]
chalicelib.reports.page.report_page(Facts({name: {} for name in TABLES}), shop, Span(None, None, datetime.now(UTC)), "en", 0)
"""
_RIVAL = """
import sys, duckdb
from pathlib import Path
files = [str(path) for path in sorted(Path(sys.argv[1]).rglob("*.json.gz"))]
with duckdb.connect() as database:
    database.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")
    database.execute("SET VARIABLE files = " + repr(files))
    for query in Path(sys.argv[2]).read_text("utf-8").split(";\\n"):
        if query.strip():
            database.execute(query).fetchall()
"""


_WATCHED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measured(*command: str) -> tuple[float, float]:
    """Run a Python program to its end; return seconds, and the most memory that it held, in MiB."""
    started = time.perf_counter()
    watched = [sys.executable, "-c", _WATCHED, sys.executable, *command]
    run = subprocess.run(watched, capture_output=True, text=True, check=True)
    return time.perf_counter() - started, int(run.stdout.split()[-1]) / 1024


def main() -> None:
    """Make the export, time the reports, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--returns", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench-exports"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    make(options.folder, options.returns)
    page = str(options.folder / "report.html")
    report = ("-m", "chalicelib", "report", "--shop", "azulu", "--from", str(options.folder), "--out", page, "--engine")
    size = sum(path.stat().st_size for path in options.folder.rglob("*.gz"))
    print(f"{options.returns:,} returns and as many orders, {size:,} bytes")
    rounds = [
        (measured(*report, "duckdb"), measured("-c", _RIVAL, str(options.folder), str(RIVAL))) for _ in range(options.rounds)
    ]
    ours, rival = (median(each[place][0] for each in rounds) for place in (0, 1))
    print(f"report with DuckDB {ours:6.1f} s   queries by hand {rival:6.1f} s   ratio {ours / rival:.2f}")
    print("  each round: " + ", ".join(f"{one[0]:.1f}/{two[0]:.1f}" for one, two in rounds))
    seconds, most = measured(*report, "standard")
    _, bare = measured("-c", "pass")
    _, loaded = measured("-c", _LOADED)
    print(f"report without    {seconds:6.1f} s   {most:.1f} MiB at most")
    print(f"  {most - loaded:.1f} MiB over the same program that counts nothing ({loaded:.1f} MiB)")
    print(f"  {most - bare:.1f} MiB over an interpreter that does nothing ({bare:.1f} MiB)")


if __name__ == "__main__":
    main()
