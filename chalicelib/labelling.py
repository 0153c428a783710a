"""Gets the prepaid labels that returns wait for, and takes back those that are for nothing, each paid once whatever breaks.

Asking for rates is free. What is about to be bought is written into the return first, and whoever comes after a crash asks the
provider about that very shipment before buying it. Where no label can be bought, that is written down with its reason, and one of
the shop's people sends a label.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

from chalicelib.domain.claims import Claim, Claimant, free
from chalicelib.domain.errors import LifecycleError, Unavailable
from chalicelib.domain.identifiers import fold_order_number
from chalicelib.domain.label_rules import LabelRule
from chalicelib.domain.label_steps import (
    label_claimed,
    label_given_up,
    label_kept,
    label_left_since,
    label_ordered,
    label_voided,
    labelled,
    to_be_labelled,
    to_be_voided,
)
from chalicelib.domain.labels import BoughtLabel, Label, LabelOrder, LabelRefused, LabelWish, NoLabel
from chalicelib.domain.returns import Return
from chalicelib.ports import Files, LabelPort, Returns
from chalicelib.shops import Shop

TRY_FOR = timedelta(hours=6)
"""How long a provider that does not answer is asked: then there is still time for a person to send a label."""
RACES = 50

_log = logging.getLogger("vuelta.labels")


def label_folder(made: Return) -> str:
    """Return where the files of a return's labels lie, in the bucket."""
    return f"{order_labels(made.merchant, made.order_number)}{made.slot}/"


def order_labels(merchant: str, number: str) -> str:
    """Return where the files of all labels of an order's returns lie, whatever letters its number is written with."""
    return f"labels/{merchant}/{quote(fold_order_number(number), safe='')}/"


@dataclass(frozen=True)
class Labelling:
    """Carries out what returns want done about their labels. `providers` are the sellers that are set up, by name."""

    returns: Returns
    files: Files
    shops: Mapping[str, Shop]
    providers: Callable[[str], LabelPort | None]
    clock: Callable[[], datetime]

    def carry_out(self, merchant: str, number: str, slot: int, *, by: Claimant) -> None:
        """Get or void the label of a return, if that is to be done and nobody else is at it.

        Unavailable if the provider or the tables do not answer: try again, with the same arguments, as often as you like.
        """
        made = self.returns.by_slot(merchant, number, slot)
        if made is None or label_left_since(made) is None:
            return
        now = self.clock()
        if made.label_order and not free(made.label_order.claim, by, now):
            return
        if to_be_labelled(made) and self.provider(made) is None:
            self.returns.change(label_given_up(made, "no_provider"))
            return
        claim = Claim(by=by, at=now)
        if not self.returns.change(claimed := label_claimed(made, claim)):
            return
        try:
            _Try(self, claimed, claim).go()
        except LifecycleError:
            # Somebody changed the return meanwhile so that the label is not needed, or is there: what is left is done next time.
            self.report(made, "label_overtaken")

    def provider(self, made: Return) -> str | None:
        """Return who sells labels to the shop of a return, None if nobody does."""
        return self.shops[made.merchant].merchant.labels.provider

    def report(self, made: Return, event: str, **words: str) -> None:
        """Log one line of ids and words of ours."""
        _log.warning(json.dumps({"event": event, "shop": made.merchant, "of": made.id} | words))


@dataclass
class _Try:
    """One try for one return. `made` is the return as last read or written, claimed by us."""

    work: Labelling
    made: Return
    claim: Claim

    def go(self) -> None:
        try:
            if to_be_labelled(self.made):
                self._get()
            if to_be_voided(self.made):
                self._void()
        except LabelRefused as refused:
            self._leave_to_people(refused.why, refused.detail)
        except Unavailable as error:
            wanted = self.made.label_wanted_at
            if wanted is None or self.claim.at - wanted < TRY_FOR or to_be_voided(self.made):
                raise
            order = self.made.label_order
            if order and order.rate:
                self._leave_to_people("unclear", f"{order.shipment}: {error.why}")
            else:
                self._leave_to_people("no_answer", error.why)

    def _get(self) -> None:
        port = self._port(self.work.provider(self.made))
        if port is None:
            raise LabelRefused("no_key", "")
        order = self.made.label_order or LabelOrder()
        if order.shipment is None or order.rate is None:
            order = self._order(port)
        assert order.shipment is not None
        assert order.rate is not None
        bought = port.buy(order.shipment, order.rate)
        label = self._stored(bought)
        self._write(lambda current: labelled(current, label) if to_be_labelled(current) else label_kept(current, label))

    def _order(self, port: LabelPort) -> LabelOrder:
        """Choose what to buy, and write it down."""
        wish, rule = self._wish()
        quote = port.quote(wish)
        rate = rule.choice(quote.rates)
        if rate is None:
            offered = [f"{each.carrier} {each.service} {each.cost} {each.currency}" for each in quote.rates]
            raise LabelRefused("no_rate", "; ".join([*offered, *quote.problems])[:500])
        self._write(lambda current: label_ordered(current, quote.shipment, rate.id))
        return self.made.label_order or LabelOrder()

    def _wish(self) -> tuple[LabelWish, LabelRule]:
        """Return what to ask a provider for, and the shop's rule for it; LabelRefused if there is none."""
        made, merchant = self.made, self.work.shops[self.made.merchant].merchant
        stored, _ = self.work.returns.order_with_returns(made.merchant, made.order_number)
        # A gift's recipient sends it from elsewhere, and has no business with the giver's address.
        if stored is None or stored.ship_to is None or made.as_gift or merchant.labels.address is None:
            raise LabelRefused("no_address", "")
        lines = made.standing("authorised")
        units = sum(line.quantity for line in lines)
        value = sum((line.line.unit_price * line.quantity for line in lines), Decimal(0))
        comparable = value if made.currency == merchant.currency.code else None
        rule = merchant.labels.rule_for(merchant.country, stored.ship_to.country, units, comparable)
        if rule is None:
            raise LabelRefused("no_rule", stored.ship_to.country)
        name = made.rma or made.id
        box = merchant.labels.packed(units, rule)
        return LabelWish(name=name, customer=stored.ship_to, shop=merchant.labels.address, box=box), rule

    def _stored(self, bought: BoughtLabel) -> Label:
        """Keep the label's file, under the same name however often, and return what the return keeps of it."""
        key = f"{label_folder(self.made)}{bought.shipment}.pdf"
        self.work.files.put(key, bought.body, bought.content_type)
        return Label(
            source="easypost",
            key=key,
            carrier=bought.carrier,
            service=bought.service,
            tracking=bought.tracking,
            cost=bought.cost,
            currency=bought.currency,
            charged=bought.charged,
            provider_id=bought.shipment,
            by="easypost",
            made_at=self.work.clock(),
        )

    def _port(self, provider: str | None) -> LabelPort | None:
        return self.work.providers(provider) if provider else None

    def _void(self) -> None:
        made = self.made
        shipment = made.label.provider_id if made.label else made.label_order and made.label_order.shipment
        port = self._port(made.label.source if made.label else self.work.provider(made))
        if port is None or not shipment:
            self._write(lambda current: label_voided(current, self.work.clock(), "no_key"))
            return
        try:
            refused = port.void(shipment)
        except LabelRefused as error:
            refused = error.detail or error.why
        self._write(lambda current: label_voided(current, self.work.clock(), refused))

    def _leave_to_people(self, why: NoLabel, detail: str) -> None:
        self._write(lambda current: label_given_up(current, why, detail))
        self.work.report(self.made, "label_missing", why=why)

    def _write(self, step: Callable[[Return], Return]) -> None:
        """Write what follows from the return as it stands now, as long as the claim is ours; else LifecycleError."""
        for _ in range(RACES):
            following = step(self.made)
            if self.work.returns.change(following):
                self.made = following
                return
            current = self.work.returns.by_slot(self.made.merchant, self.made.order_number, self.made.slot)
            if current is None or current.label_order is None or current.label_order.claim != self.claim:
                raise LifecycleError("label", "claimed_by_others")
            self.made = current
        raise Unavailable("the return", "others keep writing it")
