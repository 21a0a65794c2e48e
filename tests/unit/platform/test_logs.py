"""Logs say where something went wrong, never what a chart says."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from upwell.platform import logs


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]):
    before = structlog.get_config()
    logger = logging.getLogger("django")
    kept = (logger.handlers, logger.propagate, logger.level)
    logs.configure()
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    structlog.configure(**before)
    logger.handlers, logger.propagate = kept[:2]
    logger.setLevel(kept[2])


def test_a_field_that_is_not_on_the_list_is_dropped(lines):
    structlog.get_logger().error("tried", reference="abc", patient="Maya Ferreira", body="secret")
    (line,) = lines()
    assert line["reference"] == "abc"
    assert set(line) <= logs.ALLOWED


def test_an_exception_is_named_and_placed_but_not_quoted(lines):
    try:
        raise ValueError("Key (name)=(Ferreira) already exists")
    except ValueError:
        logging.getLogger("django.request").exception("Internal Server Error: /patients/Ferreira/")
    (line,) = lines()
    assert line["error"] == "ValueError"
    assert "test_logs.py" in line["frames"][-1]
    assert "Ferreira" not in json.dumps(line)
