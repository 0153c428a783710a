"""How templates speak, isolate and escape, and what no page may ever hold."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import DictLoader, TemplateRuntimeError, UndefinedError
from markupsafe import escape

from chalicelib import rendering
from chalicelib.rendering import environment, style, style_hash
from tests.wordings import SHOPS, wording


def said(source: str, language: str = "fa", shop: str = "tehran", *, html: bool = True, **context: object) -> str:
    """Render a template's source in a language."""
    source = f"{{% autoescape {str(html).lower()} %}}{source}{{% endautoescape %}}"
    return environment().from_string(source).render(wording=wording(language, shop), **context)


def test_filters_say_money_deadlines_and_numbers_in_the_customers_language() -> None:
    now = dt.datetime(2026, 3, 10, 9, 0, tzinfo=dt.UTC)
    context = {"price": Decimal(18500000), "now": now, "end": now + dt.timedelta(days=8)}
    assert said('{{ price | money("IRR") }}', **context) == "۱٬۸۵۰٬۰۰۰\xa0تومان"
    assert said("{{ end | time_left(now) }}", **context) == "۸ روز مانده"
    assert said("{{ 1250 | number }}", "es", "bogota") == "1.250"
    assert said('{{ {"en": "hat", "fa": "کلاه"} | words }}') == "کلاه"


def test_a_message_is_translated_and_its_numbers_are_written_in_the_languages_digits() -> None:
    source = "{% trans n=count %}{{ n }} day left{% pluralize %}{{ n }} days left{% endtrans %}"
    assert said(source, count=12) == "۱۲ روز مانده"
    assert said(source, "es", count=1) == "Queda 1 día"
    assert said('{{ _("Time is up") }}', "es") == "El plazo terminó"


def test_only_what_is_filled_into_a_message_is_escaped() -> None:
    source = "{% trans %}<b>{{ name }}</b> costs 100%{% endtrans %}"
    assert said(source, "en", name="<script>") == "<b>&lt;script&gt;</b> costs 100%"
    assert said(source, "en", html=False, name="R&D") == "<b>R&D</b> costs 100%"


def test_a_list_escapes_text_and_keeps_links() -> None:
    assert said("{{ ['<a>', 'b' | bdi] | list_of }}", "en") == "&lt;a&gt; and <bdi>b</bdi>"
    assert said("{{ ['<a>', 'b'] | list_of }}", "en", html=False) == "<a> and b"


@given(st.text())
def test_what_is_isolated_in_html_cannot_leave_its_element(text: str) -> None:
    assert rendering.bdi(text) == f"<bdi>{escape(text)}</bdi>"
    assert rendering.ltr(text) == f'<bdi dir="ltr">{escape(text)}</bdi>'


def test_foreign_text_is_isolated_in_plain_text_of_right_to_left_languages_only() -> None:
    source = "{{ name | isolate }}"
    assert said(source, "fa", html=False, name="RMA-7K3M") == "\u2068RMA-7K3M\u2069"
    assert said(source, "en", html=False, name="RMA-7K3M") == "RMA-7K3M"
    assert said(source, "fa", html=False, name="a\u2069\u202eb") == "\u2068ab\u2069"


def test_a_missing_value_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        said("{{ nobody }}")


def test_a_macro_that_speaks_says_so_when_it_is_imported_without_context(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = {"m.html": '{% macro hi() %}{{ _("Time is up") }}{% endmacro %}', "p.html": '{% import "m.html" as m %}{{ m.hi() }}'}
    monkeypatch.setattr(
        environment(), "loader", DictLoader(pages | {"q.html": pages["p.html"].replace(" as m ", " as m with context ")})
    )
    with pytest.raises(TemplateRuntimeError, match="with context"):
        rendering.render("p.html", wording("en", "bogota"))
    assert rendering.render("q.html", wording("en", "bogota")) == "Time is up"


@given(text=st.text(st.characters(codec=None, exclude_categories=())))
def test_whatever_a_customer_types_a_page_can_be_encoded_and_sent(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(environment(), "loader", DictLoader({"typed.html": '<p title="{{ typed }}">{{ typed | bdi }}</p>'}))
        page = rendering.render("typed.html", wording("en", "bogota"), typed=text).encode().decode()
    assert not {"\x00", "\x1b", "\x85", "\ufffe"} & set(page)
    assert page.count("<") == 4


@pytest.mark.parametrize("slug", SHOPS)
def test_the_hash_lets_exactly_the_shops_inlined_stylesheet_through(slug: str) -> None:
    inlined = said("<style>{{ style() }}</style>", "en", slug).removeprefix("<style>").removesuffix("</style>")
    assert SHOPS[slug].accent in inlined
    assert "<" not in inlined.replace("<!--", "")
    assert style_hash(SHOPS[slug]) == f"sha256-{base64.b64encode(hashlib.sha256(inlined.encode()).digest()).decode()}"
    assert style_hash(None) != style_hash(SHOPS[slug])
    assert style(None) in inlined
    assert style_hash(SHOPS[slug], ["door"]) != style_hash(SHOPS[slug])


def test_a_list_to_choose_from_is_written_with_what_is_chosen_and_nothing_of_the_last_customers() -> None:
    countries = {"CO": "Colombia", "BA": "Bosnia & Herzegovina", "CI": "Côte d’Ivoire"}
    for chosen in ("BA", "CO", "none of them"):
        written = said("{{ countries|options(chosen) }}", countries=countries, chosen=chosen)
        plainly = "".join(
            f'<option value="{code}"{" selected" if code == chosen else ""}>{escape(name)}</option>\n'
            for code, name in countries.items()
        )
        assert written == plainly


def test_a_message_without_anything_to_fill_in_is_written_for_what_it_stands_in() -> None:
    assert said("{% trans %}<i>100%</i>{% endtrans %}", "en") == "<i>100%</i>"
    assert said("{% trans %}<i>100%</i>{% endtrans %}{{ '<' ~ _('<b>') }}", "en", html=False) == "<i>100%</i><<b>"
    assert said("{{ '<' ~ _('<b>') }}", "en") == "&lt;<b>"
