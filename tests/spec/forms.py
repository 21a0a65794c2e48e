"""Forms as a clinician writes them down, for the tables of this folder.

``digits("01-2")`` is item 1 at 0, item 2 at 1, item 3 blank, item 4 at 2. ``adding_up_to(13, items=7, highest=4)``
is a form whose items add up to 13. ``scored`` scores a form, and holds answers and result against their schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from upwell.base.finding import Finding
from upwell.knowledge.answers_schema import answers_schema
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schemas import violations
from upwell.science.scoring import ScoreResult, score

Form = dict[str, Any]


def digits(written: str) -> Form:
    """One digit an item, in the order of the form; ``-`` is an item left blank."""
    return {str(number): int(digit) for number, digit in enumerate(written, start=1) if digit != "-"}


def all_at(value: Any, items: int) -> Form:
    """Every item answered alike."""
    return {str(number): value for number in range(1, items + 1)}


def adding_up_to(total: float, *, items: int, highest: float) -> Form:
    """A form whose items add up to ``total``, the first ones as high as they go."""
    form: Form = {}
    for number in range(1, items + 1):
        form[str(number)] = min(total, highest)
        total -= form[str(number)]
    assert total == 0, "more than the form can hold"
    return form


def yes_to(items: Iterable[int], *, of: int) -> Form:
    """A form of yes/no questions with a yes to ``items`` and a no to the others."""
    said = set(items)
    return {str(number): number in said for number in range(1, of + 1)}


def without(form: Mapping[str, Any], *blank: str) -> Form:
    """The same form with items left blank."""
    return {item: value for item, value in form.items() if item not in blank}


def scored(instrument: str, form: Mapping[str, Any], **context: Any) -> ScoreResult:
    """What the platform says of a form."""
    known = load_instrument(instrument)
    given = {**form, "context": context} if context else dict(form)
    assert Draft202012Validator(answers_schema(known)).is_valid(given)
    result = score(known, form, context)
    assert violations("score-result", result.as_json()) == []
    return result


def finding(result: ScoreResult, rule: str) -> Finding:
    """The one finding of that rule."""
    (found,) = [one for one in result.findings if one.rule == f"{result.instrument}.{rule}"]
    return found


def assert_no_total(result: ScoreResult, *missing: str) -> None:
    """Missing items mean no total, and they are listed."""
    assert (result.status, result.total, result.band) == ("incomplete", None, None)
    assert result.missing == missing
    said = finding(result, "incomplete")
    assert said.severity == "unknown"
    assert all(item in said.message for item in missing)
