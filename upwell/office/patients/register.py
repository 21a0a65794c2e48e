"""The practice's list of patients: a page of it, or what a search finds, with the last score and open alerts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _

from upwell.access.roles import may, require
from upwell.access.trail import looked_at
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import NotPermitted
from upwell.knowledge.loader import load_instrument
from upwell.office.patients.days import age_words, day_words, today_at
from upwell.office.patients.search import Entry, find
from upwell.office.patients.terms import understand
from upwell.people.charts import charts_of
from upwell.people.models import Patient, Practice
from upwell.record.models import Alert, Assessment
from upwell.web.charts import band_level

PAGE = 50
SCORE_SHOWN = "phq-9"

_PAGE_OF_LIST = """
SELECT id, record_number, family_name, given_names, birth_date, birth_date_precision, sex, deceased
FROM people_patient p
WHERE practice_id = %(practice)s AND merged_into_id IS NULL AND NOT entered_in_error
  AND (%(after)s::uuid IS NULL OR (in_order, id) >
       (SELECT in_order, id FROM people_patient WHERE id = %(after)s::uuid))
ORDER BY in_order, id LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class LastScore:
    """The newest total of the instrument that the list shows."""

    total: str
    band: str
    level: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One patient in the list."""

    entry: Entry
    age: str
    sex: str
    score: LastScore | None
    open_alerts: int


@dataclass(frozen=True, slots=True)
class Register:
    """What the page shows. ``total`` is None for a search; ``after`` leads to the next page."""

    lines: Sequence[Line]
    text: str
    total: int | None = None
    after: UUID | None = None
    is_continued: bool = False
    there_are_more: bool = False
    dates_read: Sequence[str] = ()
    shows_scores: bool = False


def register(actor: Actor, practice: Practice, *, text: str = "", after: UUID | None = None) -> Register:
    """The list from the beginning or from a patient on, or everybody who fits what was typed."""
    require(actor, "patient.list")
    if actor.practice_id != practice.id:
        raise NotPermitted(_("Choose a practice first."))
    today = today_at(practice)
    if text.strip():
        terms = understand(text, today)
        found = find(practice.id, terms)
        return Register(
            lines=_lines(actor, found[:PAGE], today),
            text=text,
            there_are_more=len(found) > PAGE,
            dates_read=[day_words(day) for day in terms.days] if len(terms.days) > 1 else (),
            shows_scores=may(actor, "chart.read"),
        )
    entries = _page_of_list(practice.id, after)
    return Register(
        lines=_lines(actor, entries[:PAGE], today),
        text="",
        total=_in_list(practice.id).count(),
        after=entries[PAGE - 1].id if len(entries) > PAGE else None,
        is_continued=after is not None,
        shows_scores=may(actor, "chart.read"),
    )


def _in_list(practice_id: UUID) -> Any:
    return Patient.objects.filter(practice_id=practice_id, merged_into__isnull=True, entered_in_error=False)


def _page_of_list(practice_id: UUID, after: UUID | None) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(_PAGE_OF_LIST, {"practice": practice_id, "after": after, "most": PAGE + 1})
        return [Entry(*columns) for columns in cursor.fetchall()]


def _lines(actor: Actor, entries: Sequence[Entry], today: date) -> list[Line]:
    ids = [entry.id for entry in entries]
    looked_at(ids)
    kept_of = _kept_of(ids) if entries and (may(actor, "chart.read") or may(actor, "alert.read")) else {}
    scores = last_scores(kept_of) if kept_of and may(actor, "chart.read") else {}
    alerts = open_alerts(kept_of) if kept_of and may(actor, "alert.read") else {}
    return [
        Line(
            entry=entry,
            age="" if entry.deceased else age_words(entry.birth_date, entry.birth_date_precision, today),
            sex=str(Patient.Sex(entry.sex).label) if entry.sex != Patient.Sex.UNKNOWN else "",
            score=scores.get(entry.id),
            open_alerts=alerts.get(entry.id, 0),
        )
        for entry in entries
    ]


def _kept_of(ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The kept chart of every chart in these families: rows of a chart stay where they were when it is merged."""
    return {chart: kept for kept, charts in charts_of(ids).items() for chart in charts}


def last_scores(kept_of: dict[UUID, UUID]) -> dict[UUID, LastScore]:
    """The newest scored answers of each family of charts. One query."""
    rows = (
        Assessment.objects.filter(
            patient_id__in=list(kept_of), instrument=SCORE_SHOWN, total__isnull=False, entered_in_error=False
        )
        .order_by("patient_id", "-effective_at")
        .distinct("patient_id")
        .values_list("patient_id", "total", "band", "effective_at")
    )
    newest: dict[UUID, tuple[Any, str, datetime]] = {}
    for patient_id, total, band, at in rows:
        kept = kept_of[patient_id]
        if kept not in newest or at > newest[kept][2]:
            newest[kept] = (total, band, at)
    return {kept: _score(*found) for kept, found in newest.items()}


def _score(total: Any, band: str, at: datetime) -> LastScore:
    bands = load_instrument(SCORE_SHOWN).bands
    label = next((one.label for one in bands if one.id == band), band)
    return LastScore(f"{total.normalize():f}", _(label), band_level(band, [one.id for one in bands]), at)


def open_alerts(kept_of: dict[UUID, UUID]) -> dict[UUID, int]:
    """How many safety alerts are open in each family of charts. One query."""
    rows = Alert.objects.paging(now()).filter(patient_id__in=list(kept_of))
    counts: dict[UUID, int] = {}
    for patient_id, n in rows.values_list("patient_id").annotate(n=Count("id")).order_by():
        counts[kept_of[patient_id]] = counts.get(kept_of[patient_id], 0) + n
    return counts
