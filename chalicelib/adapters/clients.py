"""Makes the clients of AWS by botocore alone: boto3, which wraps it, would make every cold start longer by a third."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

from chalicelib.adapters.environment import told_plainly


def client(service: str, config: Config) -> Any:
    """Return a client for the account and region (or emulator) that the environment names; InvalidSettings if it names none."""
    with told_plainly():
        return session().create_client(service, config=config)


@cache
def session() -> botocore.session.Session:
    """Return the one session, which reads the services' models and finds the credentials."""
    return botocore.session.get_session()
