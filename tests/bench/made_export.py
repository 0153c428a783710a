"""Make an export of any size in DynamoDB's layout: some hundred lives of returns, played once and told under other numbers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing import Pool
from pathlib import Path
from random import Random

from chalicelib.adapters.dynamodb import packed
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.domain.findings import Inspection
from chalicelib.domain.lifecycle import decided, sent
from chalicelib.domain.receiving import inspected, received, settled
from chalicelib.domain.returns import Parcel, Return
from chalicelib.domain.verdicts import ClauseSay, Deduction, LineDecision, Outcome
from chalicelib.domain.worth import sums
from chalicelib.shops import load_shops
from tests.made import line, made, order, stored

START = datetime(2025, 1, 2, 12, tzinfo=UTC)
DAYS = 300
LIVES = 400
PARTS = 4
NUMBER = "AZ-@@@"
TEXTS = {clause.id: dict(clause.text) for clause in load_shops()["azulu"].policies[-1].clauses}
REASONS = ("size", "size", "size", "colour", "changed_mind", "damaged", "not_as_described", "other", "arrived_late")


def make(folder: Path, returns: int) -> None:
    """Write an export of so many returns, each with its order, unless it stands there already."""
    done = folder / f"made-{returns}"
    if done.exists():
        return
    data = folder / "AWSDynamoDB" / "01767355200000-00000000" / "data"
    data.mkdir(parents=True, exist_ok=True)
    with Pool(2) as pool:
        shares = [(data / f"part{place}.json.gz", place, returns) for place in range(PARTS)]
        listed = pool.starmap(_write_part, shares)
    _write_manifests(data.parent, listed)
    done.touch()


def _write_part(path: Path, place: int, returns: int) -> tuple[str, str, int]:
    tellings = list(_tellings(Random(place)))
    lines = 0
    with gzip.open(path, "wb", compresslevel=1) as file:
        for number in range(place, returns, PARTS):
            for telling in tellings[number % len(tellings)]:
                file.write(telling.replace(NUMBER.encode(), b"AZ-%d" % number))
                lines += 1
    md5 = base64.b64encode(hashlib.md5(path.read_bytes()).digest()).decode()
    return f"AWSDynamoDB/{path.parents[1].name}/data/{path.name}", md5, lines


def _write_manifests(folder: Path, listed: list[tuple[str, str, int]]) -> None:
    entries = [{"itemCount": count, "md5Checksum": md5, "etag": "", "dataFileS3Key": key} for key, md5, count in listed]
    summary = {
        "version": "2020-06-30", "exportArn": "", "tableArn": "arn:aws:dynamodb:us-east-1:123456789012:table/vuelta-returns",
        "exportTime": "2026-01-01T00:00:00.000Z", "s3Prefix": None, "itemCount": sum(count for _, _, count in listed),
        "outputFormat": "DYNAMODB_JSON",
    }  # fmt: skip
    for stem, raw in (
        ("manifest-files", "".join(json.dumps(entry) + "\n" for entry in entries)),
        ("manifest-summary", json.dumps(summary)),
    ):
        (folder / f"{stem}.json").write_text(raw)
        (folder / f"{stem}.md5").write_text(base64.b64encode(hashlib.md5(raw.encode()).digest()).decode())


def _tellings(chance: Random) -> Iterator[tuple[bytes, bytes]]:
    """Yield a return and its order as lines of an export, their number open."""
    for _ in range(LIVES):
        placed = START + timedelta(hours=chance.random() * 24 * DAYS)
        life = _life(chance, placed)
        bought = tuple(each.line for each in life.lines)
        sold = order(*bought, number=NUMBER, placed_at=placed, delivered_at=placed + timedelta(days=3))
        yield _line(return_to_item(life)), _line(order_to_item(stored(sold)))


def _life(chance: Random, placed: datetime) -> Return:
    """Play one return: reviewed or not, sent or not, received, perhaps reduced, perhaps settled."""
    at = placed + timedelta(days=3 + chance.random() * 12)
    count = chance.choice((1, 1, 2, 2, 3))
    reviewed = chance.random() < 0.25
    current = made(
        *(["under_review" if reviewed else "authorised"] * count), order_number=NUMBER, placed_at=placed, created_at=at,
        answer_by=at + timedelta(days=2) if reviewed else None,
    )  # fmt: skip
    current = current.model_copy(update={"lines": tuple(_priced(chance, place, reviewed) for place in range(1, count + 1))})
    ids = tuple(each.line.id for each in current.lines)
    if reviewed and chance.random() < 0.9:
        at += timedelta(hours=chance.random() * 60)
        current = decided(current, ids, approve=chance.random() < 0.7, by="eva@azulu.example", note="", at=at)
    if current.status != "authorised" or chance.random() < 0.15:
        return current
    at += timedelta(days=1 + chance.random() * 4)
    current = sent(current, Parcel(carrier="Servientrega", tracking="2204567890", added_at=at))
    at += timedelta(days=1 + chance.random() * 4)
    current = received(current, dict.fromkeys(ids, 1), by="eva@azulu.example", note="", at=at)
    found = {each: _found(chance, current.line(each).value, at) for each in ids}
    current = inspected(current, found, resolve_by=at + timedelta(days=9), by="eva@azulu.example", note="", at=at)
    for kind, due in sums(current).items() if chance.random() < 0.9 else ():
        at += timedelta(hours=chance.random() * 90)
        current = settled(current, kind, amount=due.amount, reference="R-1", expires_at=None, by="eva@azulu.example", at=at)
    return current


def _priced(chance: Random, place: int, reviewed: bool):
    product = chance.randrange(300)
    price = Decimal(chance.randrange(20, 400) * 1000)
    bought = line(str(place), name=f"Product {product}", product=f"P{product}", sku=f"P{product}-{place}", unit_price=price)
    fee = price / 10
    outcomes = tuple(
        Outcome(
            kind, "review" if reviewed else "automatic", price - fee, (Deduction("restocking_fee", fee, "Z8"),), Decimal(0), None
        )
        for kind in ("exchange", "store_credit", "refund")
    )
    says = [("Z7", "grants"), ("Z8", "charges"), ("Z17", "limits"), *([("Z14", "grants"), ("Z4", "refuses")] if reviewed else [])]
    decision = LineDecision(
        id=str(place), verdict="review" if reviewed else "approved", outcomes=outcomes, shipping="customer", request_by=None,
        ship_by=START + timedelta(days=400), required=("unused", "tags_attached"), quantity=1, price=price,
        clauses=tuple(ClauseSay(name, effect, TEXTS.get(name, {})) for name, effect in says),
    )  # fmt: skip
    plain = made("under_review" if reviewed else "authorised").lines[0]
    return plain.model_copy(
        update={
            "line": bought, "decision": decision, "reason": chance.choice(REASONS),
            "outcome": chance.choice(("exchange", "store_credit", "refund")),
        }
    )  # fmt: skip


def _found(chance: Random, value: Decimal, at: datetime) -> Inspection:
    reduction = (value / 4).quantize(Decimal(1)) if chance.random() < 0.1 else Decimal(0)
    return Inspection(
        condition="used" if reduction else "as_new", verdict="reduced" if reduction else "accepted", value=value - reduction,
        reduction=reduction, reason="Worn." if reduction else "", at=at, by="eva@azulu.example",
    )  # fmt: skip


def _line(item: dict[str, object]) -> bytes:
    return json.dumps({"Item": packed(item)}, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
