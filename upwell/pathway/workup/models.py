"""What was said of the items of a work-up. Never changed: a later word stands beside the former one."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.pathway.workup.rules import Event
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


class WorkUpEntry(ChartRow):
    """An item was done, left out with a reason, or opened again. Of the practice's own items, for every course."""

    release_kind = models.TextField(default="course", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="workup")
    item = models.TextField()
    event = models.TextField(choices=[(one.value, one.value) for one in Event])
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    by_name = models.TextField()  # another practice may not see accounts

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="workup_left_out_with_reason",
                condition=Q(event=Event.DONE.value) | Q(note__regex=r"[^[:space:]]"),
            ),
        ]
        indexes = [
            models.Index(fields=["course", "at"], name="workup_of_course"),
            models.Index(fields=["practice", "item", "at"], name="workup_of_practice"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
