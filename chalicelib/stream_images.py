"""What a stream shows of an item, as far as it is believed: what names it, and whether it wants something done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Image = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's streams bring it: by attribute, its value under the name of its type."""


def shows_work(image: Image) -> bool:
    """Say whether there is a mail to send or a label to get that nobody has tried: what a claim itself writes is no news."""
    return "unsent" in image and (_shows_mail(image) or _shows_label(image))


def text_of(image: Image, name: str) -> str:
    """Return the text of an attribute; KeyError or TypeError if it has none."""
    found = image[name]["S"]
    if not isinstance(found, str):
        raise TypeError(name)
    return found


def _shows_mail(image: Image) -> bool:
    mails = [mail["M"] for mail in image["outbox"]["L"]] if "outbox" in image else [image]
    return any(not _filled(mail) & {"claim", "sent_at", "failed"} for mail in mails)


def _shows_label(image: Image) -> bool:
    wanted = "label_wanted_at" in image and "label" not in image
    return wanted and not _filled(image.get("label_order", {}).get("M", {})) & {"claim", "missing"}


def _filled(image: Image) -> set[str]:
    return {name for name, value in image.items() if "NULL" not in value}
