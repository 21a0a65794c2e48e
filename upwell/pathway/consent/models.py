"""A consent: the text as it was shown, the answers after reading, the signature, the withdrawal."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.consent.states import STATE_WORDS, STORED, UNSIGNED, State
from upwell.pathway.course.models import Course
from upwell.people.models import Account
from upwell.record.models.base import ChartRow

STATES = [(state.value, STATE_WORDS[state]) for state in STORED]
FIXED = (
    "practice",
    "patient",
    "course",
    "document",
    "document_version",
    "sha256",
    "text",
    "substance",
    "route",
    "offered_at",
)


class How(models.TextChoices):
    """How the person went through it."""

    OWN = "own-device", "own device"
    IN_PERSON = "in-person", "in person"


@keeps_history(but=["place", "updated_at", "updated_by_id"])
class Consent(ChartRow):
    """One consent of one person, to one substance by one route, in one version of its text."""

    release_kind = models.TextField(default="course", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="+")
    state = models.TextField(choices=STATES, default=State.OFFERED.value)
    document = models.TextField()
    document_version = models.TextField()
    sha256 = models.TextField()  # of the text
    text = models.JSONField()  # the whole text as this person was shown it, and the questions
    substance = models.TextField()
    route = models.TextField()
    offered_at = models.DateTimeField(default=now)
    offered_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    offered_by_name = models.TextField(blank=True)
    place = models.PositiveIntegerField(default=0)  # how many chapters were read
    understood_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_name = models.TextField(blank=True)  # as typed
    signed_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+"
    )  # whose log-in
    signed_how = models.TextField(choices=How.choices, blank=True)
    explained_by_name = models.TextField(blank=True)  # who went through it in person, and saw it signed
    time_zone = models.TextField(blank=True)  # of the practice, at signing
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_by_name = models.TextField(blank=True)
    withdrawn_how = models.TextField(choices=How.choices, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    heard_at = models.DateTimeField(null=True)  # somebody of the team has read the withdrawal
    heard_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    heard_by_name = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(state__in=sorted(state.value for state in UNSIGNED)),
                name="one_open_consent_each",
            ),
            models.UniqueConstraint(
                fields=["course"], condition=Q(state="signed"), name="one_signed_consent_each"
            ),
            models.CheckConstraint(
                name="consent_state_known", condition=Q(state__in=[state.value for state in STORED])
            ),
            models.CheckConstraint(
                name="consent_signed_with_a_name",
                condition=Q(signed_at__isnull=True, expires_at__isnull=True, signed_name="")
                | (
                    Q(signed_at__isnull=False, expires_at__isnull=False, understood_at__isnull=False)
                    & Q(signed_name__regex=r"[^[:space:]]")
                    & ~Q(signed_how="")
                ),
            ),
            models.CheckConstraint(
                name="consent_signed_is_signed", condition=~Q(state="signed") | Q(signed_at__isnull=False)
            ),
            models.CheckConstraint(
                name="consent_withdrawn_at_a_time",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | (~Q(state="withdrawn") & Q(withdrawn_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["course", "-offered_at"], name="consent_of_course"),
            models.Index(fields=["patient", "-offered_at"], name="consent_of_patient"),
            models.Index(
                fields=["practice", "withdrawn_at"],
                condition=Q(state="withdrawn", heard_at__isnull=True),
                name="consent_withdrawn_unheard",
            ),
            models.Index(
                fields=["practice", "expires_at"], condition=Q(state="signed"), name="consent_that_expires"
            ),
        ]
        # What was shown and signed for stays as it was.
        triggers = [pgtrigger.ReadOnly(name="text_as_shown", fields=list(FIXED))]

    @property
    def stands(self) -> State:
        """Where it stands, time left aside."""
        return State(self.state)

    @property
    def chapters(self) -> list[dict[str, object]]:
        return list(self.text["chapters"])

    @property
    def questions(self) -> list[dict[str, object]]:
        return list(self.text["questions"])

    @property
    def title(self) -> str:
        return str(self.text["title"])


class TeachBackTry(ChartRow):
    """One answer to one question after reading: append-only. ``id`` was made when the question was opened."""

    release_kind = models.TextField(default="course", editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="tries")
    question = models.TextField()
    choice = models.TextField()
    is_right = models.BooleanField()
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    how = models.TextField(choices=How.choices)

    class Meta:
        indexes = [models.Index(fields=["consent", "at"], name="try_of_consent")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
