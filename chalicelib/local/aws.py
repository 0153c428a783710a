"""The AWS of the local run: an emulator inside the process, its tables and buckets, and the environment that leads to it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

import boto3
from moto.server import ThreadedMotoServer

from chalicelib.local.shortcuts import take_shortcuts
from chalicelib.local.tables import create_tables
from chalicelib.local.turns import take_turns

REGION = "us-east-1"
ACCOUNT = "123456789012"
TABLES = {"ReturnsTable": "vuelta-returns", "SessionsTable": "vuelta-sessions"}
BUCKET = "vuelta-files"
EXPORTS_BUCKET = "vuelta-exports"
CONFIGURATION_SET = "vuelta"


def environment(portal_url: str, endpoint: str) -> dict[str, str]:
    """Return the variables with which a program reaches the local run instead of an account."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        # The emulator does not know the host names that carry an account's id.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "RETURNS_TABLE": TABLES["ReturnsTable"],
        "SESSIONS_TABLE": TABLES["SessionsTable"],
        "FILES_BUCKET": BUCKET,
        "EXPORTS_BUCKET": EXPORTS_BUCKET,
        "CONFIGURATION_SET": CONFIGURATION_SET,
        "PORTAL_URL": portal_url,
    }


def enter(variables: dict[str, str]) -> None:
    """Make the variables this process's own, and forget whatever account it was logged in to."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(variables)


def start(port: int, senders: Iterable[str]) -> ThreadedMotoServer:
    """Start the emulator with tables and buckets, and let the shops' addresses send; the environment must be entered before."""
    take_turns()
    take_shortcuts()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    tables = boto3.client("dynamodb")
    create_tables(tables, TABLES)
    tables.update_continuous_backups(  # without it nothing is exported
        TableName=TABLES["ReturnsTable"], PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for bucket in (BUCKET, EXPORTS_BUCKET):
        boto3.client("s3").create_bucket(Bucket=bucket)
    mail = boto3.client("sesv2")
    mail.create_configuration_set(ConfigurationSetName=CONFIGURATION_SET)
    for sender in sorted(set(senders)):
        mail.create_email_identity(EmailIdentity=sender)
    return server


def stream_arns() -> list[str]:
    """Return the streams of both tables."""
    client = boto3.client("dynamodb")
    return [client.describe_table(TableName=name)["Table"]["LatestStreamArn"] for name in TABLES.values()]
