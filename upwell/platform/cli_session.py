"""``upwell session replay``: fold a session's log again; no database, no Django, no network."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from upwell.base.errors import BadInput
from upwell.platform.cli_io import print_json, print_text, read_json_argument, read_text_argument, run

Log = Annotated[
    str | None,
    typer.Argument(metavar="FILE", help="The log (NDJSON): a path, - for standard input, or JSON itself."),
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="What was known then. Left out: all, at the last observation."),
]
Session = Annotated[
    str | None, typer.Option("--session", metavar="ID", help="Which one, where the log holds several.")
]
Facts = Annotated[
    str | None,
    typer.Option("--facts", metavar="FILE", help="What else is known: person, conditions, medicines …"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Schema = Annotated[
    bool, typer.Option("--schema", help="Print the JSON Schema of events and result and stop.")
]

session_app = typer.Typer(
    name="session", help="The log of a dosing session, folded again.", no_args_is_help=True
)


@session_app.callback()
def _session() -> None:
    """Commands about the log of a dosing session."""


@session_app.command("replay")
@run
def replay_command(
    file: Log = None,
    at: At = None,
    session: Session = None,
    facts: Facts = None,
    as_json: AsJson = False,
    schema: Schema = False,
) -> None:
    """State, doses, alarms, what is due, and whether the person may go home: upwell session replay log.ndjson"""
    from upwell.knowledge.schemas import load_schema

    if schema:
        document = load_schema("session-result")
        document.setdefault("$defs", {})["session-event"] = load_schema("session-event")
        print_json(document)
        return
    if file is None:
        raise BadInput("Give the log: a path, - for standard input, or JSON.", path="FILE")
    from upwell.science.session import fold, of_one_session, read_log

    moment = None if at is None else _time(at)
    known: Any = None if facts is None else read_json_argument(facts, name="--facts")
    text, where = read_text_argument(file)
    log = of_one_session(read_log(text, where=where), session)
    state = fold(log.events, at=moment, facts=known, quarantined=log.quarantined)
    if as_json:
        print_json(state.as_json())
    else:
        _print_plainly(state.as_json())


Jurisdiction = Annotated[
    str | None, typer.Option("--jurisdiction", metavar="US|EU", help="Where the practice is.")
]


@session_app.command("rems")
@run
def rems_command(
    file: Log = None,
    at: At = None,
    session: Session = None,
    facts: Facts = None,
    jurisdiction: Jurisdiction = None,
    as_json: AsJson = False,
    schema: Schema = False,
) -> None:
    """The REMS monitoring form of a session, complete or with what is missing: upwell session rems log.ndjson"""
    from upwell.knowledge.schemas import load_schema

    if schema:
        print_json(load_schema("rems-form-result"))
        return
    from upwell.science.session.rems import rems_form

    state, known = _folded(file, at, session, facts, jurisdiction)
    moment = _time(at) if at is not None else state.at
    if moment is None:
        raise BadInput("The log holds no event that counts.", path="FILE")
    form = rems_form(state, moment, known)
    if as_json:
        print_json(form)
        return
    print_text(f"{form['title']}: {form['status']}{', overdue' if form['overdue'] else ''}")
    print_text(f"Due: {form['due_at'] or 'nothing was given yet, or none is owed'}")
    for one in form["fields"]:
        print_text(f"- {one['title']}: {'missing' if one['status'] == 'missing' else one['value']}")
    for one in form["missing"]:
        print_text(f"- missing: {one['message']} ({one['rule']})")


@session_app.command("coding")
@run
def coding_command(
    file: Log = None,
    at: At = None,
    session: Session = None,
    facts: Facts = None,
    as_json: AsJson = False,
    schema: Schema = False,
) -> None:
    """Times, minutes and units of a session for whoever bills: upwell session coding log.ndjson"""
    from upwell.knowledge.schemas import load_schema

    if schema:
        print_json(load_schema("coding-summary"))
        return
    from upwell.science.session.coding import coding_summary

    state, _known = _folded(file, at, session, facts, None)
    found = coding_summary(state)
    if as_json:
        print_json(found)
        return
    for name in ("arrived_at", "first_dose_at", "last_dose_at", "ended_at"):
        print_text(f"{name}: {found[name] or 'not on record'}")
    for name, minutes in found["minutes"].items():
        print_text(f"minutes {name}: {'not on record' if minutes is None else f'{minutes:g}'}")
    print_text(f"given: {found['drug']['given_mg']:g} mg {found['drug']['substance'] or ''}".rstrip())
    for one in found["drug"]["codes"]:
        print_text(f"- {one['system']} {one['code']} [{one['confidence']}]")
    print_text(f"billing code: {found['billing']['code']}. {found['billing']['note']}")


def _folded(
    file: str | None, at: str | None, session: str | None, facts: str | None, jurisdiction: str | None
) -> tuple[Any, dict[str, Any]]:
    """A log folded, and what else is known."""
    if file is None:
        raise BadInput("Give the log: a path, - for standard input, or JSON.", path="FILE")
    if jurisdiction not in (None, "US", "EU"):
        raise BadInput(f"“{jurisdiction}” is no jurisdiction here. Known: US, EU.", path="--jurisdiction")
    from upwell.science.session import fold, of_one_session, read_log

    known: dict[str, Any] = {} if facts is None else dict(read_json_argument(facts, name="--facts"))
    if jurisdiction is not None:
        known["jurisdiction"] = jurisdiction
    text, where = read_text_argument(file)
    log = of_one_session(read_log(text, where=where), session)
    moment = None if at is None else _time(at)
    return fold(log.events, at=moment, facts=known or None, quarantined=log.quarantined), known


def _time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"“{text}” is not a time. Write it like 2026-03-02T10:00:00-05:00.", path="at"
        ) from None
    if moment.tzinfo is None:
        raise BadInput(f"“{text}” has no offset from UTC. Add one, such as -05:00 or Z.", path="at")
    return moment


def _print_plainly(result: dict[str, Any]) -> None:
    elapsed = result["elapsed_min"]
    since = "no dose given" if elapsed is None else f"{elapsed:g} minutes since the first dose"
    print_text(f"State: {result['state']}; {since}; {result['given_mg']:g} mg given")
    print_text(f"At: {result['at'] or 'nothing counts yet'}")
    for due in result["next_due"]:
        print_text(f"- due: {due['what']} at {due['at']}{' (overdue)' if due['overdue'] else ''}")
    for alarm in result["alarms"]:
        seen = ", acknowledged" if alarm["acknowledged"] else ""
        print_text(f"- {alarm['level']} at {alarm['at']}: {alarm['message']} ({alarm['rule']}{seen})")
    for finding in result["findings"]:
        print_text(f"- {finding['severity']}: {finding['message']} ({finding['rule']})")
    discharge = result["discharge"]
    earliest = f", earliest {discharge['earliest_at']}" if discharge["earliest_at"] else ""
    print_text(f"Discharge: {discharge['outcome']}{earliest}")
    for criterion in discharge["criteria"]:
        print_text(f"- {criterion['id']}: {criterion['status']}")
    print_text(f"Events: {len(result['timeline'])}; copies: {result['duplicates']}")
    for flag in result["flags"]:
        where = f" (event {flag['event']})" if flag["event"] else ""
        print_text(f"- flag {flag['flag']}: {flag['message']}{where}")
    for line in result["quarantined"]:
        place = f" [{line['path']}]" if line["path"] else ""
        print_text(f"- quarantined, line {line['line']}: {line['reason']}{place}")


if __name__ == "__main__":
    sys.argv[0] = Path(sys.argv[0]).stem
    app = typer.Typer()
    app.add_typer(session_app)
    app()
