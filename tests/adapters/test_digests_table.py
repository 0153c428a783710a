"""The contract of what is known of digests, on every DynamoDB there is."""

from __future__ import annotations

from datetime import date

from chalicelib.adapters.digests_table import DigestsTable
from chalicelib.adapters.dynamodb import Table
from chalicelib.domain.claims import Claim
from chalicelib.domain.digests import Digest
from tests.conftest import Tables
from tests.made import NOON

DAY = date(2026, 3, 13)


def test_a_digest_is_kept_by_shop_and_day_and_written_by_version(any_tables: Tables) -> None:
    kept = DigestsTable(Table(any_tables.client, any_tables.sessions))
    fresh = kept.digest("azulu", DAY)
    assert fresh == Digest(merchant="azulu", day=DAY)
    claimed = fresh.changed(claim=Claim(by="sweep", at=NOON))
    assert kept.save(claimed)
    assert not kept.save(fresh.changed(done=True)), "somebody else was first"
    assert kept.save(claimed.changed(told=("ana@azulu.example",)))
    assert kept.digest("azulu", DAY).told == ("ana@azulu.example",)
    assert kept.digest("nurana", DAY) == Digest(merchant="nurana", day=DAY)
    (item,) = any_tables.client.scan(TableName=any_tables.sessions)["Items"]
    assert int(item["expires_at"]["N"]) > NOON.timestamp()
