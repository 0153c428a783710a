"""The package that `make package` built, and its way into a bucket from which CloudFormation takes it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import yaml
from botocore.exceptions import ClientError

from chalicelib.local.tables import load_template
from infra.assemble import as_yaml
from infra.deploy.account import Account, NotReady

FUNCTION = "AWS::Serverless::Function"


@dataclass(frozen=True)
class Package:
    """A template whose functions are still without their code, and the code."""

    template: Path
    code: Path


def built(folder: Path) -> Package:
    """Return what `make package` left in a folder; NotReady if it is not there."""
    package = Package(folder / "sam.yaml", folder / "deployment.zip")
    for each in (package.template, package.code):
        if not each.is_file():
            raise NotReady(f"{each} is missing; run make package")
    return package


def upload(account: Account, bucket: str, package: Package) -> str:
    """Put code and template under names of what they hold, unless they are there; return the template's address."""
    code = _put(account, bucket, package.code.read_bytes(), "zip")
    try:
        template = load_template(package.template)
    except yaml.YAMLError as error:
        raise NotReady(f"{package.template} cannot be read: {' '.join(str(error).split())}; run make package again") from None
    for resource in template["Resources"].values():
        if resource["Type"] == FUNCTION:
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": code}
    key = _put(account, bucket, as_yaml(template).encode(), "yaml")
    return f"https://{bucket}.s3.{account.region}.amazonaws.com/{key}"


def _put(account: Account, bucket: str, body: bytes, ending: str) -> str:
    key = f"vuelta/{hashlib.sha256(body).hexdigest()}.{ending}"
    try:
        account.files.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account.number)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound", "403"):
            raise NotReady(f"bucket {bucket}: {error.response['Error']['Code']} for {key}") from None
        try:
            account.files.put_object(
                Bucket=bucket, Key=key, Body=body, ServerSideEncryption="AES256", ExpectedBucketOwner=account.number
            )
        except ClientError as refused:
            why = refused.response["Error"]["Code"]
            raise NotReady(f"bucket {bucket} does not take the package: {why}; you need s3:PutObject there") from None
    return key
