"""Taking Vuelta out of an account: the stack goes, what holds data stays unless that is asked for twice."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import ClientError, WaiterError

from infra.deploy.account import Account, NotReady
from infra.deploy.stack import HELD, Stack
from infra.deploy.told import agreed

TABLE, BUCKET = "AWS::DynamoDB::Table", "AWS::S3::Bucket"


def take_down(account: Account, stack: Stack, *, data: bool, yes: bool) -> None:
    """Delete the stack; with `data`, and the stack's name typed as an answer, also the tables and buckets that it leaves."""
    if stack.status is None:
        raise NotReady(f"there is no stack {stack.name} in {account.region}")
    held = [(kind, name) for kind, name in stack.resources() if kind in HELD and name]
    print(f"Stack {stack.name} in account {account.number}, {account.region}, is to be deleted.")
    for kind, name in held:
        print(f"  {'goes' if data else 'stays'}  {kind.rpartition('::')[2].lower()} {name}{_size(account, kind, name)}")
    if data and not _told_again(stack.name):
        raise NotReady("nothing was deleted; to delete data type the stack's name when asked")
    if not data and not agreed("Delete the stack?", yes=yes):
        raise NotReady("nothing was deleted; run it again and answer y, or add YES=1")
    past = stack.past()
    stack.client.delete_stack(StackName=stack.name)
    stack.watch(past, print)
    if stack.status not in (None, "DELETE_COMPLETE"):
        raise NotReady(f"stack {stack.name} is {stack.status}; its events in the console name the cause")
    if data:
        _delete(account, held)
    print(
        "Done."
        if data or not held
        else "Done. What stays is listed above and costs little; delete it in the console once nobody needs it (docs/deploy.md)"
    )


def _told_again(name: str) -> bool:
    """Ask for the stack's name, which no flag answers."""
    try:
        return input("This deletes every order, return, label and photo. Type the stack's name to go on: ").strip() == name
    except EOFError:
        return False


def _size(account: Account, kind: str, name: str) -> str:
    """Say how much a table holds, as DynamoDB last counted it."""
    if kind != TABLE:
        return ""
    try:
        return f", about {account.client('dynamodb').describe_table(TableName=name)['Table'].get('ItemCount', 0):,} items"
    except ClientError:
        return ""


def _delete(account: Account, held: Sequence[tuple[str, str]]) -> None:
    dynamodb = account.client("dynamodb")
    for kind, name in held:
        try:
            if kind == TABLE:
                dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
                dynamodb.get_waiter("table_exists").wait(TableName=name)  # no table goes while it changes
                dynamodb.delete_table(TableName=name)
            elif kind == BUCKET:
                _empty(account, name)
                account.files.delete_bucket(Bucket=name)
        except WaiterError as error:
            raise NotReady(f"{name} could not be deleted: {error}") from None
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("ResourceNotFoundException", "NoSuchBucket"):
                raise NotReady(f"{name} could not be deleted: {error.response['Error']['Message']}") from None
        print(f"  deleted  {name}")


def _empty(account: Account, bucket: str) -> None:
    """Delete every version of every object: a bucket must be empty before it goes."""
    for page in account.files.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        if found:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
            account.files.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})  # type: ignore[typeddict-item]
