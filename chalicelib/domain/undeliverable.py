"""Which addresses a shop's mails do not reach, for how long that is believed, and what is sent there all the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from chalicelib.domain.orders import Shape

WhyUndeliverable = Literal["bounce", "complaint"]
"""`bounce`: the address takes no mails, for good; `complaint`: whoever has it reported a mail of the shop as unwanted."""

BELIEVED_FOR: dict[WhyUndeliverable, timedelta] = {"bounce": timedelta(days=30), "complaint": timedelta(days=365)}
"""How long nothing is sent: mailboxes are mended, and people change their minds more slowly."""
TRIED_AFTER = timedelta(hours=1)
"""How long not even what the customer asks for is tried, so that nobody makes mails bounce by asking again and again."""
ASKED_FOR = frozenset({"access", "gift", "resume"})
"""The mails that answer a wish of this very moment: whoever asks for a link may have mended what was wrong."""
TO_STAFF = frozenset({"staff", "digest"})
"""The mails to a shop's own people, whose addresses its file lists: the shop sees to them itself."""
UNDELIVERABLE = "undeliverable"
"""Why a mail was not sent to an address that takes none."""


class Undeliverable(Shape):
    """What became of the newest mail to an address of which the mail service told bad news.

    `sent_at` is when that mail was sent, `at` when the news is from. Whoever cleared the address at `cleared_at` cleared it of
    every mail sent before. `cleared_by` is a person of the shop, or `customer`, who used a link that was mailed later.
    """

    merchant: str
    why: WhyUndeliverable
    sent_at: AwareDatetime
    at: AwareDatetime
    cleared_at: AwareDatetime | None = None
    cleared_by: str | None = None

    @property
    def until(self) -> datetime:
        """When nobody believes it any more."""
        return self.at + BELIEVED_FOR[self.why]

    def stands(self, at: datetime) -> bool:
        """Say whether mails do not reach the address, as far as is known at this moment."""
        return at < self.until and (self.cleared_at is None or self.sent_at > self.cleared_at)

    def keeps_back(self, message: str, at: datetime) -> bool:
        """Say whether a mail of this name is not to be sent there at this moment."""
        if message in TO_STAFF or not self.stands(at):
            return False
        return message not in ASKED_FOR or at < self.at + TRIED_AFTER
