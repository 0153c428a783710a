"""Who may send mails and as whom, and where those go that come back."""

from __future__ import annotations

from typing import Any

from tests.infra.granting import TEMPLATE, statements


def test_every_mail_goes_out_under_a_configuration_that_counts_and_keeps_no_list_beside_the_shops_marks() -> None:
    properties = TEMPLATE["MailConfigurationSet"]["Properties"]
    assert properties["ReputationOptions"] == {"ReputationMetricsEnabled": True}
    assert properties["SuppressionOptions"] == {"SuppressedReasons": []}


def test_bounces_and_complaints_reach_the_function_through_the_accounts_own_bus() -> None:
    destination = TEMPLATE["MailEvents"]["Properties"]["EventDestination"]
    assert TEMPLATE["MailEvents"]["Properties"]["ConfigurationSetName"] == {"Ref": "MailConfigurationSet"}
    assert (destination["Enabled"], set(destination["MatchingEventTypes"])) == (True, {"bounce", "complaint"})
    assert destination["EventBridgeDestination"]["EventBusArn"]["Fn::Sub"].endswith(":event-bus/default")
    rule = TEMPLATE["CameBack"]["Properties"]
    assert rule["EventPattern"]["source"] == ["aws.ses"]
    assert set(rule["EventPattern"]["detail-type"]) == {"Email Bounced", "Email Complaint Received"}
    assert rule["EventPattern"]["detail"]["mail"]["tags"] == {"ses:configuration-set": [{"Ref": "MailConfigurationSet"}]}
    assert [target["Arn"] for target in rule["Targets"]] == [{"Fn::GetAtt": ["Bounced", "Arn"]}]


def test_nobody_but_the_rule_may_call_the_function() -> None:
    permissions = [
        each["Properties"]
        for each in TEMPLATE.values()
        if each["Type"] == "AWS::Lambda::Permission" and each["Properties"]["FunctionName"] == {"Ref": "Bounced"}
    ]
    assert [(each["Principal"], each["SourceArn"]) for each in permissions] == [
        ("events.amazonaws.com", {"Fn::GetAtt": ["CameBack", "Arn"]})
    ]


def test_who_notes_bounces_may_change_the_sessions_table_and_nothing_else() -> None:
    may = {each["Sid"]: each["Action"] for each in statements("BouncedRole")}
    assert set(may) == {"Log", "PutAside", "Sessions"}
    assert "dynamodb:DeleteItem" not in may["Sessions"]


def test_an_identity_is_made_only_where_asked_for_and_its_records_are_told(template: dict[str, Any]) -> None:
    identity = TEMPLATE["MailIdentity"]
    assert (identity["Condition"], identity["DeletionPolicy"]) == ("MakesIdentity", "RetainExceptOnCreate")
    assert identity["Properties"]["EmailIdentity"] == {"Ref": "MailDomain"}
    assert identity["Properties"]["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}
    for number in (1, 2, 3):
        record = template["Outputs"][f"MailRecord{number}"]
        assert record["Condition"] == "MakesIdentity"
        assert record["Value"] == {
            "Fn::Sub": f"${{MailIdentity.DkimDNSTokenName{number}}} CNAME ${{MailIdentity.DkimDNSTokenValue{number}}}"
        }


def test_mails_may_be_sent_from_the_identities_that_were_named_and_no_others() -> None:
    sending = {each["Sid"]: each["Resource"] for each in statements("MailRole") if each["Sid"].startswith("Send")}
    assert sending["SendFromTheShops"] == {"Ref": "SenderIdentityArns"}
    of_the_domain = [each["Fn::Sub"].partition(":identity/")[2] for each in sending["SendFromTheDomain"]]
    assert of_the_domain == ["${MailDomain}", "*@${MailDomain}"], "an address that was confirmed by itself has an ARN of its own"
    assert sending["SendWithTheConfiguration"]["Fn::Sub"].endswith(":configuration-set/${MailConfigurationSet}")
    (policy,) = TEMPLATE["MailRole"]["Properties"]["Policies"]
    conditions = [each["Fn::If"][0] for each in policy["PolicyDocument"]["Statement"] if "Fn::If" in each]
    assert sorted(conditions) == ["MakesIdentity", "NamesIdentities"]
