"""Fold what people type (order numbers, e-mail addresses, digits) to the one form under which it is kept and compared."""

from __future__ import annotations

import re
import unicodedata

ORDER_NUMBER_LENGTH = 50
GIFT_CODE_LENGTHS = (8, 40)
"""Who has the code may ask for the gift's return, so it must be long enough that nobody guesses one."""

# Arabic keyboards write letters with code points of their own where Persian ones do not;
# the stroke that only stretches a word says nothing.
_ARABIC_TO_PERSIAN = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ـ": None})
# Marks that steer direction and joining, controls, code points of no character, spaces of every width, dashes of every length.
_SILENT_CATEGORIES = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zs", "Zl", "Zp", "Pd"})
_DROPPED = frozenset("#\N{MINUS SIGN}\N{COMBINING GRAPHEME JOINER}")
_PUNCTUATION = frozenset("._/+:&*")
_UNSAID = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def fold_digits(text: str) -> str:
    """Write every decimal digit of any script as 0 to 9; the rest stays as it is."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def fold_order_number(text: str) -> str:
    """Fold an order number as a person types it: `#az-۱۰۰۱ ` and `AZ 1001` are both `AZ1001`.

    Empty if nothing is left. The result never holds `#`, which separates the parts of the tables' keys.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_ARABIC_TO_PERSIAN)
    # Upper case can bring forth what normalisation had joined (and the reverse), hence once more on both sides.
    plain = unicodedata.normalize("NFKC", plain.casefold().upper())
    kept = (char for char in plain if char not in _DROPPED and unicodedata.category(char) not in _SILENT_CATEGORIES)
    return fold_digits(unicodedata.normalize("NFC", "".join(kept)))


def order_number_fault(text: str) -> str | None:
    """Say in words why no order can have this number; None if one can."""
    folded = fold_order_number(text)
    if not any(char.isalnum() for char in folded):
        return "a number needs at least one letter or digit"
    if len(folded) > ORDER_NUMBER_LENGTH:
        return f"a number has at most {ORDER_NUMBER_LENGTH} letters and digits"
    if not all(char in _PUNCTUATION or unicodedata.category(char)[0] in "LMN" for char in folded):
        return "a number is made of letters, digits and . / + : & * _ (spaces, dashes and # are ignored)"
    return None


def fold_gift_code(text: str) -> str:
    """Fold the code of a gift receipt as a person types it: letters and digits in capitals, whatever stands between them."""
    return "".join(char for char in fold_order_number(text) if char.isalnum())


def gift_code_fault(text: str) -> str | None:
    """Say in words why no gift receipt can have this code; None if one can."""
    shortest, longest = GIFT_CODE_LENGTHS
    if shortest <= len(fold_gift_code(text)) and len(text) <= longest:
        return None
    return f"a gift code has at least {shortest} letters and digits, and at most {longest} characters in all"


def ascii_domain(domain: str) -> str:
    """Write the domain of a folded e-mail address as mails and DNS know it; what can be no domain stays as it is."""
    if domain.isascii() or not all(char in ".-" or unicodedata.category(char)[0] in "LMN" for char in domain):
        return domain
    # Our addresses are in lower case and NFC already, so that Punycode alone gives the form that DNS knows.
    labels = (label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in domain.split("."))
    return ".".join(labels).lower()


def as_mailed(email: str) -> str:
    """Return the one form of an e-mail address, folded or as it stands in a mail's headers, by which both are the same."""
    local, _, domain = email.rpartition("@")
    return f"{local}@{ascii_domain(domain)}".lower()


def fold_email(text: str) -> str:
    """Fold an e-mail address for keeping and comparing: no blanks around it, no invisible marks, NFC, lower case.

    Lower case rather than case folding, because mails go to the folded address: folding would turn `ß` into `ss`,
    and so the domain into somebody else's.
    """
    visible = _UNSAID.sub("", text).strip()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", visible).lower())
