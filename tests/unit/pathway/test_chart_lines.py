"""Rows of a chart as lines: dates as exact as they are known, codes with their system, values without idle zeros."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from upwell.pathway.course.lines import (
    code_words,
    day_words,
    line,
    moment_words,
    reference_words,
    span_words,
    value_words,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2020-05-31", "May 31, 2020"),
        ("2020-05", "May 2020"),
        ("2020", "2020"),
        ("age 40 years", "age 40 years"),
        ("2020-02-31", "2020-02-31"),
    ],
)
def test_a_date_is_as_exact_as_it_is_known(text: str, shown: str) -> None:
    assert day_words(text) == shown


def test_the_words_of_a_date_go_before_the_moment() -> None:
    at = datetime(2020, 1, 1, tzinfo=UTC)
    assert moment_words(at, "2020") == "2020"
    assert moment_words(at, "") == "Jan. 1, 2020"
    assert moment_words(None, "") == ""


def test_spans() -> None:
    assert span_words("May 2020", "June 2020") == "May 2020 to June 2020"
    assert span_words("May 2020", "May 2020") == "May 2020"
    assert span_words("", "June 2020") == "until June 2020"


def test_codes_name_their_system() -> None:
    assert code_words("http://snomed.info/sct", "370143000") == "SNOMED CT 370143000"
    assert code_words("http://hl7.org/fhir/sid/icd-10-cm", "F32.9") == "ICD-10-CM F32.9"
    assert code_words("urn:own", "x") == "urn:own x"
    assert code_words("http://loinc.org", "") == ""


@pytest.mark.parametrize(
    ("number", "unit", "text", "shown"),
    [
        (Decimal("82.50000000"), "kg", "", "82.5 kg"),
        (Decimal("120.00000000"), "mmHg", "", "120 mmHg"),
        (Decimal("0E-8"), "mg", "", "0 mg"),
        (7.25, "", "", "7.25"),
        (None, "mg", "< 5 mg", "< 5 mg"),
        (None, "", "", ""),
    ],
)
def test_values(number, unit: str, text: str, shown: str) -> None:
    assert value_words(number, unit, text) == shown


def test_references_that_led_nowhere() -> None:
    assert reference_words("Encounter/1") == "Encounter/1"
    assert reference_words({"reference": "Practitioner?identifier=x|1"}) == "Practitioner?identifier=x|1"


def test_an_unknown_status_is_shown_as_it_stands() -> None:
    row = SimpleNamespace(
        display="", code="9", code_system="", source="", unresolved=[], entered_in_error=False
    )
    found = line(row, statuses=["active", "waxing", ""], when="", details=["", "two"])
    assert [badge.label for badge in found.badges] == ["active", "waxing"]
    assert (found.title, found.details) == ("9", ("two",))
