"""A label is bought once, whatever breaks and whenever, and where none can be had one of the shop's people learns of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.adapters.dynamodb import Table, packed
from chalicelib.adapters.easypost import EasyPost
from chalicelib.adapters.items import order_to_item
from chalicelib.adapters.return_items import return_to_item
from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.adapters.s3 import BucketFiles
from chalicelib.domain.claims import CLAIM_LIFE, Claim
from chalicelib.domain.errors import LifecycleError, Unavailable
from chalicelib.domain.label_steps import label_given_up, label_retried, labelled
from chalicelib.domain.labels import Label, LabelRefused
from chalicelib.domain.lifecycle import cancelled, decided, sent
from chalicelib.domain.returns import Parcel, Return
from chalicelib.domain.timing import woken
from chalicelib.labelling import TRY_FOR, Labelling, label_folder, order_labels
from chalicelib.shops import Shop, load_shops
from chalicelib.stream_images import shows_work
from tests.conftest import Tables, new_bucket
from tests.easypost import KEY, Answer, running
from tests.labels import CUSTOMER, PDF, RULE, SHOP, Seller, made_prepaid, shops
from tests.made import NOON, made, stored
from tests.mailroom import Crash, Faults, Mailroom, event


class LabelRoom:
    """Azulu with Ana's order and her address, a bucket, a seller, and what gets labels between them."""

    def __init__(self, tables: Tables) -> None:
        self.at = NOON + timedelta(seconds=1)
        self.tables = tables
        self.returns = ReturnsTable(Table(tables.client, tables.returns))
        self.files = BucketFiles(new_bucket())
        self.seller: Any = Seller()
        self.shops: Mapping[str, Shop] = shops()
        self.order(ship_to=CUSTOMER)

    def order(self, **changes: Any) -> None:
        """Import Ana's order anew."""
        self.tables.client.put_item(TableName=self.tables.returns, Item=packed(order_to_item(stored(**changes))))

    def has(self, new: Return) -> None:
        assert self.returns.add(new)

    def work(self, faults: Faults | None = None) -> Labelling:
        faults = faults or Faults()
        seller = faults.on(self.seller) if self.seller else None
        return Labelling(faults.on(self.returns), faults.on(self.files), self.shops, lambda name: seller, lambda: self.at)

    def carry_out(self, by: Any = "stream", faults: Faults | None = None) -> Return:
        self.work(faults).carry_out("azulu", "AZ-1001", 1, by=by)
        return self.kept

    @property
    def kept(self) -> Return:
        kept = self.returns.by_slot("azulu", "AZ-1001", 1)
        assert kept is not None
        return kept

    def change(self, step: Callable[[Return], Return]) -> Return:
        assert self.returns.change(step(self.kept))
        return self.kept

    def until_done(self, faults: Faults | None = None) -> Return:
        """Let the stream and then sweeps come, minutes apart, until nothing waits any more."""
        for turn in range(6):
            with suppress(Unavailable, Crash):
                self.carry_out("stream" if turn == 0 else "sweep", faults)
            faults = None
            self.at += CLAIM_LIFE
            if not self.waits:
                return self.kept
        raise AssertionError("it waits for ever")

    @property
    def waits(self) -> bool:
        """Whether the sweep would find it, for its label."""
        item = return_to_item(self.kept.model_copy(update={"outbox": ()}))
        return "unsent" in item


@pytest.fixture
def room(tables: Tables) -> LabelRoom:
    return LabelRoom(tables)


def test_a_wanted_label_is_bought_kept_and_mailed(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    kept = room.carry_out()
    label = kept.usable_label
    assert label is not None
    assert room.files.get(label.key, 1000) == PDF
    assert label.key == "labels/azulu/AZ1001/1/shp_1.pdf"
    assert (label.source, label.carrier, label.service, label.tracking) == ("easypost", "Servientrega", "Standard", "T-shp_1")
    assert (str(label.cost), label.currency, label.charged, label.provider_id) == ("9.50", "USD", "at_purchase", "shp_1")
    assert (kept.timeline[-1].act, kept.timeline[-1].by) == ("labelled", "easypost")
    assert [mail.message for mail in kept.outbox] == ["approved", "label"]
    assert room.seller.charges == ["shp_1"]


def test_the_parcel_that_is_asked_for_goes_from_the_customer_to_the_shop(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised", "authorised"))
    kept = room.carry_out()
    (wish,) = room.seller.asked
    assert (wish.customer, wish.shop, wish.name) == (CUSTOMER, SHOP, kept.rma)
    assert wish.box.grams == 200 + 2 * 500


@pytest.mark.parametrize(
    "new",
    [made("authorised"), made_prepaid("under_review"), made_prepaid("authorised", method="store", store="zona-t")],
    ids=["the customer pays", "a person decides", "it goes to a store"],
)
def test_where_no_label_is_wanted_nobody_is_asked(room: LabelRoom, new: Return) -> None:
    room.has(new)
    assert room.carry_out().version == new.version
    assert not room.waits
    assert room.seller.asked == []


def test_what_a_person_approves_gets_its_label(room: LabelRoom) -> None:
    room.has(made_prepaid("under_review"))
    room.change(lambda current: decided(current, ("1",), approve=True, by="Neda", note="", at=room.at))
    assert room.carry_out().usable_label is not None


def test_a_shop_that_buys_no_labels_sends_them_itself(room: LabelRoom) -> None:
    room.shops = load_shops()
    room.has(made_prepaid("authorised"))
    kept = room.carry_out()
    assert kept.label_missing
    assert kept.label_order is not None
    assert kept.label_order.missing == "no_provider"
    assert kept.version == 2, "one write"
    assert not room.waits


HOPELESS: dict[str, tuple[Callable[[LabelRoom], Any], str, str]] = {
    "no key": (lambda room: setattr(room, "seller", None), "no_key", ""),
    "no address": (lambda room: room.order(), "no_address", ""),
    "no rule": (
        lambda room: setattr(room, "shops", shops(rules=(RULE.model_copy(update={"countries": ("EC",)}),))), "no_rule", "CO",
    ),
    "no rate": (
        lambda room: setattr(room.seller, "rates", (("DHL", "Day", "5.00"),)), "no_rate", "DHL Day 5.00 USD; Other: no such town",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOPELESS))
def test_what_cannot_be_bought_is_left_to_people_with_the_reason(room: LabelRoom, case: str) -> None:
    arrange, why, detail = HOPELESS[case]
    arrange(room)
    room.has(made_prepaid("authorised"))
    kept = room.carry_out()
    assert kept.label_missing
    assert kept.label_order is not None
    assert (kept.label_order.missing, kept.label_order.detail) == (why, detail)
    assert not room.waits
    assert not room.seller or room.seller.charges == []


@pytest.mark.parametrize("call", ["quote", "buy"])
def test_a_refusal_is_told_to_people_in_the_providers_words(room: LabelRoom, call: str) -> None:
    room.has(made_prepaid("authorised"))
    kept = room.carry_out(faults=Faults(error=LabelRefused("refused", "PAYMENT: no funds"), named=[call]))
    assert kept.label_order is not None
    assert (kept.label_order.missing, kept.label_order.detail) == ("refused", "PAYMENT: no funds")


def calls_of_an_undisturbed_run(room: LabelRoom) -> list[str]:
    faults = Faults()
    room.has(made_prepaid("authorised"))
    room.carry_out(faults=faults)
    return faults.calls


CALLS = ["by_slot", "change", "order_with_returns", "quote", "change", "buy", "put", "change"]


def test_the_calls_that_may_break_are_these(room: LabelRoom) -> None:
    assert calls_of_an_undisturbed_run(room) == CALLS


@pytest.mark.parametrize("call", sorted(set(CALLS)))
def test_whoever_gets_in_between_it_is_one_label_paid_once(room: LabelRoom, call: str) -> None:
    """Another worker does the whole of it between two calls, our claim being too old to count."""
    room.has(made_prepaid("authorised"))

    def another() -> None:
        room.at += CLAIM_LIFE
        room.carry_out("sweep")

    faults = Faults(before={call: another})
    room.until_done(faults)
    label = room.kept.usable_label
    assert label is not None
    assert room.seller.charges == [label.provider_id]
    assert [mail.message for mail in room.kept.outbox].count("label") == 1


def test_two_do_not_try_at_the_same_time(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    with pytest.raises(Unavailable):
        room.carry_out("sweep", Faults(error=Unavailable("x", "500"), named=["buy"]))
    room.carry_out("stream")
    assert room.seller.charges == []
    room.at += CLAIM_LIFE
    assert room.carry_out("sweep").usable_label is not None


def test_a_provider_that_stays_silent_is_given_up_after_hours(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    silent = Faults(error=Unavailable("EasyPost", "503"), named=["quote"])
    with pytest.raises(Unavailable):
        room.carry_out("sweep", silent)
    assert room.waits
    room.at += TRY_FOR
    kept = room.carry_out("sweep", silent)
    assert kept.label_missing
    assert kept.label_order is not None
    assert (kept.label_order.missing, kept.label_order.detail) == ("no_answer", "503")


def test_where_nobody_knows_whether_it_was_bought_people_learn_which_one(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    lost = Faults(error=Unavailable("EasyPost", "TimeoutError"), named=["buy"], after=True)
    with pytest.raises(Unavailable):
        room.carry_out("sweep", lost)
    room.at += TRY_FOR
    kept = room.carry_out("sweep", lost)
    assert kept.label_order is not None
    assert (kept.label_order.missing, kept.label_order.detail) == ("unclear", "shp_1: TimeoutError")
    room.change(lambda current: label_retried(current, room.at))
    assert room.carry_out("sweep").usable_label is not None
    assert room.seller.charges == ["shp_1"]


def test_what_is_tried_again_after_a_refusal_begins_anew(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    room.carry_out(faults=Faults(error=LabelRefused("refused", "no funds"), named=["buy"]))
    room.change(lambda current: label_retried(current, room.at))
    assert room.waits
    kept = room.carry_out()
    assert kept.label is not None
    assert kept.label.provider_id == "shp_2"
    with pytest.raises(LifecycleError):
        label_retried(kept, room.at)


def test_a_label_of_what_was_taken_back_is_voided_once(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    room.carry_out()
    room.change(lambda current: cancelled(current, room.at))
    room.at += CLAIM_LIFE
    kept = room.until_done()
    assert kept.label is not None
    assert kept.label.voided_at is not None
    assert kept.usable_label is None
    assert room.seller.voided == ["shp_1"]


def test_a_label_that_is_not_taken_back_is_kept_with_the_reason(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    room.carry_out()
    room.seller.refusal = "refund rejected"
    room.change(lambda current: cancelled(current, room.at))
    room.at += CLAIM_LIFE
    kept = room.until_done()
    assert kept.label is not None
    assert (kept.label.voided_at, kept.label.void_refused) == (None, "refund rejected")


def test_a_label_of_what_was_sent_is_not_voided(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    room.carry_out()
    room.change(lambda current: sent(current, Parcel(carrier="", tracking="12345678", added_at=room.at)))
    assert not room.waits


@pytest.mark.parametrize("call", ["quote", "buy", "put"])
def test_what_is_taken_back_while_its_label_is_bought_leaves_nothing_paid(room: LabelRoom, call: str) -> None:
    room.has(made_prepaid("authorised"))
    taken_back: Callable[[], None] = lambda: room.change(lambda current: cancelled(current, room.at)) and None  # noqa: E731
    kept = room.until_done(Faults(before={call: taken_back}))
    assert kept.status == "cancelled"
    assert "label" not in [mail.message for mail in kept.outbox]
    assert room.seller.voided == room.seller.charges


def test_what_may_have_been_bought_is_voided_when_it_is_taken_back(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    with pytest.raises(Crash):
        room.carry_out(faults=Faults(error=Crash(), named=["buy"], after=True))
    room.change(lambda current: cancelled(current, room.at))
    room.at += CLAIM_LIFE
    kept = room.until_done()
    assert room.seller.voided == ["shp_1"]
    assert kept.label_order is not None
    assert kept.label_order.missing == "not_needed"


def shop_label(at: datetime, name: str = "own") -> Label:
    return Label(source="shop", key=f"labels/azulu/AZ-1001/1/{name}.pdf", by="Neda", made_at=at)


def test_a_person_may_give_a_label_where_none_can_be_bought_and_correct_it(room: LabelRoom) -> None:
    room.shops = load_shops()
    room.has(made_prepaid("authorised"))
    room.carry_out()
    room.change(lambda current: labelled(current, shop_label(room.at)))
    kept = room.change(lambda current: labelled(current, shop_label(room.at + timedelta(minutes=1), "better")))
    assert not kept.label_missing
    assert kept.label is not None
    assert kept.label.key.endswith("better.pdf")
    assert [mail.message for mail in kept.outbox].count("label") == 2


def test_a_person_gives_no_second_label_beside_a_bought_one_or_one_that_is_being_bought(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    with pytest.raises(Unavailable):
        room.carry_out(faults=Faults(error=Unavailable("x", "500"), named=["buy"]))
    with pytest.raises(LifecycleError, match="being_bought"):
        labelled(room.kept, shop_label(room.at))
    room.carry_out()
    with pytest.raises(LifecycleError, match="labelled"):
        labelled(room.kept, shop_label(room.at))


def test_a_person_who_was_faster_keeps_the_worker_from_buying(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    faster = Faults(before={"quote": lambda: room.change(lambda current: labelled(current, shop_label(room.at))) and None})
    kept = room.until_done(faster)
    assert kept.label == shop_label(NOON + timedelta(seconds=1))
    assert room.seller.charges == []


def shows_label(made: Return) -> bool:
    """Say whether the stream shows work in a return of whose mails each is being sent by somebody."""
    tried = tuple(mail.model_copy(update={"claim": Claim(by="stream", at=NOON)}) for mail in made.outbox)
    return shows_work(packed(return_to_item(made.model_copy(update={"outbox": tried}))))


def test_the_stream_shows_a_wanted_label_until_somebody_tries(room: LabelRoom) -> None:
    new = made_prepaid("authorised")
    assert shows_label(new)
    room.has(new)
    with pytest.raises(Unavailable):
        room.carry_out(faults=Faults(error=Unavailable("x", "500"), named=["quote"]))
    assert not shows_label(room.kept)
    done = room.carry_out()
    assert not shows_label(done)
    assert not shows_label(made("authorised"))


def test_over_a_real_line_a_purchase_whose_answer_is_lost_is_paid_once(room: LabelRoom) -> None:
    with running() as fake:
        room.seller = EasyPost(KEY, f"{fake.address}/v2", 5)
        room.shops = shops(rules=(RULE.model_copy(update={"carrier": "USPS"}),))
        fake.instead("create", Answer(429, {"error": {"code": "RATE", "message": "slow down", "errors": []}}))
        fake.instead("buy", Answer(200, b"{", after=True))
        room.has(made_prepaid("authorised"))
        kept = room.until_done()
        assert kept.label is not None
        assert fake.charges == [kept.label.provider_id]
        assert fake.shipments[fake.charges[0]]["from_address"]["name"] == CUSTOMER.name
        room.change(lambda current: cancelled(current, room.at))
        room.until_done()
        assert fake.refunds == fake.charges


def test_the_stream_brings_the_label_and_then_its_mail(tables: Tables) -> None:
    room = Mailroom(tables)
    tables.client.put_item(TableName=tables.returns, Item=packed(order_to_item(stored(ship_to=CUSTOMER))))
    labelling = Labelling(room.returns, BucketFiles(new_bucket()), shops(), lambda name: Seller(), room.clock)
    room.worker = replace(room.worker, labelling=labelling)
    first = room.has(made_prepaid("authorised"))
    assert room.worker.deliver(first) == {"batchItemFailures": []}
    kept = room.returns.by_slot("azulu", "AZ-1001", 1)
    assert kept is not None
    assert kept.usable_label is not None
    assert room.worker.deliver(event(packed(return_to_item(kept)))) == {"batchItemFailures": []}
    told, ready = (str(mail["Subject"]) for mail in room.postbox.mails)
    assert told != ready
    assert [mail.sent_at is not None for mail in room.returns.by_slot("azulu", "AZ-1001", 1).outbox] == [True, True]  # type: ignore[union-attr]


def test_a_label_that_is_put_off_holds_back_no_mail(tables: Tables) -> None:
    room = Mailroom(tables)

    def down(name: str) -> Any:
        raise Unavailable("EasyPost", "503")

    labelling = Labelling(room.returns, BucketFiles(new_bucket()), shops(), down, room.clock)
    room.worker = replace(room.worker, labelling=labelling)
    answer = room.worker.deliver(room.has(made_prepaid("authorised")))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "100"}]}, "the stream brings it again"
    assert len(room.postbox.mails) == 1


@pytest.mark.parametrize(("hours", "given_back"), [(0.5, 0), (30, 30)])
def test_the_time_that_a_customer_waits_for_a_label_is_given_back_once(hours: float, given_back: float) -> None:
    new = made_prepaid("authorised")
    before = new.ship_by
    assert before is not None
    given = labelled(new, shop_label(new.created_at + timedelta(hours=hours)))
    assert given.ship_by == before + timedelta(hours=given_back)
    again = labelled(given, shop_label(new.created_at + timedelta(hours=hours + 9), "better"))
    assert again.ship_by == given.ship_by, "a corrected label keeps nobody waiting"


def test_a_label_of_what_was_never_sent_is_voided(room: LabelRoom) -> None:
    room.has(made_prepaid("authorised"))
    room.carry_out()
    room.at += timedelta(days=40)
    room.change(lambda current: woken(current, room.at, room.shops["azulu"].merchant))
    assert room.kept.status == "expired"
    assert room.until_done().label is not None
    assert room.seller.voided == ["shp_1"]


def test_the_time_before_another_try_is_given_back_as_well() -> None:
    new = made_prepaid("authorised")
    before = new.ship_by
    assert before is not None
    missing = label_given_up(new, "refused")
    again = label_retried(missing, new.created_at + timedelta(hours=10))
    assert labelled(again, shop_label(new.created_at + timedelta(hours=15))).ship_by == before + timedelta(hours=15)


def test_labels_of_an_order_lie_in_no_folder_of_another_whose_number_begins_alike() -> None:
    folders = [
        label_folder(made("authorised", order_number=number, slot=slot)) for number, slot in (("A/1", 1), ("A", 1), ("A/../B", 1))
    ]
    assert not any(folder.startswith(order_labels("azulu", "A")) for folder in (folders[0], folders[2]))
    assert all(folder.count("/") == 4 and "/../" not in folder for folder in folders)
