"""What stands before the portal: the gateway with its own pages and limits, its logs, a domain, a firewall."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.i18n import LANGUAGES
from chalicelib.web.http import HEADERS
from infra.gateway_pages import PAGES, gateway_page, gateway_responses
from tests.infra.granting import TEMPLATE

RESPONSES: dict[str, Any] = gateway_responses()
HEADER = "gatewayresponse.header."


class Elements(HTMLParser):
    """Every element of a page that begins, and the words of the first title, heading and style."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.begun: list[tuple[str, dict[str, str | None]]] = []
        self.words: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.begun.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip() and self.begun:
            self.words.setdefault(self.begun[-1][0], data)


@pytest.mark.parametrize("kind", [
    "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX", "MISSING_AUTHENTICATION_TOKEN", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND",
    "THROTTLED", "UNAUTHORIZED", "WAF_FILTERED",
])  # fmt: skip
def test_whatever_the_gateway_refuses_itself_it_answers_with_a_page(kind: str) -> None:
    for body in RESPONSES[kind]["responseTemplates"].values():
        assert body.startswith("<!doctype html>")


@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
def test_the_page_comes_whether_or_not_the_client_says_that_it_reads_pages(accepted: str) -> None:
    assert all(accepted in response["responseTemplates"] for response in RESPONSES.values())
    assert {response["responseParameters"][f"{HEADER}Content-Type"] for response in RESPONSES.values()} == {
        "'text/html; charset=utf-8'"
    }


def test_an_address_without_a_route_is_not_found_rather_than_forbidden() -> None:
    assert RESPONSES["MISSING_AUTHENTICATION_TOKEN"]["statusCode"] == "404"


def test_other_troubles_keep_the_status_that_the_gateway_gives_them() -> None:
    assert {kind for kind, response in RESPONSES.items() if "statusCode" not in response} == {"DEFAULT_4XX", "DEFAULT_5XX"}


def test_who_comes_too_often_is_told_when_to_come_back() -> None:
    told = {kind for kind, response in RESPONSES.items() if f"{HEADER}Retry-After" in response["responseParameters"]}
    assert told == {"THROTTLED", "QUOTA_EXCEEDED"}


@pytest.mark.parametrize("kind", PAGES)
def test_the_gateways_pages_carry_the_headers_of_ours_between_quotes_and_no_others(kind: str) -> None:
    given = {name.removeprefix(HEADER): value for name, value in RESPONSES[kind]["responseParameters"].items()}
    assert all(re.fullmatch(r"'[^'\n]+'", value) for value in given.values())
    assert {name: given[name].strip("'") for name in HEADERS} == dict(HEADERS)
    assert given["Content-Security-Policy"] == "'base-uri; form-action; frame-ancestors'"


@pytest.mark.parametrize("code", sorted({code for _, code in PAGES.values()}, key=str))
class TestPage:
    """Each of the gateway's pages."""

    def test_says_it_in_every_language_each_with_its_direction(self, code: int | str) -> None:
        sections = [attributes for tag, attributes in Elements(gateway_page(code)).begun if tag == "section"]
        assert sections == [{"lang": each.code, "dir": each.direction} for each in LANGUAGES.values()]
        assert {"en", "es", "fa"} <= set(LANGUAGES)

    def test_has_one_first_heading_and_no_script_form_or_link(self, code: int | str) -> None:
        tags = [tag for tag, _ in Elements(gateway_page(code)).begun]
        assert (tags.count("h1"), tags.count("h2")) == (1, len(LANGUAGES) - 1)
        assert not {"script", "form", "a", "img", "link"} & set(tags)

    def test_lets_its_own_style_through_and_nothing_else(self, code: int | str) -> None:
        page = gateway_page(code)
        (policy,) = [
            each["content"]
            for tag, each in Elements(page).begun
            if tag == "meta" and each.get("http-equiv") == "Content-Security-Policy"
        ]
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"

    def test_has_no_variable_but_the_number_of_the_request(self, code: int | str) -> None:
        assert set(re.findall(r"\$\S+?(?=[<\s])", gateway_page(code))) == {"$context.requestId"}
        assert "${" not in gateway_page(code)

    def test_is_small(self, code: int | str) -> None:
        assert len(gateway_page(code).encode()) < 4000


def test_the_packaged_gateway_answers_with_these_pages(template: dict[str, Any]) -> None:
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert body["x-amazon-apigateway-gateway-responses"] == RESPONSES


def test_the_gateway_is_regional_limited_and_neither_traces_nor_logs_whole_requests(template: dict[str, Any]) -> None:
    gateway = template["Resources"]["RestAPI"]["Properties"]
    assert gateway["EndpointConfiguration"] == "REGIONAL"
    assert gateway["TracingEnabled"] is False
    (settings,) = gateway["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "RequestsPerSecond"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "RequestsAtOnce"}
    assert (settings["LoggingLevel"], settings["DataTraceEnabled"]) == ("OFF", False)
    assert settings["MetricsEnabled"] is False, "figures of each method are billed by the piece, and nobody reads them"


def test_the_gateways_log_names_the_route_and_nobody() -> None:
    setting = TEMPLATE["RestAPI"]["Properties"]["AccessLogSetting"]
    assert setting["DestinationArn"] == {"Fn::GetAtt": ["AccessLog", "Arn"]}
    assert TEMPLATE["AccessLog"]["Properties"]["RetentionInDays"] == 90
    line = json.loads(setting["Format"])
    assert set(line.values()) - {"access"} == {
        f"$context.{name}" for name in (
            "requestId", "requestTimeEpoch", "httpMethod", "resourcePath", "status", "responseLength", "responseLatency",
            "integrationLatency", "error.responseType",
        )
    }  # fmt: skip


def test_the_stage_waits_for_the_right_to_log_and_the_right_outlives_the_stack() -> None:
    assert TEMPLATE["RestAPI"]["Properties"]["Variables"] == {
        "MAYLOG": {"Fn::If": ["AllowsGatewayLogs", {"Ref": "GatewayAccount"}, "allowed"]}
    }
    for name in ("GatewayAccount", "GatewayLogRole"):
        assert (TEMPLATE[name]["Condition"], TEMPLATE[name]["DeletionPolicy"]) == ("AllowsGatewayLogs", "Retain")


def test_the_gateway_knows_the_function_by_its_name_and_so_can_the_function_know_the_gateway(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    assert resources["APIHandler"]["Properties"]["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-portal"}
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    addresses = {
        method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"] for path in paths.values() for method in path.values()
    }
    (address,) = addresses
    assert address.endswith(":function:${AWS::StackName}-portal/invocations")
    assert "APIHandler" not in str(resources["RestAPI"])


def test_a_domain_of_the_shops_own_is_optional_and_speaks_no_old_tls(template: dict[str, Any]) -> None:
    domain = TEMPLATE["Domain"]
    assert domain["Condition"] == TEMPLATE["DomainMapping"]["Condition"] == "HasDomain"
    assert domain["Properties"]["SecurityPolicy"] == "TLS_1_2"
    assert domain["Properties"]["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert domain["Properties"]["RegionalCertificateArn"] == {"Ref": "CertificateArn"}
    assert template["Outputs"]["DomainTarget"]["Condition"] == "HasDomain"


def test_a_firewall_is_optional_and_keeps_no_requests() -> None:
    firewall = TEMPLATE["WebFirewall"]
    assert firewall["Condition"] == TEMPLATE["FirewallBeforePortal"]["Condition"] == "HasFirewall"
    rules = firewall["Properties"]["Rules"]
    shown = [firewall["Properties"]["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in rules)]
    assert not any(each["SampledRequestsEnabled"] for each in shown)
    assert [rule["Priority"] for rule in rules] == list(range(len(rules)))
    assert "AWSManagedRulesKnownBadInputsRuleSet" in str(rules)
    counted = rules[-1]["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert all(each["Name"].endswith("_BODY") and each["ActionToUse"] == {"Count": {}} for each in counted)
    assert "RateBasedStatement" in rules[0]["Statement"]


def test_every_parameter_has_a_default_with_which_the_stack_stands(template: dict[str, Any]) -> None:
    assert [name for name, each in template["Parameters"].items() if "Default" not in each] == []
    for name, each in template["Parameters"].items():
        assert re.fullmatch(each.get("AllowedPattern", ".*"), str(each["Default"])), name


def test_whoever_deploys_is_told_what_they_need_next(template: dict[str, Any]) -> None:
    assert {
        "AlarmTopicArn", "DomainTarget", "DomainTargetZone", "ExportsBucketName", "ExportsPolicyArn", "FilesBucketName",
        "MailRecord1", "MailRecord2", "MailRecord3", "PortalAddress", "PutAsideBucketName", "ReturnsTableName",
        "SessionsTableName",
    } <= set(template["Outputs"])  # fmt: skip


def test_where_customers_reach_the_portal_is_known_without_being_told(template: dict[str, Any]) -> None:
    given, own = template["Outputs"]["PortalAddress"]["Value"]["Fn::If"][1:]
    assert given == {"Ref": "PortalUrl"}
    assert own["Fn::If"] == [
        "HasDomain",
        {"Fn::Sub": "https://${DomainName}"},
        {"Fn::Sub": "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"},
    ]


def test_what_is_worth_it_is_compressed() -> None:
    assert TEMPLATE["RestAPI"]["Properties"]["MinimumCompressionSize"] <= 1024
