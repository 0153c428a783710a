"""A few returns, restored from an export."""

from __future__ import annotations

from tests.trust import backup
from tests.web.conftest import new_site


def test_a_restored_table_gives_the_same_pages() -> None:
    tried = backup.tried(backup.SMALL, seed=20260310)
    assert (tried.lost, tried.tries) == (0, 42)


def test_a_page_that_differs_is_seen(aws: None) -> None:
    site = new_site()
    browser = site.inside("AZ-1008")
    before = backup.seen(browser, "/azulu/returns/1")
    again = backup.seen(site.inside("AZ-1008"), "/azulu/returns/1")
    assert before == again
    site.client.delete_item(
        TableName=site.portal.settings.returns_table, Key={"pk": {"S": "azulu#AZ1008"}, "sk": {"S": "RETURN#001"}}
    )
    assert backup.seen(browser, "/azulu/returns/1") != before
