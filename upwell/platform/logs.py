"""Logs: one JSON line for what went wrong, with allow-listed fields only. No name, no body, no value of a field.

What an exception says can quote a chart ("Key (name)=(…) already exists"), so only its type and the places in our
code are written, with the reference that the error page shows.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {"event", "level", "timestamp", "reference", "method", "route", "status", "error", "frames", "part"}
)


def only_allowed(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list."""
    return {key: value for key, value in event.items() if key in ALLOWED}


def configure() -> None:
    """JSON lines on standard error; what libraries log goes through the same sieve."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
    )
    handler = Sieve()
    for name in ("upwell", "django", "granian", "allauth", "psycopg", "psycopg.pool"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(logging.WARNING)
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a refused request is in the audit trail
    logging.getLogger("django.security").setLevel(logging.ERROR)


class Sieve(logging.Handler):
    """Turns a library's log record into one of ours: its logger and level, and where an exception came from."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        request: Any = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        structlog.get_logger().log(
            record.levelno,
            "library",
            part=record.name,
            status=getattr(record, "status_code", None),
            method=getattr(request, "method", None),
            route=getattr(match, "route", None),
            reference=getattr(request, "reference", None),
            error=type(error).__name__ if error else None,
            frames=frames_of(error),
        )


def frames_of(error: BaseException | None) -> list[str]:
    """Where an exception came from: file, line and function, innermost last; nothing of what it says."""
    if error is None:
        return []
    found = traceback.extract_tb(error.__traceback__)[-12:]
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in found
    ]
