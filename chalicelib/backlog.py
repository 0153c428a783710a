"""How much a sweep finds waiting, and for how long: one line in the log, of which the alarms about late work are made."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import datetime


@dataclass
class Backlog:
    """What one sweep met that should have been done before it. Moments in the future count as now."""

    started: datetime
    tasks: int = 0
    unsent: int = 0
    overdue: int = 0
    unsent_seconds: int = 0
    overdue_seconds: int = 0

    def met_unsent(self, *since: datetime) -> None:
        """Count an item whose mails wait since these moments; one without mails has other work to do and counts not."""
        if since:
            self.unsent += 1
            self.unsent_seconds = max(self.unsent_seconds, *map(self._seconds, since))

    def met_overdue(self, since: datetime) -> None:
        """Count an item to which time should have done something at this moment."""
        self.overdue += 1
        self.overdue_seconds = max(self.overdue_seconds, self._seconds(since))

    def log(self, *, finished: bool) -> None:
        """Write the line; `finished` says whether the sweep came to the end of what waits."""
        entry = {
            "event": "swept",
            "finished": finished,
            "tasks": self.tasks,
            "unsent": self.unsent,
            "unsent_seconds": self.unsent_seconds,
            "overdue": self.overdue,
            "overdue_seconds": self.overdue_seconds,
        }
        logging.getLogger("vuelta.work").info(json.dumps(entry))

    def _seconds(self, since: datetime) -> int:
        return max(0, int((self.started - since).total_seconds()))
