"""Amounts of money as people type them: in any script's digits, with the separators of any language, in the shop's unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chalicelib.domain.identifiers import fold_digits
from chalicelib.domain.merchant import Merchant
from chalicelib.wording import Wording

_MARKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
_SYMBOLS = "$€£﷼"
_LONGEST = 15


@dataclass(frozen=True)
class Amounts:
    """Amounts in one currency, read and shown as the shop of `wording` counts them."""

    wording: Wording
    currency: str

    def read(self, typed: str) -> Decimal | None:
        """Return the amount that was typed, as `read_amount`."""
        assert self.wording.merchant is not None, "amounts are typed at a shop"
        return read_amount(typed, self.wording.merchant, self.currency)

    def shown(self, amount: Decimal) -> str:
        """Write an amount."""
        return self.wording.money(amount, self.currency)


def read_amount(typed: str, merchant: Merchant, currency: str) -> Decimal | None:
    """Return the amount in the currency that was typed in the shop's unit; None if it is none, or finer than the smallest coin.

    `1,250.50`, `1.250,50` and `۱٬۲۵۰٫۵۰` are one amount; a lone point or comma before three digits sets off thousands.
    """
    in_units = currency == merchant.currency.code
    unit = merchant.currency.unit or {} if in_units else {}
    plain = _MARKS.sub("", fold_digits(typed)).strip()
    for affix in (currency, *unit.values(), *_SYMBOLS):
        plain = re.sub(rf"^{re.escape(affix)}|{re.escape(affix)}$", "", plain, flags=re.IGNORECASE).strip()
    number = _number(_SPACES.sub("", plain).replace("٫", ".").replace("٬", ""), decided="٫" in plain)
    if number is None:
        return None
    amount = number * (merchant.currency.divide_by if in_units else 1)
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a number of digits is finite"
    return amount if -exponent <= merchant.decimals(currency) else None


def _number(plain: str, *, decided: bool) -> Decimal | None:
    """Read digits with points and commas; `decided` says that a point is known to begin the decimals."""
    if not re.fullmatch(r"[0-9][0-9.,]*", plain) or len(plain) > _LONGEST + 5:
        return None
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return Decimal(plain) if len(plain) <= _LONGEST else None
    mark = plain[last]
    both = "." in plain and "," in plain
    thousands = not decided and not both and (plain.count(mark) > 1 or _groups(plain))
    whole, decimals = (plain, "") if thousands else (plain[:last], plain[last + 1 :])
    digits = re.sub("[.,]", "", whole)
    grouped = digits == whole or _groups(whole)
    return Decimal(f"{digits}.{decimals or '0'}") if grouped and len(digits) <= _LONGEST and digits else None


def _groups(whole: str) -> bool:
    """Say whether one kind of mark sets off every three digits."""
    return re.fullmatch(r"(?!0[.,])[0-9]{1,3}(?:(?:\.[0-9]{3})+|(?:,[0-9]{3})+)", whole) is not None
