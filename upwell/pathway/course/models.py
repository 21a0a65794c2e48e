"""A course of care, and every step that it took."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.course.states import CLOSED_WORDS, STATE_WORDS, ClosedAs, State
from upwell.people.models import Account
from upwell.record.models.base import ChartRow

STATES = [(state.value, words) for state, words in STATE_WORDS.items()]
ENDINGS = [(ending.value, words) for ending, words in CLOSED_WORDS.items()]


@keeps_history()
class Course(ChartRow):
    """One course of care of one person, led by the practice that gives the treatment."""

    release_kind = models.TextField(default="course", editable=False)
    state = models.TextField(choices=STATES)
    closed_as = models.TextField(choices=ENDINGS, blank=True)
    prescriber = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    substance = models.TextField(blank=True)  # the contract's words; empty until the prescriber chose
    route = models.TextField(blank=True)
    protocol = models.TextField(blank=True)
    reason = models.TextField(blank=True)  # why the person came, in the words of who opened the course
    started_at = models.DateTimeField(default=now)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)  # whoever decides on an older version is told so

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=~Q(state="closed"), name="one_open_course_each"
            ),
            models.CheckConstraint(
                name="course_closed_as_something",
                condition=Q(
                    state="closed", closed_at__isnull=False, closed_as__in=[e.value for e in ClosedAs]
                )
                | (~Q(state="closed") & Q(closed_at__isnull=True, closed_as="")),
            ),
            models.CheckConstraint(
                name="course_state_known", condition=Q(state__in=[state.value for state in State])
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "state"], name="course_open", condition=~Q(state="closed")),
            models.Index(fields=["patient", "-started_at"], name="course_of_patient"),
        ]

    @property
    def stands(self) -> State:
        """Where the course stands."""
        return State(self.state)

    @property
    def is_open(self) -> bool:
        return self.state != State.CLOSED


class CourseStep(ChartRow):
    """A step that a course took: append-only."""

    release_kind = models.TextField(default="course", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()  # the course's version after it
    event = models.TextField()
    from_state = models.TextField(blank=True)
    to_state = models.TextField(choices=STATES)
    closed_as = models.TextField(choices=ENDINGS, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField(blank=True)  # as it was then; another practice may not see accounts
    by_role = models.TextField(blank=True)
    findings = models.JSONField(default=list)  # what was known when it was taken

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="course_step_once"),
            models.CheckConstraint(name="course_step_goes_somewhere", condition=~Q(from_state=F("to_state"))),
        ]
        indexes = [models.Index(fields=["course", "at"], name="step_of_course")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
