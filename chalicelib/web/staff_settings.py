"""The shop as its files say it is, to look at and not to change: policy, checks, calendar, people, and what time does next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chalice import Response

from chalicelib.domain.clauses import Clause, Rule
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.returns import Return
from chalicelib.domain.timing import wakes_at
from chalicelib.i18n import LANGUAGES
from chalicelib.shop_files import shop_notes
from chalicelib.waiting import WAITING, Wanted, queue_page
from chalicelib.web import http
from chalicelib.web.door import GROUPS
from chalicelib.web.staff_call import StaffCall

SOON = timedelta(days=60)
"""How far ahead the calendar is shown."""
NEXT = 10
"""How many deadlines are shown of each kind."""


@dataclass(frozen=True)
class Reading:
    """A clause with its rules as the engine reads them, one line each."""

    clause: Clause
    rules: Sequence[str]


def settings(call: StaffCall) -> Response:
    """Show the shop's files as they are loaded, the policy in the version that is asked for."""
    call.section = "settings"
    shop, now = call.known_shop, call.portal.clock()
    current = shop.policy_for(now)
    version = http.query(call.request, "version") or ""
    shown = next((each for each in shop.policies if each.effective.isoformat() == version), current)
    readings = [Reading(clause, [_written(rule) for rule in clause.rules]) for clause in shown.clauses]
    groups = [(group, [each for each in readings if each.clause.group == group]) for group in GROUPS]
    return call.page(
        "settings",
        policy=shown,
        current=current,
        groups=[(name, found) for name, found in groups if found],
        notes=shop_notes(call.merchant_slug),
        without=[code for code in shop.merchant.languages if code not in LANGUAGES],
        holidays=_holidays(shop.merchant, now),
        due=_due(call),
        waking=_waking(call),
        keep=http.kept(version=version) if shown is not current else "",
    )


def _written(rule: Rule) -> str:
    return rule.model_dump_json(exclude_defaults=True, by_alias=True)


def _holidays(merchant: Merchant, now: datetime) -> Sequence[date]:
    today = merchant.local(now).date()
    return sorted(day for day in merchant.holidays if today <= day <= today + SOON)


def _due(call: StaffCall) -> Sequence[tuple[datetime, Return]]:
    """Return the promises that end next among the oldest returns that wait, what is overdue first."""
    found = queue_page(call.portal.returns, call.known_shop.merchant, Wanted(statuses=WAITING)).returns
    return sorted(((made.due, made) for made in found if made.due), key=lambda each: each[0])[:NEXT]


def _waking(call: StaffCall) -> Sequence[tuple[datetime, Return]]:
    """Return what time does next among the oldest returns that are to be sent: a reminder or an expiry."""
    found = queue_page(call.portal.returns, call.known_shop.merchant, Wanted(statuses=("authorised",))).returns
    return sorted(((at, made) for made in found if (at := wakes_at(made))), key=lambda each: each[0])[:NEXT]
