"""Events as EventBridge brings them from SES: a mail that came back, or that its recipient called unwanted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.made import EMAIL, NOON

Event = dict[str, Any]


def came_back(
    email: str = EMAIL,
    kind: str = "Permanent/General",
    *,
    shop: str = "azulu",
    message: str = "approved",
    sent_at: datetime = NOON,
) -> Event:
    """Return what is told of a mail that came back a second after it was sent; `kind` is its type and subtype."""
    bounce_type, _, sub_type = kind.partition("/")
    told = {
        "feedbackId": "0102018d-bounce", "bounceType": bounce_type, "bounceSubType": sub_type,
        "bouncedRecipients": [{"emailAddress": email, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550"}],
        "timestamp": _written(sent_at + timedelta(seconds=1)), "reportingMTA": "dns; mta.example.com",
    }  # fmt: skip
    return _event("Email Bounced", {"eventType": "Bounce", "bounce": told}, email, shop, message, sent_at)


def complained(
    email: str = EMAIL, kind: str | None = "abuse", *, shop: str = "azulu", message: str = "approved", sent_at: datetime = NOON
) -> Event:
    """Return what is told of a mail that was called unwanted an hour after it was sent; `kind` is the provider's word."""
    told: Event = {
        "feedbackId": "0102018d-complaint", "complaintSubType": None, "userAgent": "example/1",
        "complainedRecipients": [{"emailAddress": email}], "timestamp": _written(sent_at + timedelta(hours=1)),
    }  # fmt: skip
    told |= {"complaintFeedbackType": kind} if kind else {}
    return _event("Email Complaint Received", {"eventType": "Complaint", "complaint": told}, email, shop, message, sent_at)


def _event(name: str, detail: Event, email: str, shop: str, message: str, sent_at: datetime) -> Event:
    tags = {
        "ses:configuration-set": ["vuelta"], "ses:from-domain": [f"{shop}.example"], "ses:source-ip": ["192.0.2.1"],
        "ses:caller-identity": ["vuelta-MailRole"], "shop": [shop], "message": [message], "identity": ["0123456789abcdef" * 2],
    }  # fmt: skip
    mail = {
        "timestamp": _written(sent_at), "messageId": "0102018d-0001", "source": f"devoluciones@{shop}.example",
        "sendingAccountId": "123456789012", "destination": [email], "headersTruncated": False,
        "headers": [{"name": "To", "value": email}, {"name": "Subject", "value": "Su devolución"}],
        "commonHeaders": {"to": [email], "subject": "Su devolución"}, "tags": tags,
    }  # fmt: skip
    return {
        "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": name, "source": "aws.ses",
        "account": "123456789012", "time": _written(sent_at), "region": "us-east-1", "resources": [],
        "detail": detail | {"mail": mail},
    }  # fmt: skip


def _written(at: datetime) -> str:
    """Write a moment as SES does, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
