"""Say in one line what botocore cannot make of the environment; it reads variables of its own, apart from our settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, InvalidRegionError, NoCredentialsError, NoRegionError

from chalicelib.settings import InvalidSettings


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what goes wrong while a client is made into InvalidSettings, naming the variable to mend."""
    try:
        yield
    except NoRegionError:
        raise InvalidSettings("the environment lacks AWS_DEFAULT_REGION: set it to a region such as eu-west-1") from None
    except InvalidRegionError as error:
        raise InvalidSettings(f"AWS_DEFAULT_REGION is no region such as eu-west-1: {one_line(error)}") from None
    except BotoCoreError as error:
        raise InvalidSettings(f"the environment names no AWS account to use: {one_line(error)}") from None
    except ValueError as error:
        where = "AWS_DEFAULT_REGION or AWS_ENDPOINT_URL (an address with http:// or https://, or unset) is wrong"
        raise InvalidSettings(f"{where}: {one_line(error)}") from None


def why(error: BotoCoreError) -> str:
    """Return why a call was not answered, in words that may stand in a log: an error's own may hold what was sent."""
    if isinstance(error, NoCredentialsError):
        return "no credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    return type(error).__name__


def one_line(words: object) -> str:
    """Return words, perhaps an error's, on one line and without the full stop."""
    return " ".join(str(words).split()).rstrip(".: ")
