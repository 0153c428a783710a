"""Promise 9: many customers at once, through the packaged portal: each gets what they came for, at worst after a page that asks
for patience.

They come from addresses of their own, look at each page for some seconds, and wait for their mails. Beside them stands how long
as many callers wait for a function that only says hello, through the same gateway, on the same machine.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.local.serving import free_ports
from tests.rehearsal.crowd import callers, customers
from tests.rehearsal.emulator import ROOT
from tests.rehearsal.rehearsal import rehearse
from tests.trust.table import Tried

FULL, SMALL = 200, 12
"""Customers at once."""
ROOM = 6
"""Instances of each function; on AWS there would be as many as are asked for."""


def tried(size: int, seed: int) -> Tried:
    """Have so many customers come at once."""
    with TemporaryDirectory(prefix="vuelta-package-") as folder:
        subprocess.run(["make", "package", f"BUILD={folder}"], cwd=ROOT, check=True, capture_output=True)
        with rehearse(Path(folder), free_ports(), ROOM) as rehearsal:
            rehearsal.fleets["APIHandler"].warm(ROOM)
            ours = customers(rehearsal, size, seed)
            refused = rehearsal.ledger()["refused"]
    theirs = callers(free_ports(), size, max(1, len(ours.waits.answered) // size), ROOM, seed)
    answers = f"median / 95 / 99 of 100: {ours.figures()}; a hello-world: {theirs.figures()}"
    said = f"{answers}; {ours.told_to_wait} asked for patience; mails within {ours.longest_mail:.0f} s"
    lost = size - ours.finished + len(refused)
    how = f"{size} customers at once through package, runtime and gateway: a link, a return, a look at it"
    return Tried("A crowd gets its pages, or is told to wait", how, len(ours.waits.answered), lost, said)
