"""``upwell screen`` and ``upwell gate``: put facts to the rules; no database, no Django, no network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from upwell.base.errors import BadInput
from upwell.knowledge.schemas import load_schema
from upwell.platform.cli_io import print_json, print_text, read_json_argument, run
from upwell.platform.cli_practice import Home, Practice, as_adopted_at
from upwell.science.rules import gate as gates
from upwell.science.rules.screen import screen

File = Annotated[
    str | None, typer.Argument(metavar="FILE", help="Facts: a path, - for standard input, or JSON itself.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Schema = Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of facts and result and stop.")]

gate_app = typer.Typer(
    name="gate", help="Ask whether a dose, a session or a discharge may go ahead.", no_args_is_help=True
)


def _command(ask: Callable[[Any], dict[str, Any]], result: str, told: str) -> Callable[..., None]:
    """A command that puts facts to ``ask``; ``told`` is its help."""

    def command(
        file: File = None,
        as_json: AsJson = False,
        schema: Schema = False,
        practice: Practice = None,
        home: Home = None,
    ) -> None:
        _answer(ask, file, as_json, schema, practice, home, result)

    command.__doc__ = told
    made: Callable[..., None] = run(command)
    return made


screen_command = _command(
    screen,
    "screen-result",
    "Eligibility, interactions and treatment resistance, each finding with its reason.",
)
for _name, _ask, _result, _told in (
    ("predose", gates.predose, "gate-result", "Before the dose: may it be given now?"),
    (
        "session",
        gates.session,
        "gate-result",
        "During the session: what is amber, red or an emergency.",
    ),
    ("discharge", gates.discharge, "discharge-result", "After the session: may the person go home?"),
    (
        "maintenance",
        gates.maintenance,
        "gate-result",
        "Between sessions: what is due, and what harm may be building up.",
    ),
    (
        "rems",
        gates.rems,
        "gate-result",
        "Is the REMS monitoring form of an esketamine session complete, and when is it due?",
    ),
):
    gate_app.command(_name)(_command(_ask, _result, _told))


def _answer(
    ask: Callable[[Any], dict[str, Any]],
    file: str | None,
    as_json: bool,
    schema: bool,
    practice: str | None,
    home: Path | None,
    result: str,
) -> None:
    if schema:
        document = load_schema(result)
        document.setdefault("$defs", {})["facts"] = load_schema("facts")
        print_json(document)
        return
    if file is None:
        raise BadInput("Give the facts: a path, - for standard input, or JSON.", path="FILE")
    facts = read_json_argument(file)
    with as_adopted_at(practice, home):
        answer = ask(facts)
    if as_json:
        print_json(answer)
    else:
        _print_plainly(answer)


def _print_plainly(answer: dict[str, Any]) -> None:
    print_text(f"Outcome: {answer['outcome']}")
    if answer.get("earliest_at"):
        print_text(f"Earliest: {answer['earliest_at']}")
    for finding in answer["findings"]:
        reasons = "; ".join(
            f"{one['fact']} {one['value']}" + (f" at {one['at']}" if one["at"] else "")
            for one in finding["because"]
        )
        sources = "; ".join(f"{one['title']} ({one['confidence']})" for one in finding["source"])
        policy = " Local policy." if finding["policy"] else ""
        who = ", ".join(finding["overridable_by"]) or "nobody"
        print_text(f"- {finding['severity']}: {finding['message']}{policy}")
        print_text(f"  Because: {reasons}\n  Source: {sources}\n  May be overridden by: {who}")
        if finding["overridden"]:
            print_text(f"  Overridden by {finding['overridden']['by']}: {finding['overridden']['reason']}")
    for criterion in answer.get("criteria", ()):
        print_text(f"- {criterion['id']}: {criterion['status']}")


if __name__ == "__main__":
    app = typer.Typer()
    app.command("screen")(screen_command)
    app.add_typer(gate_app)
    app()
