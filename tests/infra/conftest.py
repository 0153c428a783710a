"""What the tests of the package share: the package, and the template in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chalicelib.local.tables import load_template
from tests.packaged import packaged


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what `make package` made."""
    return packaged(tmp_path_factory)


@pytest.fixture(scope="session")
def template(build: Path) -> dict[str, Any]:
    """The template as CloudFormation gets it."""
    return load_template(build / "sam.yaml")
