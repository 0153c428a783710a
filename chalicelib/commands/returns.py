"""`returns list | show | approve | reject`: what staff do with returns, from a terminal."""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.commands.printable import printable

if TYPE_CHECKING:
    from chalicelib.bootstrap import Portal
    from chalicelib.domain.merchant import Merchant
    from chalicelib.domain.returns import Return, ReturnLine, ReturnStatus
    from chalicelib.domain.verdicts import ClauseSay

STATUSES: tuple[ReturnStatus, ...] = (
    "under_review", "received", "accepted", "authorised", "sent", "settled", "refused", "expired", "rejected", "cancelled",
)  # fmt: skip


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands and their arguments."""
    parser = commands.add_parser("returns", help="list and show returns, approve or reject what waits for a person")
    acts = parser.add_subparsers(title="acts", metavar="ACT", required=True)

    listing = acts.add_parser("list", help="list a shop's returns, oldest first")
    listing.add_argument("shop", metavar="SHOP")
    listing.add_argument("--status", choices=STATUSES, help="only those in this status (default: all)")
    listing.set_defaults(run=_list)

    showing = acts.add_parser("show", help="show one return whole")
    _add_return(showing)
    showing.set_defaults(run=_show)

    for act, says in (("approve", "approve"), ("reject", "reject")):
        deciding = acts.add_parser(act, help=f"{says} lines that wait; the customer gets a mail")
        _add_return(deciding)
        deciding.add_argument("--line", action="append", default=[], metavar="N", help="only this line; may be repeated")
        deciding.add_argument("--note", required=act == "reject", default="", help="what the customer is told")
        deciding.add_argument("--by", metavar="NAME", help="who decides (default: your user name)")
        deciding.set_defaults(run=_decide, approve=act == "approve")


def _add_return(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shop", metavar="SHOP")
    parser.add_argument("named", metavar="RMA-or-id", help="an RMA number, or order number and slot such as NR-1001/1")


def _list(options: argparse.Namespace) -> int:
    wired = _portal(options)
    for status in [options.status] if options.status else STATUSES:
        for made in wired.counter.queue(options.shop, status):
            local = wired.shops[options.shop].merchant.local(made.created_at)
            told = f"{made.status:<13} {local:%Y-%m-%d %H:%M}  {made.id:<20} {made.rma or '-':<19}  {_summary(made)}"
            print(printable(told))
    return 0


def _show(options: argparse.Namespace) -> int:
    wired = _portal(options)
    _print(wired, wired.counter.find(options.shop, options.named))
    return 0


def _decide(options: argparse.Namespace) -> int:
    wired = _portal(options)
    by = options.by or _user_name()
    made = wired.counter.decide(
        options.shop, options.named, tuple(options.line), approve=options.approve, by=by, note=options.note
    )
    _print(wired, made)
    return 0


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return "staff"  # The machine has no name for this user, as in a container that runs under a number.


def _portal(options: argparse.Namespace) -> Portal:
    from chalicelib.bootstrap import portal
    from chalicelib.domain.errors import VueltaError

    wired = portal()
    if options.shop not in wired.shops:
        raise VueltaError(f"there is no shop {options.shop!r}: give one of {', '.join(sorted(wired.shops))}")
    return wired


def _print(wired: Portal, made: Return) -> None:
    merchant = wired.shops[made.merchant].merchant
    for line in _told(made, merchant):
        print(printable(line))


def _told(made: Return, merchant: Merchant) -> Iterator[str]:
    local = merchant.local
    yield f"return {made.id}   {made.status}   RMA {made.rma or 'not given yet'}"
    yield f"for {made.email or 'somebody forgotten'} ({made.language}), by {made.store or made.method}, policy {made.policy_id}"
    yield from _facts(made, merchant)
    for line in made.lines:
        yield from _line(line, made.currency)
        for clause in line.decision.clauses:
            yield f"      {clause.effect:<9} {clause.id}: {_words(clause, merchant)}"
    for each in made.settlements:
        until = f", until {local(each.expires_at):%Y-%m-%d}" if each.expires_at else ""
        yield f"given: {each.kind} of {each.amount} {made.currency}, {each.reference}{until}, lines {', '.join(each.lines)}"
    if made.parcel:
        yield f"parcel: {made.parcel.carrier} {made.parcel.tracking}"
    for event in made.timeline:
        internal = f" (internal: “{event.internal}”)" if event.internal else ""
        told = f"{event.act} by {event.by}: lines {', '.join(event.lines)} “{event.note}”{internal}"
        yield f"{local(event.at):%Y-%m-%d %H:%M}  {told}"
    for mail in made.outbox:
        sent = f"sent {local(mail.sent_at):%Y-%m-%d %H:%M}" if mail.sent_at else "waits"
        yield f"mail {mail.message}: {f'not sent, {mail.failed}' if mail.failed else sent}"


def _facts(made: Return, merchant: Merchant) -> Iterator[str]:
    for fact, person in (("opened for the customer by", made.opened_by), ("assigned to", made.assignee)):
        if person:
            yield f"{fact} {person}"
    if made.as_gift:
        yield "asked for by whoever got it as a gift"
    for promise, until in (("answer", made.answer_by), ("settling", made.resolve_by)):
        if until:
            yield f"{promise} promised by {merchant.local(until):%Y-%m-%d %H:%M}"


def _words(clause: ClauseSay, merchant: Merchant) -> str:
    """Return a clause in English, else in the first of the shop's languages that it has, else in any that it has."""
    return next((clause.text[each] for each in ("en", *merchant.languages, *clause.text) if each in clause.text), "")


def _line(line: ReturnLine, currency: str) -> Iterator[str]:
    chosen = line.chosen
    yield (
        f"  line {line.line.id}: {line.quantity} x {line.line.name} ({line.line.sku}), {line.reason}: {line.status}, "
        f"{chosen.kind} of {chosen.value} {currency}"
    )
    found = line.inspection
    inspected = f"{line.arrived} arrived, {found.condition}, {found.verdict}, worth {found.value} {currency}" if found else ""
    said = (("customer", line.remark), ("wants", line.wanted), ("reply", line.reply), ("beyond the policy", line.granted_why))
    for label, text in (*said, ("inspected", inspected), ("because", found.reason if found else "")):
        if text:
            yield f"      {label}: “{text}”"


def _summary(made: Return) -> str:
    return "; ".join(f"{line.quantity} x {line.line.sku} {line.reason} -> {line.outcome}" for line in made.lines)
