"""Buy labels from EasyPost: what it is asked, and what is made of any answer, with its own client.

A label runs from the customer to the shop, as `ports.LabelPort` has it. EasyPost wants a return told as the parcel that went out,
from the shop to the customer, and turns the two around itself because of `is_return`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Annotated, Any

import requests
from easypost.easypost_client import EasyPostClient
from easypost.errors.api.api_error import ApiError
from easypost.errors.api.json_error import JsonError
from easypost.errors.general.easypost_error import EasyPostError
from pydantic import BaseModel, Field, ValidationError

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.label_rules import Box
from chalicelib.domain.labels import BoughtLabel, LabelRefused, LabelWish, Quote, Rate
from chalicelib.domain.orders import Address, Amount, Currency

TIMEOUT = 8
"""Seconds. The client asks up to four times where asking again changes nothing, and a function is stopped after sixty."""
LARGEST_LABEL = 5 * 1024 * 1024
SERVICE = "EasyPost"
UNREADABLE = "it answered what nobody can read"
# By status: who asks is not known or may not; come again later. Whatever else is not well is the request's own fault.
_NO_KEY = frozenset({401, 403})
_LATER = frozenset({408, 425, 429})
_WON = frozenset({"submitted", "refunded"})


# What is put into the path of the next question.
_Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")]


class _OfferedRate(BaseModel):
    id: _Id
    carrier: str
    service: str
    rate: Amount
    currency: Currency
    billing_type: str | None = None


class _Postage(BaseModel):
    label_url: str
    label_pdf_url: str | None = None


class _Shipment(BaseModel):
    """What we read of a shipment. Before it is bought it has no postage, tracking code or selected rate.

    Rates and messages are read one by one: nonsense among them must not hide a label that is paid already.
    """

    id: _Id
    rates: list[Any] = []
    messages: list[Any] = []
    selected_rate: _OfferedRate | None = None
    postage_label: _Postage | None = None
    tracking_code: str | None = None
    refund_status: str | None = None


class EasyPost:
    """Fulfils `ports.LabelPort` with EasyPost. The client is imported and made on first use."""

    def __init__(self, api_key: str, api_base: str | None = None, timeout: int = TIMEOUT) -> None:
        self._api_key = api_key
        self._api_base = api_base
        self._timeout = timeout

    def quote(self, wish: LabelWish) -> Quote:
        """Open a shipment and return its rates. Nothing is paid for shipments that are never bought."""
        found = self._shipment(
            lambda client: client.shipment.create(
                from_address=_address(wish.shop),
                to_address=_address(wish.customer),
                is_return=True,
                parcel=_parcel(wish.box),
                reference=wish.name,
                options={"label_format": "PDF", "print_custom_1": wish.name},
            )
        )
        return Quote(shipment=found.id, rates=tuple(_rates(found.rates)), problems=tuple(_problems(found.messages)))

    def buy(self, shipment: str, rate: str) -> BoughtLabel:
        """Return the label of a shipment, bought at this rate unless it was bought before."""
        found = self._shipment(lambda client: client.shipment.retrieve(shipment))
        if found.postage_label is None:
            found = self._bought(shipment, rate)
        if found.postage_label is None or found.selected_rate is None or not found.tracking_code:
            raise Unavailable(SERVICE, UNREADABLE)
        paid = found.selected_rate
        return BoughtLabel(
            shipment=shipment,
            body=self._download(found.postage_label.label_pdf_url or found.postage_label.label_url),
            content_type="application/pdf",
            carrier=paid.carrier,
            service=paid.service,
            tracking=found.tracking_code,
            cost=paid.rate,
            currency=paid.currency,
            # Only a carrier's account of the shop's own is billed when a return label is seen on its way.
            charged="on_use" if paid.billing_type == "carrier" else "at_purchase",
        )

    def void(self, shipment: str) -> str | None:
        """Ask for the money back; the carrier decides within weeks. None if that is under way, or nothing was bought."""
        found = self._shipment(lambda client: client.shipment.retrieve(shipment))
        if found.postage_label is None:
            return None
        if found.refund_status not in _WON:
            try:
                found = self._shipment(lambda client: client.shipment.refund(shipment))
            except LabelRefused as refused:
                return refused.detail
        return None if found.refund_status in _WON else f"refund {found.refund_status}"

    def _bought(self, shipment: str, rate: str) -> _Shipment:
        try:
            return self._shipment(lambda client: client.shipment.buy(shipment, rate={"id": rate}))
        except LabelRefused:
            # What was bought meanwhile is refused a second time: then it is there.
            found = self._shipment(lambda client: client.shipment.retrieve(shipment))
            if found.postage_label is None:
                raise
            return found

    def _shipment(self, ask: Callable[[EasyPostClient], Any]) -> _Shipment:
        with _told_plainly():
            answer = ask(self._client)
            return _Shipment.model_validate(answer.to_dict())

    @cached_property
    def _client(self) -> EasyPostClient:
        where = {"api_base": self._api_base} if self._api_base else {}
        return EasyPostClient(self._api_key, timeout=self._timeout, **where)

    def _download(self, address: str) -> bytes:
        """Return the label's file: a PDF of bounded size, over a line that nobody else reads."""
        if not address.startswith("https://") and not (self._api_base or "").startswith("http://127.0.0.1"):
            raise Unavailable(SERVICE, UNREADABLE)
        try:
            with requests.get(address, timeout=self._timeout, stream=True) as answer:
                answer.raise_for_status()
                body = bytearray()
                for piece in answer.iter_content(64 * 1024):
                    body += piece
                    if len(body) > LARGEST_LABEL:
                        raise Unavailable(SERVICE, "its label is larger than 5 MB")
        except (requests.RequestException, ValueError) as error:
            # A ValueError comes through from urllib3, where the host's name is none.
            raise Unavailable(SERVICE, f"label: {type(error).__name__}") from error
        if not body.startswith(b"%PDF-"):
            raise Unavailable(SERVICE, "its label is no PDF")
        return bytes(body)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn whatever the client raises into what `ports.LabelPort` knows, without words that may hold an address."""
    try:
        yield
    except JsonError as error:
        raise Unavailable(SERVICE, UNREADABLE) from error
    except ApiError as error:
        status = error.http_status
        if status is None or status in _LATER or not 400 <= status < 500:
            raise Unavailable(SERVICE, f"{status or type(error).__name__}") from error
        said = " ".join(f"{error.code or status}: {error.message}".split())[:300]
        raise LabelRefused("no_key" if status in _NO_KEY else "refused", said) from error
    except ValidationError as error:
        raise Unavailable(SERVICE, UNREADABLE) from error
    except (EasyPostError, AttributeError, ImportError, KeyError, TypeError, ValueError) as error:
        # The client itself stumbles over answers that are not what it knows.
        raise Unavailable(SERVICE, UNREADABLE) from error


def _rates(offered: list[Any]) -> Iterator[Rate]:
    """Yield the rates that can be read; who offers nonsense offers nothing."""
    for each in offered:
        with suppress(ValidationError):
            rate = _OfferedRate.model_validate(each)
            yield Rate(id=rate.id, carrier=rate.carrier, service=rate.service, cost=rate.rate, currency=rate.currency)


def _problems(messages: list[Any]) -> Iterator[str]:
    """Yield what carriers say of a parcel that they offer no rate for."""
    for each in messages:
        if isinstance(each, dict):
            yield " ".join(f"{each.get('carrier') or SERVICE}: {each.get('message')}".split())[:200]


def _address(address: Address) -> dict[str, str]:
    named = {
        "name": address.name, "company": address.company, "street1": address.street, "street2": address.street2,
        "city": address.city, "state": address.region, "zip": address.postcode, "country": address.country,
        "phone": address.phone,
    }  # fmt: skip
    return {name: value for name, value in named.items() if value}


def _parcel(box: Box) -> dict[str, float]:
    """Return a box in EasyPost's units, inches and ounces, rounded up: a parcel that was told too small costs more."""
    inch, ounce = Decimal("2.54"), Decimal("28.349523125")
    measures = {"length": box.length / inch, "width": box.width / inch, "height": box.height / inch, "weight": box.grams / ounce}
    return {name: float(value.quantize(Decimal("0.1"), ROUND_CEILING)) for name, value in measures.items()}
