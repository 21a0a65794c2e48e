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
