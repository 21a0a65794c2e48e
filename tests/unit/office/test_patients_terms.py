"""What somebody typed into the search means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from upwell.office.patients.terms import LONGEST, readings, understand

TODAY = date(2026, 11, 23)
MAY_2, FEB_5 = date(1980, 5, 2), date(1980, 2, 5)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("1980-05-02", {MAY_2}),
        ("1980/5/2", {MAY_2}),
        ("1980.05.02", {MAY_2}),
        ("5/2/1980", {MAY_2, FEB_5}),
        ("05-02-1980", {MAY_2, FEB_5}),
        ("02.05.1980", {MAY_2, FEB_5}),
        ("5/22/1980", {date(1980, 5, 22)}),
        ("22.5.1980", {date(1980, 5, 22)}),
        ("5/5/1980", {date(1980, 5, 5)}),
        ("5/2/80", {MAY_2, FEB_5}),
        ("5/5/20", {date(1920, 5, 5), date(2020, 5, 5)}),
        ("19800502", {MAY_2}),
        ("05021980", {MAY_2, FEB_5}),
        ("2 May 1980", {MAY_2}),
        ("2. may 1980", {MAY_2}),
        ("May 2, 1980", {MAY_2}),
        ("Smith, born May 2 1980", {MAY_2}),
        ("02/29/1980", {date(1980, 2, 29)}),
        ("02/29/1981", set()),
        ("31/02/1980", set()),
        ("1980-02-31", set()),
        ("00/00/0000", set()),
        ("1980-05/02", set()),
        ("99999999", set()),
    ],
)
def test_dates(typed, days):
    assert set(understand(typed, TODAY).days) == days


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("1980", (date(1980, 1, 1), date(1980, 12, 31))),
        ("1980-", (date(1980, 1, 1), date(1980, 12, 31))),
        ("1980-0", (date(1980, 1, 1), date(1980, 12, 31))),
        ("1980-05", (date(1980, 5, 1), date(1980, 5, 31))),
        ("1980-05-", (date(1980, 5, 1), date(1980, 5, 31))),
        ("1980-05-0", (date(1980, 5, 1), date(1980, 5, 31))),
        ("02/1980", (date(1980, 2, 1), date(1980, 2, 29))),
        ("13/1980", None),
        ("1889", None),
        ("2027", None),
        ("2026", (date(2026, 1, 1), date(2026, 12, 31))),
    ],
)
def test_months_and_years(typed, period):
    assert understand(typed, TODAY).period == period


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Jon Smyth", "Jon Smyth"),
        ("smith, john", "smith john"),
        ("Smith 1980", "Smith"),
        ("May Smith", "May Smith"),
        ("April 1980", "April"),
        ("Aaron697 Dickens475", "Aaron697 Dickens475"),
        ("P-000123", ""),
        ("999-12-3456", ""),
        ("8f3c1a2b-1111-2222-3333-444455556666", ""),
        ("O'Brien", "O'Brien"),
        ("王 小明", "王 小明"),
    ],
)
def test_names(typed, words):
    assert understand(typed, TODAY).words == words


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("P-000123", "P-000123"),
        ("p-000123", "P-000123"),
        ("p123", "P-000123"),
        ("123", "P-000123"),
        ("123", "123"),
        ("999123456", "999-12-3456"),
        ("s99912345", "S99912345"),
        ("AB 12 34", "AB 12 34"),
        ("1980", "P-001980"),
    ],
)
def test_numbers(typed, number):
    assert number in understand(typed, TODAY).numbers


@given(st.text(max_size=400))
@example("²")
@example("٣٤٥")
@example("1980-05-02" * 30)
@example("١٩٨٠-٠٥-٠٢")
def test_whatever_is_typed_is_understood_without_trouble(typed):
    terms = understand(typed, TODAY)
    assert all("\x00" not in number for number in terms.numbers)
    assert "\x00" not in terms.words
    assert len(terms.words) <= LONGEST


@given(st.dates(date(1890, 1, 1), TODAY))
def test_every_way_of_writing_a_day_is_read_as_that_day(day):
    ways = [
        day.isoformat(),
        f"{day:%m/%d/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day.month}/{day.day}/{day.year}",
        f"{day:%Y%m%d}",
        f"{day:%m%d%Y}",
    ]
    assert all(day in list(readings(way, TODAY)) for way in ways)
    assert day in understand(f"{day.day} {day:%B} {day.year}", TODAY).days
    assert day in understand(f"Smith {day:%b} {day.day}, {day.year}", TODAY).days
