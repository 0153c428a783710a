"""No shop's people reach what is another's, and a portal that lets them is found out."""

from __future__ import annotations

import random
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from urllib.parse import urlencode

from chalicelib.adapters.returns_table import ReturnsTable
from chalicelib.cli import main
from chalicelib.domain.returns import Return
from tests.trust import shops_apart
from tests.trust.belongings import belongings
from tests.trust.portals import Visitor, street
from tests.trust.shops_apart import ROUTES, SMALL, Trespassed


def test_what_is_another_shops_is_neither_read_nor_written() -> None:
    done = shops_apart.tried(SMALL, seed=7)
    assert done.lost == 0
    assert done.tries > SMALL


def test_every_address_is_tried_with_everything() -> None:
    with street() as place:
        ours, theirs = belongings(place, "azulu"), belongings(place, "nurana")
        tried = list(shops_apart._tries(ours, theirs))
    assert len(tried) > len(ROUTES) * len(theirs.things) * 5 * 0.95
    assert len(tried) * 6 <= shops_apart.FULL


def test_what_a_page_and_a_command_ask_of_either_service_is_heard() -> None:
    with street() as place:
        ours = belongings(place, "azulu")
        visitor = Visitor(place.instances[0])
        visitor.cookies = {"vuelta_staff_azulu": ours.staff}
        place.recorder.taken()
        asked = urlencode({"id": ours.made.id, "key": ours.things["a label"]})
        assert visitor.ask("GET", f"/azulu/staff/return/label?{asked}").status == 200
        heard = place.recorder.taken()
        with shops_apart.environment(place), redirect_stdout(StringIO()):
            assert main(["returns", "list", "azulu"]) == 0
        listed = place.recorder.taken()
    assert {call.service for call in heard if ours.named_by(call)} == {"dynamodb", "s3"}
    assert any(ours.named_by(call) for call in listed)


class Open(ReturnsTable):
    """Finds every number, whoever gave it."""

    def by_rma(self, merchant: str, rma: str) -> Return | None:
        """Return whatever has this number."""
        for key in self._table.index("RmaIndex", "rma = :rma", {":rma": rma}):
            return self._read(key["pk"], key["sk"])
        return None


def test_a_portal_that_finds_every_number_is_found_out() -> None:
    found = Trespassed()
    with street() as place:
        ours, theirs = belongings(place, "azulu"), belongings(place, "nurana")
        was = place.site.portal
        returns = Open(was.returns._table)  # type: ignore[attr-defined]
        portal = replace(was, returns=returns, counter=replace(was.counter, returns=returns))
        shops_apart.trespass(replace(place, instances=(portal,)), found, ours, theirs, random.Random(7), 80, "/staff/find")
    assert any("GetItem" in each for each in found.lost)
