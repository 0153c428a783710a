"""Keeps the instances of one function as Lambda does: each answers one event at a time, more are started as they are needed."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.rehearsal.runtime import Answer, Instance, Program

LONGEST_EVENT = 6 * 1024 * 1024
"""Bytes; Lambda takes no longer one that somebody waits for."""


class TooManyRequests(Exception):
    """As many events are being answered as the function's reserved concurrency lets."""


class EventTooLarge(Exception):
    """Lambda does not take the event."""


class Crowded(Exception):
    """No instance had time for the event as long as somebody waited for it."""


@dataclass(frozen=True)
class ColdStart:
    """Seconds from the start of an instance to its first request for an event, and to its first answer, had it not waited."""

    function: str
    polled: float
    answered: float


class Fleet:
    """The instances of a function. `room` is how many this machine has room for: an event beyond waits, which on AWS none does.

    `most` is the function's reserved concurrency: an event beyond is refused, as on AWS.
    """

    def __init__(self, program: Program, runtime: Path, room: int, most: int | None = None, log: IO[Any] | None = None) -> None:
        self.program = program
        self.cold_starts: list[ColdStart] = []
        self.seconds: list[float] = []
        """What each event took an instance that had started already, its calls of the emulator with it."""
        self.calls = 0
        self._runtime = runtime
        self._room = room
        self._most = most
        self._log = log
        self._idle: deque[Instance] = deque()
        self._all: set[Instance] = set()
        self._busy = 0
        self._starting = 0
        self._waiting = 0
        self._changed = threading.Condition()
        self._closed = False

    def invoke(self, event: Mapping[str, Any] | bytes, within: float | None = None) -> Answer:
        """Have an event answered by an instance that has nothing else to do, which is waited for `within` seconds.

        Raises TooManyRequests, EventTooLarge, Crowded.
        """
        if isinstance(event, bytes) and len(event) > LONGEST_EVENT:
            raise EventTooLarge
        instance = self._take(within)
        try:
            answer = instance.invoke(event)
        finally:
            self._give_back(instance)
        if answer.cold and not answer.failed:
            polled = instance.polled()
            self.cold_starts.append(ColdStart(self.program.name, polled, polled + answer.seconds))
        elif not answer.failed:
            self.seconds.append(answer.seconds)
        return answer

    def warm(self, count: int) -> None:
        """Start so many instances, and wait until they can answer."""
        with self._changed:
            missing = min(count, self._room) - len(self._all) - self._starting
            for _ in range(missing):
                self._start()
            self._changed.wait_for(lambda: not self._starting, timeout=60)

    def close(self) -> None:
        """End every instance."""
        with self._changed:
            self._closed = True
            ending = list(self._all)
        for instance in ending:
            instance.close()

    def _take(self, within: float | None) -> Instance:
        with self._changed:
            if self._most is not None and self._busy + self._waiting >= self._most:
                raise TooManyRequests
            self.calls += 1
            self._waiting += 1
            if not self._idle and self._starting < self._waiting and len(self._all) + self._starting < self._room:
                self._start()
            taken = self._changed.wait_for(lambda: bool(self._idle), within)
            self._waiting -= 1
            if not taken:
                raise Crowded
            self._busy += 1
            return self._idle.pop()

    def _give_back(self, instance: Instance) -> None:
        with self._changed:
            self._busy -= 1
            if instance.alive:
                self._idle.append(instance)
            else:
                self._all.discard(instance)
                if self._waiting and not self._closed:
                    self._start()
            self._changed.notify()

    def _start(self) -> None:
        """Start an instance beside; the lock is held."""
        self._starting += 1
        threading.Thread(target=self._begin, daemon=True).start()

    def _begin(self) -> None:
        instance = Instance(self.program, self._runtime, *([self._log] if self._log else []))
        # One that cannot start is handed out all the same: whoever gets it is told why.
        with contextlib.suppress(RuntimeError):
            instance.polled()
        with self._changed:
            self._starting -= 1
            self._all.add(instance)
            self._idle.append(instance)
            closed = self._closed
            self._changed.notify_all()
        if closed:
            instance.close()
