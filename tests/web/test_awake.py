"""What an instance that wakes up imports before it has answered a shop's returns page: nothing that this page does not need."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest
import rcssmin

from chalicelib.rendering import SHEETS, _sheet
from infra.compile import compile_into
from tests.conftest import ROOT
from tests.web.conftest import Site

FIRST_PAGE = """
import sys, app
from pydantic.plugin import _schema_validator
event = {
    "resource": "/{shop}", "path": "/azulu", "httpMethod": "GET", "headers": {}, "multiValueHeaders": {"accept": ["text/html"]},
    "multiValueQueryStringParameters": None, "pathParameters": {"shop": "azulu"}, "stageVariables": None, "body": None,
    "requestContext": {"resourcePath": "/{shop}", "httpMethod": "GET", "path": "/azulu"}, "isBase64Encoded": False,
}
assert app.app(event, None)["statusCode"] == 200
print("imported", *sys.modules)
"""
NEEDLESS = (
    "boto3", "botocore", "urllib3", "requests", "PIL", "fpdf", "easypost", "chalicelib.desk", "chalicelib.counter",
    "chalicelib.decisions", "chalicelib.photos", "chalicelib.adapters", "chalicelib.formats",
)  # fmt: skip
LINKS_PAGE = """
import sys
from pathlib import Path
from chalicelib import compiled
compiled.FOLDER = Path(sys.argv[1])
import app
event = {
    "resource": "/{shop}/link/{token}", "path": "/azulu/link/x", "httpMethod": "GET", "headers": {}, "body": None,
    "multiValueHeaders": {"accept": ["text/html"]}, "multiValueQueryStringParameters": None, "stageVariables": None,
    "pathParameters": {"shop": "azulu", "token": "x"}, "isBase64Encoded": False,
    "requestContext": {"resourcePath": "/{shop}/link/{token}", "httpMethod": "GET", "path": "/azulu/link/x"},
}
assert app.app(event, None)["statusCode"] == 503, "nothing answers for DynamoDB"
print("imported", *sys.modules)
"""
NEEDLESS_FOR_A_LINK = (
    "boto3", "requests", "PIL", "fpdf", "easypost", "chalicelib.desk", "chalicelib.counter", "chalicelib.photos",
    "chalicelib.formats", "chalicelib.domain.policy", "chalicelib.domain.clauses", "chalicelib.domain.matching",
    "chalicelib.domain.decisions", "chalicelib.domain.returns", "chalicelib.domain.drafts", "chalicelib.domain.labels",
    "chalicelib.adapters.returns_table",
)  # fmt: skip
MOST_BYTES = 5_000


def test_the_first_returns_page_imports_nothing_of_aws_nor_of_other_pages() -> None:
    environment = {"RETURNS_TABLE": "r", "SESSIONS_TABLE": "s", "PORTAL_URL": "https://x.example", "FILES_BUCKET": "f"}
    run = subprocess.run(
        [sys.executable, "-c", FIRST_PAGE], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    imported = run.stdout.partition("imported ")[2].split()
    assert [name for name in imported if name.startswith(NEEDLESS)] == []


def test_the_page_of_a_mailed_link_knows_neither_policies_nor_returns(tmp_path: Path) -> None:
    compile_into(tmp_path / "compiled")
    environment = {
        "RETURNS_TABLE": "r", "SESSIONS_TABLE": "s", "PORTAL_URL": "https://x.example", "FILES_BUCKET": "f",
        "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }  # fmt: skip
    command = [sys.executable, "-c", LINKS_PAGE, tmp_path / "compiled"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    imported = run.stdout.partition("imported ")[2].split()
    assert "botocore.client" in imported
    assert [name for name in imported if name.startswith(NEEDLESS_FOR_A_LINK)] == []


@pytest.mark.parametrize("shop", ["alustoora", "azulu", "nurana"])
@pytest.mark.parametrize("language", ["en", "es", "fa"])
def test_a_returns_page_is_small(quiet_site: Site, shop: str, language: str) -> None:
    page = quiet_site.browser(language).get(f"/{shop}").body
    sheet = _sheet(SHEETS[0])
    assert sheet in page
    small = page.replace(sheet, rcssmin.cssmin(sheet))
    assert len(gzip.compress(small.encode(), 6)) <= MOST_BYTES
