"""What was declared to count as a relapse, and each time that it was seen."""

from __future__ import annotations

import pgtrigger
from django.db import models

from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.people.models import Account
from upwell.record.models import Alert, Assessment
from upwell.record.models.base import ChartRow

APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class RelapseRuleDeclared(ChartRow):
    """The rule by which a relapse of a course will be told: append-only, the latest counts from then on."""

    release_kind = models.TextField(default="course", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="relapse_rules")
    rule = models.TextField()
    rule_version = models.TextField()
    words = models.TextField()  # the rule as it read when it was declared
    kept_as = models.JSONField(null=True)  # the whole rule with its numbers; the oldest rows have none
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField(blank=True)  # as it was then; another practice may not see accounts
    number = models.PositiveIntegerField()  # the first is 1; whoever decides on an older one is told so

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="relapse_rule_once")]
        triggers = APPEND_ONLY


class RelapseSeen(ChartRow):
    """A relapse by the declared rule: which score completed it, and the alert that it raised. Append-only."""

    release_kind = models.TextField(default="assessments", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="relapses")
    declared = models.ForeignKey(RelapseRuleDeclared, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="+")
    finding = models.JSONField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "assessment"], name="relapse_seen_once")]
        indexes = [models.Index(fields=["course", "-at"], name="relapse_of_course")]
        triggers = APPEND_ONLY
