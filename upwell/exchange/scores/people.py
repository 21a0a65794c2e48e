"""Whose rows these are: charts that are found by identifier or record number, and charts that are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.exchange import bulk
from upwell.people.models import Patient, PatientIdentifier, PatientSearchKey
from upwell.people.names import search_keys
from upwell.people.numbers import allot_record_numbers
from upwell.people.rules import possible_birth_dates

GIVEN_NAME = "Respondent"  # the source gives no names: the chart says so, and carries the identifier instead
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that is on record, and what its dates forbid."""

    id: UUID
    born_on: date | None  # the earliest day that it can mean
    died_at: datetime | None
    in_error: bool
    merged: bool
    by_identifier: bool

    def forbids(self, moment: datetime, day: date) -> str | None:
        """Why nothing can have been answered then."""
        if self.born_on is not None and day < self.born_on:
            return "lies before the date of birth of the patient on record"
        if self.died_at is not None and moment > self.died_at + A_DAY:
            return "lies after the death of the patient on record"
        return None


class People:
    """The charts of one practice, as one source knows them."""

    def __init__(self, practice_id: UUID, source: str, account_id: UUID | None) -> None:
        self._practice_id = practice_id
        self._source = source
        self._system = f"urn:upwell:{source}"
        self._account_id = account_id

    def find(self, identifiers: Sequence[str]) -> dict[str, list[Chart]]:
        """The charts on record, by identifier. Several where it is not clear which is meant."""
        found: dict[str, list[Chart]] = defaultdict(list)
        numbered = PatientIdentifier.objects.filter(
            practice_id=self._practice_id, system=self._system, value__in=identifiers
        )
        for identifier, *facts in numbered.values_list("value", *(f"patient__{name}" for name in _FACTS)):
            found[identifier].append(_chart(facts, by_identifier=True))
        rest = [identifier for identifier in identifiers if identifier not in found]
        recorded = Patient.objects.filter(practice_id=self._practice_id, record_number__in=rest)
        for identifier, *facts in recorded.values_list("record_number", *_FACTS):
            found[identifier].append(_chart(facts, by_identifier=False))
        return {identifier: _kept(charts) for identifier, charts in found.items()}

    def note(self, charts: Iterable[tuple[str, UUID]]) -> None:
        """Write the source's identifier into these charts, so that they are found by it from now on."""
        rows = [
            {"id": new_id(), "practice_id": self._practice_id, "patient_id": chart_id}
            | {"system": self._system, "value": identifier}
            for identifier, chart_id in charts
        ]
        bulk.insert(PatientIdentifier, rows)

    def create(self, identifiers: Sequence[str]) -> dict[str, UUID]:
        """Make charts for people who are not on record, with their numbers and what a search finds them by."""
        if not identifiers:
            return {}
        numbers = allot_record_numbers(self._practice_id, len(identifiers))
        made = {identifier: new_id() for identifier in identifiers}
        moment = now()
        common = {
            "practice_id": self._practice_id,
            "given_names": GIVEN_NAME,
            "source": self._source,
            "created_at": moment,
            "updated_at": moment,
            "created_by_id": self._account_id,
            "updated_by_id": self._account_id,
        }
        rows = [
            common | {"id": chart_id, "family_name": identifier, "record_number": number}
            for (identifier, chart_id), number in zip(made.items(), numbers, strict=True)
        ]
        bulk.insert(Patient, rows)
        self.note(made.items())
        bulk.insert(
            PatientSearchKey,
            [key for identifier, ident in made.items() for key in self._keys(identifier, ident)],
        )
        return made

    def _keys(self, identifier: str, chart_id: UUID) -> list[dict[str, Any]]:
        keys = sorted(search_keys(identifier, GIVEN_NAME))
        return [
            {"id": new_id(), "practice_id": self._practice_id, "patient_id": chart_id, "key": key}
            for key in keys
        ]


_FACTS = ("id", "birth_date", "birth_date_precision", "deceased_at", "entered_in_error", "merged_into_id")


def _chart(facts: Sequence[Any], *, by_identifier: bool) -> Chart:
    chart_id, birth_date, precision, died_at, in_error, merged_into = facts
    born_on = possible_birth_dates(birth_date, precision)[0] if birth_date else None
    return Chart(chart_id, born_on, died_at, in_error, merged_into is not None, by_identifier)


def _kept(charts: list[Chart]) -> list[Chart]:
    """Of several charts with one identifier, the one into which the others were merged."""
    standing = [chart for chart in charts if not chart.merged]
    return standing if len(charts) > 1 and len(standing) == 1 else charts
