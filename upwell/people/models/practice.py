"""A practice, and the chairs in it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from upwell.base.clock import now
from upwell.base.fields import Identified
from upwell.base.history import keeps_history


# Its details keep their history; the counter of record numbers, which moves with every new patient, does not.
@keeps_history(but=["next_record_number"])
class Practice(Identified):
    """A clinic or a therapist's practice: patients, staff and policies belong to one."""

    class Jurisdiction(models.TextChoices):
        US = "US", "US"
        EU = "EU", "EU"

    name = models.TextField()
    time_zone = models.TextField(default="UTC")
    jurisdiction = models.TextField(choices=Jurisdiction.choices, default=Jurisdiction.US)
    phone = models.TextField(blank=True)
    crisis_line = models.TextField(blank=True)  # the practice's own number for a crisis, if it staffs one
    staffed_hours = models.TextField(blank=True)  # in words, shown to patients
    # When somebody watches over alerts, from Monday on: "09:00-17:00", or nothing; on the practice's clock.
    watched = ArrayField(models.TextField(blank=True), default=list, db_default=[], blank=True)
    not_watched_on = ArrayField(models.DateField(), default=list, db_default=[], blank=True)
    outside_name = models.TextField(blank=True, default="", db_default="")  # whom to call at other times
    outside_number = models.TextField(blank=True, default="", db_default="")
    backup = models.ForeignKey(
        "people.Account", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # who is called when nobody has taken an alert on
    backup_phone = models.TextField(blank=True, default="", db_default="")
    closed_days = models.JSONField(
        default=list, db_default=[], blank=True
    )  # [{"on": "2026-12-25", "name": …}]
    dea_registration = models.TextField(blank=True, default="", db_default="")  # on the drug book alone
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)
    next_record_number = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(name="practice_has_name", condition=~models.Q(name=""))]

    def __str__(self) -> str:
        return self.name


@keeps_history()
class Chair(Identified):
    """A place where a session can be held: a chair, a bed, a room."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="chairs")
    name = models.TextField()
    note = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint("practice", Lower("name"), name="chair_name_once_per_practice"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
