"""What the local run gives the application is what the application takes."""

from __future__ import annotations

from chalice.app import CloudWatchEvent

from chalicelib.local.gateway import SCHEDULED, context


def test_a_schedule_calls_with_an_event_that_chalice_reads() -> None:
    assert CloudWatchEvent(SCHEDULED, context()).detail_type == "Scheduled Event"


def test_a_function_has_a_minute() -> None:
    assert 59_000 < context().get_remaining_time_in_millis() <= 60_000
