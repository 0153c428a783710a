"""Whether parameters fit the account, asked before CloudFormation finds out half-way and takes everything back."""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.account import Account, NotReady

BESIDES_PAGES = 13
"""How many runs at once the template sets aside for the functions that answer no pages, where it sets any aside."""
LEFT_OVER = 100
"""How many Lambda leaves to functions for which nothing is set aside, whatever an account may run."""


def refuse_unfit(account: Account, given: Mapping[str, str]) -> None:
    """Raise NotReady where the account runs too few functions at once, a secret is missing, or a certificate cannot be used."""
    pages = given.get("PortalConcurrency", "")
    if pages.isdecimal() and int(pages):
        _refuse_too_many(account, int(pages))
    if arn := given.get("CertificateArn", ""):
        _refuse_certificate(account, arn)
    if secret := given.get("EasyPostSecret", ""):
        _refuse_secret(account, secret)


def _refuse_too_many(account: Account, pages: int) -> None:
    try:
        most = account.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"Lambda does not tell the account's limits: {error}; you need lambda:GetAccountSettings") from None
    if pages + BESIDES_PAGES + LEFT_OVER > most:
        raise NotReady(
            f"PortalConcurrency={pages} takes {pages + BESIDES_PAGES} of the {most} functions that {account.number} may run "
            f"at once in {account.region}, and {LEFT_OVER} must be left over: ask for more (Service Quotas), or leave it out"
        )


def _refuse_certificate(account: Account, arn: str) -> None:
    region = ([*arn.split(":"), "", "", "", ""])[3]
    if region != account.region:
        raise NotReady(f"the certificate is in {region or 'no region'}, the gateway takes one in {account.region}: {arn}")
    try:
        status = account.client("acm").describe_certificate(CertificateArn=arn)["Certificate"]["Status"]
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"Certificate Manager does not tell of {arn}: {' '.join(str(error).split())}") from None
    if status != "ISSUED":
        raise NotReady(f"the certificate is {status}, not ISSUED: its DNS record must be seen first: {arn}")


def _refuse_secret(account: Account, name: str) -> None:
    try:
        account.client("secretsmanager").describe_secret(SecretId=name)
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"Secrets Manager in {account.region} does not tell of {name}: {' '.join(str(error).split())}") from None
