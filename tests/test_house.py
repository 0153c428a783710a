"""The rules of the house: who may import what, what names may not say, how long a file may grow."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOUSE = ROOT / "chalicelib"
MODULES = sorted(HOUSE.rglob("*.py"))
TREES = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in MODULES}
DOMAIN = sorted(name for name in TREES if name.startswith("chalicelib/domain/"))

# Parts of the standard library with which a decision could depend on more than what it is given.
IMPURE = {
    "asyncio", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}
BANNED = {"manager", "handler", "helper", "util", "utils", "data", "info", "process"}
LONGEST = 400  # most are far shorter; this is where a file has certainly become two


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the full names of the modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(*packages: str) -> set[str]:
    """Return the files that import one of these packages."""
    return {
        name
        for name, tree in TREES.items()
        if any(each == package or each.startswith(f"{package}.") for package in packages for each in imported(tree))
    }


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_imports_the_pure_standard_library_pydantic_and_itself(name: str) -> None:
    for module in imported(TREES[name]):
        first = module.split(".")[0]
        allowed = (first in sys.stdlib_module_names and first not in IMPURE) or first == "pydantic"
        assert allowed or f"{module}.".startswith("chalicelib.domain."), f"{name} imports {module}"


@pytest.mark.parametrize("name", DOMAIN)
def test_the_domain_reads_no_clock_and_opens_no_file(name: str) -> None:
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Call):
            function = node.func
            assert not (isinstance(function, ast.Attribute) and function.attr in CLOCKS), f"{name}:{node.lineno} reads the clock"
            assert not (isinstance(function, ast.Name) and function.id == "open"), f"{name}:{node.lineno} opens a file"


def test_only_the_adapters_bootstrap_and_the_local_run_know_boto3() -> None:
    for name in importers("boto3", "botocore"):
        assert name.startswith(("chalicelib/adapters/", "chalicelib/local/")) or name == "chalicelib/bootstrap.py", name


def test_only_the_web_and_the_local_run_know_chalice() -> None:
    for name in importers("chalice"):
        assert name.startswith(("chalicelib/web/", "chalicelib/local/")), name


def test_only_the_serve_command_knows_the_local_run() -> None:
    for name in importers("chalicelib.local"):
        assert name.startswith("chalicelib/local/") or name == "chalicelib/commands/serve.py", name


def test_only_the_settings_read_the_environment_and_only_the_local_run_sets_it() -> None:
    for name, tree in TREES.items():
        reads = any(isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} for node in ast.walk(tree))
        assert not reads or name == "chalicelib/settings.py" or name.startswith("chalicelib/local/"), name


def test_importing_the_app_needs_no_environment_no_network_and_nothing_of_the_local_run() -> None:
    program = (
        "import socket, sys; socket.socket.connect = None; import app; "
        "print(*[name for name in sys.modules if name.startswith(('moto', 'chalicelib.local'))])"
    )
    run = subprocess.run([sys.executable, "-B", "-c", program], cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.strip()) == (0, ""), run.stderr


@pytest.mark.parametrize("name", sorted(TREES))
def test_a_module_begins_with_what_it_knows(name: str) -> None:
    tree = TREES[name]
    assert not isinstance(tree, ast.Module) or not tree.body or ast.get_docstring(tree), f"{name} has no docstring"


@pytest.mark.parametrize("name", sorted(TREES))
def test_names_say_what_a_thing_is(name: str) -> None:
    definitions = (node for node in ast.walk(TREES[name]) if isinstance(node, ast.ClassDef | ast.FunctionDef))
    for each in [Path(name).stem, *(node.name for node in definitions)]:
        words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", each)}
        assert not words & BANNED, f"{name}: {each}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_holds_one_idea(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= LONGEST, f"{lines} lines: what would be the names of its two halves?"


def test_no_tracked_file_names_a_package_registry_or_a_path_of_some_machine() -> None:
    registries = [
        f"{host}.{domain}" for host, domain in [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")]
    ]
    paths = [f"/{folder}/" for folder in ("work", "root", "home")]
    banned = re.compile("|".join(rf"(?<![\w.-]){re.escape(path)}" for path in paths) + "|" + "|".join(map(re.escape, registries)))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            found = banned.search(path.read_bytes().decode("utf-8", "replace"))
            assert not found, f"{name} names {found.group() if found else ''}"
