"""The practice's limits; groups; and, for lists, what the log of a session last said of who watches it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.pathway.session.models import Session
from upwell.people.models import Practice
from upwell.record.models.base import ChartRow

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class StaffingRule(Identified):
    """What a practice set for itself: local policy. A limit that is empty was not set; none is filled in for it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()  # the first is 1; whoever sets beside another is told so
    chairs_per_monitor = models.PositiveIntegerField(
        null=True
    )  # open dosed sessions that one monitor watches
    people_per_staff = models.PositiveIntegerField(
        null=True
    )  # in a group, for each member of staff in the room
    prescriber_line = models.TextField(blank=True)  # how a prescriber off site is reached
    set_at = models.DateTimeField(default=now)
    set_by_id = models.UUIDField(null=True)
    set_by_name = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "number"], name="staffing_rule_once"),
            models.CheckConstraint(
                name="staffing_limit_is_some",
                condition=(Q(chairs_per_monitor=None) | Q(chairs_per_monitor__gte=1))
                & (Q(people_per_staff=None) | Q(people_per_staff__gte=1)),
            ),
        ]
        triggers = APPEND_ONLY


class SessionGroup(Identified):
    """Several people's sessions at one time. It says nothing of who they are: each session has its own place."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    name = models.TextField()
    made_at = models.DateTimeField(default=now)
    made_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="group_has_a_name", condition=Q(name__regex=r"[^[:space:]]"))
        ]
        indexes = [models.Index(fields=["practice", "made_at"], name="group_of_practice")]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return self.name


class Place(ChartRow):
    """A session's group, and an index of what its log says of who watches. The log is the history."""

    release_kind = models.TextField(default="sessions", editable=False)
    session = models.OneToOneField(Session, on_delete=models.PROTECT, related_name="place")
    group = models.ForeignKey(SessionGroup, on_delete=models.PROTECT, null=True, related_name="places")
    monitor_id = models.UUIDField(null=True)
    monitor_name = models.TextField(blank=True)
    staff_in_room = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["practice", "monitor_id"], name="place_of_monitor")]
