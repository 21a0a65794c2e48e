"""``upwell knowledge``: check, list, show and compare what rules run on; no database, no Django, no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from upwell.base.errors import BadInput, NotFound
from upwell.knowledge.catalogue import Entry, Fact, entries_of, find
from upwell.knowledge.changes import Changes, compare
from upwell.knowledge.edition import Edition, edition, packaged, read_folder
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.schemas import load_schema
from upwell.platform.cli_io import EXIT_BAD_INPUT, EXIT_ERROR, print_json, print_text, read_json_argument, run
from upwell.platform.cli_practice import Home, Practice, as_adopted_at

app = typer.Typer(
    name="knowledge",
    help="What rules run on: instruments, rules, protocols, each fact with its source and mark.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="A folder of knowledge files, instead of what comes with Upwell."),
]
SHORT = 12  # of a hash, for people


@app.command("check")
@run
def check_command(folder: Folder = None, as_json: AsJson = False) -> None:
    """Check every file against its schema, and what a schema can't say; each problem with file and line."""
    from upwell.knowledge.check import check_edition

    wanted = _edition(folder)
    problems = check_edition(wanted)
    answer: dict[str, Any] = {
        "ok": not problems,
        "files": len(wanted.texts),
        "knowledge_version": wanted.version,
        "problems": [{"file": one.file, "line": one.line, "message": one.message} for one in problems],
    }
    if problems:
        error = BadInput(f"{len(problems)} problems in {len(wanted.texts)} files.", path=_place(problems[0]))
        answer |= error.as_json()
        for one in problems:
            typer.echo(f"Error: {one}", err=True)
    if as_json:
        print_json(answer)
    elif not problems:
        print_text(f"{len(wanted.texts)} files, nothing wrong. Version {wanted.version}")
    if problems:
        raise typer.Exit(EXIT_ERROR if folder is None else EXIT_BAD_INPUT)


@app.command("list")
@run
def list_command(folder: Folder = None, as_json: AsJson = False) -> None:
    """Every file with its id, kind, version and hash, and how many facts carry which mark."""
    wanted = _edition(folder)
    every = list(entries_of(wanted).values())
    if as_json:
        print_json({"knowledge_version": wanted.version, "entries": [_row(one) for one in every]})
        return
    for one in every:
        marks = " ".join(f"{mark}:{count}" for mark, count in one.marks().items())
        print_text(f"{one.id:<30} {one.kind:<22} {one.version[:SHORT]} {one.sha256[:SHORT]}  {marks}")
    print_text(f"{len(every)} files. Version {wanted.version}")


@app.command("show")
@run
def show_command(
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="Such as phq-9, predose, or education/iv.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """One file: what it says, and every fact with its mark, where it applies and where it comes from."""
    wanted = _edition(folder)
    entry = _entry(entry_id, wanted)
    if as_json:
        facts = [_fact(one) for one in entry.facts]
        print_json({**_row(entry), "content": dict(entry.content), "facts": facts})
    else:
        _print_entry(entry)


@app.command("diff")
@run
def diff_command(
    before: Annotated[Path | None, typer.Argument(metavar="OLD", help="A folder of knowledge files.")] = None,
    after: Annotated[
        Path | None, typer.Argument(metavar="NEW", help="Another; left out: what comes with Upwell.")
    ] = None,
    practice: Practice = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """What changed between two folders of knowledge, fact by fact.

    With one folder: from it to what comes with Upwell. With --practice: from what that
    practice adopted to what comes with Upwell, with the files of a folder in the place of its own.
    """
    if practice is not None and after is None:
        proposed = {} if before is None else _edition(before).texts
        old, new = _adopted(practice, home), Edition({**packaged().texts, **proposed})
    elif before is None or practice is not None:
        raise BadInput(
            "Say what to compare: two folders, one, or a practice and at most one folder.", path="OLD"
        )
    else:
        old, new = _edition(before), _edition(after)
    changes = compare(old, new)
    if as_json:
        print_json(changes.as_json())
    else:
        _print_changes(changes)


@app.command("propose")
@run
def propose_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The files that are to be other ones.")],
    practice: Annotated[str, typer.Option("--practice", help="The practice's name or id.")],
    note: Annotated[str, typer.Option("--note", help="Why, for the medical director to read.")],
    as_person: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="Act for this member of staff.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Propose files of the practice's own: checked and kept, and in force once its medical director signs."""
    from upwell.platform.cli.shared import find_practice, system_for, with_database

    wanted = _edition(folder)
    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.office.knowledge.actions import propose

        by = system_for("job", find_practice(practice), as_person)
        with acting_as(by):
            row = propose(by=by, wanted=wanted, note=note)
    if as_json:
        print_json({"knowledge_version": row.version, "proposed": sorted(wanted.texts), "in_force": False})
    else:
        print_text(
            f"Version {row.version} waits for the medical director of {practice}. Nothing is in force by it."
        )


@app.command("load-text")
@run
def load_text_command(
    instrument_id: Annotated[str | None, typer.Argument(metavar="ID", help="Such as isi or madrs-s.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="The wording: a path, - for standard input, or JSON itself.")
    ] = None,
    practice: Annotated[str | None, typer.Option("--practice", help="The practice's name or id.")] = None,
    licence: Annotated[
        str, typer.Option("--licence", help="By what right the practice shows this text.")
    ] = "",
    as_person: Annotated[
        str | None, typer.Option("--as", metavar="EMAIL", help="Act for this member of staff.")
    ] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema and stop.")] = False,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Load the licensed wording of an instrument, for one practice that holds the licence."""
    if schema:
        print_json(load_schema("item-text"))
        return
    if instrument_id is None or file is None or practice is None:
        raise BadInput("Give the instrument, --file with its wording, --practice and --licence.", path="ID")
    document = read_json_argument(file, name="--file")
    from upwell.platform.cli.shared import find_practice, system_for, with_database

    with with_database(home):
        from upwell.access.acting import acting_as
        from upwell.office.knowledge.actions import load_text

        by = system_for("job", find_practice(practice), as_person)
        with acting_as(by):
            row = load_text(by=by, instrument_id=instrument_id, document=document, licence=licence)
    if as_json:
        print_json({"instrument": row.instrument, "number": row.number, "items": len(row.items["items"])})
    else:
        print_text(f"{len(row.items['items'])} items of {row.instrument} are loaded for {practice}.")


def _adopted(practice: str, home: Path | None) -> Edition:
    with as_adopted_at(practice, home):
        return edition()


def _edition(folder: Path | None) -> Edition:
    if folder is None:
        return packaged()
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.", path=str(folder))
    try:
        found = read_folder(folder)
    except KnowledgeError as error:
        raise BadInput(error.message, path=error.path) from None
    if not found.texts:
        raise BadInput(f"There is no knowledge file (*.toml) in {folder}.", path=str(folder))
    return found


def _entry(entry_id: str, wanted: Edition) -> Entry:
    found = find(entry_id, entries_of(wanted))
    if len(found) > 1:
        names = ", ".join(one.name.removesuffix(".toml") for one in found)
        raise BadInput(f"Several files are called “{entry_id}”. Say which: {names}.", path="ID")
    if not found:
        raise NotFound(f"There is no “{entry_id}”. upwell knowledge list names all.", path="ID")
    return found[0]


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "kind": entry.kind,
        "title": entry.title,
        "version": entry.version,
        "hash": entry.sha256,
        "facts": len(entry.facts),
        "marks": entry.marks(),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "fact": fact.path,
        "value": dict(fact.says),
        "unit": fact.unit or None,
        "population": fact.population or None,
        "jurisdiction": fact.jurisdiction or None,
        "source": [
            {
                "title": one.title,
                "jurisdiction": one.jurisdiction or None,
                "effective_from": one.effective_from,
            }
            for one in fact.sources
        ],
        "confidence": str(fact.mark),
        "policy": fact.is_policy,
        "verify": fact.verify,
        "effective_from": fact.effective_from or None,
    }


def _print_entry(entry: Entry) -> None:
    print_text(f"{entry.title} ({entry.id}, {entry.kind})\nVersion {entry.version}\nHash    {entry.sha256}")
    for fact in entry.facts:
        notes = [str(fact.mark)]
        notes += ["local policy"] if fact.is_policy else []
        notes += ["to be verified"] if fact.verify else []
        notes += [one for one in (fact.jurisdiction, fact.population) if one]
        print_text(f"\n{fact.path or '(whole file)'}  [{', '.join(notes)}]")
        for key, value in fact.says.items():
            print_text(f"  {key}: {value}")
        for source in fact.sources:
            print_text(f"  Source: {source.title} (from {source.effective_from})")


def _print_changes(changes: Changes) -> None:
    print_text(f"From {changes.before}\nto   {changes.after}")
    if not changes.files:
        print_text("Nothing changed.")
    elif not changes.facts:
        print_text("No fact changed: only remarks or spacing.")
    for one in changes.facts:
        mark = one.mark_before if one.mark_before == one.mark_after else f"{one.mark_before}→{one.mark_after}"
        policy = ", local policy" if one.is_policy else ""
        print_text(f"\n{one.file} {one.path} {one.how}{f' [{mark}{policy}]' if mark else ''}")
        for line in one.lines:
            was, now = ("–" if value is None else value for value in (line.before, line.after))
            print_text(f"  {line.key}: {was} → {now}")


def _place(problem: Any) -> str:
    return f"{problem.file}:{problem.line}"
