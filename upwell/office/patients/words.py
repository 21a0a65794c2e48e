"""What the fields of a patient are called, how their values are said, and refusals in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from upwell.office.patients.days import day_words
from upwell.people.models import Patient

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: dict[str, _StrPromise] = {
    "family_name": _("Family name"),
    "given_names": _("Given names"),
    "birth_date": _("Birth date"),
    "birth_date_precision": _("Birth date known"),
    "sex": _("Sex"),
    "phone": _("Phone"),
    "email": _("Email"),
    "address_line": _("Street and number"),
    "city": _("City"),
    "state": _("State or region"),
    "postal_code": _("Postal code"),
    "country": _("Country"),
    "language": _("Language"),
    "deceased": _("Has died"),
    "deceased_on": _("Date of death"),
    "record_number": _("Record number"),
    "log_in": _("Own log-in"),
    "merged_into": _("Joined into"),
    "entered_in_error": _("Entered in error"),
}

PRECISIONS: dict[str, _StrPromise] = {
    "day": _("To the day"),
    "month": _("Only the month and year"),
    "year": _("Only the year"),
}

LIFE_DATES: dict[str, _StrPromise] = {
    "birth-in-future": _("This day is still to come. Check the year."),
    "birth-too-early": _("Nobody born before 1890 is alive, so this can't be right. Check the year."),
    "death-before-birth": _("This is before the birth date. Check both."),
    "death-in-future": _("This day is still to come. Check the year."),
    "death-date-of-living": _("There is a date of death below. Tick this box, or empty the date."),
}

MERGES: dict[str, _StrPromise] = {
    "same-chart": _("This is one and the same chart. Choose two different ones."),
    "other-practice": _("The two charts belong to different practices, so they can't be joined."),
    "kept-is-merged": _(
        "The chart that you want to keep has been joined into another one in the meantime. Open that one and start"
        " again."
    ),
    "merged-is-merged": _("This chart has been joined into another one already. Nothing was changed."),
    "in-error": _("One of the two charts is marked as entered in error, so it can't be joined with another."),
    "two-log-ins": _(
        "Both charts have a log-in of their own, and they are different. Ask the person which one they use and have"
        " the other one closed first; then join the charts."
    ),
}

# The reasons of people/duplicates.toml, listed so that they are collected for translation.
LIKENESS = (
    gettext_noop("Same name"),
    gettext_noop("Very similar name"),
    gettext_noop("Similar name"),
    gettext_noop("One name in common"),
    gettext_noop("Different name"),
    gettext_noop("Same birth date"),
    gettext_noop("Birth date with day and month swapped"),
    gettext_noop("Birth date with two digits swapped"),
    gettext_noop("Birth date with one digit different"),
    gettext_noop("Birth dates that agree as far as they are known"),
    gettext_noop("Birth date not on record for both"),
    gettext_noop("Different birth date"),
    gettext_noop("Different sex"),
    gettext_noop("Same phone number"),
    gettext_noop("Same email address"),
    gettext_noop("Same identifier"),
)


def said(field: str, value: Any, values: Mapping[str, Any]) -> str:
    """A value of a field as people read it; empty where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, date):
        return day_words(value, values.get("birth_date_precision", "day") if field == "birth_date" else "day")
    choices: dict[str, Any] = {"sex": dict(Patient.Sex.choices), "birth_date_precision": PRECISIONS}
    return str(choices.get(field, {}).get(value, value))
