"""Appointments. The database itself refuses that a chair, a person or a member of staff is booked twice at once."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q, Value

from upwell.base.actor import Compartment
from upwell.base.history import keeps_history
from upwell.pathway.calendar.states import HOLDING, KIND_WORDS, STATE_WORDS, Kind, State
from upwell.pathway.course.models import Course
from upwell.people.models import Account, Chair
from upwell.record.models.base import ChartRow

HOLDS = Q(state__in=sorted(state.value for state in HOLDING))


def never_twice(column: str) -> ExclusionConstraint:
    """No two appointments that hold their place share this column's thing at one time.

    A range of just one id stands for the id: ranges have GiST operators in core, plain UUIDs only by an extension
    (ADR 20). Times are half-open: one may end when the next begins.
    """
    one: Any = Func(F(column), F(column), Value("[]"), function="upwell_idrange")
    when: Any = Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField())
    return ExclusionConstraint(
        name=f"{column}_booked_once",
        expressions=[(one, "&&"), (when, "&&")],
        condition=HOLDS & Q(**{f"{column}__isnull": False}),  # a range of nothing to nothing would be all
    )


@keeps_history()
class Appointment(ChartRow):
    """A time that is kept for a person, on a chair and with somebody where that is known."""

    release_kind = models.TextField(default="course", editable=False)
    compartment = models.TextField(default=Compartment.ADMINISTRATIVE.value, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=[(kind.value, words) for kind, words in KIND_WORDS.items()])
    state = models.TextField(
        choices=[(state.value, words) for state, words in STATE_WORDS.items()], default=State.BOOKED.value
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was cancelled
    version = models.PositiveIntegerField(default=1)  # whoever changes an older version is told so

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="appointment_state_known", condition=Q(state__in=[state.value for state in State])
            ),
            models.CheckConstraint(
                name="appointment_kind_known", condition=Q(kind__in=[kind.value for kind in Kind])
            ),
            models.CheckConstraint(
                name="dosing_belongs_to_a_course",
                condition=~Q(kind=Kind.DOSING.value) | Q(course__isnull=False),
            ),
            models.CheckConstraint(
                name="cancelled_with_a_reason", condition=~Q(state=State.CANCELLED.value) | ~Q(reason="")
            ),
            never_twice("chair"),
            never_twice("patient"),
            never_twice("staff"),
        ]
        indexes = [
            models.Index(fields=["practice", "starts_at"], name="appointment_of_day"),
            models.Index(fields=["patient", "starts_at"], name="appointment_of_patient"),
            models.Index(fields=["course", "starts_at"], name="appointment_of_course"),
        ]

    @property
    def stands(self) -> State:
        """Where the appointment stands."""
        return State(self.state)

    @property
    def is_for(self) -> Kind:
        """What the appointment is for."""
        return Kind(self.kind)
