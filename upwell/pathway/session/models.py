"""A dosing session, and its log. What a session says is the fold of its log; nothing else is authoritative."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upwell.base.clock import now
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.course.models import Course
from upwell.people.models import Chair
from upwell.record.models.base import ChartRow

KINDS = [
    ("individual", _("One person")),
    ("group", _("Group")),
    ("remote", _("At home, at a distance")),
    ("inpatient", _("On a ward")),
]
APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Session(ChartRow):
    """One dosing session.

    The columns from ``stands`` on are what the fold said when it was last asked: an index for lists, which would
    otherwise fold every log. A page about a session folds its log anew. The log is the history; the row keeps none.
    """

    release_kind = models.TextField(default="sessions", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, null=True, related_name="+")
    chair = models.ForeignKey(Chair, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.TextField(choices=KINDS, default="individual")
    substance = models.TextField(blank=True)
    route = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=now)

    stands = models.TextField(default="planned")
    over_at = models.DateTimeField(null=True)
    ended_as = models.TextField(blank=True)
    first_dose_at = models.DateTimeField(null=True)
    given_mg = models.FloatField(default=0)
    next_due_at = models.DateTimeField(null=True)
    next_due_what = models.TextField(blank=True)
    leave_at = models.DateTimeField(null=True)  # the earliest time to go home
    alarms_open = models.PositiveIntegerField(default=0)
    worst_alarm = models.TextField(blank=True)
    wants_decision = models.BooleanField(default=False)  # ordered, here, and the gate is not decided
    order_check = models.TextField(blank=True)  # of the order in force: "wanted", "disputed", or nothing
    ordered_by = models.TextField(blank=True)  # the account whose order waits for another person
    events = models.PositiveIntegerField(default=0)
    folded_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"],
                condition=Q(appointment__isnull=False),
                name="one_session_of_an_appointment",
            ),
            models.CheckConstraint(
                name="session_kind_known", condition=Q(kind__in=[kind for kind, _words in KINDS])
            ),
        ]
        indexes = [
            models.Index(fields=["practice"], name="session_open", condition=Q(over_at__isnull=True)),
            models.Index(fields=["practice"], name="session_alarms_open", condition=Q(alarms_open__gt=0)),
            models.Index(fields=["course", "opened_at"], name="session_of_course"),
            models.Index(
                fields=["first_dose_at"], name="session_dosed", condition=Q(first_dose_at__isnull=False)
            ),
            models.Index(fields=["patient", "opened_at"], name="session_of_patient"),
        ]

    @property
    def is_over(self) -> bool:
        """Discharged or ended, as the fold last said."""
        return self.over_at is not None


class Logged(ChartRow):
    """What every entry of the log shares: who, in which role, on which device; received when."""

    release_kind = models.TextField(default="sessions", editable=False)
    received_at = models.DateTimeField(default=now)
    author = models.TextField(blank=True)  # the account's id
    author_role = models.TextField(blank=True)
    author_name = models.TextField(blank=True)  # as it was then; another practice may not see accounts
    device = models.TextField(blank=True)

    class Meta:
        abstract = True


class SessionEvent(Logged):
    """One event of a session's log, in the contract's shape: append-only. Its id was made where it was captured."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="log")
    type = models.TextField()
    observed_at = models.DateTimeField()
    body = models.JSONField(default=dict)
    clock_off_s = models.FloatField(null=True)  # the device's clock less the server's, where it was measured
    findings = models.JSONField(default=list)  # of an intent: what the rules said when it was decided
    knowledge_version = models.TextField(blank=True, default="")  # and in which version

    class Meta:
        indexes = [models.Index(fields=["session", "observed_at"], name="event_of_session")]
        triggers = APPEND_ONLY


class SessionQuarantine(Logged):
    """An entry that is no event of the contract, as it came, and why it was set aside: append-only."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="set_aside")
    raw = models.TextField()
    reason = models.TextField()
    path = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["session", "received_at"], name="set_aside_of_session")]
        triggers = APPEND_ONLY
