"""What many tests need: an AWS inside the process, a DynamoDB that gets races right, and both tables on either."""

from __future__ import annotations

import gc
import itertools
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from chalicelib.adapters.clients import session
from chalicelib.local.shortcuts import take_shortcuts
from chalicelib.local.tables import create_tables
from chalicelib.local.turns import take_turns

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parents[1]
REGION = "us-east-1"

# No test may reach a real account, whatever the machine is logged in to; moto knows stream endpoints without account id only.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking over thousands of tests again and again, a fifth of the time of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)


@dataclass(frozen=True)
class Tables:
    """A DynamoDB client and the names of two empty tables on it."""

    client: DynamoDBClient
    returns: str
    sessions: str


_numbers = itertools.count(1)


def new_tables(client: DynamoDBClient) -> Tables:
    """Create both tables under names that no other test has."""
    number = next(_numbers)
    tables = Tables(client, f"returns-{os.getpid()}-{number}", f"sessions-{os.getpid()}-{number}")
    create_tables(client, {"ReturnsTable": tables.returns, "SessionsTable": tables.sessions})
    return tables


def new_bucket() -> str:
    """Create a bucket on moto under a name that no other test has."""
    name = f"files-{os.getpid()}-{next(_numbers)}"
    boto3.client("s3", region_name=REGION).create_bucket(Bucket=name)
    return name


@pytest.fixture(autouse=True)
def logs_are_heard() -> Iterator[None]:
    """Let pytest hear our logger, which keeps to itself once the app is imported."""
    logger = logging.getLogger("vuelta")
    before, logger.propagate = logger.propagate, True
    yield
    logger.propagate = before


# Each session reads the service models anew, which takes longer than most tests, and moto begins one for each mock.
# It is that of the clients in chalicelib, too.
_SESSION = boto3.session.Session(botocore_session=session())


@contextmanager
def emulated_aws() -> Iterator[None]:
    """Put an AWS of moto inside the process, empty."""
    take_turns()
    take_shortcuts()
    with mock_aws():
        boto3.DEFAULT_SESSION = _SESSION
        yield


@pytest.fixture
def aws() -> Iterator[None]:
    """An AWS of moto inside the process, for one test."""
    with emulated_aws():
        yield


@pytest.fixture
def tables(aws: None) -> Tables:
    """Both tables on moto."""
    return new_tables(boto3.client("dynamodb", region_name=REGION))


DYNALITE = """
const dynalite = require("dynalite")({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
dynalite.listen(0, "127.0.0.1", function () { console.log(this.address().port) })
"""


@contextmanager
def running_dynalite() -> Iterator[str | None]:
    """Run a dynalite and give its address; None if it is not installed."""
    node = shutil.which("node")
    if node is None or not (ROOT / "node_modules" / "dynalite").exists():
        yield None
        return
    with subprocess.Popen([node, "-e", DYNALITE], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def dynalite() -> Iterator[str]:
    """The address of a dynalite that lives as long as the test session; missing, it is a failure only under CI."""
    with running_dynalite() as address:
        if address is None:
            reason = "dynalite is not installed: run `npm ci` (Node 20 or newer)"
            pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
        yield address


def tables_at(address: str) -> Tables:
    """Create both tables on the DynamoDB at an address, for many threads."""
    config = Config(max_pool_connections=64)
    return new_tables(boto3.client("dynamodb", region_name=REGION, endpoint_url=address, config=config))


@pytest.fixture
def dynalite_tables(dynalite: str) -> Tables:
    """Both tables on dynalite."""
    return tables_at(dynalite)


@pytest.fixture(params=["moto", "dynalite"])
def any_tables(request: pytest.FixtureRequest) -> Tables:
    """Both tables, on each emulator in turn: for contracts that every DynamoDB must keep."""
    tables: Tables = request.getfixturevalue("tables" if request.param == "moto" else "dynalite_tables")
    return tables
