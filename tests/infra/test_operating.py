"""What is written for whoever deploys and operates holds to what there is: alarms, parameters, outputs."""

from __future__ import annotations

import re
from pathlib import Path

from infra.assemble import assembled

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEMPLATE = assembled()


def test_every_alarm_has_its_line_and_no_line_is_without_an_alarm():
    table = (DOCS / "operate.md").read_text("utf-8").partition("## Alarms")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z][A-Za-z, ]+) \|", table, re.MULTILINE)
    told = {name.strip() for row in rows for name in row.split(",")}
    alarms = {name for name, resource in TEMPLATE["Resources"].items() if resource["Type"] == "AWS::CloudWatch::Alarm"}
    assert told == {name.removesuffix("Alarm") for name in alarms}


def test_every_parameter_is_explained_and_none_besides():
    page = (DOCS / "deploy.md").read_text("utf-8")
    told = {name for row in re.findall(r"^\| (`.+?`) \|", page, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert told == set(TEMPLATE["Parameters"])


def test_who_goes_back_to_a_time_fetches_the_one_export_of_that_time():
    way = (DOCS / "operate.md").read_text("utf-8").partition("## Go back to a point in time")[2].partition("\n## ")[0]
    assert "exports request SHOP --at " in way
    assert re.findall(r"exports fetch SHOP( --export ID)?", way) == [" --export ID"], "else what changed since comes with it"


def test_every_output_that_is_named_is_one():
    for page in ("deploy.md", "operate.md"):
        named = re.findall(r"`((?:Portal|Domain|Mail|Exports|Files|Returns)[A-Z]\w+)`", (DOCS / page).read_text("utf-8"))
        known = {*TEMPLATE["Outputs"], *TEMPLATE["Parameters"], *TEMPLATE["Resources"], "MailRecord", "MailsUnsent"}
        assert set(named) <= known
