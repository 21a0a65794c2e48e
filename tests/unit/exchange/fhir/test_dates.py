"""Dates as FHIR R4 writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from upwell.exchange.fhir.dates import Precision, read_date
from upwell.exchange.fhir.places import Wrong


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "words"),
    [
        ("1990", Precision.YEAR, at(1990, 1, 1), "1990"),
        ("1990-05", Precision.MONTH, at(1990, 5, 1), "1990-05"),
        ("1990-05-31", Precision.DAY, at(1990, 5, 31), "1990-05-31"),
        ("2000-02-29", Precision.DAY, at(2000, 2, 29), "2000-02-29"),
        ("2020-01-02T10:00:00Z", Precision.MOMENT, at(2020, 1, 2, 10), ""),
        ("2020-01-02T10:00:00-05:00", Precision.MOMENT, at(2020, 1, 2, 15), ""),
        ("2020-01-02T23:30:00.5-05:00", Precision.MOMENT, at(2020, 1, 3, 4, 30, 0, 500000), ""),
        ("2016-12-31T23:59:60Z", Precision.MOMENT, at(2016, 12, 31, 23, 59, 59), ""),  # a leap second
        ("2020-01-02T10:00:00.123456789Z", Precision.MOMENT, at(2020, 1, 2, 10, 0, 0, 123456), ""),
        ("9999-12-31T23:59:59-05:00", Precision.MOMENT, at(9999, 12, 31, 23, 59, 59, 999999), ""),  # for ever
        ("0001-01-01T00:00:00+14:00", Precision.MOMENT, at(1, 1, 1), ""),
        ("0001-01-01", Precision.DAY, at(1, 1, 1), "0001-01-01"),
    ],
)
def test_a_date_keeps_its_precision(text, precision, earliest, words):
    found = read_date(text)
    assert (found.precision, found.earliest, found.words) == (precision, earliest, words)


@pytest.mark.parametrize(
    ("text", "latest"),
    [
        ("1990", at(1990, 12, 31, 23, 59, 59, 999999)),
        ("1990-02", at(1990, 2, 28, 23, 59, 59, 999999)),
        ("1990-02-03", at(1990, 2, 3, 23, 59, 59, 999999)),
        ("9999", at(9999, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_an_inexact_date_ends_late(text, latest):
    assert read_date(text).latest == latest


def test_the_day_is_the_one_that_was_written():
    assert read_date("2020-01-02T23:30:00-05:00").day == date(2020, 1, 2)
    assert read_date("1990-05").day == date(1990, 5, 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2021-02-29", "does not exist"),
        ("2020-13", "does not exist"),
        ("2020-00-01", "does not exist"),
        ("0000", "does not exist"),
        ("2020-01-02T25:00:00Z", "does not exist"),
        ("2020-01-02T24:00:00Z", "does not exist"),
        ("2020-01-02T10:61:00Z", "does not exist"),
        ("2020-01-02T10:00:00+15:00", "does not exist"),
        ("2020-01-02T10:00:00", "without a time zone"),
        ("2020-01-02T10:00Z", "without seconds"),
        ("02/01/2020", "is not a date"),
        ("20200102", "is not a date"),
        ("2020-1-2", "is not a date"),
        ("2020-01-02 10:00:00Z", "is not a date"),
        ("2020-01-02T10:00:00z", "is not a date"),
        ("", "is not a date"),
        ("１９９０", "is not a date"),  # digits of another script
        ("2020-01-02T10", "is not a date"),
        ("2020-05-01\n", "is not a date"),
    ],
)
def test_what_is_no_date_is_refused(text, reason):
    with pytest.raises(Wrong, match=reason):
        read_date(text)
