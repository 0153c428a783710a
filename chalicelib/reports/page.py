"""Write a shop's figures as one page that needs nothing else: words, plots and tables in one language, ready to print."""

from __future__ import annotations

from chalicelib.domain.clauses import Rule
from chalicelib.i18n import LANGUAGES
from chalicelib.rendering import render
from chalicelib.reports.facts import Facts, Span
from chalicelib.reports.figures import Figures, in_days, share
from chalicelib.shops import Shop
from chalicelib.wording import Wording

_SATURDAY, _MONDAY = 5, 0


def report_page(facts: Facts, shop: Shop, span: Span, language: str, damages: int) -> str:
    """Return the page as HTML; `damages` counts what of the export could not be read."""
    wording = Wording(LANGUAGES[language], shop.merchant)
    shown = Figures(facts, span, wording.month, _SATURDAY if language == "fa" else _MONDAY, longest_window(shop))
    return render(
        "report/report.html",
        wording,
        shown=shown,
        periods=shown.over_time,
        purchases=shown.purchases,
        percentage=share,
        in_days=in_days,
        damages=damages + facts.unreadable,
    )


def longest_window(shop: Shop) -> int:
    """Return the most days in which something may be asked back under any of the shop's policies, hours rounded up."""
    rules = [rule for policy in shop.policies for clause in policy.clauses for rule in clause.rules]
    return max((_days(rule) for rule in rules), default=0)


def _days(rule: Rule) -> int:
    counts = [
        (window.days or 0) + 31 * (window.months or 0) + -(-(window.hours or 0) // 24) + 2 * (window.business_days or 0)
        for window in rule.window
    ]
    return max(counts, default=0)
