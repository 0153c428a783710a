"""Does to the packaged template what Chalice leaves undone and no merging can do; run as `python -m infra.finish build/sam.yaml`.

The gateway gets to know the portal's function by a name that is made of the stack's: by its ARN, gateway and function would each
wait for the other, since the function knows the gateway's address. And whatever can bear one gets a tag, by which a bill is read.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from chalicelib.local.tables import load_template
from infra.assemble import as_yaml

TAG = "vuelta"
"""Its value is the name of the stack."""
TAGGED_BY_LIST = frozenset(
    f"AWS::{name}"
    for name in (
        "ApiGateway::DomainName",
        "CloudWatch::Alarm",
        "DynamoDB::Table",
        "Events::Rule",
        "IAM::Role",
        "Lambda::EventSourceMapping",
        "Logs::LogGroup",
        "S3::Bucket",
        "SES::ConfigurationSet",
        "SES::EmailIdentity",
        "SNS::Topic",
        "WAFv2::WebACL",
    )
)
TAGGED_BY_NAME = frozenset({"AWS::Serverless::Api", "AWS::Serverless::Function"})

_BY_ARN = "${APIHandler.Arn}"
_BY_NAME = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}-portal"


def finish(template: dict[str, Any]) -> None:
    """Change a packaged template in place. ValueError if it is not as Chalice makes it."""
    stack = {"Ref": "AWS::StackName"}
    for resource in template["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] in TAGGED_BY_LIST:
            properties.setdefault("Tags", []).append({"Key": TAG, "Value": stack})
        elif resource["Type"] in TAGGED_BY_NAME:
            properties.setdefault("Tags", {})[TAG] = stack
    methods = [
        method
        for path in template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values()
        for method in path.values()
    ]
    for method in methods:
        address = method["x-amazon-apigateway-integration"]["uri"]
        if _BY_ARN not in address["Fn::Sub"]:
            raise ValueError(f"a method of the gateway leads to {address}, not to {_BY_ARN}")
        address["Fn::Sub"] = address["Fn::Sub"].replace(_BY_ARN, _BY_NAME)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    packaged = load_template(path)
    finish(packaged)
    path.write_text(as_yaml(packaged), "utf-8")
