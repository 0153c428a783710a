"""What `make package` makes, opened: the template that CloudFormation gets and the zip that Lambda runs."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import boto3
import pytest

from infra.slim import INSTEAD, foreign, read

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {
    "APIHandler": "app.app",
    "Bounced": "app.bounced",
    "Clean": "app.clean",
    "Deliver": "app.deliver",
    "Sweep": "app.sweep",
}


@pytest.fixture(scope="module")
def packed(build: Path) -> frozenset[str]:
    with ZipFile(build / "deployment.zip") as archive:
        return frozenset(archive.namelist())


def shipped(folder: str) -> set[str]:
    """Return the files of a folder that git keeps or would keep, as paths from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


def test_every_resource_has_a_type(template: dict[str, Any]) -> None:
    assert [name for name, resource in template["Resources"].items() if "Type" not in resource] == []


def test_cloudformation_would_have_no_complaint(build: Path) -> None:
    run = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), build / "sam.yaml"], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "")


def test_the_template_has_no_aliases_which_cloudformation_does_not_take(build: Path) -> None:
    assert not re.search(r"(^|[\s\[{:,-])[&*]id\d", (build / "sam.yaml").read_text("utf-8"))


@pytest.mark.parametrize(("name", "entry"), FUNCTIONS.items())
def test_a_function_runs_what_the_app_defines(template: dict[str, Any], name: str, entry: str) -> None:
    assert template["Resources"][name]["Properties"]["Handler"] == entry


def test_there_is_no_function_beside_these(template: dict[str, Any]) -> None:
    functions = [name for name, each in template["Resources"].items() if each["Type"] == "AWS::Serverless::Function"]
    assert sorted(functions) == sorted(FUNCTIONS)


def test_the_sweep_runs_every_five_minutes(template: dict[str, Any]) -> None:
    (event,) = template["Resources"]["Sweep"]["Properties"]["Events"].values()
    assert (event["Type"], event["Properties"]) == ("Schedule", {"Schedule": "rate(5 minutes)"})


def test_every_function_knows_its_tables_and_its_address(template: dict[str, Any]) -> None:
    known = dict(template["Globals"]["Function"]["Environment"]["Variables"])
    assert known.pop("PORTAL_URL") == template["Outputs"]["PortalAddress"]["Value"]
    assert known == {
        "RETURNS_TABLE": {"Ref": "ReturnsTable"},
        "SESSIONS_TABLE": {"Ref": "SessionsTable"},
        "FILES_BUCKET": {"Ref": "FilesBucket"},
        "CONFIGURATION_SET": {"Ref": "MailConfigurationSet"},
    }


CLIENTS = """
import botocore.session, urllib3
urllib3.PoolManager()
session = botocore.session.get_session()
for service, operation in (("dynamodb", "get_item"), ("s3", "get_object"), ("sesv2", "send_email")):
    assert callable(getattr(session.create_client(service), operation))
print(botocore.__file__, session.create_client("s3").get_paginator("list_objects_v2").paginate.__doc__ == "")
"""


def test_clients_of_aws_are_made_of_what_is_left_in_the_package(build: Path, tmp_path: Path) -> None:
    with ZipFile(build / "deployment.zip") as archive:
        of_aws = ("botocore/", "urllib3/", "jmespath/", "dateutil/", "six", "certifi/")
        archive.extractall(tmp_path, [name for name in archive.namelist() if name.startswith(of_aws)])
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "eu-west-1"}
    run = subprocess.run(
        [sys.executable, "-S", "-s", "-c", CLIENTS], cwd=tmp_path, env=keys, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str(tmp_path / "botocore" / "__init__.pyc"), "True"]


@pytest.mark.parametrize("name", INSTEAD)
def test_what_stands_in_place_of_a_module_has_all_that_is_asked_of_it(name: str) -> None:
    packages = Path(boto3.__file__).parents[1]
    assert (packages / name).exists(), "there is no such module any more"
    stands: dict[str, object] = {"__name__": "instead"}
    exec(INSTEAD[name], stands)
    inside = {path.stem for path in (packages / name).parent.iterdir()} if name.endswith("__init__.py") else set()
    assert asked_of(packages, name) - inside <= stands.keys()


def asked_of(packages: Path, name: str) -> set[str]:
    """Return what the packaged modules of a package import from one of them."""
    whole = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    asked: set[str] = set()
    for file in (packages / name.partition("/")[0]).rglob("*.py"):
        place = file.relative_to(packages)
        text = file.read_text("utf-8")
        if whole.rpartition(".")[2] in text and read(str(place), set()):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom):
                    above = [*place.parts[: -node.level], node.module or ""] if node.level else [node.module or ""]
                    if ".".join(above).rstrip(".") == whole:
                        asked |= {alias.name for alias in node.names}
    return asked


def test_the_merge_replaced_what_chalice_guessed_about_permissions(template: dict[str, Any]) -> None:
    roles = ("BouncedRole", "CleanRole", "DefaultRole", "MailRole")
    policies = {role: template["Resources"][role]["Properties"]["Policies"] for role in roles}
    assert {role: [policy["PolicyName"] for policy in each] for role, each in policies.items()} == {
        "BouncedRole": ["bounced"],
        "CleanRole": ["clean"],
        "DefaultRole": ["portal"],
        "MailRole": ["mail"],
    }


def test_logs_are_kept_for_a_bounded_time(template: dict[str, Any]) -> None:
    groups = [each for each in template["Resources"].values() if each["Type"] == "AWS::Logs::LogGroup"]
    assert len(groups) == len(FUNCTIONS) + 1, "the functions', and the gateway's"
    assert {group["Properties"]["RetentionInDays"] for group in groups} == {90}


@pytest.mark.parametrize("folder", ["templates", "chalicelib/merchants", "chalicelib/locales", "chalicelib/web"])
def test_what_the_portal_reads_when_it_runs_is_in_the_zip(packed: frozenset[str], folder: str) -> None:
    files = shipped(folder)
    assert files, f"{folder} is empty"
    assert files - packed == set()


@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_every_catalogue_is_in_the_zip_compiled(packed: frozenset[str], language: str) -> None:
    assert f"chalicelib/locales/{language}/LC_MESSAGES/messages.mo" in packed


def test_what_is_required_is_in_the_zip_for_lambdas_machine(packed: frozenset[str]) -> None:
    top = {name.split("/")[0] for name in packed}
    assert {"app.py", "babel", "chalice", "jinja2", "persiantools", "pydantic", "tzdata"} <= top
    assert any(name.startswith("pydantic_core/") and name.endswith("x86_64-linux-gnu.so") for name in packed)


RUNS = """
import io, json, sys
from datetime import UTC, datetime
from PIL import Image
import app
from chalicelib.i18n import LANGUAGES
from chalicelib.papers.codes import qr_png
from chalicelib.papers.sheet import Sheet, Type
from chalicelib.shops import load_shops
from chalicelib.wording import Wording
said = []
for language in LANGUAGES.values():
    for shop in load_shops().values():
        wording = Wording(language, shop.merchant)
        said.append(wording.moment(datetime(2026, 3, 10, 17, tzinfo=UTC)))
        said.append(next(iter(wording.countries())))
        sheet = Sheet("a4", language.code, language.direction, datetime(2026, 3, 10, tzinfo=UTC), "x")
        sheet.add_page()
        sheet.write(said[-2], Type(12), 20, 20)
        sheet.qr("x", 20, 40, 30)
        sheet.bars("7K3M", 20, 80, 10)
        said.append(len(sheet.finished()) > 5000)
for kind in ("jpeg", "png", "webp"):
    held = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(held, kind)
    said.append(Image.open(held).size == (9, 9))
said.append(len(qr_png("x")) > 100)
print(json.dumps(said))
"""
LAMBDAS_OWN = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
"""What is there without the package: the AWS SDK and what it needs."""


@pytest.fixture(scope="module")
def unpacked(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("task")
    with ZipFile(build / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


def test_packaging_again_makes_the_same_so_that_nothing_is_deployed_anew(build: Path, unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    subprocess.run([sys.executable, "-m", "infra.compile", tmp_path], cwd=ROOT, env=environment, check=True)
    pickles = {path.name: path.read_bytes() for path in tmp_path.glob("*.pickle")}
    assert pickles == {path.name: path.read_bytes() for path in (unpacked / "chalicelib/compiled").glob("*.pickle")}
    with ZipFile(build / "deployment.zip") as archive:
        assert len({entry.date_time for entry in archive.infolist()}) == 1, "no file tells when it was written"


def test_the_package_is_small(build: Path, unpacked: Path) -> None:
    assert (build / "deployment.zip").stat().st_size < 15_000_000
    assert sum(path.stat().st_size for path in unpacked.rglob("*") if path.is_file()) < 60_000_000


def test_the_package_alone_speaks_every_language_prints_and_reads_pictures(
    unpacked: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.mktemp("runtime")
    for name in LAMBDAS_OWN:
        (own / name).symlink_to(Path(boto3.__file__).parents[1] / name)
    program = f"import sys; sys.path.insert(0, sys.argv[1]); sys.path.append(sys.argv[2])\n{RUNS}"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program, str(unpacked), str(own)],
        cwd=unpacked, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert "10 March 2026, 12:00\N{NO-BREAK SPACE}pm (Bogotá time)" in said
    assert "۱۹ اسفند ۱۴۰۴، ساعت ۲۰:۳۰ (به وقت تهران)" in said
    assert False not in said


def test_what_is_compiled_is_compiled_for_lambdas_machine(build: Path) -> None:
    with ZipFile(build / "deployment.zip") as archive:
        assert foreign(archive) == []


def test_the_gateway_takes_every_type_for_bytes(template: dict[str, Any]) -> None:
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert body["x-amazon-apigateway-binary-media-types"] == ["*/*"]
    assert "/{shop}/returns/{slot}/slip.pdf" in body["paths"]


def test_nothing_of_this_machine_is_in_the_zip(packed: frozenset[str], build: Path) -> None:
    assert not [name for name in packed if name.split("/")[0] in {"tests", "infra", "docs", "node_modules", "boto3"}]
    places = [str(place).encode() for place in (ROOT, build, Path.home()) if len(place.parts) > 2]
    with ZipFile(build / "deployment.zip") as archive:
        assert not [name for name in packed if any(place in archive.read(name) for place in places)]
