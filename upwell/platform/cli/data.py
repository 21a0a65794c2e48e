"""Commands that bring records in from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from upwell.base.errors import BadInput
from upwell.platform.cli.shared import (
    AsOption,
    HomeOption,
    JsonOption,
    PracticeOption,
    find_practice,
    say,
    system_for,
    with_database,
)
from upwell.platform.cli_io import print_json, run

app = typer.Typer(no_args_is_help=True, help="Bring in records from files.")
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Import what can be, and list every refusal, instead of stopping.")
]


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error; called with what is done and, where known, the total."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def update(done: int, total: int | None = None) -> None:
            progress.update(task, completed=done, total=total)

        yield update
