"""A screening, what its decision rested on, and the second clinician's word."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from upwell.base.clock import now
from upwell.base.history import keeps_history
from upwell.pathway.course.models import Course
from upwell.pathway.screening.states import DECISION_WORDS, STATE_WORDS, Decision, State
from upwell.people.models import Account
from upwell.record.models.base import ChartRow

STATES = [(state.value, words) for state, words in STATE_WORDS.items()]
DECISIONS = [(decision.value, words) for decision, words in DECISION_WORDS.items()]
APPEND_ONLY = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


@keeps_history()
class Screening(ChartRow):
    """One screening: what was asked and told, what is planned, and the decision. One is open at a time."""

    release_kind = models.TextField(default="course", editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="screenings")
    state = models.TextField(choices=STATES, default=State.OPEN)
    opened_at = models.DateTimeField(default=now)
    told = models.JSONField(default=dict)  # by section: what was asked and told, beside the record
    substance = models.TextField(blank=True)  # planned, in the contract's words
    route = models.TextField(blank=True)
    protocol = models.TextField(blank=True)
    filled_by_name = models.TextField(blank=True)  # who filled in last, as they were called then
    decision = models.TextField(choices=DECISIONS, blank=True)
    reason = models.TextField(blank=True)
    look_again_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by_name = models.TextField(blank=True)  # another practice may not see accounts
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course"], condition=Q(state=State.OPEN.value), name="one_open_screening_per_course"
            ),
            models.CheckConstraint(
                name="screening_decided_with_reason",
                condition=Q(state=State.OPEN.value, decision="", decided_at__isnull=True)
                | Q(
                    state=State.DECIDED.value,
                    decision__in=[one.value for one in Decision],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    reason__regex=r"[^[:space:]]",
                ),
            ),
            models.CheckConstraint(
                name="screening_eligible_for_something",
                condition=~Q(decision=Decision.ELIGIBLE.value) | (~Q(substance="") & ~Q(route="")),
            ),
            models.CheckConstraint(
                name="screening_not_now_until_when",
                condition=Q(decision=Decision.NOT_NOW.value, look_again_on__isnull=False)
                | (~Q(decision=Decision.NOT_NOW.value) & Q(look_again_on__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["course", "-opened_at"], name="screening_of_course")]
        triggers = [
            pgtrigger.Protect(
                name="decided_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=State.DECIDED.value),
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN


class ScreeningBasis(ChartRow):
    """What a decision rested on: the facts and the findings as they were. Never changed.

    Its compartment is the strictest of what it holds: who may not read a part of the record does not read it here.
    """

    release_kind = models.TextField(default="course", editable=False)
    screening = models.OneToOneField(Screening, on_delete=models.PROTECT, related_name="basis")
    facts = models.JSONField()
    result = models.JSONField()  # findings with who decided otherwise and why, staging, trials
    knowledge_version = models.TextField()

    class Meta:
        triggers = APPEND_ONLY


class SecondOpinion(ChartRow):
    """What a second clinician says of findings that need one, before the prescriber decides. Never changed."""

    release_kind = models.TextField(default="course", editable=False)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="opinions")
    rules = models.JSONField()  # the findings that it is about
    agrees = models.BooleanField()
    words = models.TextField()
    at = models.DateTimeField(default=now)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    by_name = models.TextField()
    by_role = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="second_opinion_has_words", condition=Q(words__regex=r"[^[:space:]]")
            ),
        ]
        indexes = [models.Index(fields=["screening", "at"], name="opinion_of_screening")]
        triggers = APPEND_ONLY
