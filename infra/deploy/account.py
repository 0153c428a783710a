"""The account and region to deploy to: who we are there, and whether what must be there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 6})


class NotReady(Exception):
    """Something is missing; the message says in one line what, where, and how to mend it."""


@dataclass(frozen=True)
class Account:
    """An account in one region, and the session that speaks with it."""

    number: str
    region: str
    session: boto3.session.Session

    def client(self, service: str) -> Any:
        """Return a client of a service that tries again where it may."""
        return self.session.client(service, config=_PATIENT)  # type: ignore[call-overload]

    @cached_property
    def files(self) -> S3Client:
        """S3 in this region."""
        found: S3Client = self.client("s3")
        return found

    def check_bucket(self, name: str) -> None:
        """Raise NotReady unless the bucket is this account's, in this region, and open to us."""
        try:
            place = (
                self.files.get_bucket_location(Bucket=name, ExpectedBucketOwner=self.number)["LocationConstraint"] or "us-east-1"
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in ("NoSuchBucket", "404"):
                make = f"aws s3 mb s3://{name} --region {self.region}"
                raise NotReady(f"there is no bucket {name}; make one for packages: {make}") from None
            raise NotReady(f"bucket {name} cannot be used by {self.number}: {code}; give a bucket of this account") from None
        if place != self.region:
            raise NotReady(f"bucket {name} is in {place}, the stack goes to {self.region}; give a bucket there")


def open_account(environment: Mapping[str, str]) -> Account:
    """Return the account whose credentials and region the environment gives; NotReady if it gives none that hold."""
    region = ""
    try:
        # boto3 itself knows AWS_DEFAULT_REGION and the profile's; most other tools of AWS know AWS_REGION.
        region = boto3.session.Session().region_name or environment.get("AWS_REGION", "")
        if not region:
            raise NotReady("no region is set; export AWS_DEFAULT_REGION, such as eu-west-1")
        session = boto3.session.Session(region_name=region)
        number = session.client("sts", config=_PATIENT).get_caller_identity()["Account"]
    except (NoCredentialsError, NoRegionError):
        profile = environment.get("AWS_PROFILE")
        raise NotReady(
            f"no credentials{f' in profile {profile}' if profile else ''}; sign in: aws configure, or aws sso login"
        ) from None
    except (ProfileNotFound, PartialCredentialsError, CredentialRetrievalError, SSOError, TokenRetrievalError) as error:
        raise NotReady(f"{_line(error)}; sign in: aws configure, or aws sso login") from None
    except ClientError as error:
        raise NotReady(f"AWS does not take the credentials: {error.response['Error']['Code']}; sign in again") from None
    except (BotoCoreError, ValueError) as error:
        raise NotReady(f"AWS cannot be reached in {region or 'any region'}: {_line(error)}") from None
    return Account(number, region, session)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
