"""What a person hopes for and wants to change, in their own words; what they need around them at a dose."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.pathway.course.models import Course
from upwell.people.models import Account
from upwell.record.models.base import ChartRow

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Touch(models.TextChoices):
    """Whether a hand may be held."""

    UNSAID = "", "not said"
    YES = "yes", "yes"
    ASK = "ask", "ask first"
    NO = "no", "no"


class OwnWords(ChartRow):
    """A revision of what a person wrote down: append-only, the latest counts. ``id`` was made with the form."""

    release_kind = models.TextField(default="course", editable=False)
    number = models.PositiveIntegerField()  # of the revision, from 1
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField(blank=True)
    together = models.BooleanField(default=False)  # written down by staff, with the person beside them

    class Meta:
        abstract = True


class Intention(OwnWords):
    """What a person hopes to achieve, and what they would like to see change."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    hope = models.TextField(blank=True)
    change = models.TextField(blank=True)
    show_at_session = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="intention_revision_once"),
            models.CheckConstraint(name="intention_says_something", condition=~Q(hope="", change="")),
        ]
        indexes = [models.Index(fields=["patient", "-at"], name="intention_of_patient")]
        triggers = [APPEND_ONLY]


class SettingWish(OwnWords):
    """What a person wishes around them at a dose: music, light, touch, who may be there."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    music = models.TextField(blank=True)
    light = models.TextField(blank=True)
    touch = models.TextField(choices=Touch.choices, blank=True)
    people = models.TextField(blank=True)  # who may be there
    other = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "number"], name="setting_wish_revision_once")
        ]
        indexes = [models.Index(fields=["patient", "-at"], name="setting_wish_of_patient")]
        triggers = [APPEND_ONLY]
