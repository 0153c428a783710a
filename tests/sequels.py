"""What became of returns of the three shops: received, inspected, settled, reminded of, expired; for tests, and to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from chalicelib.domain.findings import Condition, Inspection
from chalicelib.domain.lifecycle import decided, redirected
from chalicelib.domain.receiving import inspected, received, settled
from chalicelib.domain.returns import Return
from chalicelib.domain.stepping import together
from chalicelib.domain.timing import woken
from chalicelib.domain.verdicts import Charge, OutcomeKind
from chalicelib.domain.worth import sums
from chalicelib.shops import load_shops
from tests.letters import BLOUSE, DRESS, LAMP, MANTO, NOON, SHIRT, asked

ARRIVES = NOON + timedelta(days=6)
WHY = "There is a coffee stain on the left sleeve.\nIt does not wash out. =1+1 <b>sorry</b>"


def came(made: Return, **counts: int) -> Return:
    """Return a return of which so many units of each line arrived: all, unless told otherwise."""
    arrived = {line.line.id: counts.get(f"l{line.line.id}", line.quantity) for line in made.standing("authorised", "expired")}
    return received(made, arrived, by="Luis", note="", at=ARRIVES)


def looked_at(made: Return, **verdicts: tuple[Literal["reduced", "refused"], Condition]) -> Return:
    """Return a return after its inspection: everything as it should be, unless told otherwise by line."""
    found = {}
    for line in made.standing("received"):
        verdict, condition = verdicts.get(f"l{line.line.id}", ("accepted", "as_new"))
        full = line.chosen.value * line.arrived / line.quantity
        reduction = {"reduced": full / 4, "refused": full}.get(verdict, Decimal(0))
        found[line.line.id] = Inspection(
            condition=condition, verdict=verdict, value=full - reduction, reduction=reduction,  # type: ignore[arg-type]
            reason=WHY if reduction else "", at=ARRIVES, by="Luis",
        )  # fmt: skip
    return inspected(made, found, resolve_by=ARRIVES + timedelta(days=7), by="Luis", note="", at=ARRIVES + timedelta(hours=2))


def given(made: Return, kind: OutcomeKind, reference: str, *, days: int | None = None) -> Return:
    """Return a return with what is to be settled of one kind given."""
    at = ARRIVES + timedelta(days=1)
    ends = at + timedelta(days=days) if days else None
    return settled(made, kind, amount=sums(made)[kind].amount, reference=reference, expires_at=ends, by="Luis", at=at)


def reminded(made: Return) -> Return:
    """Return a return a day before its deadline, its customer reminded."""
    return awake(made.model_copy(update={"remind_hours": 30}), timedelta(hours=-24))


def expired(made: Return) -> Return:
    """Return a return an hour after its deadline, without any grace."""
    return awake(made.model_copy(update={"remind_hours": 0}), timedelta(hours=1))


def awake(made: Return, since_deadline: timedelta) -> Return:
    assert made.ship_by is not None
    following = woken(made, made.ship_by + since_deadline, load_shops()[made.merchant].merchant)
    assert following.outbox != made.outbox
    return following


def sequels(language: str) -> dict[str, Return]:
    """Return one return for each way that a mail after the approval can look, by a name for it."""

    def azulu(**more: Any) -> Return:
        return asked("azulu", (DRESS, "size", "store_credit"), (SHIRT, "damaged", "exchange"), language=language, **more)

    credit, lamp = azulu(), asked("alustoora", (LAMP, "other", "exchange"), language=language)
    in_store = asked("azulu", (DRESS, "size", "store_credit"), language=language, method="store", store="bogota-zona-t")
    charge = Charge("return_label", Decimal("6.95"), "A9", ("exchange",))
    nurana = asked("nurana", (MANTO, "size", "exchange"), (BLOUSE, "damaged", "store_credit"), language=language)
    later = NOON + timedelta(hours=20)
    # What the kinds of outcome are at these shops matters less here than that every kind is told of.
    refund, card = (_promised(asked("azulu", (SHIRT, "damaged", "exchange"), language=language), kind) for kind in _OTHERS)
    dress = asked("azulu", (DRESS, "size", "exchange"), language=language)
    waits = asked("nurana", (MANTO, "size", "exchange"), language=language)
    one = decided(waits, ("1",), approve=True, by="Neda", note="", at=later)
    both = decided(nurana, ("1", "2"), approve=True, by="Neda", note="", at=later)
    changed = together(
        nurana,
        [
            lambda each: redirected(each, "1", "store_credit", by="Neda", note="", at=later),
            lambda each: decided(each, ("1",), approve=True, by="Neda", note="The size is gone, we are sorry.", at=later),
            lambda each: decided(each, ("2",), approve=False, by="Neda", note="It has been worn.", at=later),
        ],
    )
    return {
        "azulu-received": came(credit),
        "azulu-received-in-part": came(credit, l1=1, l2=0),
        "azulu-inspected": looked_at(came(credit)),
        "azulu-inspected-each-its-way": looked_at(came(credit, l1=1), l1=("reduced", "damaged"), l2=("refused", "wrong_item")),
        "azulu-settled-in-part": given(looked_at(came(credit), l1=("reduced", "used")), "store_credit", "AZ-GIFT-77Q2", days=30),
        "azulu-settled-refund": given(looked_at(came(refund)), "refund", "re_3PX81"),
        "azulu-settled-gift-card": given(looked_at(came(card)), "gift_card", "GC-4411-0937"),
        "alustoora-received": came(lamp),
        "alustoora-settled": given(
            looked_at(came(lamp.model_copy(update={"charges": (charge,)}))), "exchange", "AL-20991"
        ),
        "alustoora-reminder": reminded(lamp),
        "alustoora-expired": expired(lamp),
        "azulu-reminder": reminded(dress),
        "azulu-reminder-in-store": reminded(in_store),
        "azulu-expired": expired(in_store),
        "nurana-inspected-refused": looked_at(came(both), l1=("refused", "used"), l2=("refused", "incomplete")),
        "nurana-settled": given(looked_at(came(both)), "exchange", "NU-3301"),
        "nurana-reminder": reminded(one),
        "nurana-expired": expired(one),
        "nurana-decided-each-its-way": changed,
    }  # fmt: skip


_OTHERS: tuple[OutcomeKind, ...] = ("refund", "gift_card")


def _promised(made: Return, kind: OutcomeKind) -> Return:
    """Return a return of one line that promises another kind of outcome."""
    (line,) = made.lines
    outcome = replace(line.chosen, kind=kind)
    decision = replace(line.decision, outcomes=(outcome,))
    return made.model_copy(update={"lines": (line.model_copy(update={"decision": decision, "outcome": kind}),)})
