"""Wire everything, on first use: the one place that knows the desk as well as DynamoDB, S3 and SES."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.later import Later, deferred
from chalicelib.settings import Settings, read_settings
from chalicelib.shops import Shop, load_shops

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

    from chalicelib.access import Access
    from chalicelib.bounces import Bounces
    from chalicelib.counter import Counter
    from chalicelib.desk import Desk
    from chalicelib.forgetting import Forgetting
    from chalicelib.links import Links
    from chalicelib.photos import Photos
    from chalicelib.ports import Files, LabelPort, Returns, Sessions
    from chalicelib.staff_access import StaffAccess
    from chalicelib.sweeping import Sweep
    from chalicelib.worker import Worker

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def secret() -> str:
    """Return 256 random bits as URL-safe text."""
    return secrets.token_urlsafe(32)


def _client(_: Portal) -> DynamoDBClient:
    from chalicelib.adapters.dynamodb import dynamodb_client

    return dynamodb_client()


def _returns(portal: Portal) -> Returns:
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.adapters.returns_table import ReturnsTable

    return ReturnsTable(Table(portal.client, portal.settings.returns_table))


def _sessions(portal: Portal) -> Sessions:
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.adapters.sessions_table import SessionsTable

    expiring, beside = (Table(portal.client, name) for name in (portal.settings.sessions_table, portal.settings.returns_table))
    return SessionsTable(expiring, beside, portal.clock)


def _files(portal: Portal) -> Files:
    from chalicelib.adapters.s3 import BucketFiles

    return BucketFiles(portal.settings.files_bucket)


def _photos(portal: Portal) -> Photos:
    from chalicelib.photos import Photos

    return Photos(portal.files, portal.returns, portal.sessions, portal.shops, portal.clock)


def _access(portal: Portal) -> Access:
    from chalicelib.access import Access

    # A link is looked at without any return.
    return Access(deferred(lambda: portal.returns), portal.sessions, portal.clock, secret)


def _links(portal: Portal) -> Links:
    from chalicelib.links import Links

    return Links(portal.returns, portal.sessions, portal.clock, secret)


def _staff(portal: Portal) -> StaffAccess:
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.adapters.staff_sessions import StaffSessionsTable
    from chalicelib.staff_access import StaffAccess

    entered = StaffSessionsTable(Table(portal.client, portal.settings.sessions_table), portal.clock)
    return StaffAccess(portal.shops, portal.sessions, entered, portal.clock, secret)


def _desk(portal: Portal) -> Desk:
    from chalicelib.catalogue import Catalogue
    from chalicelib.desk import Desk

    catalogue = Catalogue(portal.returns, portal.clock)
    return Desk(portal.shops, portal.returns, catalogue, portal.clock, secret, secrets.randbits)


def _counter(portal: Portal) -> Counter:
    from chalicelib.counter import Counter

    return Counter(portal.shops, portal.returns, portal.clock)


@dataclass(frozen=True, eq=False)
class Portal:
    """Everything that a page, a command or an event needs. Most pages need few of its parts: each is made on first use."""

    settings: Settings
    shops: Mapping[str, Shop]
    clock: Clock
    client: Later[DynamoDBClient] = Later(_client)
    returns: Later[Returns] = Later(_returns)
    sessions: Later[Sessions] = Later(_sessions)
    files: Later[Files] = Later(_files)
    photos: Later[Photos] = Later(_photos)
    access: Later[Access] = Later(_access)
    links: Later[Links] = Later(_links)
    staff: Later[StaffAccess] = Later(_staff)
    desk: Later[Desk] = Later(_desk)
    counter: Later[Counter] = Later(_counter)


def build(settings: Settings, client: DynamoDBClient, clock: Clock = now) -> Portal:
    """Return the portal on these tables."""
    return Portal(settings, load_shops(), clock, client)


@cache
def portal() -> Portal:
    """Return the portal that the environment describes; InvalidSettings if it does not."""
    return Portal(read_settings(), load_shops(), now)


def forgetting() -> Forgetting:
    """Return what forgets customers; apart, because no page needs it."""
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.adapters.personal_items import PersonalItems
    from chalicelib.forgetting import Forgetting

    wired = portal()
    tables = (Table(wired.client, name) for name in (wired.settings.returns_table, wired.settings.sessions_table))
    return Forgetting(PersonalItems(*tables), wired.files, now)


@cache
def bounces() -> Bounces:
    """Return what learns of mails that came back; apart, because no page needs it."""
    from chalicelib.bounces import Bounces

    return Bounces(portal().sessions)


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
    return Worker(wired.links, wired.staff, wired.returns, wired.sessions, wired.shops, mailer, wired.clock, url, labelling)


@cache
def sweeping() -> Sweep:
    """Return what is done every few minutes."""
    from chalicelib.adapters.digests_table import DigestsTable
    from chalicelib.adapters.dynamodb import Table
    from chalicelib.digests import Telling
    from chalicelib.sweeping import Sweep

    wired, sender = portal(), worker()
    digests = DigestsTable(Table(wired.client, wired.settings.sessions_table))
    telling = Telling(wired.returns, digests, wired.shops, sender.post, wired.clock, wired.settings.portal_url)
    chores = (wired.photos.left_behind, wired.photos.outlived)
    return Sweep(sender, wired.returns, wired.shops, wired.clock, telling, chores)


def label_provider(settings: Settings, name: str) -> LabelPort | None:
    """Return who sells labels under this name, None if no key for them is set."""
    from chalicelib.adapters.easypost import EasyPost

    return EasyPost(settings.easypost_key) if name == "easypost" and settings.easypost_key else None
