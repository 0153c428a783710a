"""What tells a person that something is wrong: alarms and the figures they read, one topic, one page, what is put aside, tags."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.assemble import assembled
from infra.finish import TAG, TAGGED_BY_LIST, TAGGED_BY_NAME
from tests.infra.granting import ROLES, TEMPLATE, resources, statements

ROOT = Path(__file__).resolve().parents[2]
ALARMS = {name: each["Properties"] for name, each in TEMPLATE.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
FIGURES = {name: each["Properties"] for name, each in TEMPLATE.items() if each["Type"] == "AWS::Logs::MetricFilter"}
FUNCTIONS = ("APIHandler", "Bounced", "Clean", "Deliver", "Sweep")
OURS = {"Fn::Sub": "Vuelta/${AWS::StackName}"}


def metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what an alarm reads: one figure, or those that it adds up."""
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each] if "Metrics" in alarm else [alarm]


def watched(namespace: object, metric: str) -> set[str]:
    """Return what a metric is watched for: logical ids, or nothing where it has no dimension."""
    found = [
        each
        for alarm in ALARMS.values()
        for each in metrics(alarm)
        if (each["Namespace"], each["MetricName"]) == (namespace, metric)
    ]
    return {
        dimension["Value"].get("Ref", "")
        for each in found
        for dimension in each.get("Dimensions", ())
        if isinstance(dimension["Value"], dict)
    }


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_functions_errors_and_throttles_are_watched(metric: str) -> None:
    assert watched("AWS/Lambda", metric) == set(FUNCTIONS)


@pytest.mark.parametrize(("alarm", "function"), [
    ("PortalSlowAlarm", "APIHandler"), ("DeliverSlowAlarm", "Deliver"), ("SweepSlowAlarm", "Sweep"), ("CleanSlowAlarm", "Clean"),
])  # fmt: skip
def test_who_takes_nearly_as_long_as_it_may_is_noticed_before_it_is_stopped(
    template: dict[str, Any], alarm: str, function: str
) -> None:
    allowed = template["Resources"][function]["Properties"]["Timeout"] * 1000
    watching = ALARMS[alarm]
    assert (watching["MetricName"], watching["Statistic"]) == ("Duration", "Maximum")
    assert watching["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert allowed * 0.8 <= watching["Threshold"] < allowed


@pytest.mark.parametrize(("alarm", "namespace", "metric", "threshold"), [
    ("StreamsBehindAlarm", "AWS/Lambda", "IteratorAge", 600_000),
    ("MailsUnsentAlarm", OURS, "UnsentSeconds", 900),
    ("MailsGivenUpAlarm", OURS, "MailsGivenUp", 1),
    ("WorkOverdueAlarm", OURS, "OverdueSeconds", 1800),
    ("WorkFailedAlarm", OURS, "WorkFailed", 1),
    ("PagesFailedAlarm", OURS, "PagesFailed", 1),
    ("PagesUnavailableAlarm", OURS, "PagesUnavailable", 5),
    ("GatewayErrorsAlarm", "AWS/ApiGateway", "5XXError", 5),
    ("PutAsideAlarm", "AWS/S3", "NumberOfObjects", 1),
])  # fmt: skip
def test_what_waits_too_long_or_fails_raises_an_alarm(alarm: str, namespace: object, metric: str, threshold: int) -> None:
    watching = ALARMS[alarm]
    assert (watching["Namespace"], watching["MetricName"], watching["Threshold"]) == (namespace, metric, threshold)
    assert watching["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert watching["TreatMissingData"] == "notBreaching"


def test_a_sweep_that_never_comes_to_its_end_is_missed() -> None:
    watching = ALARMS["SweepMissingAlarm"]
    assert (watching["Namespace"], watching["MetricName"], watching["Period"]) == (OURS, "Sweeps", 900)
    assert (watching["ComparisonOperator"], watching["Threshold"]) == ("LessThanThreshold", 1)
    assert watching["TreatMissingData"] == "breaching"


def test_an_alarm_rises_before_ses_looks_into_bounces_and_complaints() -> None:
    rates = {ALARMS[name]["MetricName"]: ALARMS[name]["Threshold"] for name in ("BounceRateAlarm", "ComplaintRateAlarm")}
    assert 0 < rates["Reputation.BounceRate"] < 0.05
    assert 0 < rates["Reputation.ComplaintRate"] < 0.001


def test_tables_that_turn_calls_away_are_noticed() -> None:
    for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
        assert watched("AWS/DynamoDB", metric) == {"ReturnsTable", "SessionsTable"}


@pytest.mark.parametrize("name", ALARMS)
def test_every_alarm_tells_the_one_topic_and_says_what_it_means(name: str) -> None:
    alarm = ALARMS[name]
    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert re.fullmatch(r"\$\{AWS::StackName\}-[a-z-]+", alarm["AlarmName"]["Fn::Sub"])
    assert alarm["AlarmDescription"].endswith(".")
    assert len({each["AlarmName"]["Fn::Sub"] for each in ALARMS.values()}) == len(ALARMS)


def test_the_topic_is_one_takes_our_alarms_only_and_mails_whom_it_is_told_to() -> None:
    assert [name for name, each in TEMPLATE.items() if each["Type"] == "AWS::SNS::Topic"] == ["AlarmTopic"]
    (statement,) = TEMPLATE["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"].endswith(":alarm:${AWS::StackName}-*")
    assert TEMPLATE["AlarmMail"]["Condition"] == "TellsByMail"


def test_every_figure_that_an_alarm_or_the_page_reads_is_made_of_the_logs() -> None:
    made = {each["MetricTransformations"][0]["MetricName"] for each in FIGURES.values()}
    read = {each["MetricName"] for alarm in ALARMS.values() for each in metrics(alarm) if each["Namespace"] == OURS}
    page = json.dumps(TEMPLATE["Dashboard"]["Properties"]["DashboardBody"])
    assert read <= made
    assert [name for name in made if name not in page] == []


def test_every_event_that_is_counted_is_one_that_the_code_logs(template: dict[str, Any]) -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    groups = {name for name, each in template["Resources"].items() if each["Type"] == "AWS::Logs::LogGroup"}
    for figure in FIGURES.values():
        events = re.findall(r'\$\.event = "(\w+)"', figure["FilterPattern"])
        assert events
        assert [event for event in events if f'"{event}"' not in code] == []
        assert figure["LogGroupName"]["Ref"] in groups
        field = figure["MetricTransformations"][0]["MetricValue"]
        assert field == "1" or f'"{field.removeprefix("$.")}"' in code


def test_whatever_could_not_be_read_is_counted() -> None:
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "chalicelib").rglob("*.py"))
    counted = {event for each in FIGURES.values() for event in re.findall(r'\$\.event = "(\w+)"', each["FilterPattern"])}
    told = (ROOT / "docs/operate.md").read_text("utf-8")
    unreadable = set(re.findall(r'"(\w*unreadable)"', code))
    assert "event_unreadable" in unreadable
    assert unreadable - counted == set()
    assert {event for event in unreadable if f'"{event}"' not in told} == set()


def test_the_price_of_watching_is_that_of_what_is_watched() -> None:
    bill = (ROOT / "docs/cost.md").read_text("utf-8")
    read = [each for alarm in ALARMS.values() for each in metrics(alarm)]
    ours = {each["MetricTransformations"][0]["MetricName"] for each in FIGURES.values()}
    assert f"| {len(ALARMS)} alarms, billed by the {len(read)} figures that they look at, $0.10 each but for ten |" in bill
    assert f"| ${(len(read) - 10) / 10:.2f} |" in bill
    assert f"| {len(ours)} figures of ours and one dashboard |" in bill
    assert f" at {TEMPLATE['Sweep']['Properties']['MemorySize'] / 1024:.1f} GB (`make rehearse`), a few reads each |" in bill


def test_whatever_raises_an_alarm_is_found_by_the_search_that_is_written_down() -> None:
    told = (ROOT / "docs/operate.md").read_text("utf-8").partition("filter event in [")[2].partition("]")[0]
    counted = {event for each in FIGURES.values() for event in re.findall(r'\$\.event = "(\w+)"', each["FilterPattern"])}
    assert counted - {"swept"} <= set(re.findall(r'"(\w+)"', told))


def test_the_page_of_figures_is_whole_and_knows_every_function() -> None:
    body = assembled()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    page = json.loads(body["Fn::Sub"])
    assert {each["type"] for each in page["widgets"]} == {"text", "metric"}
    assert all(f"${{{function}}}" in body["Fn::Sub"] for function in FUNCTIONS)
    assert [name for name, each in TEMPLATE.items() if each["Type"] == "AWS::CloudWatch::Dashboard"] == ["Dashboard"]


PUT_ASIDE = {"OnFailure": {"Destination": {"Fn::GetAtt": ["PutAsideBucket", "Arn"]}}}


@pytest.mark.parametrize("name", ["ReturnsStream", "SessionsStream", "CleanAsked", "BouncedAsked"])
def test_what_is_given_up_is_put_aside(name: str) -> None:
    assert TEMPLATE[name]["Properties"]["DestinationConfig"] == PUT_ASIDE


def test_a_sweep_that_failed_is_not_tried_again_since_the_next_one_comes() -> None:
    asked = TEMPLATE["SweepAsked"]["Properties"]
    assert (asked["MaximumRetryAttempts"], "DestinationConfig" in asked) == (0, False)
    assert asked["MaximumEventAgeInSeconds"] < 300


def test_what_is_put_aside_is_private_encrypted_and_gone_after_two_weeks() -> None:
    bucket = TEMPLATE["PutAsideBucket"]
    properties = bucket["Properties"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert list(properties["PublicAccessBlockConfiguration"].values()) == [True] * 4
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert [each["ExpirationInDays"] for each in properties["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in each] == [
        14
    ]
    (statement,) = TEMPLATE["PutAsideBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_only_roles_whose_functions_give_up_may_put_aside_and_nobody_may_read_it() -> None:
    for role in ROLES:
        about = [each for each in statements(role) if "PutAsideBucket" in str(resources(each))]
        assert [each["Action"] for each in about] == ([] if role == "DefaultRole" else [["s3:ListBucket", "s3:PutObject"]])


def test_each_function_has_a_bound_where_one_is_set_aside_and_none_where_the_account_is_new() -> None:
    for function in FUNCTIONS:
        condition, bound, otherwise = TEMPLATE[function]["Properties"]["ReservedConcurrentExecutions"]["Fn::If"]
        assert (condition, otherwise) == ("SetsAside", {"Ref": "AWS::NoValue"})
        assert bound == {"Ref": "PortalConcurrency"} or bound >= 1
    assert TEMPLATE["Sweep"]["Properties"]["ReservedConcurrentExecutions"]["Fn::If"][1] == 1


def test_everything_that_can_bear_one_has_the_tag_by_which_a_bill_is_read(template: dict[str, Any]) -> None:
    stack = {"Ref": "AWS::StackName"}
    untagged = {
        "AWS::ApiGateway::Account", "AWS::ApiGateway::BasePathMapping", "AWS::CloudWatch::Dashboard", "AWS::IAM::ManagedPolicy",
        "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::Permission", "AWS::Logs::MetricFilter", "AWS::S3::BucketPolicy",
        "AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy",
        "AWS::WAFv2::WebACLAssociation",
    }  # fmt: skip
    for name, each in template["Resources"].items():
        tags = each["Properties"].get("Tags")
        if each["Type"] in TAGGED_BY_LIST:
            assert {"Key": TAG, "Value": stack} in tags, name
        elif each["Type"] in TAGGED_BY_NAME:
            assert tags[TAG] == stack, name
        else:
            assert each["Type"] in untagged, name


def test_the_gateway_has_the_tags_of_its_stage(template: dict[str, Any]) -> None:
    assert template["Resources"]["RestAPI"]["Properties"]["PropagateTags"] is True


def test_files_are_reached_by_no_other_origin() -> None:
    assert [
        name for name, each in TEMPLATE.items() if each["Type"] == "AWS::S3::Bucket" and "CorsConfiguration" in each["Properties"]
    ] == []
