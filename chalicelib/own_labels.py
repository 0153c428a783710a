"""Labels that the shop's people bring themselves: uploaded, looked at, and given to the customer; or asked for once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.counter import Counter
from chalicelib.domain.label_steps import label_retried, labelled
from chalicelib.domain.labels import Label
from chalicelib.domain.returns import Return
from chalicelib.files import INCOMING, LARGEST_LABEL, TooLarge, UploadForm
from chalicelib.labelling import label_folder
from chalicelib.ports import Files

TAKEN_BYTES = 64 * 1024 * 1024
"""What the bucket takes: more than a label may have, so that it is we who say what is wrong, and not a page of S3's."""


@dataclass(frozen=True)
class Upload:
    """A file that somebody uploaded: `fault` says why it is no label, `pages` how many it has if it is one."""

    name: str
    fault: str | None
    pages: int = 0
    size: int = 0


@dataclass(frozen=True)
class OwnLabels:
    """What the shop's people do about labels. Nothing that was uploaded reaches a customer without a second look."""

    files: Files
    counter: Counter
    clock: Callable[[], datetime]

    def form(self, made: Return, redirect: str) -> UploadForm:
        """Return the form that uploads a label for a return."""
        return self.files.upload_form(
            _folder(made), content_types=("application/pdf",), most_bytes=TAKEN_BYTES, redirect=redirect
        )

    def uploaded(self, made: Return, name: str) -> Upload:
        """Return what is under this name among the return's uploads, judged; `label_gone` where nothing is."""
        body = self._body(made, name)
        return body if isinstance(body, Upload) else _judged(name, body)

    def preview(self, made: Return, name: str) -> str:
        """Return an address at which an upload can be looked at for some minutes."""
        return self.files.link(_folder(made) + name, "label.pdf", inline=True)

    def give(self, made: Return, name: str, *, by: str, seen: int) -> Upload:
        """Give an uploaded label to the customer, if it is one; its fault if not. Raises as `Counter.change` does.

        Once more gives nothing: a browser may post the same form twice.
        """
        key = f"{label_folder(made)}{name}.pdf"
        if made.label and made.label.key == key:
            # The first time may have ended before the upload was removed.
            self.files.delete(_folder(made) + name)
            return Upload(name, None)
        body = self._body(made, name)
        if isinstance(body, Upload):
            return body
        found = _judged(name, body)  # These very bytes: whoever has the form may post another file under the same name.
        if found.fault:
            return found
        self.files.put(key, body, "application/pdf")
        label = Label(source="shop", key=key, by=by, made_at=self.clock())
        self.counter.change(made.merchant, made.id, lambda current: labelled(current, label), seen)
        self.files.delete(_folder(made) + name)
        return found

    def retry(self, made: Return, *, seen: int) -> None:
        """Try once more to buy the label that is missing. Raises as `Counter.change` does."""
        at = self.clock()
        self.counter.change(made.merchant, made.id, lambda current: label_retried(current, at), seen)

    def _body(self, made: Return, name: str) -> bytes | Upload:
        if not name.isalnum() or not name.isascii():
            return Upload(name, "label_gone")
        try:
            body = self.files.get(_folder(made) + name, LARGEST_LABEL)
        except TooLarge as refused:
            return Upload(name, "label_large", size=refused.size)
        return Upload(name, "label_gone") if body is None else body


def _judged(name: str, body: bytes) -> Upload:
    from chalicelib.label_files import BadLabel, judged_pages  # noqa: PLC0415 - reads PDFs, which no other page does

    try:
        return Upload(name, None, judged_pages(body), len(body))
    except BadLabel as refused:
        return Upload(name, refused.fault, size=len(body))


def _folder(made: Return) -> str:
    return f"{INCOMING}{label_folder(made)}"
