"""A small storm over the outbox."""

from __future__ import annotations

from tests.trust import outbox


def test_every_mail_leaves_whatever_streams_tables_and_ses_do() -> None:
    tried = outbox.tried(outbox.SMALL, seed=20260310)
    assert tried.lost == 0
    assert tried.tries == outbox.FEW
