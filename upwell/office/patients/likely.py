"""Likely duplicates in the register: who on record looks like this person, as lines of the list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from upwell.office.patients.details import Details
from upwell.office.patients.search import Entry
from upwell.people.duplicates import Likeness, Someone
from upwell.people.likely import look_alikes
from upwell.people.models import Patient
from upwell.people.names import full_names


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A chart that looks like the person, and why. ``also`` names the merged chart that does."""

    entry: Entry
    likeness: Likeness


def someone_entered(details: Details) -> Someone:
    """A person who is just being entered."""
    return Someone(
        names=full_names(details["family_name"], details["given_names"], []),
        birth_date=details["birth_date"],
        birth_date_precision=details["birth_date_precision"],
        sex=details["sex"],
        phone=details["phone"],
        email=details["email"],
    )


def likely_duplicates(
    practice_id: UUID, person: Someone, *, without: Collection[UUID] = ()
) -> list[Duplicate]:
    """Who on record at the practice is likely to be this person, most likely first. Three queries at most."""
    return [
        Duplicate(entry_of(one.chart, via=one.via), one.likeness)
        for one in look_alikes(practice_id, person, without=without)
    ]


def entry_of(patient: Patient, via: Patient | None = None) -> Entry:
    """A chart as a line of the register."""
    also = f"{via.display_name} ({via.record_number})" if via is not None and via.id != patient.id else ""
    return Entry(
        id=patient.id,
        record_number=patient.record_number,
        family_name=patient.family_name,
        given_names=patient.given_names,
        birth_date=patient.birth_date,
        birth_date_precision=patient.birth_date_precision,
        sex=patient.sex,
        deceased=patient.deceased,
        also=also,
    )
