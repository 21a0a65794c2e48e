"""Who a patient is and how to reach them, as the form holds it: read from a chart, checked, written to one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from upwell.base.errors import BadInput
from upwell.base.one_line import tidy
from upwell.office.patients.days import midnight, zone_of
from upwell.office.patients.words import LIFE_DATES
from upwell.people.models import Patient, Practice
from upwell.people.rules import life_date_problems, possible_birth_dates

Details = Mapping[str, Any]

LONGEST = {
    "family_name": 120,
    "given_names": 120,
    "phone": 60,
    "email": 254,
    "address_line": 200,
    "city": 100,
    "state": 100,
    "postal_code": 20,
    "country": 100,
    "language": 60,
}
TEXTS = tuple(LONGEST)
FIELDS = (
    "family_name", "given_names", "birth_date", "birth_date_precision", "sex", "phone", "email", "address_line",
    "city", "state", "postal_code", "country", "language", "deceased", "deceased_on",
)  # fmt: skip


def details_of(row: Any, practice: Practice) -> dict[str, Any]:
    """The details that a chart holds now, or held in a former state."""
    values = {field: getattr(row, field) for field in FIELDS if field != "deceased_on"}
    died = row.deceased_at
    return {**values, "deceased_on": died.astimezone(zone_of(practice)).date() if died else None}


def checked(details: Details, today: date) -> dict[str, Any]:
    """The details, complete and tidied, or ``BadInput`` that names the field and says what is wrong."""
    unknown = set(details) - set(FIELDS)
    if unknown:
        raise BadInput(_("These fields are not known: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    values: dict[str, Any] = {**_EMPTY, **details}
    for field in TEXTS:
        values[field] = tidy(values[field])
        if len(values[field]) > LONGEST[field]:
            raise BadInput(_("At most %(n)d characters fit here.") % {"n": LONGEST[field]}, path=field)
    if not values["family_name"] and not values["given_names"]:
        raise BadInput(_("A patient needs a name."), path="family_name")
    if values["sex"] not in Patient.Sex.values:
        raise BadInput(_("Choose one of the answers that are offered."), path="sex")
    if values["birth_date_precision"] not in Patient.Precision.values:
        raise BadInput(_("Choose one of the answers that are offered."), path="birth_date_precision")
    if values["birth_date"] is None:
        values["birth_date_precision"] = Patient.Precision.DAY.value
    else:
        values["birth_date"] = possible_birth_dates(values["birth_date"], values["birth_date_precision"])[0]
    for problem in life_problems(values, today):
        raise BadInput(str(LIFE_DATES[problem.code]), path=problem.field)
    return values


def life_problems(values: Details, today: date) -> list[Any]:
    """What is wrong with the dates of birth and death."""
    dates = values["birth_date"], values["birth_date_precision"], values["deceased"], values["deceased_on"]
    return life_date_problems(*dates, today)


_EMPTY: dict[str, Any] = {
    **dict.fromkeys(TEXTS, ""),
    "birth_date": None,
    "birth_date_precision": "day",
    "sex": "unknown",
    "deceased": False,
    "deceased_on": None,
}


def put(patient: Patient, details: Details, practice: Practice) -> list[str]:
    """Write the details to a chart (unsaved); returns the fields that changed.

    The time of a death that came with an import is kept as long as its day stays the same.
    """
    before = details_of(patient, practice)
    changed = [field for field in FIELDS if before[field] != details[field]]
    for field in changed:
        if field == "deceased_on":
            died = details["deceased_on"]
            patient.deceased_at = midnight(died, practice) if died else None
        else:
            setattr(patient, field, details[field])
    return changed
