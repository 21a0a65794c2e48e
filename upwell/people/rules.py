"""Birth and death dates: what they mean when they are not exact, and which of them can't be."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

# Nobody born earlier is alive (the longest life on record is 122 years), nor was under electronic care.
EARLIEST_BIRTH_YEAR = 1890


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something can't be as it was entered: a short code, which the pages put into words."""

    field: str
    code: str


def possible_birth_dates(birth_date: date, precision: str) -> tuple[date, date]:
    """The earliest and the latest day that a birth date of this precision (day, month, year) can mean."""
    if precision == "year":
        return date(birth_date.year, 1, 1), date(birth_date.year, 12, 31)
    if precision == "month":
        days = monthrange(birth_date.year, birth_date.month)[1]
        return birth_date.replace(day=1), birth_date.replace(day=days)
    return birth_date, birth_date


def age_years(birth_date: date, at: date) -> int:
    """Completed years of life on the day ``at``.

    Who was born on 29 February completes a year, where that day is missing, on 1 March: the later of the two
    readings that are in use, because the mistake to avoid is treating a minor.
    """
    had_birthday = (at.month, at.day) >= (birth_date.month, birth_date.day)
    return at.year - birth_date.year - (0 if had_birthday else 1)


def possible_ages(birth_date: date, precision: str, at: date) -> tuple[int, int]:
    """The lowest and the highest age that somebody can have on the day ``at``."""
    first, last = possible_birth_dates(birth_date, precision)
    return age_years(last, at), age_years(first, at)


def life_date_problems(
    birth_date: date | None, birth_precision: str, deceased: bool, died_on: date | None, today: date
) -> list[Problem]:
    """What is wrong with the dates of a life, as they were entered on the day ``today``."""
    problems = []
    if birth_date is not None:
        earliest, latest = possible_birth_dates(birth_date, birth_precision)
        if earliest > today:
            problems.append(Problem("birth_date", "birth-in-future"))
        if latest.year < EARLIEST_BIRTH_YEAR:
            problems.append(Problem("birth_date", "birth-too-early"))
        if died_on is not None and died_on < earliest:
            problems.append(Problem("deceased_on", "death-before-birth"))
    if died_on is not None:
        if not deceased:
            problems.append(Problem("deceased", "death-date-of-living"))
        if died_on > today:
            problems.append(Problem("deceased_on", "death-in-future"))
    return problems
