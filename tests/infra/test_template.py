"""What `infra/resources/` promises about data at rest, before anything is built from it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.files import INCOMING, QUARANTINE
from chalicelib.local.tables import RESOURCES, load_template
from tests.infra.granting import ROLES, statements

TEMPLATE = load_template(RESOURCES)["Resources"]
TABLES = [name for name, resource in TEMPLATE.items() if resource.get("Type") == "AWS::DynamoDB::Table"]


def test_there_are_two_tables() -> None:
    assert TABLES == ["ReturnsTable", "SessionsTable"]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_streamed_and_not_deleted_by_mistake(name: str) -> None:
    table: dict[str, Any] = TEMPLATE[name]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = table["Properties"]
    assert properties["DeletionProtectionEnabled"] is True
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert properties["BillingMode"] == "PAY_PER_REQUEST"


def test_returns_can_be_recovered_to_any_second_and_secrets_are_kept_nowhere() -> None:
    recovery = {name: TEMPLATE[name]["Properties"]["PointInTimeRecoverySpecification"] for name in TABLES}
    assert recovery["ReturnsTable"] == {"PointInTimeRecoveryEnabled": True}
    assert recovery["SessionsTable"] == {"PointInTimeRecoveryEnabled": False}


def test_what_expires_is_tidied_away_and_returns_never_are() -> None:
    assert TEMPLATE["SessionsTable"]["Properties"]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    drafts = TEMPLATE["ReturnsTable"]["Properties"]["TimeToLiveSpecification"]
    assert drafts == {"AttributeName": "draft_expires_at", "Enabled": True}, "which drafts have, and nothing else"


@pytest.mark.parametrize("name", TABLES)
def test_every_attribute_of_a_key_is_defined_and_no_other(name: str) -> None:
    properties = TEMPLATE[name]["Properties"]
    schemas = [properties["KeySchema"], *(index["KeySchema"] for index in properties["GlobalSecondaryIndexes"])]
    keys = {key["AttributeName"] for schema in schemas for key in schema}
    assert keys == {each["AttributeName"] for each in properties["AttributeDefinitions"]}


@pytest.mark.parametrize("name", ["ReturnsStream", "SessionsStream"])
def test_a_stream_retries_bisects_and_reports_each_record(name: str) -> None:
    mapping = TEMPLATE[name]["Properties"]
    assert mapping["FunctionName"] == {"Ref": "Deliver"}
    assert mapping["BatchSize"] == 10
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["MaximumRetryAttempts"] == 8
    assert mapping["MaximumRecordAgeInSeconds"] == 43200
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["FilterCriteria"] == {
        "Filters": [{"Pattern": '{"dynamodb": {"NewImage": {"unsent": {"S": [{"exists": true}]}}}}'}]
    }


def test_the_two_stream_mappings_differ_in_their_table_only() -> None:
    returns, sessions = (dict(TEMPLATE[name]["Properties"]) for name in ("ReturnsStream", "SessionsStream"))
    assert returns.pop("EventSourceArn") == {"Fn::GetAtt": ["ReturnsTable", "StreamArn"]}
    assert sessions.pop("EventSourceArn") == {"Fn::GetAtt": ["SessionsTable", "StreamArn"]}
    assert returns == sessions


@pytest.mark.parametrize("role", ROLES)
def test_a_role_names_each_action_and_each_table(role: str) -> None:
    for statement in statements(role):
        assert "*" not in str(statement["Action"])
        assert (
            "*" not in str(statement["Resource"])
            or statement["Sid"] in ("Log", "SendFromTheDomain", "StreamNames")
            or statement["Sid"].endswith("Files")
            or statement["Sid"] in ("Photos", "PutAside", "Uploads")
        )


def test_lambda_may_find_and_read_both_streams() -> None:
    """IAM knows no resource for ListStreams, so that it alone is allowed everywhere; it tells names and opens no stream."""
    found = {each["Sid"]: each for each in statements("MailRole")}
    assert found["StreamNames"]["Action"] == ["dynamodb:ListStreams"]
    assert found["StreamNames"]["Resource"] == "*"
    assert found["Streams"]["Action"] == ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    assert found["Streams"]["Resource"] == [{"Fn::GetAtt": [table, "StreamArn"]} for table in TABLES]


def test_only_the_functions_that_send_mail_may() -> None:
    for role in ROLES:
        sends = {action for each in statements(role) for action in each["Action"] if action.startswith("ses:")}
        assert sends == ({"ses:SendEmail", "ses:SendRawEmail"} if role == "MailRole" else set())


def test_nobody_may_scan_a_table_or_delete_a_return() -> None:
    for role in ("DefaultRole", "MailRole"):
        for statement in statements(role):
            assert "dynamodb:Scan" not in statement["Action"]
            assert "dynamodb:DeleteItem" not in statement["Action"] or statement["Sid"] == "Sessions"


def test_files_are_private_encrypted_and_gone_once_deleted() -> None:
    bucket = TEMPLATE["FilesBucket"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = bucket["Properties"]
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(properties["PublicAccessBlockConfiguration"]) == 4
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    (encryption,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption == {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    assert "VersioningConfiguration" not in properties


def test_uploads_that_nobody_takes_are_forgotten_and_labels_and_photos_are_not() -> None:
    rules = TEMPLATE["FilesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expired = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert expired == {INCOMING: 2, QUARANTINE: 30}
    assert [rule["AbortIncompleteMultipartUpload"] for rule in rules if "Prefix" not in rule] == [{"DaysAfterInitiation": 1}]


def test_nobody_reaches_a_file_over_a_line_that_others_can_read() -> None:
    (statement,) = TEMPLATE["FilesBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [{"Fn::GetAtt": ["FilesBucket", "Arn"]}, {"Fn::Sub": "${FilesBucket.Arn}/*"}]


def test_exports_are_private_encrypted_and_gone_when_recovery_would_have_forgotten_them() -> None:
    bucket = TEMPLATE["ExportsBucket"]
    properties = bucket["Properties"]
    assert (bucket["DeletionPolicy"], bucket["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    days = [rule["ExpirationInDays"] for rule in properties["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    assert days == [35]
    (statement,) = TEMPLATE["ExportsBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_who_makes_exports_may_do_that_and_no_function_may() -> None:
    allowed = TEMPLATE["ExportsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    actions = {action for statement in allowed for action in statement["Action"]}
    source = (RESOURCES.parents[1] / "chalicelib" / "adapters" / "exports.py").read_text("utf-8")
    called = re.findall(r'_call\(\s*"(\w+)"', source)
    assert {f"dynamodb:{''.join(word.title() for word in name.split('_'))}" for name in called} == {
        action for action in actions if action.startswith("dynamodb:")
    }
    assert {action for action in actions if action.startswith("s3:")} == {
        "s3:AbortMultipartUpload", "s3:GetObject", "s3:ListBucket", "s3:PutObject", "s3:PutObjectAcl",
    }  # fmt: skip
    for role in ("DefaultRole", "MailRole"):
        assert "ExportsBucket" not in str(TEMPLATE[role])
        assert "Export" not in str(statements(role))


def test_only_those_that_buy_labels_know_the_key_and_it_stands_in_no_template() -> None:
    knowing = {name for name, each in TEMPLATE.items() if "EASYPOST_API_KEY" in str(each)}
    assert knowing == {"Deliver", "Sweep"}
    for name in knowing:
        key = TEMPLATE[name]["Properties"]["Environment"]["Variables"]["EASYPOST_API_KEY"]
        read = "{{resolve:secretsmanager:${EasyPostSecret}:SecretString:::${EasyPostSecretVersion}}}"
        assert key == {"Fn::If": ["BuysLabels", {"Fn::Sub": read}, ""]}
