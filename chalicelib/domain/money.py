"""Amounts of money: exact decimals, the minor units of currencies, and rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

_AMOUNT = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)

# ISO 4217 list one, active codes of countries and unions.
CURRENCIES = frozenset(
    """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
    IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
    MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
    SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD
    XCG XOF XPF YER ZAR ZMW ZWG""".split()
)
# Digits after the point as prices are usually written; ISO 4217's own exponent for the rest is 2.
_DECIMALS = dict.fromkeys("BIF CLP COP DJF GNF IRR ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(), 0) | dict.fromkeys(
    "BHD IQD JOD KWD LYD OMR TND".split(), 3
)

# Wide enough for the greatest amounts, quantities and orders together, which the usual 28 digits are not.
_WIDE = Context(prec=60)


def parse_amount(text: object) -> Decimal:
    """Read a decimal string such as `79.90`; ValueError for numbers, signs, exponents and anything else."""
    if isinstance(text, Decimal):
        return text
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError('an amount is a decimal string such as "79.90", without sign or exponent')
    return Decimal(text)


def known_currency(code: str) -> str:
    """Return the code if ISO 4217 knows it; ValueError otherwise."""
    if code not in CURRENCIES:
        raise ValueError(f"{code!r} is not a currency of ISO 4217")
    return code


def usual_decimals(currency: str) -> int:
    """Return how many digits after the point prices in this currency are usually written with."""
    return _DECIMALS.get(currency, 2)


def rounded(amount: Decimal, decimals: int) -> Decimal:
    """Round half-up to the currency's minor unit (R5)."""
    return amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)


def shared_out(amount: Decimal, weights: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Share an amount, not below zero, in proportion to weights: parts of whole minor units that are the amount together.

    Each part is the proportion rounded down; the units that are left go to the largest remainders, the first of equal ones.
    Where all weights are zero, the first part is all of it.
    """
    unit = Decimal(1).scaleb(-decimals)
    units = int(rounded(amount, decimals).scaleb(decimals, context=_WIDE))
    scale = max([0, *(-int(weight.as_tuple().exponent) for weight in weights)])
    whole = [int(weight.scaleb(scale, context=_WIDE)) for weight in weights]
    together = sum(whole)
    if not together:
        return [Decimal(units) * unit if index == 0 else Decimal(0) for index in range(len(weights))]
    parts = [units * weight // together for weight in whole]
    remainders = [units * weight % together for weight in whole]
    for index in sorted(range(len(whole)), key=lambda index: -remainders[index])[: units - sum(parts)]:
        parts[index] += 1
    return [_WIDE.multiply(Decimal(part), unit) for part in parts]
