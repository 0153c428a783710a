"""Name everything that can go wrong in the domain: one tree, carrying data, never prose for customers."""

from __future__ import annotations


class VueltaError(Exception):
    """Root of what Vuelta raises on purpose."""


class InvalidCase(VueltaError):
    """Something read from outside does not have its shape.

    `at` is the path of the wrong value, such as `order.lines[0].quantity`; `message` says what is wrong there.
    """

    def __init__(self, message: str, at: str) -> None:
        super().__init__(f"{at}: {message}" if at else message)
        self.message = message
        self.at = at


class InvalidPolicy(VueltaError):
    """A shop's file has mistakes; `mistakes` holds one line each, all that were found."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


class InvalidRma(VueltaError):
    """What a person typed is no RMA number; `why` is `length`, `alphabet` or `check`."""

    def __init__(self, typed: str, why: str) -> None:
        super().__init__(f"{typed!r} is not an RMA number ({why})")
        self.typed = typed
        self.why = why


class LifecycleError(VueltaError):
    """A return cannot take this step from where it stands; `step` and `status` say which and where."""

    def __init__(self, step: str, status: str) -> None:
        super().__init__(f"cannot {step} what is {status}")
        self.step = step
        self.status = status


class Unknown(VueltaError):
    """The session's order, or the return that is asked for, is not there."""


class StaleDraft(VueltaError):
    """What a page was about is no longer the order's draft: it was sent or replaced on another page."""


class NothingChosen(VueltaError):
    """The draft cannot become a return yet; `step` is the one that is missing: items, details, photos or outcomes."""

    def __init__(self, step: str) -> None:
        super().__init__(f"the draft lacks {step}")
        self.step = step


class Overtaken(VueltaError):
    """Somebody else did something to a return since the page about it was made; nothing was written."""


class Busy(VueltaError):
    """Others keep writing the same thing; nothing was written and trying again is safe."""


class Unavailable(VueltaError):
    """Something outside (a table, the mail service) does not answer, refuses or takes no more; `service` says which.

    Nothing is half-written, and the same step may be tried again.
    """

    def __init__(self, service: str, why: str) -> None:
        super().__init__(f"{service} is not available: {why}")
        self.service = service
        self.why = why
