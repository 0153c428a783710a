"""The policy language: what a shop may write in a `policy-<date>.toml`, as shapes. `docs/policies.md` teaches it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, StrictBool, Tag, model_validator

from chalicelib.domain.countries import KnownCountry
from chalicelib.domain.merchant import Day, Texts
from chalicelib.domain.money import parse_amount
from chalicelib.domain.orders import SHOP_FAULT, Channel, Currency, Method, Proof, Reason, Word
from chalicelib.domain.sections import Section
from chalicelib.domain.verdicts import Approval, OutcomeKind, Shipping
from chalicelib.domain.windows import Between, Count, Window

KINDS: tuple[OutcomeKind, ...] = get_args(OutcomeKind)
REASONS: tuple[Reason, ...] = get_args(Reason)
REASON_GROUPS: Mapping[str, frozenset[Reason]] = {"shop_fault": SHOP_FAULT, "own_choice": frozenset(REASONS) - SHOP_FAULT}

ReasonWord = Literal[Reason, "shop_fault", "own_choice"]
Group = Literal["how_long", "excluded", "condition", "money", "sending"]
MOST_PHOTOS = 6
"""How many photos of one line a clause may ask for: more is no customer's patience, and no parcel's need."""
Wish = Literal["in_stock", "out_of_stock", "dearer", "cheaper", "same_price", "none"]


def _many(given: object) -> object:
    """Let a list of one be written as its only member."""
    return tuple(given) if isinstance(given, list | tuple) else (given,)


def _everything(given: object) -> object:
    return KINDS if given == "everything" else _many(given)


def _number(given: object) -> Decimal:
    """Read a whole number or a decimal string; a float has already lost what the shop meant."""
    if isinstance(given, float) and isfinite(given):
        raise ValueError(f'{given} is a floating-point number, which cannot hold money exactly; write it in quotes: "{given}"')
    if isinstance(given, int) and not isinstance(given, bool) and given >= 0:
        return Decimal(given)
    return parse_amount(given)


Item = TypeVar("Item")
Many = Annotated[tuple[Item, ...], BeforeValidator(_many), Field(min_length=1)]
Kinds = Annotated[tuple[OutcomeKind, ...], BeforeValidator(_everything), Field(min_length=1)]
Number = Annotated[Decimal, BeforeValidator(_number)]


SendWithin = Annotated[
    Annotated[Window, Tag("span")] | Annotated[Literal["window"], Tag("word")],
    Discriminator(lambda given: "word" if isinstance(given, str) else "span"),
]


class Part(Section):
    """A table of a policy file; keys that are words of Python have an underscore here and none in the file."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid", populate_by_name=True)


class When(Part):
    """To what a rule applies: every key that is written must hold, and any word of a list will do.

    `country` and `currency` are the order's, `from_country` is where the goods come back from; prices are per unit.
    `unconfirmed` names conditions that the customer was asked about, here, and did not confirm.
    """

    channel: Many[Channel] = ()
    country: Many[KnownCountry] = ()
    currency: Many[Currency] = ()
    from_country: Many[KnownCountry] = ()
    other_country: StrictBool | None = None
    category: Many[Word] = ()
    tag: Many[Word] = ()
    order_tag: Many[Word] = ()
    reason: Many[ReasonWord] = ()
    method: Many[Method] = ()
    proof: Many[Proof] = ()
    replacement: Many[Wish] = ()
    unconfirmed: Many[Word] = ()
    price_at_least: Number | None = None
    price_at_most: Number | None = None
    order_total_at_least: Number | None = None
    order_total_at_most: Number | None = None
    purchased: Between | None = None
    within: Window | None = None
    after: Window | None = None
    not_: When | None = Field(default=None, alias="not")
    any_: Many[When] = Field(default=(), alias="any")

    @model_validator(mode="after")
    def _unconfirmed_stands_alone(self) -> Self:
        if any(inner.unconfirmed for inner in (*self.any_, *([self.not_] if self.not_ else []))):
            raise ValueError("unconfirmed cannot stand inside not or any; write it beside them")
        return self

    @property
    def reasons(self) -> frozenset[Reason]:
        """The reasons that are named, groups spelled out."""
        return frozenset(
            reason for word in self.reason for reason in REASONS if reason == word or reason in REASON_GROUPS.get(word, ())
        )


class Fee(Part):
    """What the shop keeps: `percent` of the line's price or a flat `amount`, counted per line, per unit or once per return."""

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    percent: Annotated[Number, Field(le=100)] | None = None
    amount: Number | None = None
    per: Literal["line", "unit", "return"] = "line"
    minimum: Number | None = None
    maximum: Number | None = None
    outcomes: Kinds = KINDS

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("a fee is either a percent or an amount; keep one of them")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}; exchange them")
        return self


class Price(Part):
    """Which price counts instead of the one paid, and what to do where the shop does not know it."""

    use: Literal["lowest_price_14d"]
    if_unknown: Literal["review", "price_paid"] = "review"


class BusinessDays(Part):
    """A span that the shop promises, from the fewest to the most of its business days."""

    business_days: tuple[Count, Count]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.business_days[0] > self.business_days[1]:
            raise ValueError("the fewest days come first; exchange the two numbers")
        return self


class Rule(Part):
    """What a clause does where its `when` holds."""

    when: When | None = None
    overrides: Many[Word] = ()
    grants: Kinds = ()
    window: Many[Window] = ()
    extends: Many[Word] = ()
    approval: Approval | None = None
    refuses: Kinds = ()
    review: Kinds = ()
    requires: Many[Word] = ()
    with_: Many[Word] = Field(default=(), alias="with")
    fee: Fee | None = None
    shipping: Shipping | None = None
    instead: Mapping[OutcomeKind, OutcomeKind] = Field(default_factory=dict)
    price: Price | None = None
    expires_days: Mapping[OutcomeKind, Count] = Field(default_factory=dict)
    send_within: SendWithin | None = None
    due: Literal["difference"] | None = None
    photos: Annotated[int, Field(strict=True, ge=1, le=MOST_PHOTOS)] | None = None
    arrives_within: BusinessDays | None = None
    resolve_within: BusinessDays | None = None

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if not self.grants and (self.window or self.approval or self.extends):
            raise ValueError("window, approval and extends say how something is granted; add grants or leave them out")
        if self.grants and self.when and self.when.unconfirmed:
            raise ValueError("nothing is granted for what is not confirmed; write grants without it, and what is then refused")
        if self.with_ and not self.requires:
            raise ValueError('"with" says beside which clauses something is required, and nothing is; add requires')
        if any(window.from_ == "request" for window in self.window):
            raise ValueError('a window to ask in cannot count from the request itself; write from = "purchase" or "delivery"')
        return self


EVERYTHING = ("everything",)
"""What `overrides = "everything"` and `extends = "everything"` read as."""

RULE_KEYS: frozenset[str] = frozenset(field.alias or name for name, field in Rule.model_fields.items())


class Clause(Part):
    """One clause of a policy: its words in every language of the shop, and what it does, if anything.

    In the file a clause with a single rule writes that rule's keys beside its own.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    group: Group
    text: Texts
    rules: tuple[Rule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _single_rule(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        inline = {key: given[key] for key in given.keys() & RULE_KEYS}
        if not inline:
            return given
        if "rules" in given:
            raise ValueError(f"{', '.join(sorted(inline))} stand beside [[clauses.rules]]; move them into one of the rules")
        return {key: value for key, value in given.items() if key not in inline} | {"rules": [inline]}


class Condition(Part):
    """What a customer is asked to confirm, by language; asked only where `when` holds."""

    text: Texts
    when: When | None = None

    @model_validator(mode="after")
    def _not_by_another(self) -> Self:
        if self.when and self.when.unconfirmed:
            raise ValueError("a condition is asked whatever was said to another; leave unconfirmed out")
        return self

    @model_validator(mode="before")
    @classmethod
    def _languages_beside_when(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "text" in given:
            return given
        words = {key: value for key, value in given.items() if key != "when"}
        return {"text": words} | ({"when": given["when"]} if "when" in given else {})


ConditionName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class PolicyFile(Part):
    """A whole `policy-<effective date>.toml`."""

    effective: Day
    outcomes: Many[OutcomeKind]
    conditions: Mapping[ConditionName, Condition] = Field(default_factory=dict)
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]
