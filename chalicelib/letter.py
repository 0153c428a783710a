"""What one of a return's mails tells of it: the lines it is about, sorted by where they stand when it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.findings import Settlement
from chalicelib.domain.merchant import Store
from chalicelib.domain.policy import Policy
from chalicelib.domain.returns import LineStatus, Mail, Message, Return, ReturnLine
from chalicelib.domain.verdicts import ClauseSay
from chalicelib.shops import Shop

_TRUE_WHILE: Mapping[Message, tuple[LineStatus, ...]] = {
    "approved": ("authorised", "rejected"),
    "decided": ("authorised", "rejected"),
    "under_review": ("under_review",),
    "label": ("authorised",),
    "received": ("received",),
    "inspected": ("accepted", "refused"),
    "reminder": ("authorised",),
    "expired": ("expired",),
}
"""Where one of a mail's lines must stand for the mail to be news; what is not here stays true."""


@dataclass(frozen=True)
class Letter:
    """A return as one of its mails tells of it: the lines that the mail is about, sorted by where they stand now."""

    made: Return
    mail: Mail
    shop: Shop

    @property
    def approved(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that may be sent."""
        return self._told("authorised")

    @property
    def rejected(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that a person turned down."""
        return self._told("rejected")

    @property
    def cancelled(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that were taken back."""
        return self._told("cancelled")

    @property
    def arrived(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that came back and are to be inspected."""
        return self._told("received")

    @property
    def to_come(self) -> tuple[ReturnLine, ...]:
        """The lines that may be sent and have not arrived, whatever the mail is about."""
        return self.made.standing("authorised")

    @property
    def inspected(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that were inspected, also those that are settled since."""
        return tuple(line for line in self._told("accepted", "refused", "settled") if line.inspection)

    @property
    def accepted(self) -> tuple[ReturnLine, ...]:
        """Every line of the return that was accepted and waits to be settled."""
        return self.made.standing("accepted")

    @property
    def refused(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that were turned down at the inspection."""
        return self._told("refused")

    @property
    def settlements(self) -> tuple[Settlement, ...]:
        """What was given for the mail's lines."""
        return tuple(each for each in self.made.settlements if not set(self.mail.lines).isdisjoint(each.lines))

    @property
    def expired(self) -> tuple[ReturnLine, ...]:
        """The mail's lines that were not sent in time."""
        return self._told("expired")

    @property
    def ended_at(self) -> datetime | None:
        """When the time to send what expired was over, the last of it."""
        return max((line.ship_by for line in self.expired if line.ship_by), default=None)

    @property
    def waiting(self) -> tuple[ReturnLine, ...]:
        """Every line of the return that waits for a person, told of here or not: none of them may be sent yet."""
        return self.made.standing("under_review")

    @property
    def send_by(self) -> datetime | None:
        """The earliest deadline of what may be sent."""
        return min((line.ship_by for line in self.approved if line.ship_by), default=None)

    @property
    def store(self) -> Store | None:
        """The store that the goods go to, if they go to one."""
        return next((store for store in self.shop.merchant.stores if store.id == self.made.store), None)

    @property
    def we_pay(self) -> tuple[ReturnLine, ...]:
        """What may be sent at the shop's expense."""
        return tuple(line for line in self.approved if line.decision.shipping == "merchant")

    @property
    def you_pay(self) -> tuple[ReturnLine, ...]:
        """What may be sent at the customer's expense."""
        return tuple(line for line in self.approved if line.decision.shipping == "customer")

    @property
    def policy(self) -> Policy | None:
        """The policy that decided, unless the shop has withdrawn its file since."""
        return next((policy for policy in self.shop.policies if policy.id == self.made.policy_id), None)

    @property
    def advice(self) -> tuple[Mapping[str, str], ...]:
        """What the policy says of the goods' condition and of sending them, by language."""
        required = {say.id: say.text for line in self.approved for say in line.decision.clauses if say.effect == "requires"}
        clauses = self.policy.clauses if self.policy else ()
        told = {clause.id: clause.text for clause in clauses if clause.group == "sending" and not clause.rules}
        return tuple((required | told).values())

    @property
    def part(self) -> bool:
        """Whether the return has other lines than those approved here, besides what the customer took back."""
        return len(self.approved) < len(self.made.standing("authorised", "under_review", "rejected"))

    @property
    def deciding(self) -> tuple[ClauseSay, ...]:
        """The clauses behind what was turned down, each once: those against it, or else those that let a person decide."""
        found: dict[str, ClauseSay] = {}
        for line in self.rejected:
            against = [say for say in line.decision.clauses if say.effect == "refuses"]
            found |= {say.id: say for say in against or line.decision.clauses if self._on_whether(say)}
        return tuple(found.values())

    @property
    def only_changed(self) -> bool:
        """Whether nothing was decided when the mail was caused: only what approved lines bring has changed."""
        acts = {event.act for event in self.made.timeline if event.at == self.mail.queued_at}
        return "changed" in acts and acts.isdisjoint({"approved", "rejected"})

    @property
    def superseded(self) -> bool:
        """Whether nothing of what the mail says is true any more: a later mail of the return tells what is."""
        if self.mail.message == "reminder" and self.made.parcel:
            return True
        true_while = _TRUE_WHILE.get(self.mail.message)
        return true_while is not None and not self._told(*true_while)

    def too_late(self, at: datetime) -> bool:
        """Say whether the mail may not leave any more at this moment: a reminder whose deadline has passed while it waited."""
        return self.mail.message == "reminder" and self.send_by is not None and self.send_by < at

    def _on_whether(self, say: ClauseSay) -> bool:
        """Say whether a clause is about taking goods back at all, rather than about money or parcels."""
        groups = {clause.id: clause.group for clause in self.policy.clauses} if self.policy else {}
        return groups.get(say.id) not in {"money", "sending"}

    def _told(self, *statuses: LineStatus) -> tuple[ReturnLine, ...]:
        return tuple(line for line in self.made.standing(*statuses) if line.line.id in self.mail.lines)
