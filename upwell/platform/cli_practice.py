"""``--practice`` on commands that need no database: with it, they run on what that practice adopted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

Practice = Annotated[
    str | None,
    typer.Option(
        "--practice", help="Run on what this practice adopted (its name or id); needs its database."
    ),
]
Home = Annotated[
    Path | None,
    typer.Option("--home", help="With --practice: the folder that holds all state.", show_default=False),
]


@contextmanager
def as_adopted_at(practice: str | None, home: Path | None) -> Iterator[None]:
    """Everything inside runs on what the practice adopted; without one, on what comes with Upwell."""
    if practice is None:
        yield
        return
    from upwell.platform.cli.shared import find_practice, with_database

    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.access.system import Purpose, system_actor

        with acting_as(system_actor(Purpose.JOB, find_practice(practice).id)):
            yield
