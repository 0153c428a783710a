"""Cold starts and warm answers of the package under Lambda's runtime client, beside those of rivals, each in turn."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Any
from urllib.parse import urlencode
from zipfile import ZipFile

import boto3
from moto.server import ThreadedMotoServer

from chalicelib.bootstrap import Portal, build
from chalicelib.domain.seats import beside, link_seat
from chalicelib.domain.visits import LINK_LIFE, Link
from chalicelib.local.tables import create_tables
from chalicelib.settings import read_settings
from chalicelib.web.http import FORM
from tests.bench.table import Figure, of_rounds
from tests.conftest import REGION, ROOT
from tests.rehearsal.runtime import Instance, Program, runtime_folder

ROUNDS = 21
WARM = 20
PEERS = ROOT / "tests" / "bench" / "peers"
BENCH = ROOT / "build" / "bench"
EMAIL = "valentina@example.com"
TABLES = {"ReturnsTable": "returns", "SessionsTable": "sessions"}


@dataclass(frozen=True)
class Started:
    """Milliseconds from the start of a program to its first answer, and those of a later answer."""

    first: float
    warm: float


def measured() -> list[Figure]:
    """Make the package and its rivals' environment, and measure them in turn."""
    package, packages = unpacked(), rivals()
    with ExitStack() as stack:
        runtime = stack.enter_context(runtime_folder())
        emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        emulator.start()
        stack.callback(emulator.stop)
        host, port = emulator.get_host_and_port()
        address = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        dynamodb = boto3.client("dynamodb", region_name=REGION, endpoint_url=address, **keys)
        create_tables(dynamodb, TABLES)
        own = {
            "RETURNS_TABLE": "returns", "SESSIONS_TABLE": "sessions", "FILES_BUCKET": "files",
            "PORTAL_URL": "https://returns.example.com", "AWS_ENDPOINT_URL": address,
        }  # fmt: skip
        ours = Program(package, "app.app", own)
        client = Program(PEERS, "boto_client.answer", {"AWS_ENDPOINT_URL": address})
        hello = Program(PEERS, "fastapi_hello.answer", {"AWS_ENDPOINT_URL": address})
        page, find = event("/{shop}", shop="azulu"), posted(event("/{shop}/find", shop="azulu"), number="AZ-1001", email=EMAIL)
        link = event("/{shop}/link/{token}", shop="azulu", token=mailed_link(build(read_settings(own), dynamodb)))
        runs = {
            "page": (ours, runtime, page, 200), "find": (ours, runtime, find, 303), "link": (ours, runtime, link, 200),
            "client": (client, packages, page, 200), "hello": (hello, packages, page, 200),
        }  # fmt: skip
        found: dict[str, list[Started]] = {name: [] for name in runs}
        for _ in range(ROUNDS):
            for name, (program, libraries, asked, status) in runs.items():
                found[name].append(started(program, libraries, asked, status))
    first = {name: [each.first for each in rounds] for name, rounds in found.items()}
    warm = {name: [each.warm for each in rounds] for name, rounds in found.items()}
    size = (BENCH / "deployment.zip").stat().st_size / 1e6
    bare, fast = "a bare boto3 client", "FastAPI's hello"
    return [
        of_rounds("cold start to a returns page", first["page"], "ms", first["client"], rival_name=bare, ratio=1),
        of_rounds("the same", first["page"], "ms", first["hello"], rival_name=fast, ratio=0.5),
        of_rounds("cold start to the wish for a link, written", first["find"], "ms", first["client"], rival_name=bare, ratio=1.3),
        of_rounds("cold start to a mailed link's page, read", first["link"], "ms", first["client"], rival_name=bare, ratio=1.3),
        of_rounds("returns page, warm", warm["page"], "ms", warm["hello"], rival_name=fast, ratio=1),
        Figure("the package", size, "MB", at_most=15),
    ]


def started(program: Program, libraries: Path, asked: Mapping[str, Any], status: int) -> Started:
    """Start a program, ask it often for the same, and end it; RuntimeError if it answers with another status."""
    with Instance(program, libraries) as instance:
        first = instance.invoke(asked)
        if first.failed or first.value["statusCode"] != status:
            raise RuntimeError(f"{program.handler} answers {first.body[:500]!r}")
        began = instance.first_answered or 0.0
        return Started(began * 1000, median(instance.invoke(asked).seconds for _ in range(WARM)) * 1000)


def unpacked() -> Path:
    """Make the package and return the folder that it unpacks to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MAKE", "MFLAGS"))}
    subprocess.run(["make", "package", f"BUILD={BENCH}"], cwd=ROOT, env=kept, stdout=sys.stderr, check=True)
    folder = BENCH / "unpacked"
    rmtree(folder, ignore_errors=True)
    with ZipFile(BENCH / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


def rivals() -> Path:
    """Install what the rivals need, apart from everything of ours, and return the folder of those packages."""
    python = BENCH / "rivals" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", BENCH / "rivals"], check=True)
    required = ROOT / "requirements-bench.txt"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", required], stdout=sys.stderr, check=True)
    (found,) = (BENCH / "rivals" / "lib").glob("python*/site-packages")
    return found


def mailed_link(portal: Portal) -> str:
    """Keep a link to an order as if it had been mailed just now, and return the secret that its address ends with."""
    now = portal.clock()
    secret = beside("AZ1001", now, portal.access.secret())
    seat = link_seat(secret)
    assert seat is not None
    link = Link(
        digest=seat.digest, merchant="azulu", number=seat.number, written="AZ-1001", email=EMAIL, language="es",
        purpose="access", expires_at=now + LINK_LIFE["access"],
    )  # fmt: skip
    portal.sessions.add_link(link, seat)
    return secret


def posted(opened: dict[str, Any], **fields: str) -> dict[str, Any]:
    """Return the event of a form that somebody posts to an address."""
    sent = {"Content-Type": FORM, "Accept": "text/html", "Host": "x"}
    kept = {"httpMethod": "POST", "body": urlencode(fields), "headers": sent}
    context = opened["requestContext"] | {"httpMethod": "POST"}
    return opened | kept | {"multiValueHeaders": {name: [said] for name, said in sent.items()}, "requestContext": context}


def event(resource: str, **path: str) -> dict[str, Any]:
    """Return the event of a page that somebody opens."""
    address = resource.format(**path)
    context = {"resourcePath": resource, "httpMethod": "GET", "path": f"/api{address}", "stage": "api", "requestId": "1"}
    return {
        "resource": resource, "path": address, "httpMethod": "GET", "pathParameters": path, "stageVariables": None, "body": None,
        "headers": {"Accept": "text/html", "Host": "x"}, "multiValueHeaders": {"Accept": ["text/html"], "Host": ["x"]},
        "queryStringParameters": None, "multiValueQueryStringParameters": None, "isBase64Encoded": False,
        "requestContext": context | {"identity": {"sourceIp": "192.0.2.1"}},
    }  # fmt: skip
