"""The note of an integration visit, what was added to it later, and the therapist's own process notes."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upwell.base.actor import Compartment
from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.course.models import Course
from upwell.pathway.integration.rules import NoteState, SuicideAnswer
from upwell.people.models import Account
from upwell.record.models import Alert
from upwell.record.models.base import ChartRow

RELEASED = "integration"
UNRELEASED = "draft"  # no release has this kind: a draft stays at the practice that writes it
HAS_WORDS = r"[^[:space:]]"


@keeps_history()
class IntegrationVisit(ChartRow):
    """One visit after a session: the note by the template, and the question about suicide.

    ``practice`` and ``patient`` are the writer's own practice and its chart of the person. ``id`` is the form's number.
    """

    class Way(models.TextChoices):
        IN_PERSON = "in-person", _("in person")
        VIDEO = "video", _("by video")
        PHONE = "phone", _("by phone")

    class Answer(models.TextChoices):
        NONE = SuicideAnswer.NONE.value, _("no thoughts of suicide")
        PRESENT = SuicideAnswer.PRESENT.value, _("thoughts of suicide")
        UNCLEAR = SuicideAnswer.UNCLEAR.value, _("no clear answer")

    release_kind = models.TextField(default=UNRELEASED, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="integration_visits")
    held_at = models.DateTimeField()
    way = models.TextField(choices=Way.choices, default=Way.IN_PERSON)
    dose_at = models.DateTimeField(null=True)  # the last dose before the visit, as it was known then
    words = models.JSONField(default=dict)  # by heading of the template
    template_version = models.TextField()
    suicide_asked = models.BooleanField(null=True)
    suicide_answer = models.TextField(choices=Answer.choices, blank=True)
    risk_done = models.TextField(blank=True)
    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.TextField(default=NoteState.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.TextField()  # as it was then; another practice may not see accounts
    author_role = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    error_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="visit_state_known", condition=Q(state__in=[state.value for state in NoteState])
            ),
            models.CheckConstraint(
                name="visit_signed_with_the_question_answered",
                condition=~Q(state="signed")
                | Q(signed_at__isnull=False)
                & (
                    Q(suicide_asked=True, suicide_answer=SuicideAnswer.NONE.value)
                    | Q(suicide_asked=True, suicide_answer__regex=HAS_WORDS, risk_done__regex=HAS_WORDS)
                    | Q(suicide_asked=False, risk_done__regex=HAS_WORDS)
                ),
            ),
            models.CheckConstraint(
                name="visit_wrong_with_reason",
                condition=~Q(state="entered-in-error") | Q(error_reason__regex=HAS_WORDS),
            ),
            models.CheckConstraint(
                name="visit_draft_is_not_released",
                condition=Q(state="draft", release_kind=UNRELEASED) | ~Q(state="draft"),
            ),
        ]
        indexes = [
            models.Index(fields=["course", "-held_at"], name="visit_of_course"),
            models.Index(fields=["practice", "state"], name="visit_draft", condition=Q(state="draft")),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> 'draft' AND (OLD.words, OLD.held_at, OLD.way, OLD.suicide_asked, OLD.suicide_answer,"
                    " OLD.risk_done, OLD.author_name, OLD.signed_at, OLD.course_id, OLD.patient_id) IS DISTINCT FROM"
                    " (NEW.words, NEW.held_at, NEW.way, NEW.suicide_asked, NEW.suicide_answer,"
                    " NEW.risk_done, NEW.author_name, NEW.signed_at, NEW.course_id, NEW.patient_id)"
                ),
            )
        ]

    @property
    def is_draft(self) -> bool:
        return self.state == NoteState.DRAFT


class VisitAddendum(ChartRow):
    """What was added to a signed note: append-only."""

    release_kind = models.TextField(default=RELEASED, editable=False)
    visit = models.ForeignKey(IntegrationVisit, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField()
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="addendum_says_something", condition=Q(text__regex=HAS_WORDS))
        ]
        indexes = [models.Index(fields=["visit", "at"], name="addendum_of_visit")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@keeps_history()
class ProcessNote(ChartRow):
    """A therapist's process notes on a visit, kept apart (45 CFR 164.501): no release, no patient, no other role."""

    release_kind = models.TextField(default="process-notes", editable=False)
    compartment = models.TextField(default=Compartment.PROCESS_NOTES.value, editable=False)
    visit = models.OneToOneField(IntegrationVisit, on_delete=models.PROTECT, related_name="process_note")
    words = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="process_note_stays_apart",
                condition=Q(compartment=Compartment.PROCESS_NOTES.value, release_kind="process-notes"),
            )
        ]
