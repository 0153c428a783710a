"""Parts that are made when they are first asked for: once, of the whole, and not at all where they were given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from chalicelib.later import Later


@dataclass(frozen=True)
class House:
    made: list[str] = field(default_factory=list)
    roof: Later[str] = Later(lambda house: house.build("roof"))
    room: Later[str] = Later(lambda house: house.build(f"room under {house.roof}"))

    def build(self, what: str) -> str:
        self.made.append(what)
        return what


def test_a_part_is_made_when_it_is_first_asked_for_and_once() -> None:
    house = House()
    assert house.made == []
    assert house.room == house.room == "room under roof"
    assert house.made == ["roof", "room under roof"]


def test_what_is_given_is_not_made() -> None:
    house = House(roof="sky")
    assert (house.room, house.made) == ("room under sky", ["room under sky"])


def test_a_whole_with_another_part_keeps_its_others() -> None:
    house = House()
    assert house.room == "room under roof"
    other = replace(house, roof="sky")
    assert (other.roof, other.room) == ("sky", "room under roof")
