"""What every import says when the database goes away under it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

from upwell.base.errors import Unavailable


@contextmanager
def database_stays() -> Iterator[None]:
    """Turn the loss of the database during an import into words: what was kept, and what to do."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(
            "The database went away during the import. What was not finished was not kept; "
            "run the same command again when it is back."
        ) from error
