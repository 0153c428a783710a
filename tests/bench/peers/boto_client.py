"""A rival: a function that makes one bare client of DynamoDB when it wakes up, and answers with two letters."""

import boto3

client = boto3.client("dynamodb")


def answer(event: dict, context: object) -> dict:
    return {"statusCode": 200, "headers": {"Content-Type": "text/html"}, "body": "hi"}
