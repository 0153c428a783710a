"""`report`: one page about a shop's returns, made from an export."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.commands.export_source import add_source_arguments, expected_lines, place_of, tell_reading
from chalicelib.commands.output import written_to
from chalicelib.commands.progress import progress
from chalicelib.domain.errors import VueltaError

if TYPE_CHECKING:
    from chalicelib.shops import Shop

ENGINES = ("auto", "standard", "duckdb")


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    parser = commands.add_parser("report", help="write one page about a shop's returns from an export")
    parser.add_argument("--shop", metavar="SHOP", help="whose returns (may be left out where there is only one shop)")
    add_source_arguments(parser)
    parser.add_argument("--out", required=True, metavar="FILE", help="where the page goes, such as report.html; - prints it")
    parser.add_argument("--language", metavar="CODE", help="the page's language (default: the shop's first)")
    parser.add_argument("--since", type=_day, metavar="DAY", help="the first day, such as 2026-03-01, of the shop's calendar")
    parser.add_argument("--until", type=_day, metavar="DAY", help="the last day")
    parser.add_argument(
        "--engine", choices=ENGINES, default="auto", help="who counts (default: duckdb where it can, else standard)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the page; return 1 if something of the export could not be read, else 0."""
    from chalicelib.exports.reading import Reading
    from chalicelib.reports.engines import counted
    from chalicelib.reports.facts import Span
    from chalicelib.reports.page import report_page
    from chalicelib.shops import load_shops

    shop = _shop(options.shop, load_shops())
    language = _language(options.language, shop)
    if options.since and options.until and options.since > options.until:
        raise VueltaError(f"--since {options.since} is after --until {options.until}: exchange them")
    reading = Reading(place_of(options.source), options.export)
    span = Span(options.since, options.until, reading.chosen.exports[-1].until)
    with progress(expected_lines(reading), "report", " items") as passed:
        reading.watch(passed)
        facts, engine = counted(reading, shop, span, options.engine)
    if engine == "standard":
        tell_reading(reading)
    page = report_page(facts, shop, span, language, reading.damages.count)
    with written_to(options.out, binary=False) as path:
        path.write_text(page, "utf-8")
    return 1 if reading.damages.count else 0


def _shop(named: str | None, shops: Mapping[str, Shop]) -> Shop:
    if named is None and len(shops) == 1:
        return next(iter(shops.values()))
    if named is None or named not in shops:
        said = f"there is no shop {named!r}" if named else "there are several shops"
        raise VueltaError(f"{said}: give --shop one of {', '.join(sorted(shops))}")
    return shops[named]


def _language(asked: str | None, shop: Shop) -> str:
    from chalicelib.i18n import LANGUAGES

    if asked is not None and asked not in LANGUAGES:
        raise VueltaError(f"there is no language {asked!r}: give one of {', '.join(LANGUAGES)}")
    return asked or shop.merchant.languages[0]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day: write it as 2026-03-01") from None
