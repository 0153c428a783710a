"""Who of a shop's people may do what, as its file says; and how long a session of theirs lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidPolicy
from chalicelib.domain.merchant import ROLES, Role, Staff
from chalicelib.domain.policy_check import read_merchant
from chalicelib.domain.staff import STAFF_IDLE, STAFF_RENEWAL, STAFF_SESSION_LIFE, StaffSession
from chalicelib.shops import MERCHANTS

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PERSON = '\n[[staff]]\nemail = "{email}"\nname = "Eva"\nrole = "{role}"\n'


def shop(*people: tuple[str, str], more: str = "") -> str:
    """Return azulu's file with other people."""
    text = (MERCHANTS / "azulu" / "merchant.toml").read_text("utf-8").partition("[[staff]]")[0]
    return text + "".join(PERSON.format(email=email, role=role) for email, role in people) + more


@given(st.sampled_from(ROLES), st.sampled_from(ROLES))
def test_roles_are_a_ladder(own: Role, needed: Role) -> None:
    person = Staff(email="eva@azulu.example", name="Eva", role=own)
    assert person.may(needed) == (ROLES.index(needed) <= ROLES.index(own))


def test_addresses_are_folded_and_found_folded() -> None:
    merchant = read_merchant("merchant.toml", shop(("Eva@Azulu.example", "read")))
    person = merchant.member("eva@azulu.example")
    assert person is not None
    assert person.email == "eva@azulu.example"
    assert merchant.member("nobody@azulu.example") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (shop(("eva@azulu.example", "boss")), "role"),
        (shop(("eva at azulu", "read")), "email"),
        (shop(("eva@azulu.example", "read"), ("EVA@azulu.example", "admin")), "two of the staff have the same address"),
        (shop(("eva@azulu.example", "read"), more='langage = "es"\n'), "language"),
    ],
)
def test_a_mistake_about_the_staff_is_told_with_its_file(text: str, said: str) -> None:
    with pytest.raises(InvalidPolicy) as told:
        read_merchant("merchant.toml", text)
    assert all(mistake.startswith("merchant.toml") for mistake in told.value.mistakes)
    assert any(said in mistake for mistake in told.value.mistakes), told.value.mistakes


@given(st.lists(st.integers(0, 90), max_size=20))
def test_a_session_that_is_used_within_the_hour_lasts_until_its_day_is_over_and_no_longer(pauses: list[int]) -> None:
    session = StaffSession(
        digest="s", merchant="azulu", email="eva@azulu.example", expires_at=NOON + STAFF_SESSION_LIFE, idle_at=NOON + STAFF_IDLE
    )
    at = last = NOON
    for pause in pauses:
        at = last + timedelta(minutes=pause)
        over = session.over(at)
        assert over or at < NOON + STAFF_SESSION_LIFE
        assert not over or at >= NOON + STAFF_SESSION_LIFE or at - last > STAFF_IDLE - STAFF_RENEWAL
        if over:
            return
        session = session.used(at)
        last = at
