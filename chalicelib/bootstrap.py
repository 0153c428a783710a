"""Wire everything, on first use: the one place that knows the desk as well as DynamoDB, S3 and SES."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.access import Access
from chalicelib.adapters.dynamodb import Table, dynamodb_client
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.s3 import BucketFiles
from chalicelib.adapters.sessions_table import SessionsTable
from chalicelib.adapters.staff_sessions import StaffSessionsTable
from chalicelib.catalogue import Catalogue
from chalicelib.counter import Counter
from chalicelib.desk import Desk
from chalicelib.photos import Photos
from chalicelib.ports import Files, LabelPort, Returns, Sessions
from chalicelib.settings import Settings, read_settings
from chalicelib.shops import Shop, load_shops
from chalicelib.staff_access import StaffAccess

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from chalicelib.bounces import Bounces
    from chalicelib.forgetting import Forgetting
    from chalicelib.sweeping import Sweep
    from chalicelib.worker import Worker

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Portal:
    """Everything that a page, a command or an event needs."""

    settings: Settings
    shops: Mapping[str, Shop]
    returns: Returns
    sessions: Sessions
    files: Files
    photos: Photos
    access: Access
    staff: StaffAccess
    desk: Desk
    counter: Counter
    clock: Clock


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def build(settings: Settings, client: DynamoDBClient, clock: Clock = now) -> Portal:
    """Return the portal on these tables."""
    shops = load_shops()
    returns = ReturnsTable(Table(client, settings.returns_table))
    sessions = SessionsTable(Table(client, settings.sessions_table), clock)
    files = BucketFiles(settings.files_bucket)
    return Portal(
        settings=settings,
        shops=shops,
        returns=returns,
        sessions=sessions,
        files=files,
        photos=Photos(files, returns, sessions, shops, clock),
        access=Access(returns, sessions, clock, secret),
        staff=StaffAccess(shops, sessions, StaffSessionsTable(Table(client, settings.sessions_table), clock), clock, secret),
        desk=Desk(shops, returns, Catalogue(returns, clock), clock, secret, secrets.randbits),
        counter=Counter(shops, returns, clock),
        clock=clock,
    )


def secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


@cache
def portal() -> Portal:
    """Return the portal that the environment describes; InvalidSettings if it does not."""
    return build(read_settings(), dynamodb_client())


def forgetting() -> Forgetting:
    """Return what forgets customers; apart, because no page needs it."""
    from chalicelib.adapters.personal_items import PersonalItems
    from chalicelib.forgetting import Forgetting

    settings, client = read_settings(), dynamodb_client()
    personal = PersonalItems(Table(client, settings.returns_table), Table(client, settings.sessions_table))
    return Forgetting(personal, BucketFiles(settings.files_bucket), now)


@cache
def bounces() -> Bounces:
    """Return what learns of mails that came back; apart, because no page needs it."""
    from chalicelib.bounces import Bounces

    return Bounces(SessionsTable(Table(dynamodb_client(), read_settings().sessions_table), now))


@cache
def worker() -> Worker:
    """Return what sends the portal's mails; apart, because no page needs it."""
    from chalicelib.adapters.ses import Mailer, ses_client
    from chalicelib.bounces import CarefulPost
    from chalicelib.labelling import Labelling
    from chalicelib.worker import Worker

    wired = portal()
    mailer = CarefulPost(Mailer(ses_client(), wired.settings.configuration_set), wired.sessions, wired.clock)
    url = wired.settings.portal_url
    labelling = Labelling(wired.returns, wired.files, wired.shops, partial(label_provider, wired.settings), wired.clock)
    return Worker(wired.access, wired.staff, wired.returns, wired.sessions, wired.shops, mailer, wired.clock, url, labelling)


@cache
def sweeping() -> Sweep:
    """Return what is done every few minutes."""
    from chalicelib.adapters.digests_table import DigestsTable
    from chalicelib.digests import Telling
    from chalicelib.sweeping import Sweep

    wired, sender = portal(), worker()
    digests = DigestsTable(Table(dynamodb_client(), wired.settings.sessions_table))
    telling = Telling(wired.returns, digests, wired.shops, sender.post, wired.clock, wired.settings.portal_url)
    chores = (wired.photos.left_behind, wired.photos.outlived)
    return Sweep(sender, wired.returns, wired.shops, wired.clock, telling, chores)


def label_provider(settings: Settings, name: str) -> LabelPort | None:
    """Return who sells labels under this name, None if no key for them is set."""
    from chalicelib.adapters.easypost import EasyPost

    return EasyPost(settings.easypost_key) if name == "easypost" and settings.easypost_key else None
