"""The environment: what it must hold, and what is said when it does not."""

from __future__ import annotations

import pytest

from chalicelib.settings import InvalidSettings, read_settings

WHOLE = {
    "RETURNS_TABLE": "returns",
    "SESSIONS_TABLE": "sessions",
    "PORTAL_URL": "https://returns.example.com/portal",
    "FILES_BUCKET": "files",
}


def test_a_whole_environment_is_read() -> None:
    settings = read_settings(WHOLE | {"CONFIGURATION_SET": "mails"})
    assert (settings.returns_table, settings.configuration_set, settings.secure) == ("returns", "mails", True)
    assert not read_settings(WHOLE | {"PORTAL_URL": "http://127.0.0.1:8000"}).secure


@pytest.mark.parametrize(
    "wrong",
    ["", "returns.example.com", "https://returns.example.com/", "ftp://x.example", "https://x y", "https://x/?a", "https://u@x"],
)
def test_an_address_that_no_link_could_begin_with_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(InvalidSettings, match="PORTAL_URL"):
        read_settings(WHOLE | {"PORTAL_URL": wrong})
