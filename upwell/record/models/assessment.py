"""A questionnaire that was answered, and one that is asked for."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
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
    """The patient has been asked to answer an instrument: by somebody, or by the schedule of a course of care.

    ``slot`` is the schedule's name for a measure in its course, empty where somebody asked by hand. ``course_id`` and
    ``session_id`` are plain ids: the course of care lies above the record.
    """

    class Withdrawn(models.TextChoices):
        """Why a request is not needed any more."""

        BY_HAND = "", _("taken back by a person")
        BY_PLAN = "plan", _("not needed any more, by the schedule")

    release_kind = models.TextField(default="assessments", editable=False)
    instrument = models.TextField()
    requested_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(default=now)
    opens_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    late_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="requests")
    cancelled_at = models.DateTimeField(null=True)
    cancelled_because = models.TextField(blank=True, default="", db_default="", choices=Withdrawn.choices)
    slot = models.TextField(blank=True, default="", db_default="")
    course_id = models.UUIDField(null=True)
    session_id = models.UUIDField(null=True)
    followed_up_at = models.DateTimeField(null=True)
    followed_up_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    follow_up = models.TextField(blank=True, default="", db_default="")  # what was done about a missed one

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "instrument"],
                condition=Q(assessment__isnull=True, cancelled_at__isnull=True, slot=""),
                name="one_open_request_per_instrument",
            ),
            models.UniqueConstraint(
                fields=["course_id", "slot"], condition=~Q(slot=""), name="one_request_per_slot_of_a_course"
            ),
            models.CheckConstraint(
                name="request_planned_with_its_moments",
                condition=Q(slot="")
                | Q(
                    course_id__isnull=False,
                    opens_at__isnull=False,
                    late_at__isnull=False,
                    closes_at__isnull=False,
                    opens_at__lte=F("due_at"),
                    due_at__lte=F("late_at"),
                    late_at__lte=F("closes_at"),
                ),
            ),
            models.CheckConstraint(
                name="request_followed_up_with_what_was_done",
                condition=Q(followed_up_at__isnull=True)
                | (Q(followed_up_by__isnull=False) & Q(follow_up__regex=r"[^[:space:]]")),
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "due_at"], name="request_of_patient"),
            models.Index(
                fields=["practice", "late_at"],
                condition=Q(assessment__isnull=True, cancelled_at__isnull=True, followed_up_at__isnull=True)
                & ~Q(slot=""),
                name="request_open_in_practice",
            ),
        ]
