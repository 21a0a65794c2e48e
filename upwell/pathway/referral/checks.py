"""What stands against referring a person, said before anything is written."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.at_the_door import at_the_door
from upwell.access.links import person_charts
from upwell.base.actor import Actor
from upwell.base.errors import RefusedByRule
from upwell.knowledge.loader import load_age_rule
from upwell.pathway.course.care_queries import courses_of
from upwell.pathway.course.models import Course
from upwell.pathway.course.rules import may_start_course
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.local_time import today
from upwell.pathway.referral.models import Referral
from upwell.pathway.referral.states import OPEN, Agreed
from upwell.people.charts import chart_ids, kept_chart
from upwell.people.models import Membership, Patient, Practice


def practices_to_refer_to(practice: Practice) -> QuerySet[Practice]:
    """The other practices of this Upwell where a prescriber works now. Demo practices refer among themselves."""
    with at_the_door():  # whether a log-in of another practice is open: staff here don't see it
        prescribers = Membership.objects.filter(
            active=True, roles__contains=["prescriber"], account__is_active=True
        )
        ids = set(prescribers.values_list("practice_id", flat=True))
    rows = Practice.objects.filter(is_demo=practice.is_demo, id__in=ids)
    return rows.exclude(id=practice.id).order_by("name", "id")


def refuse_what_stands_against(by: Actor, patient: Patient, to_practice: Practice, agreed: Agreed) -> None:
    """Refuse, in words, a referral that can't lead anywhere."""
    if to_practice.id == patient.practice_id:
        raise RefusedByRule(
            _(
                "This is your own practice. No referral is needed: start a course of care, and begin the screening."
            )
        )
    if not practices_to_refer_to(patient.practice).filter(id=to_practice.id).exists():
        raise RefusedByRule(
            _("Nobody prescribes at that practice right now, so a referral would reach nobody.")
        )
    _refuse_chart(patient)
    if agreed is Agreed.PHONE and patient.account_id is None:
        raise RefusedByRule(
            _(
                "This person has no log-in, so the question would reach nobody."
                " Record how they agreed in person, or invite them first."
            )
        )
    _refuse_open_referral(patient)
    _refuse_open_course(patient.id, patient.practice_id)


def _refuse_open_referral(patient: Patient) -> None:
    rows = Referral.objects.filter(patient_id__in=chart_ids(patient.id), state__in=sorted(OPEN))
    there = rows.select_related("to_practice").first()
    if there is not None:
        raise RefusedByRule(
            _("A referral to %(practice)s is open already. Withdraw it first, or wait for the answer.")
            % {"practice": there.to_practice.name}
        )


def _refuse_chart(patient: Patient) -> None:
    if patient.merged_into_id is not None or patient.entered_in_error:
        raise RefusedByRule(
            _("This chart was joined into another one, or is closed. Refer from the chart that is kept.")
        )
    against = may_start_course(
        patient.birth_date, patient.birth_date_precision, patient.deceased, today(), load_age_rule()
    )
    if against:
        raise RefusedByRule(" ".join(finding.message for finding in against))


def _refuse_open_course(patient_id: UUID, practice_id: UUID) -> None:
    """One person has one course of care. An own inquiry is what a referral comes from."""
    for course in courses_of(person_charts(patient_id)):
        if not course.is_open or (course.practice_id == practice_id and course.stands is CourseState.INQUIRY):
            continue
        raise RefusedByRule(
            _(
                "A course of care is open at %(practice)s. It has to be closed or handed over before a new referral."
            )
            % {"practice": course.practice.name}
        )


def refuse_second_course(course: Course) -> None:
    """Refuse to take a person on who turned out to be in care here already."""
    family = chart_ids(kept_chart(course.patient_id) or course.patient_id)
    others = (
        Course.objects.filter(patient_id__in=family).exclude(id=course.id).exclude(state=CourseState.CLOSED)
    )
    if others.exists():
        raise RefusedByRule(
            _(
                "This person has another open course of care here. Close that one first, or decline the referral."
            )
        )
