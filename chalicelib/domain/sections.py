"""What every table of a shop's files has in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of a shop's file: immutable, and with no key that we do not know."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")
