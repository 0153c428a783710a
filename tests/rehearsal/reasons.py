"""Why roles hold rights that a rehearsal never needs: what takes weeks, a time of day or somebody else's service to happen."""

from __future__ import annotations

from collections.abc import Sequence

REASONS: dict[tuple[str, str, str], str] = {
    (
        "MailRole",
        "s3:PutObject",
        "filesbucket/labels/*",
    ): "labels are bought with EasyPost's key only: tests/test_labelling.py",
    ("MailRole", "s3:DeleteObject", "filesbucket/photos/*"): "photos outlive their return by weeks first: tests/test_photos.py",
    ("MailRole", "dynamodb:Query", "index/QueueIndex"): "the digest for staff goes out once a day: tests/test_digests.py",
}
"""By role, action and end of the resource."""


def reason(role: str, action: str, resource: str) -> str | None:
    """Return why a right was not needed, None where nobody says why."""
    said = (why for (whose, what, end), why in REASONS.items() if (whose, what) == (role, action) and resource.endswith(end))
    return next(said, None)


def stale(unused: Sequence[Sequence[str]]) -> list[str]:
    """Return the reasons that explain nothing: the right was needed after all, or nobody has it."""
    asked = [(role, action, resource) for role, _, action, resource in unused]
    explains = {key for key in REASONS for each in asked if key[:2] == each[:2] and each[2].endswith(key[2])}
    return [" ".join(key) for key in REASONS if key not in explains]
