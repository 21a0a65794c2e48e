"""The picture of a person at a screening: the record, what was told, and what the rules say of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from upwell.access.links import person_charts
from upwell.base.actor import Actor, Compartment
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import local_time
from upwell.pathway.screening.models import Screening, SecondOpinion
from upwell.pathway.screening.rules import Opinion
from upwell.pathway.screening.speaking_for import Point, points_for
from upwell.pathway.screening.told import answered, facts_told, mark_of
from upwell.pathway.screening.weighing import Weighed, marks_of, weigh
from upwell.record.facts import ChartRecord, read_chart
from upwell.record.facts.measures import OnRecord
from upwell.record.facts.person import earliest_birthday
from upwell.record.treatments import history_of, treatment_facts

PHQ9 = "phq-9"
CLINIC = "clinic"
_SUICIDE = ("suicide_risk", "suicide_risk_at", "suicide_level_at_least")


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that a page shows and a decision rests on."""

    record: ChartRecord
    weighed: Weighed
    points: tuple[Point, ...]
    phq9: OnRecord | None
    suicide: OnRecord | None
    marks: Mapping[str, str]
    opinions: tuple[Opinion, ...]
    some_is_closed: bool  # a part of the chart is not open to this person's role

    @property
    def compartment(self) -> str:
        """The strictest compartment that the facts come from."""
        strict = (Compartment.PROCESS_NOTES.value, Compartment.SUBSTANCE_USE.value)
        return next((one for one in strict if one in self.record.compartments), Compartment.CLINICAL.value)


def picture_of(course: Course, screening: Screening | None, actor: Actor, at: datetime) -> Picture:
    """The picture now. A fixed number of queries."""
    told: Mapping[str, Any] = screening.told if screening is not None else {}
    charts = person_charts(course.patient_id)
    more = _more(course, screening, told, at) | treatment_facts(history_of(charts))
    record = read_chart(course.patient, charts, at, **more)
    since = asked_since(course, screening)
    suicide = latest_of_suicide(record, since)
    if suicide is None:
        _forget_suicide(record.facts)
    _forget_old_vitals(record.facts, since)
    weighed = weigh(record.facts, answered(told))
    phq9 = record.latest(PHQ9)
    return Picture(
        record=record,
        weighed=weighed,
        points=tuple(points_for(weighed, phq9, told)),
        phq9=phq9,
        suicide=suicide,
        marks=marks_of(record.facts, mark_of),
        opinions=opinions_of(screening),
        some_is_closed=actor.is_staff and Compartment.SUBSTANCE_USE not in actor.compartments,
    )


def _more(
    course: Course, screening: Screening | None, told: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    more = facts_told(told)
    with local_time(course.patient.practice.time_zone):
        today = timezone.localtime(at).date()
        if tested_on := more["answers"].get("pregnancy_test_at"):
            moment = timezone.make_aware(datetime.combine(date.fromisoformat(tested_on), time(0)))
            more["answers"]["pregnancy_test_at"] = moment.isoformat()
    born = earliest_birthday(course.patient, today)
    for one in more.get("conditions", ()):
        onset = one.get("onset")
        if onset and (onset > today.isoformat() or (born and onset < born.isoformat())):
            del one["onset"]  # it can't have been then: when it was is unknown, and asked
    more["setting"] = CLINIC
    if screening is not None and screening.substance:
        more |= {"substance": screening.substance, "route": screening.route}
    return more


def asked_since(course: Course, screening: Screening | None) -> datetime:
    """From when on questions about suicide count for this screening: its course, or the decision before it."""
    if screening is None:
        return course.started_at
    before = Screening.objects.filter(course_id=course.id, decided_at__lt=screening.opened_at)
    last = before.order_by("-decided_at").values_list("decided_at", flat=True).first()
    return max(course.started_at, last) if last else course.started_at


def latest_of_suicide(record: ChartRecord, since: datetime) -> OnRecord | None:
    """The latest questions about suicide that count here."""
    found = [one for one in record.assessments if one.risk and one.at >= since]
    return max(found, key=lambda one: one.at, default=None)


def _forget_suicide(facts: dict[str, Any]) -> None:
    answers = facts.get("answers")
    for name in _SUICIDE:
        if answers is not None:
            answers.pop(name, None)


def _forget_old_vitals(facts: dict[str, Any], since: datetime) -> None:
    """A blood pressure of before this screening says nothing of the one now: it is measured anew."""
    moments = [(datetime.fromisoformat(one["at"]), one) for one in facts.pop("vitals", ())]
    kept = [one for at, one in moments if at.date() >= since.astimezone(at.tzinfo).date()]
    if kept:
        facts["vitals"] = kept


def opinions_of(screening: Screening | None) -> tuple[Opinion, ...]:
    """What second clinicians wrote down about this screening, the earliest first."""
    if screening is None:
        return ()
    rows = SecondOpinion.objects.filter(screening_id=screening.id).order_by("at", "id")
    return tuple(
        Opinion(one.by_id, one.by_role, one.by_name, one.agrees, frozenset(one.rules), one.at, one.words)
        for one in rows
    )
