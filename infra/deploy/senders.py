"""Whether SES sends the shops' mails: an identity behind each sender, and an account that is out of its sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.shops import load_shops
from infra.deploy.account import Account, NotReady


def refuse_sandbox(account: Account) -> None:
    """Raise NotReady while SES mails only to addresses that were confirmed there."""
    try:
        answer = account.client("sesv2").get_account()
    except (ClientError, BotoCoreError) as error:
        raise NotReady(
            f"SES does not tell about the account in {account.region}: {_why(error)}; you need ses:GetAccount"
        ) from None
    if not answer.get("ProductionAccessEnabled"):
        raise NotReady(
            f"SES is still in its sandbox in {account.region}: no customer would get a mail; ask for production access "
            "(docs/deploy.md says how), or add SANDBOX=yes to try it with addresses that you confirm in SES"
        )


def identity_arns(account: Account, own_domain: str) -> tuple[str, ...]:
    """Return the ARNs of the identities behind the shops' senders, but for `own_domain`, which the stack itself makes known.

    NotReady, naming the shops, where SES knows neither a sender's address nor a domain above it, or has not confirmed it.
    """
    ses = account.client("sesv2")
    found: dict[str, bool | None] = {}
    arns: list[str] = []
    lacking: list[str] = []
    for slug, shop in sorted(load_shops().items()):
        names = tuple(_names(shop.merchant.sender))
        if own_domain and own_domain in names:
            continue
        for name in names:
            if name not in found:
                found[name] = _confirmed(ses, name)
        held = next((name for name in names if found[name] is not None), None)
        if held is None:
            lacking.append(f"{slug} sends from {shop.merchant.sender}, which SES does not know")
        elif not found[held]:
            lacking.append(f"{slug} sends from {shop.merchant.sender}, and SES has not confirmed {held} yet")
        else:
            arns.append(_arn(account, ses, held))
    if lacking:
        mend = "confirm it in SES, let the stack do it (PARAMETERS=MailDomain=…), or take the shop's folder out"
        raise NotReady(f"{'; '.join(lacking)}: {mend}")
    return tuple(dict.fromkeys(arns))


def refuse_known(account: Account, domain: str) -> None:
    """Raise NotReady where SES knows a domain that a stack is to make known: CloudFormation would fail over it and go back."""
    if _confirmed(account.client("sesv2"), domain) is not None:
        raise NotReady(
            f"SES knows {domain} already, so that no stack can make it known: leave MailDomain out, and what SES knows is found "
            "(its DNS records stand in SES's console), or delete the identity there"
        )


def confirmed_arns(account: Account) -> tuple[str, ...]:
    """Return the ARNs of all identities that SES confirmed: in its sandbox it asks for rights to whom a mail goes to as well."""
    ses = account.client("sesv2")
    found: list[str] = []
    more: dict[str, str] = {}
    try:
        while True:
            answer = ses.list_email_identities(**more)
            found += [_arn(account, ses, each["IdentityName"]) for each in answer["EmailIdentities"] if each["SendingEnabled"]]
            if not answer.get("NextToken"):
                return tuple(found)
            more = {"NextToken": answer["NextToken"]}
    except (ClientError, BotoCoreError) as error:
        raise NotReady(f"SES does not tell which identities it knows: {_why(error)}; you need ses:ListEmailIdentities") from None


def _arn(account: Account, ses: Any, name: str) -> str:
    return f"arn:{ses.meta.partition}:ses:{account.region}:{account.number}:identity/{name}"


def _names(sender: str) -> Iterator[str]:
    """Yield what SES may know a sender by: its address, its domain, the domains above that."""
    yield sender
    labels = sender.rpartition("@")[2].split(".")
    for place in range(len(labels) - 1):
        yield ".".join(labels[place:])


def _confirmed(ses: object, name: str) -> bool | None:
    """Say whether SES sends for an identity; None if it does not know it."""
    try:
        return bool(ses.get_email_identity(EmailIdentity=name)["VerifiedForSendingStatus"])  # type: ignore[attr-defined]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return None
        raise NotReady(f"SES does not tell about {name}: {_why(error)}; you need ses:GetEmailIdentity") from None
    except BotoCoreError as error:
        raise NotReady(f"SES does not tell about {name}: {_why(error)}") from None


def _why(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else " ".join(str(error).split())
