"""Puts the parts of `infra/resources/` into the one file that Chalice merges into what it packages.

Run as `python -m infra.assemble build/resources.yaml`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from chalicelib.local.tables import RESOURCES, load_template


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which CloudFormation does not take."""

    def ignore_aliases(self, _value: Any) -> bool:
        """Write everything out wherever it stands."""
        return True


def as_yaml(template: dict[str, Any]) -> str:
    """Write a template as CloudFormation reads it."""
    return yaml.dump(template, Dumper=_Plain, allow_unicode=True, width=1000)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_yaml(load_template(RESOURCES)), "utf-8")
