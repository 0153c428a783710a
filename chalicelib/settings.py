"""Read the environment, once: the only place that knows the names of its variables."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.errors import VueltaError


class InvalidSettings(VueltaError):
    """A variable of the environment is missing or wrong; the message names it and says how to mend it."""


@dataclass(frozen=True)
class Settings:
    """Where the tables and files are, how customers reach the portal, and how mails leave.

    `portal_url` has no slash at the end; every link in a mail begins with it. `reload_templates` is for those who edit them.
    `easypost_key` is a secret; without it no labels are bought there.
    """

    returns_table: str
    sessions_table: str
    portal_url: str
    files_bucket: str
    configuration_set: str | None = None
    reload_templates: bool = False
    easypost_key: str | None = field(default=None, repr=False)

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal by https, so that cookies can insist on it."""
        return self.portal_url.startswith("https://")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings that the environment names; InvalidSettings if one is missing or wrong."""
    portal_url = _required(environment, "PORTAL_URL", "the portal's address, such as https://returns.example.com")
    if not re.fullmatch(r"https?://[^/\s?#@]+(/[^/\s?#]+)*", portal_url):
        raise InvalidSettings(f"PORTAL_URL is {portal_url!r}: give an address that begins with https:// and ends without a slash")
    return Settings(
        returns_table=read_returns_table(environment),
        sessions_table=_required(environment, "SESSIONS_TABLE", "the name of the sessions table"),
        portal_url=portal_url,
        files_bucket=_required(environment, "FILES_BUCKET", "the name of the bucket of labels and photos"),
        configuration_set=environment.get("CONFIGURATION_SET") or None,
        reload_templates=environment.get("RELOAD_TEMPLATES") == "1",
        easypost_key=environment.get("EASYPOST_API_KEY", "").strip() or None,
    )


def read_returns_table(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of the returns table, which is all that an import needs; InvalidSettings if it is missing."""
    return _required(environment, "RETURNS_TABLE", "the name of the returns table")


def read_exports_bucket(environment: Mapping[str, str] = os.environ) -> str:
    """Return the name of the bucket for exports, which the portal never needs; InvalidSettings if it is missing."""
    return _required(environment, "EXPORTS_BUCKET", "the name of the bucket for exports")


def _required(environment: Mapping[str, str], name: str, meaning: str) -> str:
    value = environment.get(name, "").strip()
    if not value:
        raise InvalidSettings(f"the environment lacks {name}: set it to {meaning}")
    return value
