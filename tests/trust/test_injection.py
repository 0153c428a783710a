"""A few payloads in every field, at every sink; and a sink that is pierced is noticed."""

from __future__ import annotations

import pytest

from tests.trust import injection, sinks
from tests.trust.sinks import Markup


def test_what_is_typed_stays_text() -> None:
    tried = injection.tried(injection.SMALL, seed=20260310)
    assert tried.lost == 0
    assert tried.tries > 500


@pytest.mark.parametrize(
    "broken", ["<script>x</script>", "<b onclick=x>x</b>", '<a href="javascript:x">x</a>', "<a href=//evil.example>x"]
)
def test_what_breaks_out_of_a_page_is_found(broken: str) -> None:
    known = Markup.of("<p><b>x</b><a href='/azulu'>x</a></p>").names
    assert Markup.of(f"<p>{broken}</p>").faults(known, injection.HOME)


def test_what_a_spreadsheet_would_run_is_found() -> None:
    assert sinks.csv_faults(b"a,b\r\n1,=1+1\r\n", 2, 2)[0]
    assert sinks.csv_faults(b"a,b\r\n1,x\r\n2,x,y\r\n", 3, 2)[0]
    assert sinks.csv_faults(b"a,b\r\n-1.5,'=1+1\r\n", 2, 2)[0] == []


@pytest.mark.parametrize(
    "address", ["//evil.example", "/\\evil.example", "\thttps://evil.example", "javascript:x", "https:evil.example"]
)
def test_what_leads_away_is_found(address: str) -> None:
    assert not sinks.leads_home(address, injection.HOME)
    assert sinks.leads_home("/azulu/items", injection.HOME)


def test_a_header_that_says_more_than_a_name_is_found() -> None:
    assert sinks.disposition_faults('inline; filename="a.pdf"') == []
    assert sinks.disposition_faults("inline; filename=\"a.pdf\"; filename*=utf-8''x.html")
    assert sinks.log_faults(['{"a": 1}', "not one"], "zq")
    assert sinks.key_faults("photos/azulu/../x/", 5)
    assert sinks.text_faults("a\u202eb")
    assert sinks.expression_faults({"UpdateExpression": "SET zq = :a"}, "zq")
