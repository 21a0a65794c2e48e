"""A patient's chart at one practice: who they are and how to reach them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upwell.base.fields import Administrative, Identified, Kept
from upwell.base.history import keeps_history
from upwell.people.models.account import Account
from upwell.people.models.practice import Practice
from upwell.people.names import full_names


@keeps_history()
class Patient(Identified, Kept, Administrative):
    """A person's chart at a practice. Every former state of the row is kept in its history."""

    class Sex(models.TextChoices):
        """FHIR's administrative gender."""

        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Unknown")

    class Precision(models.TextChoices):
        """How exactly a date is known: a FHIR date may be a year alone."""

        DAY = "day", _("day")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="patients")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="charts")
    record_number = models.TextField()
    family_name = models.TextField()
    given_names = models.TextField(blank=True)
    other_names = models.JSONField(default=list)  # FHIR HumanName, as it came
    birth_date = models.DateField(null=True)
    birth_date_precision = models.TextField(choices=Precision.choices, default=Precision.DAY)
    sex = models.TextField(choices=Sex.choices, default=Sex.UNKNOWN)
    deceased = models.BooleanField(default=False)
    deceased_at = models.DateTimeField(null=True)
    phone = models.TextField(blank=True)
    email = models.TextField(blank=True)
    address_line = models.TextField(blank=True)
    city = models.TextField(blank=True)
    state = models.TextField(blank=True)
    postal_code = models.TextField(blank=True)
    country = models.TextField(blank=True)
    language = models.TextField(blank=True)
    source = models.TextField(blank=True)  # the system an imported chart came from
    source_id = models.TextField(null=True)
    content_hash = models.BinaryField(null=True)
    resource = models.JSONField(null=True)  # the FHIR resource as it came
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged_charts")
    entered_in_error = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # an edit of an older version is refused

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["practice", "record_number"], name="record_number_once"),
            models.UniqueConstraint(fields=["practice", "source", "source_id"], name="patient_identity_once"),
            models.CheckConstraint(name="patient_has_a_name", condition=~Q(family_name="", given_names="")),
            models.CheckConstraint(
                name="patient_not_merged_into_itself", condition=~Q(merged_into=models.F("id"))
            ),
        ]
        indexes = [  # the one of the register, by name, stands in upwell.people.name_order
            models.Index(fields=["practice", "birth_date"], name="patient_by_birth_date"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """Given names, then the family name."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def all_names(self) -> tuple[str, ...]:
        """Every name of the chart, former ones too, each whole."""
        return full_names(self.family_name, self.given_names, self.other_names)
