"""A referral from one practice to another, and every step that it took."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.course.models import Course
from upwell.pathway.referral.states import AGREED_WORDS, HAPPENED, OPEN, STATE_WORDS, Agreed, State
from upwell.people.models import Account, Patient, Practice
from upwell.record.models.base import ChartRow

STATES = [(state.value, words) for state, words in STATE_WORDS.items()]
OPEN_STATES = sorted(state.value for state in OPEN)
AGREEMENTS = [(way.value, words) for way, words in AGREED_WORDS.items()]


@keeps_history()
class Referral(ChartRow):
    """One practice asks another to treat a person. It is the referring practice's row; the other reads it once sent.

    ``shared`` are the kinds that this practice opens to the other one, ``shared_back`` those of the way back.
    """

    release_kind = models.TextField(default="course", editable=False)
    to_practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    to_patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.TextField(choices=STATES)
    reason = models.TextField()
    question = models.TextField(blank=True)  # to the prescriber
    shared = ArrayField(models.TextField())
    shared_back = ArrayField(models.TextField())
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField(blank=True)  # as it was then; another practice may not see accounts
    made_at = models.DateTimeField(default=now)
    agreed_how = models.TextField(choices=AGREEMENTS, blank=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)  # why it was declined, withdrawn or not agreed to
    answered_by_name = models.TextField(blank=True)
    seen_at = models.DateTimeField(null=True)  # when the referring side looked at a "no" and went on
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "to_practice"],
                condition=Q(state__in=OPEN_STATES),
                name="one_open_referral_each",
            ),
            models.CheckConstraint(
                name="referral_state_known", condition=Q(state__in=[state.value for state in State])
            ),
            models.CheckConstraint(
                name="referral_to_another_practice", condition=~Q(to_practice=F("practice"))
            ),
            models.CheckConstraint(
                name="referral_sent_as_agreed",
                condition=Q(sent_at__isnull=True, agreed_how="", to_patient__isnull=True, course__isnull=True)
                | Q(
                    sent_at__isnull=False,
                    agreed_how__in=[way.value for way in Agreed],
                    to_patient__isnull=False,
                    course__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="referral_sent_before_answered",
                condition=Q(sent_at__isnull=False)
                | Q(state__in=["awaiting-patient", "withdrawn", "refused"]),
            ),
            models.CheckConstraint(
                name="referral_ended_when_closed",
                condition=Q(state__in=OPEN_STATES, ended_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["practice", "state"], name="referral_from_practice"),
            models.Index(fields=["to_practice", "state"], name="referral_to_practice"),
            models.Index(fields=["patient", "-made_at"], name="referral_of_patient"),
            models.Index(fields=["to_patient"], name="referral_of_to_patient"),
            models.Index(fields=["course"], name="referral_of_course"),
        ]

    @property
    def stands(self) -> State:
        """Where the referral stands."""
        return State(self.state)

    @property
    def is_open(self) -> bool:
        return self.stands in OPEN


class ReferralStep(ChartRow):
    """A step that a referral took: append-only."""

    release_kind = models.TextField(default="course", editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    number = models.PositiveIntegerField()  # the referral's version after it
    event = models.TextField()
    from_state = models.TextField(blank=True)
    to_state = models.TextField(choices=STATES)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.TextField(blank=True)
    by_role = models.TextField(blank=True)
    by_practice_name = models.TextField(blank=True)
    findings = models.JSONField(default=list)

    @property
    def title(self) -> str:
        """The step as something that happened."""
        return str(HAPPENED[State(self.to_state)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "number"], name="referral_step_once")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
