"""What somebody typed into the search means: names, birth dates, numbers. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from upwell.people.rules import EARLIEST_BIRTH_YEAR

LONGEST = 200
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WRITTEN = (
    re.compile(rf"\b(?P<day>\d{{1,2}})\.?\s+{_MONTH},?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})\b", re.IGNORECASE),
)
_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
_DIGITS_ALONE = re.compile(r"\d{8}")
_MONTH_OF_YEAR = re.compile(r"(?P<y1>\d{4})[-./](?P<m1>\d{1,2})|(?P<m2>\d{1,2})[-./](?P<y2>\d{4})")
_MONTH_UNFINISHED = re.compile(r"(\d{4})-(\d\d)-\d?")
_YEAR = re.compile(r"(\d{4})(?:-0?)?")
_OWN_NUMBER = re.compile(r"(?:p-?)?(\d{1,6})", re.IGNORECASE)
_NINE_DIGITS = re.compile(r"(\d{3})(\d{2})(\d{4})")


@dataclass(frozen=True, slots=True)
class Terms:
    """``days`` holds every reading of an ambiguous date; ``period`` the month or year that was typed alone."""

    words: str = ""
    numbers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    period: tuple[date, date] | None = None

    @property
    def is_dated(self) -> bool:
        return bool(self.days) or self.period is not None


def understand(text: str, today: date) -> Terms:
    """Take a search apart. What could be read in two ways is read in both."""
    plain = "".join(c if c.isprintable() else " " for c in text[:LONGEST])
    days: list[date] = []
    for pattern in _WRITTEN:
        for found in pattern.finditer(plain):
            month = next(g for g in found.groups() if g[:3].lower() in _MONTHS)
            days += _valid(int(found["year"]), _MONTHS.index(month[:3].lower()) + 1, int(found["day"]))
        plain = pattern.sub(" ", plain)
    words, numbers, period = [], [plain.strip()] if _has_digit(plain) else [], None
    for token in plain.replace(",", " ").replace(";", " ").split():
        read = list(readings(token, today))
        days += read
        period = (None if read else _period(token, today)) or period
        if _has_digit(token):
            numbers.append(token)
        if not read and not _period(token, today) and _is_name(token):
            words.append(token)
    return Terms(" ".join(words), tuple(_spellings(numbers)), tuple(dict.fromkeys(days)), period)


def readings(token: str, today: date) -> Iterator[date]:
    """Every day that a date written in digits can mean: ``02/05/1980`` is two days."""
    if found := _YEAR_FIRST.fullmatch(token):
        yield from _valid(int(found[1]), int(found[3]), int(found[4]))
    elif found := _YEAR_LAST.fullmatch(token):
        for year in _years(found[4], today):
            yield from dict.fromkeys(
                [*_valid(year, int(found[1]), int(found[3])), *_valid(year, int(found[3]), int(found[1]))]
            )
    elif _DIGITS_ALONE.fullmatch(token):
        ways = (
            (token[:4], token[4:6], token[6:]),
            (token[4:], token[:2], token[2:4]),
            (token[4:], token[2:4], token[:2]),
        )
        likely = (w for w in ways if EARLIEST_BIRTH_YEAR <= int(w[0]) <= today.year)
        yield from dict.fromkeys(day for w in likely for day in _valid(int(w[0]), int(w[1]), int(w[2])))


def _period(token: str, today: date) -> tuple[date, date] | None:
    if found := _MONTH_OF_YEAR.fullmatch(token):
        year, month = int(found["y1"] or found["y2"]), int(found["m1"] or found["m2"])
    elif found := _MONTH_UNFINISHED.fullmatch(token):
        year, month = int(found[1]), int(found[2])
    elif found := _YEAR.fullmatch(token):
        year, month = int(found[1]), 0
    else:
        return None
    if not EARLIEST_BIRTH_YEAR <= year <= today.year or month > 12:
        return None
    if month == 0:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _years(text: str, today: date) -> list[int]:
    if len(text) == 4:
        return [int(text)]
    return [century + int(text) for century in (1900, 2000) if century + int(text) <= today.year]


def _valid(year: int, month: int, day: int) -> list[date]:
    try:
        return [date(year, month, day)]
    except ValueError:
        return []


def _has_digit(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _is_name(token: str) -> bool:
    """Names may carry a few digits, as made-up ones do (``Abbott774``); numbers are mostly digits."""
    letters, digits = sum(c.isalpha() for c in token), sum(c.isdigit() for c in token)
    if digits == 0:
        return True
    begins_with_letter = next(c for c in token if c.isalnum()).isalpha()
    return begins_with_letter and letters >= digits and digits <= 4 and "-" not in token


def _spellings(numbers: list[str]) -> list[str]:
    """The ways in which a number may be on record: its case, our own form, a social security number's dashes."""
    ways: list[str] = []
    for number in numbers:
        ways += [number, number.upper(), number.lower()]
        if own := _OWN_NUMBER.fullmatch(number):
            ways.append(f"P-{int(own[1]):06d}")
        if nine := _NINE_DIGITS.fullmatch(number):
            ways.append("-".join(nine.groups()))
    return list(dict.fromkeys(ways))
