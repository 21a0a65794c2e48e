"""What can be true but is probably a slip of the pen: asked about, never corrected silently."""

from __future__ import annotations

from upwell.base.finding import Because, Finding, Severity
from upwell.knowledge.gates.model import FactBook, Outcomes
from upwell.science.rules.case import Case, Reading
from upwell.science.rules.shown import shown, shown_reading

RULE = "facts.implausible"
_NUMBERS = (int, float)


def implausible(case: Case, book: FactBook, outcomes: Outcomes) -> list[Finding]:
    """One finding over all numbers of today that a body rarely has."""
    because: list[Because] = []
    for name, (low, high) in book.plausible.items():
        value = case.values.get(name)
        if isinstance(value, _NUMBERS) and not isinstance(value, bool) and not low <= value <= high:
            because.append(Because(name, shown(book, name, value)))
        if name in case.series:
            because += [shown_reading(book, name, one, case) for one in _rare(case, name, low, high)]
    if not because:
        return []
    return [
        Finding(
            rule=RULE,
            severity=Severity.UNKNOWN,
            message="A number here is rare enough to be a slip. Check it, measure again, and enter it anew.",
            because=tuple(dict.fromkeys(because)),
            source=book.provenance.sources,
            policy=book.provenance.is_policy,
            overridable_by=outcomes.rows[Severity.UNKNOWN].overridable_by,
        )
    ]


def _rare(case: Case, name: str, low: float, high: float) -> list[Reading]:
    """The values of today that a body rarely has."""
    if case.rare is not None and name in case.rare:
        today = case.today()
        return [one for one in case.rare[name] if today is not None and case.is_of(today, one.at)]
    return [one for one in case.window(name, "today") if not low <= one.value <= high]
