"""Commands that bring records in from files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from upwell.platform.cli.shared import (
    AsOption,
    HomeOption,
    JsonOption,
    PracticeOption,
    find_practice,
    system_for,
    with_database,
)
from upwell.platform.cli_io import EXIT_PARTLY, print_json, run

app = typer.Typer(no_args_is_help=True, help="Bring in records from files.")
KeepGoing = Annotated[
    bool,
    typer.Option(
        "--keep-going",
        help="Import what can be and list every refusal, instead of stopping at the first. "
        "Ends with 3 if something was refused.",
    ),
]


@contextmanager
def bar(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """A progress bar on standard error; called with what is done and, where known, the total."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)

        def update(done: int, total: int | None = None) -> None:
            progress.update(task, completed=done, total=total)

        yield update


@app.command("fhir")
@run
def fhir(
    path: Annotated[Path, typer.Argument(help="A folder or file: FHIR R4 as NDJSON or Bundles.")],
    practice: PracticeOption,
    source: Annotated[
        str, typer.Option(help="Name of the system that sent it; with the resource's id it is its identity.")
    ] = "fhir",
    keep_going: KeepGoing = False,
    as_person: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import FHIR R4 records into a practice's charts."""
    with with_database(home):
        from upwell.exchange.fhir import import_fhir

        place = find_practice(practice)
        with bar("Importing") as progress:
            report = import_fhir(
                path,
                practice_id=place.id,
                source=source,
                by=system_for("import", place, as_person),
                keep_going=keep_going,
                progress=progress,
            )
    if as_json:
        print_json(report.as_json())
    else:
        from upwell.platform.cli.telling import tell_fhir

        tell_fhir(report)
    end(report.refusals)


@app.command("scores")
@run
def scores(
    file: Annotated[Path, typer.Argument(help="A CSV file, one row for each filling-in.")],
    instrument: Annotated[str, typer.Option(help="Such as phq-9 or gad-7.")],
    practice: PracticeOption,
    start_date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of week 1.", show_default=False)
    ] = None,
    week_column: Annotated[str | None, typer.Option(help="Column with the week's number.")] = None,
    date_column: Annotated[str | None, typer.Option(help="Column with a date, instead of a week.")] = None,
    id_column: Annotated[str | None, typer.Option(help="Column with the patient's identifier.")] = None,
    item_columns: Annotated[
        str | None, typer.Option(help="Columns of the items in order, with commas, or FIRST-LAST.")
    ] = None,
    total_column: Annotated[str | None, typer.Option(help="Column with the total, to be checked.")] = None,
    source: Annotated[str, typer.Option(help="Name of the system that sent it.")] = "scores",
    keep_going: KeepGoing = False,
    as_person: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import questionnaires that were answered elsewhere, as history."""
    with with_database(home):
        from upwell.exchange.scores import ColumnMap, import_scores

        place = find_practice(practice)
        with bar("Importing") as progress:
            report = import_scores(
                file,
                practice_id=place.id,
                instrument=instrument,
                by=system_for("import", place, as_person),
                start_date=start_date.date() if start_date else None,
                columns=ColumnMap(
                    week=week_column, date=date_column, id=id_column, items=item_columns, total=total_column
                ),
                source=source,
                keep_going=keep_going,
                progress=progress,
            )
    if as_json:
        print_json(report.as_json())
    else:
        from upwell.platform.cli.telling import tell_scores

        tell_scores(report)
    end(report.refusals)


def end(refusals: Sequence[object]) -> None:
    """End with a status of its own where something was refused, so that no script takes a part for the whole."""
    if refusals:
        raise typer.Exit(EXIT_PARTLY)
