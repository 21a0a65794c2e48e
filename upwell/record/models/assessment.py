"""A questionnaire that was answered, and one that is asked for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


@keeps_history()
class Assessment(ChartRow):
    """One filling-in of an instrument: the answers as given, and the score with the version that made it.

    ``id`` is the submission's own id, made when the form was opened: sent twice, it is one record.
    """

    class Origin(models.TextChoices):
        PATIENT = "patient", _("answered by the patient")
        STAFF = "staff", _("entered by staff")
        HISTORY = "history", _("imported history")

    release_kind = models.TextField(default="assessments", editable=False)
    instrument = models.TextField()
    instrument_version = models.TextField()
    answers = models.JSONField()
    status = models.TextField()  # complete, imputed, incomplete, not-scorable
    total = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    band = models.TextField(blank=True)
    flags = ArrayField(models.TextField(), default=list)
    result = models.JSONField()  # the whole result, in the contract's shape
    effective_at = models.DateTimeField()
    date_assumed = models.BooleanField(default=False)  # the file named no start date
    origin = models.TextField(choices=Origin.choices)
    source = models.TextField(blank=True)
    source_key = models.TextField(null=True)
    entered_in_error = models.BooleanField(default=False)
    error_reason = models.TextField(
        blank=True, default="", db_default=""
    )  # why, in the words of who marked it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "source", "source_key"], name="assessment_identity_once"
            ),
            models.CheckConstraint(
                name="assessment_marked_wrong_with_reason",
                condition=Q(entered_in_error=False)
                | Q(origin="history")
                | Q(error_reason__regex=r"[^[:space:]]"),
            ),
            models.CheckConstraint(
                name="assessment_total_only_if_scored",
                condition=Q(total__isnull=True) | Q(status__in=["complete", "imputed"]),
            ),
            models.CheckConstraint(
                name="assessment_status_known",
                condition=Q(status__in=["complete", "imputed", "incomplete", "not-scorable"]),
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "instrument", "-effective_at"], name="assessment_of_patient"),
            models.Index(fields=["practice", "instrument", "-effective_at"], name="assessment_of_practice"),
        ]


class AssessmentRequest(ChartRow):
    """The patient has been asked to answer an instrument."""

    release_kind = models.TextField(default="assessments", editable=False)
    instrument = models.TextField()
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="requests")
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "instrument"],
                condition=Q(assessment__isnull=True, cancelled_at__isnull=True),
                name="one_open_request_per_instrument",
            )
        ]
        indexes = [models.Index(fields=["patient", "due_at"], name="request_of_patient")]
