"""Have DynamoDB export a table to S3, and tell how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.adapters.dynamodb import dynamodb_client
from chalicelib.adapters.environment import one_line, why
from chalicelib.domain.errors import Unavailable
from chalicelib.exports.manifests import Kind
from chalicelib.exports.places import ExportRefused
from chalicelib.exports.windows import Window

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_PATIENT = Config(connect_timeout=10, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 5})
# What a person can mend, by DynamoDB's name for it.
_REFUSED = {
    "PointInTimeRecoveryUnavailableException": "the table has no point-in-time recovery: switch it on and wait a few minutes",
    "InvalidExportTimeException": "point-in-time recovery does not reach that time",
    "LimitExceededException": "too many exports are running: wait for one to end",
    "TableNotFoundException": "there is no such table: mend RETURNS_TABLE",
    "ResourceNotFoundException": "there is no such table: mend RETURNS_TABLE",
}


@dataclass(frozen=True, slots=True)
class Requested:
    """An export as DynamoDB tells of it; what it does not tell yet is None.

    `status` is `IN_PROGRESS`, `COMPLETED` or `FAILED`, and `failure` why it failed.
    """

    arn: str
    kind: Kind
    status: str
    prefix: str | None
    since: datetime | None
    until: datetime | None
    items: int | None
    size: int | None
    failure: str | None

    @property
    def id(self) -> str:
        """The export's own name, which its folder bears."""
        return self.arn.rpartition("/")[2]


def open_table_exports(table: str) -> TableExports:
    """Return the exports of a table in the account and region that the environment names; InvalidSettings if it names none."""
    return TableExports(dynamodb_client(_PATIENT), table)


class TableExports:
    """The exports of one table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def request(self, bucket: str, prefix: str, window: Window | None, at: datetime | None = None) -> Requested:
        """Have the table exported behind a prefix of a bucket: as it stands, or stood `at` a time, or what changed in a window.

        ExportRefused if DynamoDB will not, Unavailable if it cannot be asked.
        """
        more: dict[str, Any] = {"ExportTime": at} if at else {}
        if window is not None:
            since, until = window
            # Old images would show what a customer had asked to be forgotten in between, and nobody reads them.
            more = {
                "ExportType": "INCREMENTAL_EXPORT",
                "IncrementalExportSpecification": {
                    "ExportFromTime": since,
                    "ExportToTime": until,
                    "ExportViewType": "NEW_IMAGE",
                },
            }
        answer = self._call(
            "export_table_to_point_in_time",
            TableArn=self._arn(),
            S3Bucket=bucket,
            S3Prefix=prefix,
            S3SseAlgorithm="AES256",
            ExportFormat="DYNAMODB_JSON",
            **more,
        )
        return _read(answer["ExportDescription"])

    def behind(self, prefix: str) -> Iterator[Requested]:
        """Yield the exports behind a prefix, in DynamoDB's order; it tells of those of the last 90 days."""
        more: dict[str, str] = {}
        while True:
            page = self._call("list_exports", TableArn=self._arn(), **more)
            for summary in page.get("ExportSummaries", ()):
                described = self._call("describe_export", ExportArn=summary["ExportArn"])["ExportDescription"]
                if described.get("S3Prefix") == prefix:
                    yield _read(described)
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}

    def _arn(self) -> str:
        if self._table.startswith("arn:"):
            return self._table
        arn: str = self._call("describe_table", TableName=self._table)["Table"]["TableArn"]
        return arn

    def _call(self, operation: str, **call: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**call)
        except ClientError as error:
            code, words = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in _REFUSED:
                raise ExportRefused(f"table {self._table}: {_REFUSED[code]} ({one_line(words)})") from None
            raise Unavailable(f"table {self._table}", one_line(f"{operation}: {code}: {words}")) from error
        except BotoCoreError as error:
            raise Unavailable(f"table {self._table}", f"{operation}: {why(error)}") from error
        return answer


def _read(told: dict[str, Any]) -> Requested:
    increment = told.get("IncrementalExportSpecification")
    failure = told.get("FailureMessage") or told.get("FailureCode")
    return Requested(
        arn=told["ExportArn"],
        kind="incremental" if increment or told.get("ExportType") == "INCREMENTAL_EXPORT" else "full",
        status=told["ExportStatus"],
        prefix=told.get("S3Prefix"),
        since=increment.get("ExportFromTime") if increment else None,
        until=increment.get("ExportToTime") if increment else told.get("ExportTime"),
        items=told.get("ItemCount"),
        size=told.get("BilledSizeBytes"),
        failure=one_line(failure) if failure else None,
    )
