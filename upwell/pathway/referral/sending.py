"""What happens when a person agreed: the asked practice has a chart and a course of its own, and the releases hold.

All of it is written by the system for shared care, at both practices, in the transaction of the agreement.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.acting import acting_as
from upwell.access.links import care_links
from upwell.access.sharing import end_to, link_charts, open_to
from upwell.access.system import Purpose, system_actor
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.care_queries import open_course_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event as CourseEvent
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.referral.models import Referral
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import Patient
from upwell.people.numbers import allot_record_numbers
from upwell.people.search_keys import renew_search_keys

COPIED = (
    "family_name", "given_names", "other_names", "birth_date", "birth_date_precision", "sex", "phone", "email",
    "address_line", "city", "state", "postal_code", "country", "language", "account_id",
)  # fmt: skip


def both_practices(by: Actor) -> Actor:
    """The system, where the person agreed that two practices care for them together, on behalf of somebody."""
    return replace(system_actor(Purpose.SHARED_CARE, None, by.account_id), name=by.name)


def at(practice_id: UUID, by: Actor) -> Actor:
    """The same, at one of the two."""
    return replace(both_practices(by), practice_id=practice_id)


def send(referral: Referral, by: Actor) -> None:
    """Give the asked practice its own chart and course, link the charts, open what was agreed. Sets the columns."""
    with acting_as(both_practices(by)):
        patient = Patient.objects.select_related("practice").get(id=referral.patient_id)
        there = _chart_there(referral, patient, by)
        link_charts(one=patient, other=there, by=by)
        open_both_ways(referral, there, by)
        referral.to_patient_id = there.id
        referral.course_id = _course_there(referral, there, by).id


def open_both_ways(referral: Referral, there: Patient, by: Actor) -> None:
    """Open what the person agreed to, in both directions, of every chart that was joined into one of the two."""
    for chart_id, to_practice, kinds in (
        (referral.patient_id, referral.to_practice_id, referral.shared),
        (there.id, referral.practice_id, referral.shared_back),
    ):
        open_to(by=by, charts=family_of(chart_id), to_practice_id=to_practice, kinds=kinds)


def end_both_ways(referral: Referral, by: Actor) -> None:
    """End everything that is open between the two practices about this person."""
    if referral.to_patient_id is None:
        return
    with acting_as(both_practices(by)):
        end_to(by=by, charts=family_of(referral.patient_id), to_practice_id=referral.to_practice_id)
        end_to(by=by, charts=family_of(referral.to_patient_id), to_practice_id=referral.practice_id)


def close_course_there(referral: Referral, by: Actor, reason: str) -> None:
    """End the course that the referral opened, unless the asked practice has gone on with it."""
    if referral.course_id is None:
        return
    with acting_as(both_practices(by)):
        course = Course.objects.get(id=referral.course_id)
        if course.stands is CourseState.REFERRAL:
            there = at(referral.to_practice_id, by)
            move_course(by=there, course_id=course.id, event=CourseEvent.WITHDRAW, reason=reason)


def close_inquiry_here(referral: Referral, by: Actor) -> None:
    """The referring practice's own inquiry ends when the other practice takes over: one person, one course."""
    with acting_as(both_practices(by)):
        for chart_id in chart_ids(referral.patient_id):
            course = open_course_of(chart_id)
            if course is not None and course.practice_id == referral.practice_id:
                words = _("%(practice)s accepted the referral.") % {"practice": referral.to_practice.name}
                here = at(referral.practice_id, by)
                move_course(by=here, course_id=course.id, event=CourseEvent.TRANSFER, reason=words)


def family_of(chart_id: UUID) -> list[Patient]:
    """A chart, the one that is kept in its place, and all that were joined into that."""
    kept = kept_chart(chart_id) or chart_id
    return list(Patient.objects.filter(id__in=chart_ids(kept)).order_by("id"))


def _chart_there(referral: Referral, patient: Patient, by: Actor) -> Patient:
    """The asked practice's chart of this person: the linked one, the one with the same log-in, else a new one."""
    links = care_links().filter(
        patient_id__in=[chart.id for chart in family_of(patient.id)],
        other_practice_id=referral.to_practice_id,
    )
    linked = links.order_by("since", "id").values_list("other_patient_id", flat=True).first()
    if linked is not None:
        return Patient.objects.get(id=kept_chart(linked) or linked)
    if patient.account_id is not None:
        same = Patient.objects.filter(
            practice_id=referral.to_practice_id,
            account_id=patient.account_id,
            merged_into__isnull=True,
            entered_in_error=False,
        )
        if found := same.order_by("id").first():
            return found
    return _new_chart(referral, patient, by)


def _new_chart(referral: Referral, patient: Patient, by: Actor) -> Patient:
    (number,) = allot_record_numbers(referral.to_practice_id, 1)
    chart = Patient(
        practice_id=referral.to_practice_id,
        record_number=number,
        source=patient.practice.name,
        source_id=str(patient.id),
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        **{name: getattr(patient, name) for name in COPIED},
    )
    chart.save(force_insert=True)
    renew_search_keys(chart)
    record(
        "referral.chart-made",
        by=at(referral.to_practice_id, by),
        patient_id=chart.id,
        object_type="patient",
        object_id=chart.id,
        referral=str(referral.id),
    )
    return chart


def _course_there(referral: Referral, there: Patient, by: Actor) -> Course:
    """A course in the state of a referral; where one is open there already, that one."""
    actor = replace(at(referral.to_practice_id, by), name=f"{referral.by_name}, {referral.practice.name}")
    for chart in family_of(there.id):
        course = open_course_of(chart.id)
        if course is None:
            continue
        if course.stands is CourseState.INQUIRY:
            move_course(by=actor, course_id=course.id, event=CourseEvent.REFER, reason=referral.reason)
        return course
    return open_course(by=actor, patient=there, event=CourseEvent.REFER, reason=referral.reason)
