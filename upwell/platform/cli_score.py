"""``upwell score``: score one instrument from the command line; no database, no Django, no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from upwell.base.errors import BadInput, NotFound
from upwell.knowledge.answers_schema import score_schema
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.knowledge.names import instrument_named
from upwell.knowledge.triage import load_triage
from upwell.platform.cli_io import print_json, print_text, read_json_argument, run
from upwell.platform.cli_practice import Home, Practice, as_adopted_at
from upwell.science.rules.suicide import triage_of
from upwell.science.scoring import ScoreResult, score, split_context


@run
def score_command(
    instrument_id: Annotated[str | None, typer.Argument(metavar="ID", help="Such as phq-9 or gad-7.")] = None,
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE", help="A path, - for standard input, or JSON itself."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema and stop.")] = False,
    practice: Practice = None,
    home: Home = None,
) -> None:
    """Score the answers to an instrument, such as: upwell score phq-9 --answers '{"1": 2, "2": 1}'"""
    with as_adopted_at(practice, home):
        _score(instrument_id, answers, as_json, schema)


def _score(instrument_id: str | None, answers: str | None, as_json: bool, schema: bool) -> None:
    instrument = None if instrument_id is None else _instrument(instrument_id)
    if schema:
        print_json(score_schema(instrument))
        return
    if instrument is None:
        raise BadInput(f"Say which instrument to score: {', '.join(known_instruments())}.", path="instrument")
    if answers is None:
        raise BadInput(
            "Give the answers with --answers: a path, - for standard input, or JSON.", path="answers"
        )
    items, context = split_context(read_json_argument(answers, name="--answers"))
    result = score(instrument, items, context)
    document = result.as_json()
    if triage := triage_of(instrument.id, document, load_triage()):
        document["triage"] = triage
    if as_json:
        print_json(document)
    else:
        _print_plainly(result, triage)


def _instrument(instrument_id: str) -> Instrument:
    try:
        return load_instrument(instrument_named(instrument_id))
    except NotFound as error:
        raise BadInput(error.message, path=error.path) from None


def _print_plainly(result: ScoreResult, triage: Mapping[str, Any] | None) -> None:
    print_text(result.plain["clinician"])
    if triage and triage["level"]:
        words = "{title}. {action} By whom: {owner}. By when: {clock}."
        print_text(words.format(**triage) + (" Local policy." if triage["policy"] else ""))
    for finding in result.findings:
        sources = "; ".join(f"{source.title} ({source.confidence})" for source in finding.source)
        policy = " Local policy." if finding.policy else ""
        print_text(f"- {finding.severity}: {finding.message}{policy}\n  Source: {sources}")
    print_text(f"To the patient: {result.plain['patient']}")


if __name__ == "__main__":
    typer.run(score_command)
