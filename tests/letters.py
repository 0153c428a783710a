"""Returns of the three shops, made by their own policies, and every mail that they cause: for tests, and to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

from chalicelib.domain.decisions import decide
from chalicelib.domain.label_steps import labelled
from chalicelib.domain.labels import Label
from chalicelib.domain.lifecycle import born, cancelled, decided
from chalicelib.domain.orders import Line, Method, Order, Reason, Request, RequestLine
from chalicelib.domain.returns import Return, ReturnLine
from chalicelib.domain.rma import new_rma
from chalicelib.domain.seats import digest
from chalicelib.domain.verdicts import OutcomeKind
from chalicelib.domain.visits import LINK_LIFE, Link, LinkPurpose, Lookup
from chalicelib.letter import Letter
from chalicelib.links import MailedLink
from chalicelib.mail import lookup_mail, return_mail
from chalicelib.shops import load_shops

PORTAL_URL = "https://returns.example.com"
EMAIL = "ana@example.com"
SECRET = "Zx0bqN2mJ8sV4tYc1rLw7uKe5hGd3pAf6iOo9nMx2Qk"
NOON = datetime(2026, 3, 10, 17, 0, tzinfo=UTC)

Choice = tuple[Line, Reason, OutcomeKind]

DRESS = Line(id="1", sku="DR-7-M", name="Linen dress “Alba”, M, sand", quantity=2, unit_price=Decimal(199000))
SHIRT = Line(id="2", sku="SH-3-L", name="Camisa de algodón, L, azul", quantity=1, unit_price=Decimal(129900))
LAMP = Line(id="1", sku="LMP-20", name="Brass reading lamp", quantity=1, unit_price=Decimal("79.90"))
FRAME = Line(id="2", sku="FR-8", name="Picture frame, engraved", quantity=3, unit_price=Decimal("24.50"), tags=("custom_made",))
MANTO = Line(id="1", sku="MN-41-2", name="مانتو کتان «سپیده»، سایز ۲، کرم", quantity=1, unit_price=Decimal(28900000))
BLOUSE = Line(id="2", sku="BL-12-S", name="شومیز ساتن، سایز S", quantity=2, unit_price=Decimal(14500000))


def placed(shop: str, *lines: Line) -> Order:
    """Return an online order of a shop that was placed two days before noon and delivered one day before."""
    number, currency, country = {
        "azulu": ("AZ1001", "COP", "CO"), "alustoora": ("AL20417", "USD", "US"), "nurana": ("NU3105", "IRR", "IR"),
    }[shop]  # fmt: skip
    return Order(
        merchant=shop, number=number, channel="online", placed_at=NOON - timedelta(days=2), delivered_at=NOON - timedelta(days=1),
        country=country, currency=currency, lines=lines,
    )  # fmt: skip


def asked(shop: str, *choices: Choice, language: str, method: Method = "mail", store: str | None = None, **more: Any) -> Return:
    """Return the return that the shop's policy makes of these lines, reasons and outcomes."""
    order = placed(shop, *(line for line, _, _ in choices))
    policy = load_shops()[shop].policy_for(order.placed_at)
    wanted = {line.id: (line, reason, outcome) for line, reason, outcome in choices}
    lines = tuple(RequestLine(id=line.id, quantity=line.quantity, reason=reason) for line, reason, _ in choices)
    decision = decide(order, Request(method=method, country=order.country, lines=lines), policy, NOON)
    returned = []
    for each in decision.lines:
        line, reason, kind = wanted[each.id]
        automatic = any(one.kind == kind and one.approval == "automatic" for one in each.outcomes)
        returned.append(
            ReturnLine(
                line=line,
                quantity=each.quantity,
                reason=reason,
                decision=each,
                outcome=kind,
                status="authorised" if automatic else "under_review",
                ship_by=each.ship_by,
                wish_words="the same in size L" if kind == "exchange" else "",
            )
        )
    waits = any(line.status == "under_review" for line in returned)
    plain: dict[str, Any] = {
        "merchant": shop, "order_number": order.number, "slot": 1, "draft_id": "draft", "rma": None,
        "reserved_rma": new_rma(0x2F81C7E9A3B5D604C21), "policy_id": policy.id, "policy_sha256": policy.sha256, "email": EMAIL,
        "language": language, "method": method, "store": store, "country": order.country, "proof": "receipt",
        "currency": order.currency, "placed_at": order.placed_at, "lines": tuple(returned), "charges": decision.charges,
        "created_at": NOON, "answer_by": NOON + timedelta(days=2, hours=3, minutes=59, seconds=59) if waits else None,
        "timeline": (), "outbox": (),
    }  # fmt: skip
    return born(Return(**plain | more))


def letter(made: Return, mail_id: str | None = None) -> Letter:
    """Return one mail of a return, the last one unless told otherwise, before it is composed."""
    mail = next(mail for mail in made.outbox if mail.id == mail_id) if mail_id else made.outbox[-1]
    return Letter(made, mail, load_shops()[made.merchant])


def mailed(merchant: str, number: str, language: str, purpose: LinkPurpose, slot: int | None = None) -> MailedLink:
    """Return a link that was made at noon."""
    link = Link(
        digest=digest(SECRET), merchant=merchant, number=number, written=f"{number[:2]}-{number[2:]}", email=EMAIL,
        language=language, purpose=purpose, expires_at=NOON + LINK_LIFE[purpose], return_slot=slot,
    )  # fmt: skip
    return MailedLink(link, SECRET)


def composed(told: Letter) -> EmailMessage:
    """Return a return's mail, composed at noon."""
    made = told.made
    return return_mail(told, mailed(made.merchant, made.order_number, made.language, "return", made.slot), PORTAL_URL, NOON)


def answered(shop: str, language: str, purpose: Any) -> EmailMessage:
    """Return the mail that answers a lookup."""
    number = placed(shop, LAMP).number
    lookup = Lookup(
        id="lookup-1", merchant=shop, number=number, email=EMAIL, language=language, purpose=purpose, source="", asked_at=NOON
    )
    return lookup_mail(lookup, mailed(shop, number, language, purpose), load_shops()[shop].merchant, PORTAL_URL, NOON)


def returns(language: str) -> Mapping[str, Return]:
    """Return one return for each way that a mail about it can look, by a name for it."""
    later = NOON + timedelta(hours=20)
    azulu = asked("azulu", (DRESS, "size", "exchange"), (SHIRT, "changed_mind", "refund"), language=language)
    nurana = asked("nurana", (MANTO, "size", "exchange"), (BLOUSE, "damaged", "store_credit"), language=language)
    note = "We looked at your photos and agree.\nPlease fold it as it came."
    no = "The blouse has been washed; the label shows it. =1+1 <b>sorry</b>"
    half = decided(nurana, ("1",), approve=True, by="Neda", note=note, at=later)
    both = decided(half, ("2",), approve=False, by="Neda", note=no, at=later)
    mixed = both.model_copy(update={"outbox": (*both.outbox[:-1], both.outbox[-1].model_copy(update={"lines": ("1", "2")}))})
    fault = asked("azulu", (SHIRT, "damaged", "store_credit"), language=language)
    bought = Label(
        source="easypost", key="labels/a.pdf", carrier="Servientrega", service="Standard", tracking="240001112223", by="easypost",
        made_at=later,
    )  # fmt: skip
    in_store = asked("azulu", (DRESS, "size", "store_credit"), language=language, method="store", store="bogota-zona-t")
    return {
        "azulu-approved-by-mail": asked("azulu", (DRESS, "size", "store_credit"), language=language),
        "azulu-approved-in-store": in_store,
        "azulu-approved-our-fault": fault,
        "azulu-bought": labelled(fault, bought),
        "azulu-uploaded": labelled(fault, bought.model_copy(update={"source": "shop", "carrier": "", "tracking": ""})),
        "azulu-part-waits": azulu,
        "azulu-cancelled": cancelled(asked("azulu", (DRESS, "size", "exchange"), language=language), later),
        "alustoora-approved": asked("alustoora", (LAMP, "other", "exchange"), language=language),
        "alustoora-waits": asked("alustoora", (FRAME, "other", "exchange"), language=language),
        "nurana-waits": nurana,
        "nurana-decided-yes": half,
        "nurana-decided-no": both,
        "nurana-decided-both": mixed,
        "nurana-cancelled": cancelled(nurana, later),
    }


def every_mail(*made_of: Callable[[str], Mapping[str, Return]]) -> Iterator[tuple[str, str, EmailMessage]]:
    """Yield the mails of every shop in every language, a name, the language, and the message: of lookups and of these returns."""
    for language in ("en", "es", "fa"):
        for shop in ("alustoora", "azulu", "nurana"):
            yield f"{shop}-access", language, answered(shop, language, "access")
            yield f"{shop}-resume", language, answered(shop, language, "resume")
        for name, made in ((name, made) for returned in made_of for name, made in returned(language).items()):
            for mail in made.outbox:
                told = letter(made, mail.id)
                if not told.superseded:
                    yield f"{name}-{mail.message}", language, composed(told)
