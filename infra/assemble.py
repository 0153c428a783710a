"""Puts the parts of `infra/resources/` into the one file that Chalice merges into what it packages.

What is no part, because it is made: the pages with which the gateway answers by itself. Run as
`python -m infra.assemble build/resources.yaml`.
"""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import yaml

from chalicelib.local.tables import RESOURCES, load_template
from infra.gateway_pages import gateway_responses


class _Plain(yaml.SafeDumper):
    """YAML without anchors, which CloudFormation does not take."""

    def ignore_aliases(self, _value: Any) -> bool:
        """Write everything out wherever it stands."""
        return True


def assembled() -> dict[str, Any]:
    """Return what Vuelta needs in an account besides its code, as one template."""
    template = copy.deepcopy(load_template(RESOURCES))
    resources = template["Resources"]
    resources["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"] = gateway_responses()
    for resource in resources.values():
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            body = resource["Properties"]["DashboardBody"]
            resource["Properties"]["DashboardBody"] = {"Fn::Sub": json.dumps(body, ensure_ascii=False)}
    return template


def as_yaml(template: dict[str, Any]) -> str:
    """Write a template as CloudFormation reads it."""
    return yaml.dump(template, Dumper=_Plain, allow_unicode=True, width=1000, sort_keys=False)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_yaml(assembled()), "utf-8")
