"""Every mistake in a shop's files has a line that says where it is, what is wrong and how to mend it."""

from __future__ import annotations

import hashlib
import re

import pytest

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.merchant import Merchant
from chalicelib.domain.policy_check import (
    decoded,
    policy_mistakes,
    policy_notes,
    read_merchant,
    read_policy,
    same_dates,
)
from chalicelib.shops import MERCHANTS
from tests.domain.shopmaking import merchant

NAME = "corner/policy-2026-01-01.toml"

GOOD = """effective = 2026-01-01
outcomes = ["exchange", "refund"]

[conditions.unused]
en = "Is it unused?"

[[clauses]]
id = "long"
group = "how_long"
text.en = "Thirty days."
grants = ["exchange", "refund"]
window = { days = 30, from = "delivery" }

[[clauses]]
id = "goods"
group = "condition"
text.en = "Unused."
requires = ["unused"]

[[clauses]]
id = "money"
group = "money"
text.en = "A tenth is kept of what comes by mail."
when = { method = "mail" }
fee = { kind = "restocking_fee", percent = 10 }
"""

NEEDS = 'requires = ["unused"]'
FEE = 'fee = { kind = "restocking_fee", percent = 10 }'


def mistakes(old: str = "", new: str = "", *, shop: Merchant | None = None, name: str = NAME) -> list[str]:
    """Return the mistakes of the good policy with one piece of it replaced."""
    assert old in GOOD
    return policy_mistakes(name, GOOD.replace(old, new, 1) if old else GOOD + new, shop or merchant())


def test_a_good_policy_has_no_mistakes() -> None:
    assert mistakes() == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("outcomes =", "outcome =", 2, 'unknown key "outcome"; did you mean "outcomes"?'),
        ('group = "how_long"\n', "", 7, "clause long: group: it is missing; add a line group = …"),
        ('group = "how_long"', 'group = "how_lang"', 9, '"how_lang" is not known here; did you mean "how_long"?'),
        ("grants =", "grant =", 11, 'clause long: grant: unknown key "grant"; did you mean "grants"?'),
        ('"refund"]\nwindow', '"refnd"]\nwindow', 11, '"refnd" is not known here; did you mean "refund"?'),
        (', from = "delivery"', "", 12, 'nothing says from when the window counts; add from = "purchase"'),
        ('from = "delivery"', 'from = "delivry"', 12, 'window.from: "delivry" is not known here; did you mean "delivery"?'),
        ('from = "delivery"', 'from = "request"', 7, "a window to ask in cannot count from the request itself; write"),
        ("days = 30", 'days = "30"', 12, '"30" is not a whole number; write it without quotes'),
        ("days = 30", "days = 0", 12, "0 is out of range; the least is 1"),
        ("days = 30", "days = 30, hours = 2", 12, "exactly one of days, months, hours, business_days and until; keep one"),
        ('text.en = "Thirty days."', 'text.es = "Treinta."', 10, "clause long: text.en: the text is missing in en"),
        ('en = "Is it unused?"', 'en = ""', 5, "conditions.unused.en: the text is missing in en, which the shop speaks; add it"),
        ('id = "goods"', 'id = "long"', 15, 'another clause is called "long" already; give this one an id of its own'),
        (NEEDS, 'requires = ["unusd"]', 18, 'nothing says what "unusd" asks; did you mean "unused"?'),
        (NEEDS, 'shipping = "customer"', 4, 'no clause requires "unused"; let one require it, or take it out'),
        (NEEDS, NEEDS + '\nwith = ["lon"]', 19, 'there is no clause "lon"; did you mean "long"?'),
        (NEEDS, NEEDS + '\nwith = ["money"]', 19, "money grants nothing"),
        ("percent = 10", "percent = 110", 25, "110 is above 100 %, and a fee cannot take more than the price; write 100 or less"),
        ("percent = 10", "percent = 12.5", 25, 'write it in quotes: "12.5"'),
        ("percent = 10", 'percent = 10, amount = "5"', 25, "a fee is either a percent or an amount; keep one of them"),
        ("percent = 10", "percent = 10, minimum = 9, maximum = 3", 25, "minimum 9 is above maximum 3; exchange them"),
        ("percent = 10", 'percent = "ten"', 25, 'an amount is a decimal string such as "79.90"'),
        ('{ method = "mail" }', '{ metod = "mail" }', 24, 'when.metod: unknown key "metod"; did you mean "method"?'),
        ('{ method = "mail" }', '{ currency = "EUX" }', 24, "'EUX' is not a currency of ISO 4217"),
        ('{ method = "mail" }', '{ reason = "shops_fault" }', 24, 'did you mean "shop_fault"?'),
        ('{ method = "mail" }', "{ price_at_least = 9, price_at_most = 3 }", 24, "so this never applies; exchange them"),
        ('{ method = "mail" }', "{ purchased = {} }", 24, "neither from nor to is given; give one of them or both"),
        ('{ method = "mail" }', '{ purchased = { from = "soon" } }', 24, '"soon" is not a date; write it as 2026-01-31'),
        ('{ method = "mail" }', '{ other_country = "yes" }', 24, "is not true or false; write one of them, without quotes"),
        (FEE, "photos = 0", 25, "photos: 0 is out of range; the least is 1"),
        (FEE, "photos = 7", 25, "photos: 7 is out of range; the most is 6"),
        (FEE, 'photos = "two"', 25, '"two" is not a whole number; write it without quotes'),
        (FEE, "photo = 2", 25, 'unknown key "photo"; did you mean "photos"?'),
        (FEE, "", 24, "it says when, and then nothing; add what happens"),
        (FEE, 'approval = "review"', 20, "say how something is granted; add grants or leave them out"),
        (NEEDS, NEEDS + '\noverrides = ["lnog"]', 19, 'there is no clause "lnog"; did you mean "long"?'),
        (NEEDS, NEEDS + '\noverrides = ["goods"]', 19, "a clause cannot override itself"),
        (NEEDS, NEEDS + '\noverrides = ["money"]', 19, "speak of different things"),
        (NEEDS, NEEDS + '\nsend_within = "windo"', 19, 'did you mean "window"?'),
        (NEEDS, NEEDS + "\nsend_within = { days = 3 }", 19, "nothing says from when the window counts"),
        (NEEDS, NEEDS + "\nexpires_days = { gift = 3 }", 19, '"gift" is not known here'),
        (NEEDS, NEEDS + "\nresolve_within = { business_days = [7, 5] }", 19, "the fewest days come first"),
        ('outcomes = ["exchange", "refund"]', 'outcomes = ["refund"]', 11, '"exchange" is not among the outcomes at the top'),
        ('"exchange", "refund"]\n\n', '"exchange", "refund", "gift_card"]\n\n', 2, 'no clause grants "gift_card"; take it out'),
        ("effective = 2026-01-01", "effective = 2026-01-02", 1, "is not the date in the file's name; write 2026-01-01"),
        ("effective = 2026-01-01", 'effective = "soon"', 1, '"soon" is not a date; write it as 2026-01-31, without quotes'),
        ("[conditions.unused]", "[conditions.Not-used]", 4, '"Not-used" is not the name of a condition; write small letters'),
        (NEEDS, NEEDS + "\nreview = []", 19, "[] is an empty list; put something in it, or leave it out"),
        (NEEDS, NEEDS + '\nrefuses = "all"', 19, '"all" is not known here; known here: everything, exchange'),
        (NEEDS, NEEDS + '\nextends = ["long"]', 14, "say how something is granted; add grants or leave them out"),
        ('from = "delivery" }', 'from = "delivery" }\nextends = ["goods"]', 13, "goods grants nothing; name a clause"),
        ('from = "delivery" }', 'from = "delivery" }\nextends = ["long"]', 13, "a clause cannot extend itself"),
        ('from = "delivery" }', 'from = "delivery" }\nextends = ["lnog"]', 13, 'there is no clause "lnog"; did you mean "long"?'),
        ('{ method = "mail" }', '{ unconfirmed = "unsed" }', 24, 'nothing says what "unsed" asks; did you mean "unused"?'),
        ('{ method = "mail" }', '{ not = { unconfirmed = "unused" } }', 24, "unconfirmed cannot stand inside not or any; write"),
        ('"Is it unused?"', '"Is it?"\nwhen = { unconfirmed = "unused" }', 4, "leave unconfirmed out"),
        ("grants =", 'when = { unconfirmed = "unused" }\ngrants =', 7, "nothing is granted for what is not confirmed; write"),
        ("grants =", 'when = { within = { days = 3, from = "delivery" } }\ngrants =', 11, "write the window beside grants"),
        ("percent = 10", 'percent = 10, outcomes = ["gift_card"]', 25, 'fee: "gift_card" is not among the outcomes'),
        ("percent = 10", "percent = inf", 25, "the file says inf"),
        ('{ method = "mail" }', '{ country = "Germany" }', 24, 'write its two capital letters, such as "DE"'),
        ('{ method = "mail" }', '{ country = "UK" }', 24, 'write "GB"'),
        ('{ method = "mail" }', '{ country = "XX" }', 24, '"XX" is not the code of a country in ISO 3166-1'),
        ('{ method = "mail" }', '{ reason = "Defective" }', 24, 'did you mean "defective"?'),
        ('"exchange", "refund"]\n\n', '"exchange", "refund", "refund"]\n\n', 2, '"refund" is there twice; take one away'),
        ('outcomes = ["exchange", "refund"]', "", 1, "outcomes: it is missing; add a line outcomes = …"),
        ('text.en = "Thirty days."', "", 7, "clause long: text: it is missing; add its words in each language"),
        ("effective = 2026-01-01", 'effective = "2026-01-01"', 1, '"2026-01-01" is not a date; write it as 2026-01-31'),
        ("effective = 2026-01-01", "effective = 2026-01-01T00:00:00", 1, "is not a date; write it as 2026-01-31"),
        ('id = "money"', 'id = "the money"', 21, '"the money" is not an id; write letters, digits and dashes'),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_the_way_to_mend_it(old: str, new: str, line: int, words: str) -> None:
    told = mistakes(old, new)

    assert any(one.startswith(f"{NAME}:{line}: ") and words in one for one in told), told
    assert all("; " in one for one in told)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("effective = 2026-01-01", "effective = 2026-02-01").replace("days = 30", "days = 0")
    text = text.replace("percent = 10", "percent = 101").replace('["unused"]', '["unusd"]')
    told = policy_mistakes(NAME, text, merchant())
    lines = [int(one.split(":")[1]) for one in told]

    assert lines == sorted(lines)
    assert {1, 12, 18, 25} <= set(lines)


def test_a_rule_that_is_never_heard_is_told() -> None:
    both = '[[clauses]]\nid = "who"\ngroup = "sending"\ntext.en = "We pay."\nshipping = "merchant"\n'
    assert mistakes("", both) == []
    told = mistakes("", both + both.replace("who", "who-else"))
    where = f"{NAME}:35: clause who-else: shipping"
    words = "clause who above already says it for everything, so this is never heard; put this before it, or give that one a when"
    assert told == [f"{where}: {words}"]


def test_two_clauses_that_override_each_other_are_told() -> None:
    told = mistakes(
        "grants = [",
        'overrides = ["short"]\ngrants = [',
    )
    assert any('no clause "short"' in one for one in told)
    text = GOOD.replace("grants = [", 'overrides = ["short"]\ngrants = [') + (
        '[[clauses]]\nid = "short"\ngroup = "how_long"\ntext.en = "Ten."\ngrants = ["refund"]\noverrides = ["long"]\n'
        'window = { days = 10, from = "delivery" }\n'
    )
    assert sum("override each other" in one for one in policy_mistakes(NAME, text, merchant())) == 2


def test_what_is_refused_for_a_time_is_told_to_be_a_window() -> None:
    text = GOOD.replace('{ method = "mail" }', '{ within = { days = 3, from = "delivery" } }').replace(
        FEE, 'refuses = "everything"'
    )
    assert any("write the window beside grants, not inside when" in one for one in policy_mistakes(NAME, text, merchant()))


def test_a_rule_beside_rules_is_told() -> None:
    told = mistakes(
        "", '[[clauses]]\nid = "x"\ngroup = "money"\ntext.en = "x"\nshipping = "none"\n[[clauses.rules]]\nshipping = "none"\n'
    )
    assert any("shipping stand beside [[clauses.rules]]; move them into one of the rules" in one for one in told)


def test_what_needs_a_store_is_told_to_a_shop_that_has_none() -> None:
    told = mistakes('{ method = "mail" }', '{ method = "store" }', shop=merchant(stores=()))
    assert told == [
        f"{NAME}:24: clause money: when.method: the shop has no store, so this never applies; add [[stores]] to merchant.toml"
    ]


def test_a_text_missing_in_one_of_the_shops_languages_is_told_for_each() -> None:
    told = mistakes(shop=merchant(languages=("en", "es", "fa")))
    assert len(told) == 8
    assert "conditions.unused.fa: the text is missing in fa" in told[1]


def test_without_its_shop_a_policy_is_held_to_the_languages_that_it_uses() -> None:
    assert policy_mistakes(NAME, GOOD, None) == []
    assert len(policy_mistakes(NAME, GOOD.replace('text.en = "Unused."', 'text.en = "Unused."\ntext.es = "Sin uso."'), None)) == 3


@pytest.mark.parametrize("text", ["outcomes = [", "a = 1\na = 2\n", "a = \n", 'a = "b\n', "\x00", "[" * 5000])
def test_what_is_no_toml_is_told_with_its_line(text: str) -> None:
    told = policy_mistakes(NAME, text, merchant())
    assert len(told) == 1
    assert re.match(r"corner/policy-2026-01-01.toml:\d+: not TOML: .+; ", told[0])


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("a = 1\na = 2", "a key or table is there twice; take one away"),
        ('[[clauses]]\nid = "a"\n[clauses]\nid = "b"', "write this header in two brackets, [[clauses]]"),
        ("a = “b”", 'write straight quotes, such as "en"'),
        ("a = 2026-1-1", "write a date as 2026-01-31, and one that exists"),
        ("a = 2026-02-30", "write a date as 2026-01-31, and one that exists"),
        ('a: "b"', "write = between a key and what it says"),
        ("a = yes", "write words in quotes, and yes and no as true and false"),
        ('a = ["b"', "look here and just above for a missing quote or bracket"),
    ],
)
def test_what_is_no_toml_is_told_with_what_was_probably_meant(text: str, advice: str) -> None:
    assert [told.endswith(f"; {advice}") for told in policy_mistakes(NAME, text, merchant())] == [True]


def test_a_mistake_stands_on_one_line_whatever_the_file_holds() -> None:
    told = mistakes('group = "how_long"', 'group = "how\\nlong\\u202e"')
    assert ['"how\\nlong\\u202e" is not known here' in one and one.isprintable() for one in told] == [True]


def test_a_wrong_outcome_at_the_top_is_told_once() -> None:
    assert len(mistakes('outcomes = ["exchange", "refund"]', 'outcomes = ["exchnge", "refund"]')) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "clauses = 3",
        "clauses = [3]",
        "[clauses]\na = 1",
        "conditions = 3\noutcomes = 5\nclauses = []",
        "[[clauses]]\nrules = 3",
    ],
)
def test_a_file_of_the_wrong_shape_is_told_and_never_breaks_the_check(text: str) -> None:
    assert policy_mistakes(NAME, text, merchant())


def test_a_policy_is_named_by_its_date() -> None:
    for name in ("policy.toml", "policy-2026-1-1.toml", "policy-2026-13-45.toml"):
        assert any("a policy file is called policy-<date>.toml" in one for one in mistakes(name=f"corner/{name}"))


def test_two_policies_from_one_date_are_told() -> None:
    files = {"a/policy-2026-01-01.toml": GOOD, "a/policy-2026-02-01.toml": GOOD, "a/policy-2026-03-01.toml": "effective = 3"}
    assert same_dates(files) == [
        "a/policy-2026-02-01.toml: effective: a/policy-2026-01-01.toml holds from 2026-01-01 too; give one of them another date"
    ]


def test_a_file_that_is_not_utf_8_is_told_with_its_line() -> None:
    with pytest.raises(InvalidPolicy) as caught:
        decoded("x.toml", b"a = 1\nb = '\xff'\n")
    assert caught.value.mistakes == ("x.toml:2: this line is not UTF-8; save the file in UTF-8",)


def test_a_policy_keeps_the_hash_of_its_file() -> None:
    assert read_policy(NAME, GOOD, merchant()).sha256 == hashlib.sha256(GOOD.encode()).hexdigest()
    assert read_policy(NAME, GOOD, merchant()).id == "corner@2026-01-01"


def test_a_window_that_closes_before_an_order_can_arrive_is_noted() -> None:
    text = (MERCHANTS / "nurana" / "policy-2024-01-01.toml").read_text(encoding="utf-8")
    assert any(note.startswith("clause N4: its window from the purchase can close before") for note in policy_notes(text))
    assert policy_notes(GOOD) == []


SHOP = (MERCHANTS / "azulu" / "merchant.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "America/Bogota"', 'zone = "Bogota"', 'did you mean "America/Bogota"?'),
        ('code = "COP"', 'code = "cop"', 'did you mean "COP"?'),
        ('country = "CO"\n', 'country = "Colombia"\n', 'write its two capital letters, such as "DE"'),
        ('slug = "azulu"', 'slug = "Azulu"', "is not the name of an address; write small letters"),
        ('"es", "en", "fa"]', '"es", "en", "es"]', 'languages: "es" is there twice; take one away'),
        ('"es", "en", "fa"]', '"spanish"]', 'languages: "spanish" is not the code of a language; write its two or three'),
        ("holidays = [", "days_off = [", 'unknown key "days_off"'),
        ("[contact]", "[contacts]", "contact: it is missing; add a table [contact]"),
        ("2027-12-25,", '"2027-12-25",', '"2027-12-25" is not a date; write it as 2026-01-31'),
        ('zone = "America/Bogota"', 'zone = "America/Bogotá"', "is not a time zone of the IANA database"),
        ('code = "COP"', 'code = "CPO"', "'CPO' is not a currency of ISO 4217"),
        ('accent = "#1f4fa3"', 'accent = "blue"', '"blue" is not a colour; write # and six digits'),
        ('slug = "azulu"', 'slug = "azul"', 'the folder is called "azulu"; write that, or rename the folder to "azul"'),
        ("[currency]", "[curency]", 'unknown key "curency"; did you mean "currency"?'),
        ("decimals = 0", "decimal = 0", 'currency.decimal: unknown key "decimal"; did you mean "decimals"?'),
        ("decimals = 0", "decimals = 9", "9 is out of range; the most is 3"),
        ('id = "medellin-provenza"', 'id = "bogota-zona-t"', "two stores have the same id"),
        ('es = "Aparece', 'pt = "Aparece', "order_number_hint.es: the text is missing in es"),
        ('"mon", "tue"', '"mon", "tues"', '"tues" is not known here; did you mean "tue"?'),
        ('name = "Azulu"\n', "", "name: it is missing; add a line name = …"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_shops_own_file_is_told(old: str, new: str, words: str) -> None:
    assert old in SHOP
    with pytest.raises(InvalidPolicy) as caught:
        read_merchant("azulu/merchant.toml", SHOP.replace(old, new, 1))
    assert any(words in one for one in caught.value.mistakes), caught.value.mistakes
