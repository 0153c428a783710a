"""The photos that a policy asks for: the page on which they are added, one after the other, and who cannot take any says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalice import Response

from chalicelib.bootstrap import Portal
from chalicelib.cleaning import MOST_BYTES
from chalicelib.domain.clauses import Clause
from chalicelib.domain.drafts import DraftLine
from chalicelib.domain.orders import Line, Method
from chalicelib.domain.returns import Return
from chalicelib.domain.verdicts import Decision
from chalicelib.files import UploadForm
from chalicelib.photos import Drawer, LinePhotos, Picture
from chalicelib.visit import Visit
from chalicelib.web.asking import asks_photos
from chalicelib.web.base_call import BaseCall
from chalicelib.web.call import Call
from chalicelib.web.forms import Mistake
from chalicelib.web.questions import asked_of, next_step

Decisions = Mapping[Method, Decision]


@dataclass(frozen=True)
class LineWanted:
    """One line of which photos are asked for: how many, by which clause, what was added, and the form for the next one."""

    index: int
    line: Line
    chosen: DraftLine
    asked: int
    clause: Clause | None
    found: LinePhotos
    pictures: Sequence[Picture]
    form: UploadForm | None

    @property
    def lacking(self) -> bool:
        """Whether the customer is still to add some."""
        return not self.chosen.no_photos and self.found.count < self.asked


def first_missing(portal: Portal, visit: Visit) -> str:
    """Return the step of the draft that is missing first: items, details, photos, outcomes or, if none is, check."""
    step = next_step(visit, asked_of(portal.desk, visit))
    if step not in ("outcomes", "check"):
        return step
    asked, found = _found(portal, visit)
    return "photos" if any(found[line_id].count < number for line_id, number in asked.items()) else step


def asks(decisions: Decisions) -> bool:
    """Say whether photos of anything that is sent back are asked for."""
    return any(line.photos for decision in decisions.values() for line in decision.lines)


def cleaned_photos(portal: Portal, visit: Visit) -> dict[str, tuple[str, ...]]:
    """Return by line id the keys of the draft's photos that can be shown."""
    _, found = _found(portal, visit)
    return {line_id: each.keys for line_id, each in found.items()}


def shown(call: BaseCall, made: Return) -> dict[str, tuple[Picture, ...]]:
    """Return by line id a return's photos as the page that this call answers with may show them."""
    pictures = call.portal.photos.of_return(made)
    for picture in (each for of_line in pictures.values() for each in of_line):
        call.allow("img-src", picture.address)
    return pictures


def photos(call: Call) -> Response:
    """Show which photos are asked for, and those that were added."""
    visit = call.visit()
    step = next_step(visit, asked_of(call.portal.desk, visit))
    wanted = _wanted(call, visit) if step in ("outcomes", "check") else []
    if not wanted:
        return call.go(f"/{step}")
    return _page(call, visit, wanted, [], 200)


def go_on(call: Call) -> Response:
    """Go on once every photo is there, or nobody can take it."""
    visit = call.visit()
    wanted = _wanted(call, visit)
    if call.saves:
        call.portal.access.ask_to_go_on(call.session, call.mail_language)
        return call.go("/saved")
    mistakes = [Mistake(f"photos-{each.index}", "photos_missing") for each in wanted if each.lacking]
    if call.switches_language or mistakes:
        missing = [] if call.switches_language else mistakes
        return _page(call, visit, wanted, missing, 422 if missing else 200)
    return call.go("/outcomes")


def remove(call: Call) -> Response:
    """Take a photo away."""
    visit = call.visit()
    call.portal.photos.remove(_drawer(visit), call.fields.get("line", ""), call.fields.get("name", ""))
    return call.go("/photos")


def without(call: Call) -> Response:
    """Keep that the customer cannot take photos of a line, or can after all."""
    visit = call.visit()
    line_id, cannot = call.fields.get("line", ""), call.fields.get("cannot") == "yes"
    kept = call.portal.desk.go_without_photos(visit, call.fields.get("draft", ""), line_id, without=cannot)
    call.remember_saved(kept)
    return call.go("/photos")


def back_to_photos(call: Call) -> Response:
    """Lead to the photos whoever opens an address that their forms are posted to."""
    return call.go("/photos")


def _drawer(visit: Visit) -> Drawer:
    return Drawer.of(visit.order.merchant, visit.order.number, visit.draft.id)


def _found(portal: Portal, visit: Visit) -> tuple[Mapping[str, int], Mapping[str, LinePhotos]]:
    """Return by line id how many photos are asked for, and what was added."""
    asked = visit.photos_asked(portal.desk.decisions(visit).values()) if asks_photos(visit.policy) else {}
    return asked, portal.photos.of(_drawer(visit), asked) if asked else {}


def _wanted(call: Call, visit: Visit) -> list[LineWanted]:
    if not asks_photos(visit.policy):
        return []
    asked: dict[str, tuple[int, str]] = {}
    for line in (line for decision in call.portal.desk.decisions(visit).values() for line in decision.lines):
        if line.photos > asked.get(line.id, (0, ""))[0]:
            asked[line.id] = (line.photos, line.photos_clause)
    found = call.portal.photos.of(_drawer(visit), asked) if asked else {}
    chosen = [line for line in visit.draft.lines if line.id in asked]
    return [_line(call, visit, index, line, *asked[line.id], found[line.id]) for index, line in enumerate(chosen)]


def _line(call: Call, visit: Visit, index: int, chosen: DraftLine, number: int, clause_id: str, found: LinePhotos) -> LineWanted:
    portal, drawer = call.portal, _drawer(visit)
    form = None
    if found.count < number and not chosen.no_photos:
        form = portal.photos.form(drawer, chosen.id, f"{portal.settings.portal_url}/{call.merchant_slug}/photos")
        call.allow("form-action", form.url)
    pictures = portal.photos.pictures(found.keys)
    for picture in pictures:
        call.allow("img-src", picture.address)
    return LineWanted(
        index=index,
        line=visit.order.line(chosen.id),
        chosen=chosen,
        asked=number,
        clause=next((clause for clause in visit.policy.clauses if clause.id == clause_id), None),
        found=found,
        pictures=pictures,
        form=form,
    )


def _page(call: Call, visit: Visit, wanted: Sequence[LineWanted], mistakes: Sequence[Mistake], status: int) -> Response:
    return call.page(
        "photos",
        status,
        visit=visit,
        wanted=wanted,
        mistakes=mistakes,
        named=[each.line.name for each in wanted],
        megabytes=MOST_BYTES // 1024**2,
        signed_in=True,
        step=2,
        form_id="step",
    )
