"""Who may start a course of care, as a clinician reads it.

Source: clinical reference 3.1, "Age <18" (esketamine US prescribing information); the age itself stands in
knowledge/eligibility/age.toml. Minors and the deceased can be on record; they can't start a course.
"""

from __future__ import annotations

from datetime import date

import pytest

from upwell.base.finding import Severity
from upwell.knowledge.loader import load_age_rule
from upwell.knowledge.schemas import violations
from upwell.pathway.course.rules import may_start_course

ABSOLUTE, UNKNOWN = Severity.ABSOLUTE, Severity.UNKNOWN
MINOR, AGE_UNKNOWN, DECEASED = "eligibility.age.under-18", "eligibility.age.unknown", "eligibility.deceased"


def findings(
    born: date | None, precision: str, at: date, *, deceased: bool = False
) -> list[tuple[str, Severity]]:
    found = may_start_course(born, precision, deceased, at, load_age_rule())
    assert all(violations("finding", finding.as_json()) == [] for finding in found)
    return [(finding.rule, finding.severity) for finding in found]


AGES = [
    # born               known to  on the day          finding                    why
    (date(2008, 6, 15), "day", date(2026, 6, 14), (MINOR, ABSOLUTE), "the day before the 18th birthday"),
    (date(2008, 6, 15), "day", date(2026, 6, 15), None, "the 18th birthday"),
    (date(2008, 6, 15), "day", date(2026, 6, 16), None, "the day after"),
    (date(2009, 1, 1), "day", date(2026, 12, 31), (MINOR, ABSOLUTE), "17, last day of the year"),
    (date(2008, 2, 29), "day", date(2026, 2, 28), (MINOR, ABSOLUTE), "born 29 February: not yet on the 28th"),
    (date(2008, 2, 29), "day", date(2026, 3, 1), None, "born 29 February: of age on 1 March"),
    (date(2008, 2, 29), "day", date(2028, 2, 29), None, "born 29 February, 20"),
    (date(2008, 2, 28), "day", date(2026, 2, 28), None, "born 28 February"),
    (date(1950, 1, 1), "day", date(2026, 6, 1), None, "76"),
    (date(2026, 6, 1), "day", date(2026, 6, 1), (MINOR, ABSOLUTE), "born today"),
    # Known to the month: certain only when the whole month is on one side.
    (date(2008, 6, 1), "month", date(2026, 5, 31), (MINOR, ABSOLUTE), "before the month"),
    (date(2008, 6, 1), "month", date(2026, 6, 1), (AGE_UNKNOWN, UNKNOWN), "first day: perhaps the birthday"),
    (date(2008, 6, 1), "month", date(2026, 6, 29), (AGE_UNKNOWN, UNKNOWN), "perhaps born on the 30th"),
    (date(2008, 6, 1), "month", date(2026, 6, 30), None, "whatever the day, 18"),
    (date(2008, 2, 1), "month", date(2026, 2, 28), (AGE_UNKNOWN, UNKNOWN), "perhaps born on the 29th"),
    (date(2008, 2, 1), "month", date(2026, 3, 1), None, "even if born on the 29th"),
    # Known to the year.
    (date(2008, 1, 1), "year", date(2025, 12, 31), (MINOR, ABSOLUTE), "before the year"),
    (date(2008, 1, 1), "year", date(2026, 1, 1), (AGE_UNKNOWN, UNKNOWN), "only if born on 1 January"),
    (date(2008, 7, 1), "year", date(2026, 12, 30), (AGE_UNKNOWN, UNKNOWN), "unless born on 31 December"),
    (date(2008, 7, 1), "year", date(2026, 12, 31), None, "whatever the day, 18"),
    (date(1980, 1, 1), "year", date(2026, 1, 1), None, "45 or 46: both of age"),
    (date(2015, 1, 1), "year", date(2026, 6, 1), (MINOR, ABSOLUTE), "10 or 11: both minors"),
    # Not known at all.
    (None, "day", date(2026, 6, 1), (AGE_UNKNOWN, UNKNOWN), "no birth date on record"),
]


@pytest.mark.parametrize(("born", "precision", "at", "expected", "why"), AGES, ids=[row[4] for row in AGES])
def test_age(born, precision, at, expected, why):
    assert findings(born, precision, at) == ([] if expected is None else [expected])


def test_the_deceased():
    assert findings(date(1980, 1, 1), "day", date(2026, 6, 1), deceased=True) == [(DECEASED, ABSOLUTE)]


def test_a_minor_who_has_died_has_both_findings():
    found = findings(date(2015, 1, 1), "day", date(2026, 6, 1), deceased=True)
    assert found == [(DECEASED, ABSOLUTE), (MINOR, ABSOLUTE)]


def test_nobody_overrides_any_of_it():
    for born in (None, date(2015, 1, 1)):
        for finding in may_start_course(born, "day", True, date(2026, 6, 1), load_age_rule()):
            assert finding.overridable_by == ()


def test_a_birth_date_known_to_the_year_says_which_ages_are_possible():
    (finding,) = may_start_course(date(2008, 1, 1), "year", False, date(2026, 6, 1), load_age_rule())
    assert finding.message.startswith(
        "Only the year of birth is on record (2008): the person may be 17 or 18."
    )
    assert [(b.fact, b.value) for b in finding.because] == [
        ("person.age_years", "17 or 18 years"),
        ("person.birth_date", "2008"),
    ]
