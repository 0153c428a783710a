"""The AWS of the rehearsal, in a program of its own: an emulator behind a guard that lets each role do what its policies grant.

Run as `python -m tests.rehearsal.cloud`, with a plan as JSON on stdin; says `{"ready": true, …}` when everything of the template
that the emulator has is made, and the demo's orders are in it.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from chalicelib.bootstrap import portal
from chalicelib.local import aws, mailbox
from chalicelib.local.demo.load import load
from chalicelib.local.mails import all_mails
from chalicelib.local.shortcuts import take_shortcuts
from chalicelib.local.tour import tour
from chalicelib.local.turns import take_turns
from chalicelib.shops import load_shops
from tests.rehearsal.guard import MAILS, Application, Environ, Guard, StartResponse
from tests.rehearsal.rights import Judge, grants
from tests.rehearsal.runtime import ACCOUNT, REGION
from tests.rehearsal.stack import Stack

OWNER = "AKIAOWNER"
"""The key of whoever deploys: no policy is asked."""
_TABLE = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")


def owners(stack: Stack, endpoint: str) -> dict[str, str]:
    """Return the environment of whoever deployed the stack: what `python -m chalicelib …` needs in a terminal."""
    shared = stack.value(stack.template["Globals"]["Function"])["Environment"]["Variables"]
    return {
        **shared,
        "EXPORTS_BUCKET": stack.name("ExportsBucket"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": OWNER,
        "AWS_SECRET_ACCESS_KEY": "owner",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }


def identities() -> list[str]:
    """Return the domains from which the shops send: what must be an identity of SES."""
    return sorted({shop.merchant.sender.partition("@")[2] for shop in load_shops().values()})


def parameters(portal_url: str) -> dict[str, str]:
    """Return what the template is deployed with."""
    arns = (f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}" for domain in identities())
    return {"PortalUrl": portal_url, "SenderIdentityArns": ",".join(arns)}


def make(stack: Stack) -> list[str]:
    """Create what the emulator has of the template, note the streams' ARNs, and return the types of what it has not."""
    left_out = set()
    for logical, properties in stack.resources():
        kind, name = stack.kind(logical), stack.name(logical)
        match kind:
            case "AWS::DynamoDB::Table":
                stack.attributes[logical, "StreamArn"] = _make_table(name, properties)
            case "AWS::S3::Bucket":
                boto3.client("s3").create_bucket(Bucket=name)
            case "AWS::SES::ConfigurationSet":
                boto3.client("sesv2").create_configuration_set(ConfigurationSetName=name)
            case "AWS::Logs::LogGroup":
                boto3.client("logs").create_log_group(logGroupName=name)
            case _:
                left_out.add(kind)
    for domain in identities():
        boto3.client("sesv2").create_email_identity(EmailIdentity=domain)
    return sorted(left_out)


def _make_table(name: str, properties: Mapping[str, Any]) -> str:
    client = boto3.client("dynamodb")
    stream = {"StreamEnabled": True, **properties["StreamSpecification"]}
    kept = {each: properties[each] for each in _TABLE if each in properties}
    made = client.create_table(TableName=name, StreamSpecification=stream, **kept)
    if "TimeToLiveSpecification" in properties:
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    backups = properties["PointInTimeRecoverySpecification"]
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=backups)
    return str(made["TableDescription"]["LatestStreamArn"])


def _beside_mails(emulator: Application) -> Application:
    """Add to the emulator what it has not: the mails that were sent, from a number on, as JSON."""

    def answer(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != MAILS:
            return emulator(environ, start)
        body = json.dumps([mail.as_json() for mail in all_mails(int(environ["QUERY_STRING"] or 0))]).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


class _Connection(WSGIRequestHandler):
    """Keeps connections open, as AWS does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536

    def log_request(self, *_: Any) -> None:
        """Write nothing."""


def main() -> None:
    """Serve until stdin ends."""
    plan = json.loads(sys.stdin.readline())
    take_turns()
    take_shortcuts()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    stack = Stack.read(Path(plan["template"]), **plan["parameters"])
    environment = owners(stack, plan["endpoint"])
    aws.enter(environment)
    guard = Guard(_beside_mails(DomainDispatcherApplication(create_backend_app)), {**plan["keys"], OWNER: [None, ""]})
    emulator = make_server("127.0.0.1", plan["port"], guard, threaded=True, request_handler=_Connection)
    threading.Thread(target=emulator.serve_forever, daemon=True).start()
    left_out = make(stack)
    guard.judge = Judge(grants(stack))
    stations = tour(load(portal()))
    exports = "export " + " ".join(f"{name}={value}" for name, value in environment.items())
    box = mailbox.make_server(plan["port"] - 1, stations, plan["parameters"]["PortalUrl"], exports)
    threading.Thread(target=box.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"ready": True, "left_out": left_out}) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
