"""The package as `make package` makes it: once for all tests of a run, however many programs run them."""

from __future__ import annotations

import fcntl
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def packaged(factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the package was made, as a person makes it, without credentials."""
    # With xdist each of its workers has a folder of its own, in one that all of them share.
    shared = factory.getbasetemp().parent if "PYTEST_XDIST_WORKER" in os.environ else factory.getbasetemp()
    folder = shared / "package"
    with (shared / "package.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            made("package", f"BUILD={folder}")
            (folder / "made").touch()
    return folder


def made(*goals: str) -> None:
    """Let `make` make what is asked for; it says what went wrong."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE", "MFLAGS"))}
    run = subprocess.run(["make", *goals], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
