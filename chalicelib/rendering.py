"""How templates become pages and mails: one Jinja environment, its filters, and the stylesheet with its CSP hash."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    TemplateRuntimeError,
    pass_context,
    select_autoescape,
)
from jinja2.runtime import Context
from markupsafe import Markup, escape

from chalicelib.compiled import made_ready
from chalicelib.domain.merchant import Merchant
from chalicelib.i18n import LANGUAGES
from chalicelib.wording import Wording

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
READY = "templates"

# Lone surrogates cannot be encoded, and control characters and noncharacters may stand in no HTML document.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_SPOKEN = (
    "money", "number", "percent", "digits", "date", "month", "short_date", "day_and_date", "moment", "deadline", "time_left",
    "time_since", "words",
)  # fmt: skip
"""The methods of `Wording` that templates use as filters."""


def render(template: str, wording: Wording, **context: object) -> str:
    """Render a template in the customer's language, with `wording`, `language` and `merchant` beside the given context.

    The result can always be encoded: what no document may hold, such as a lone surrogate that a browser posted, is U+FFFD.
    """
    bound = {"wording": wording, "language": wording.language, "merchant": wording.merchant}
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", environment().get_template(template).render(bound | context))


@cache
def environment() -> Environment:
    """Return the one environment. Changed templates show at once; macros that speak are imported `with context`."""
    env = Environment(
        loader=_loader(),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext, style=_style, languages=tuple(LANGUAGES.values()))
    env.filters.update({name: _said(name) for name in _SPOKEN})
    env.filters.update(list_of=_list_of, bdi=bdi, ltr=ltr, isolate=_isolate, with_rma=_with_rma, options=_options)
    return env


def settled() -> bool:
    """Say whether templates are what packaging made of them, so that they never change while this runs."""
    return isinstance(environment().loader, ModuleLoader)


def _loader() -> BaseLoader:
    ready = made_ready(READY)
    return ModuleLoader(ready) if ready else FileSystemLoader(TEMPLATES)


SHEETS = ("door", "customer", "staff")
"""The stylesheets, each of which builds on those before it: a page has as many of them inlined as it needs."""


def style(merchant: Merchant | None, sheets: Sequence[str] = SHEETS) -> Markup:
    """Return stylesheets, to stand inside `<style>`, with the shop's accent as `--accent` and `--accent-text`."""
    accents = (merchant.accent, merchant.accent_text) if merchant else None
    return _accented(tuple(map(_sheet, sheets)), accents)


def style_hash(merchant: Merchant | None, sheets: Sequence[str] = SHEETS) -> str:
    """Return the source expression that lets exactly these stylesheets through a CSP: `sha256-…`, without quotes."""
    return _hash(style(merchant, sheets))


def _sheet(name: str) -> str:
    """Return a stylesheet: the one that packaging made small, or the file as it is now."""
    if small := _small_sheet(name):
        return small
    path = TEMPLATES / "style" / f"{name}.css"
    return _written_sheet(path, path.stat().st_mtime_ns)


@cache
def _small_sheet(name: str) -> str | None:
    ready = made_ready(f"{name}.css")
    return ready.read_text("utf-8") if ready else None


@lru_cache(maxsize=16)
def _written_sheet(path: Path, changed_at: int) -> str:  # noqa: ARG001 - a sheet that changed is read again
    return path.read_text("utf-8")


@lru_cache(maxsize=256)
def _accented(sheets: tuple[str, ...], accents: tuple[str, str] | None) -> Markup:
    own = f":root{{--accent:{accents[0]};--accent-text:{accents[1]}}}\n" if accents else ""
    return Markup("".join((*sheets, own)))  # noqa: S704


@lru_cache(maxsize=256)
def _hash(inlined: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(inlined.encode()).digest()).decode()}"


def bdi(text: object) -> Markup:
    """Isolate text of unknown direction in HTML, such as a name."""
    return Markup("<bdi>{}</bdi>").format(text)


def ltr(text: object) -> Markup:
    """Isolate in HTML what is always read from left to right: order and RMA numbers, addresses of mail and web, codes."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


@pass_context
def _isolate(context: Context, text: object) -> str:
    """Isolate foreign text in plain text of a right-to-left language (UAX #9), and drop its own direction marks."""
    plain = _DIRECTION_MARKS.sub("", str(text))
    return (
        f"\N{FIRST STRONG ISOLATE}{plain}\N{POP DIRECTIONAL ISOLATE}" if _wording(context).language.direction == "rtl" else plain
    )


@pass_context
def _gettext(context: Context, message: str, /, **values: object) -> str:
    wording = _wording(context)
    if not values:
        return _whole(wording.translated(message), context.eval_ctx.autoescape)
    return _as_output(context, wording.translated(message)) % wording.shown(values)


@lru_cache(maxsize=4096)
def _whole(text: str, html: bool) -> str:  # noqa: FBT001
    """Return a message of the catalogue that has nothing to be filled in, as output."""
    return (Markup(text) if html else text) % {}  # noqa: S704


@pass_context
def _ngettext(context: Context, singular: str, plural: str, count: int, /, **values: object) -> str:
    wording = _wording(context)
    # The extension leaves a count that is called "num" to whoever fills the message in.
    return _as_output(context, wording.translated(singular, plural, count)) % wording.shown({"num": count} | values)


@pass_context
def _list_of(context: Context, items: Iterable[str]) -> str:
    shown = [str(escape(item)) if context.eval_ctx.autoescape else item for item in items]
    return _as_output(context, _wording(context).list_of(shown))


@pass_context
def _with_rma(context: Context, texts: Mapping[str, str], rma: str) -> str:
    """Choose from a shop's words by language, as `words` does, and put the number in where they say `{rma}`."""
    said = _wording(context).words(texts)
    if context.eval_ctx.autoescape:
        return ltr(rma).join(map(escape, said.split("{rma}")))
    return said.replace("{rma}", _isolate(context, rma))


@pass_context
def _style(context: Context) -> Markup:
    return style(_wording(context).merchant, context.get("sheets", SHEETS))


def _options(named: Mapping[str, str], chosen: str | None) -> Markup:
    """Write the options of a list to choose from, by what each posts; only which is chosen differs between customers."""
    plain = _unchosen(tuple(named.items()))
    if chosen not in named:
        return plain
    return plain.replace(Markup('<option value="{}">').format(chosen), Markup('<option value="{}" selected>').format(chosen), 1)


@lru_cache(maxsize=16)
def _unchosen(named: tuple[tuple[str, str], ...]) -> Markup:
    return Markup().join(Markup('<option value="{}">{}</option>\n').format(value, name) for value, name in named)


def _said(name: str) -> Callable[..., str]:
    """Make a filter of the method of `Wording` with this name."""

    @pass_context
    def filtered(context: Context, *values: object) -> str:
        said: str = getattr(_wording(context), name)(*values)
        return said

    return filtered


def _wording(context: Context) -> Wording:
    wording = context.get("wording")
    if not isinstance(wording, Wording):
        raise TemplateRuntimeError(f"{context.name}: macros that speak must be imported `with context`")
    return wording


def _as_output(context: Context, text: str) -> str:
    """Mark the catalogue's words as safe where the output is HTML, so that only what is filled in is escaped."""
    return Markup(text) if context.eval_ctx.autoescape else text  # noqa: S704
