"""`make rehearse`: has the browser's journeys made through the packaged portal, and prints what came of it as one table."""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.browser.stage import PORTAL
from tests.local.serving import free_ports
from tests.rehearsal.accidents import Accidents
from tests.rehearsal.crowd import customers
from tests.rehearsal.emulator import ROOT
from tests.rehearsal.rehearsal import Rehearsal, rehearse
from tests.rehearsal.report import Outcome, failures, printed

JOURNEYS = [
    f"tests/browser/test_{name}.py" for name in ("ways", "detours", "gifts_and_photos", "labels", "parcel_table", "console")
]
AT_ONCE, SEED, READING = 12, 2026, (0.2, 1.0)
"""How many customers come at once, where their chance begins, and for how many seconds they look at a page."""
NOT_JOURNEYS = "not for_everybody and not is_valid"
"""The matrix of every page's states for readers of all kinds stays with the local run: it judges pages."""


def main() -> int:
    """Rehearse, print, and return 0 if nothing was amiss."""
    arguments = argparse.ArgumentParser(prog="python -m tests.rehearsal", description=__doc__)
    arguments.add_argument("--build", type=Path, default=ROOT / "build", help="where `make package` put the package")
    arguments.add_argument("--port", type=int, default=free_ports(), help="the portal's; the next two are taken, too")
    arguments.add_argument("--workers", type=int, default=2, help="how many browsers at once")
    given, more = arguments.parse_known_args()
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    began = time.monotonic()
    with rehearse(given.build, given.port) as rehearsal:
        up = time.monotonic() - began
        accidents = Accidents(rehearsal)
        accidents.happen()
        passed, failed, said = journeys(rehearsal, given.workers, more)
        crowd = customers(rehearsal, AT_ONCE, SEED, READING)
        judged = accidents.judge()
        rehearsal.write_logs()
        outcome = Outcome(passed, failed, judged, accidents.logged, crowd, up, time.monotonic() - began)
        print(printed(rehearsal, outcome))
        wrong = failures(rehearsal, outcome)
    if wrong:
        print("\n".join([said[-12_000:], "", *wrong]))
    uses = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    spent = sum(use.ru_utime + use.ru_stime for use in uses)
    print(f"the rehearsal {'failed' if wrong else 'went well'}, with {spent:.0f} s of processor time")
    return 1 if wrong else 0


def journeys(rehearsal: Rehearsal, workers: int, more: list[str]) -> tuple[int, int, str]:
    """Have the browser tests run against the rehearsal; return how many passed and failed, and what was said."""
    said = "export " + " ".join(f"{name}={value}" for name, value in rehearsal.owner.items())
    portal = {"port": rehearsal.port, "portal": rehearsal.url, "said": said}
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "junit.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "worksteal", "-k", NOT_JOURNEYS,
                   f"--junitxml={written}", *(more or JOURNEYS)]  # fmt: skip
        environment = {**os.environ, PORTAL: json.dumps(portal)}
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if not written.exists():
            return 0, 1, run.stdout + run.stderr
        suite = next(ET.parse(written).getroot().iter("testsuite"))
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    left_out = int(suite.get("skipped", 0))
    return int(suite.get("tests", 0)) - failed - left_out, failed + left_out, run.stdout + run.stderr


if __name__ == "__main__":
    sys.exit(main())
