"""Who the curves are for, and how a course gives its doses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.links import person_charts
from upwell.access.trail import looked_at
from upwell.base.errors import NotFound
from upwell.knowledge.consent.loader import document_for
from upwell.knowledge.education import Fact
from upwell.knowledge.protocols import Protocol, known_protocols, load_protocol, protocols_for
from upwell.pathway.course.models import Course
from upwell.record.facts import read_chart

IN_THIS_ORDER = ("onset", "peak", "fade", "stay")


@dataclass(frozen=True, slots=True)
class Given:
    """How a course's protocol gives a dose, as far as it changes when the peak comes."""

    infusion_min: float | None
    devices: int | None


def person_of(course: Course, at: datetime) -> dict[str, Any]:
    """Weight and age on record; what is not there is left out."""
    chart = read_chart(course.patient, person_charts(course.patient_id), at)
    person = chart.facts["person"]
    return {key: person[key] for key in ("weight_kg", "age_years") if key in person}


def own_course(patient_ids: Iterable[UUID], course_id: UUID) -> Course:
    """One of a person's own courses."""
    rows = Course.objects.filter(patient_id__in=list(patient_ids)).select_related("practice")
    found = rows.filter(id=course_id).first()
    if found is None:
        raise NotFound(_("There is no such course of care here."))
    looked_at([found.patient_id])
    return found


def given_by(course: Course) -> Given:
    """The infusion time and the number of devices with which the course begins."""
    protocol = _protocol(course)
    if protocol is None:
        return Given(None, None)
    minutes = protocol.infusion.minutes if protocol.infusion else None
    devices = None
    if protocol.device and protocol.dose.start:
        devices = protocol.device.count_for(protocol.dose.start)
    return Given(minutes, devices)


def _protocol(course: Course) -> Protocol | None:
    if course.protocol in known_protocols():
        return load_protocol(course.protocol)
    return next(iter(protocols_for(course.substance, course.route)), None)


def told_of(course: Course) -> list[Fact]:
    """What the text about the treatment says of its times, each with its source; also what nobody knows."""
    document = document_for(course.substance, course.route, course.practice.jurisdiction)
    facts = {key: fact for one in document.chapters for key, fact in one.facts.items()} if document else {}
    return [facts[key] for key in IN_THIS_ORDER if key in facts]
