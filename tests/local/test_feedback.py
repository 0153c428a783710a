"""What the mailbox's buttons tell is what SES would tell, as far as the portal reads it."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.bounces import Bounces
from chalicelib.domain.undeliverable import Undeliverable
from chalicelib.local.feedback import KINDS, told_of
from chalicelib.local.mails import Mail

MAIL = Mail(
    id="m", to=["ana@example.com"], sender="Azulu <devoluciones@azulu.example>", subject="s",
    date="Tue, 10 Mar 2026 17:00:00 +0000",
    headers=[], text="", html="", links=[],
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_button_marks_the_mails_address_at_the_shop_that_sent_it(kind: str) -> None:
    noted: list[tuple[str, Undeliverable]] = []

    class Noting:
        def note_undeliverable(self, email: str, news: Undeliverable) -> bool:
            noted.append((email, news))
            return True

    sessions: Any = Noting()
    Bounces(sessions).note(told_of(MAIL, kind, {"devoluciones@azulu.example": "azulu"}))
    ((email, news),) = noted
    assert (email, news.merchant, news.why) == (
        "ana@example.com",
        "azulu",
        {"bounced": "bounce", "complained": "complaint"}[kind],
    )
    assert news.sent_at.isoformat() == "2026-03-10T17:00:00+00:00"
    assert news.at > news.sent_at
