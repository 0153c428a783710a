"""What SES would tell of a mail that came back, or that its recipient called unwanted; here somebody presses a button for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parseaddr, parsedate_to_datetime
from typing import Any

from chalicelib.local.mails import Mail

KINDS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "bounced": ("Email Bounced", {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "General"}}),
    "complained": ("Email Complaint Received", {"eventType": "Complaint", "complaint": {"complaintFeedbackType": "abuse"}}),
}
"""By the last part of the button's address, the event's name and what stands in it."""


def told_of(mail: Mail, kind: str, shops: Mapping[str, str]) -> dict[str, Any]:
    """Return the event of this kind; `shops` are slugs by sender, since the emulator keeps no tags."""
    name, detail = KINDS[kind]
    now, sent_at = datetime.now(UTC).isoformat(), parsedate_to_datetime(mail.date).isoformat()
    tags = {"shop": [shops[parseaddr(mail.sender)[1]]], "message": ["local"], "identity": [mail.id]}
    told = {part: {**value, "timestamp": now} if isinstance(value, dict) else value for part, value in detail.items()}
    about = {"timestamp": sent_at, "destination": mail.to, "tags": tags}
    return {"id": mail.id, "source": "aws.ses", "detail-type": name, "detail": {**told, "mail": about}}
