"""What goes to the logs: one line of JSON each, with ids and kinds, never what a customer wrote."""

from __future__ import annotations

import json
import logging
import sys


class OneLine(logging.Formatter):
    """Passes on the JSON that our own code logs, and puts what libraries say into the same form.

    Of an exception only its kind is kept: its words and its traceback may hold an address or a token.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        message = record.getMessage()
        if message.startswith("{") and not record.exc_info:
            return message
        entry = {"event": "note", "level": record.levelname, "logger": record.name}
        if record.exc_info and record.exc_info[0]:
            entry["error"] = record.exc_info[0].__name__
        else:
            entry["message"] = message
        return json.dumps(entry)


def write_json(name: str) -> None:
    """Let the logger of this name and those below it write to standard output, once, and not again through the root's."""
    logger = logging.getLogger(name)
    if any(isinstance(handler, _StandardOutput) for handler in logger.handlers):
        return
    handler = _StandardOutput()
    handler.setFormatter(OneLine())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def report(event: str, **ids: str | None) -> None:
    """Log one JSON line of ids and words of ours; never an address, a secret or what somebody wrote."""
    logging.getLogger("vuelta.work").warning(json.dumps({"event": event} | ids))


class _StandardOutput(logging.Handler):
    """Writes to whatever standard output is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stdout.write(self.format(record) + "\n")
        sys.stdout.flush()
