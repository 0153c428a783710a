"""Starts the emulator of the rehearsal in a program of its own, and connects to it under one key or another."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.rehearsal.cloud import OWNER
from tests.rehearsal.runtime import REGION

Keys = tuple[str, str, str]
"""The id of a key, its secret, and the token of its session."""
OWNERS: Keys = (OWNER, "owner", "")
ROOT = Path(__file__).resolve().parents[2]


def connected(service: str, endpoint: str, keys: Keys) -> Any:
    """Return a client of the emulator with these keys."""
    key, secret, token = keys
    return boto3.client(
        service, endpoint_url=endpoint, region_name=REGION,  # type: ignore[call-overload]
        aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token or None,
    )  # fmt: skip


@contextmanager
def emulated(template: Path, given: Mapping[str, str], port: int, endpoint: str, keys: Mapping[str, Keys]) -> Iterator[list[str]]:
    """Start the emulator and wait until everything is in it; gives the types of resources that it has not."""
    roles = {key: [role, token] for role, (key, _, token) in keys.items()}
    plan = {"template": str(template), "parameters": given, "port": port + 2, "endpoint": endpoint, "keys": roles}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-m", "tests.rehearsal.cloud"]
    served = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert served.stdin is not None
    assert served.stdout is not None
    try:
        served.stdin.write(json.dumps(plan) + "\n")
        served.stdin.flush()
        said = served.stdout.readline()
        if not said:
            raise RuntimeError("the emulator does not start; it said why above")
        yield json.loads(said)["left_out"]
    finally:
        served.stdin.close()
        served.kill()
        served.wait()
