"""No tracked file holds what opens something: keys of AWS and of others, private keys, tokens, passwords."""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.conftest import ROOT

SHAPES = {
    "an access key of AWS": r"\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z0-9]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{20}",
    "a key of EasyPost": r"\bEZ[AT]K[A-Za-z0-9]{30,}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})\b",
    "a token of Slack": r"\bxox[abposr]-[A-Za-z0-9-]{10,}",
    "a key of Stripe": r"\b[sr]k_live_[A-Za-z0-9]{16,}\b",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}\b",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
    "a password in an address": r"\b[a-z][a-z0-9+.-]*://[^/\s:@'\"<>{}$]+:[^/\s:@'\"<>{}$]{6,}@(?!evil\.example)[a-z0-9.-]+",
    "a secret that is written out": (
        r"""(?i:\b(?:secret_access_key|api_?key|passw(?:or)?d|client_secret)\b["']?\s*[:=]\s*)["'][A-Za-z0-9+/=_-]{20,}["']"""
    ),
}
SECRET = re.compile("|".join(f"(?P<s{place}>{shape})" for place, shape in enumerate(SHAPES.values())))


def found_in(text: str) -> list[str]:
    """Return what a text holds, by the names of the shapes."""
    names = list(SHAPES)
    return [names[int(str(found.lastgroup)[1:])] for found in SECRET.finditer(text)]


def test_no_tracked_file_holds_a_secret() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in filter(None, listed.split("\0"))]
    for path in paths:
        if path.is_file() and not path.is_symlink():
            assert found_in(path.read_bytes().decode("utf-8", "replace")) == [], path


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AKIA" + "Q3EGRIY7XZ2M4LNP", "an access key of AWS"),
        ("-----BEGIN RSA PRIVATE" + " KEY-----\nMIIEowIBAAKCAQEAxyz0123456789", "a private key"),
        ("EZ" + "AK" + "a1" * 20, "a key of EasyPost"),
        ("ghp" + "_" + "a1B2" * 9, "a token of GitHub"),
        ("https://ana:" + "hunter2hunter2@db.example.com", "a password in an address"),
        ("api_key" + ' = "' + "a1B2c3D4" * 4 + '"', "a secret that is written out"),
    ],
)
def test_what_is_one_is_found(text: str, name: str) -> None:
    assert found_in(text) == [name]
