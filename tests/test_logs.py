"""The logs: every line is JSON, whoever wrote it, and no exception's words get in."""

from __future__ import annotations

import io
import json
import logging

import pytest

from chalicelib.logs import OneLine, write_json


@pytest.fixture
def lines() -> tuple[logging.Logger, io.StringIO]:
    logger = logging.getLogger("lines")
    logger.handlers.clear()
    logger.setLevel(logging.INFO)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine())
    logger.addHandler(handler)
    return logger, stream


def test_what_our_code_logs_passes_as_it_is(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    logger.info('{"event": "request"}')
    assert stream.getvalue() == '{"event": "request"}\n'


def test_what_a_library_says_becomes_json(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    logger.warning("two\nlines of %s", "text")
    assert json.loads(stream.getvalue())["message"] == "two\nlines of text"
    assert stream.getvalue().count("\n") == 1


def test_of_an_exception_only_its_kind_is_kept(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = lines
    try:
        int("ana@example.com")
    except ValueError:
        logger.exception("Caught exception for ana@example.com")
    assert json.loads(stream.getvalue())["error"] == "ValueError"
    assert "ana" not in stream.getvalue()


def test_logging_is_set_up_once() -> None:
    for _ in range(3):
        write_json("vuelta.test")
    assert len(logging.getLogger("vuelta.test").handlers) == 1
