"""Practices for daily life: what the person wants to keep, in their words, and the days on which they did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from upwell.base.actor import Compartment
from upwell.base.history import keeps_history
from upwell.pathway.course.models import Course
from upwell.pathway.integration.models.visit import HAS_WORDS, RELEASED, IntegrationVisit
from upwell.pathway.integration.rules import HabitState
from upwell.people.models import Account
from upwell.record.models.base import ChartRow


@keeps_history()
class DailyPractice(ChartRow):
    """One practice. In the compartment *journal* it is the person's alone; in *clinical* their team sees it."""

    class Origin(models.TextChoices):
        OWN = "own", _("added by the person")
        VISIT = "visit", _("agreed in a visit")

    class State(models.TextChoices):
        KEPT = HabitState.KEPT.value, _("kept")
        PAUSED = HabitState.PAUSED.value, _("paused")
        ENDED = HabitState.ENDED.value, _("ended")

    release_kind = models.TextField(default=RELEASED, editable=False)
    compartment = models.TextField(default=Compartment.JOURNAL.value, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+"
    )  # whose own it is
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="+")
    visit = models.ForeignKey(IntegrationVisit, on_delete=models.PROTECT, null=True, related_name="practices")
    origin = models.TextField(choices=Origin.choices)
    what = models.TextField()
    how_often = models.TextField(blank=True)
    why = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.KEPT)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(name="daily_practice_says_what", condition=Q(what__regex=HAS_WORDS)),
            models.CheckConstraint(
                name="daily_practice_private_or_shared",
                condition=Q(compartment=Compartment.CLINICAL.value)
                | Q(compartment=Compartment.JOURNAL.value, account__isnull=False),
            ),
            models.CheckConstraint(
                name="daily_practice_state_known",
                condition=Q(state__in=[state.value for state in HabitState]),
            ),
        ]
        indexes = [models.Index(fields=["patient", "state"], name="daily_practice_of_patient")]

    @property
    def is_shared(self) -> bool:
        """Whether the care team sees it."""
        return self.compartment == Compartment.CLINICAL

    @property
    def is_kept(self) -> bool:
        return self.state == HabitState.KEPT


class PracticeDay(ChartRow):
    """A day on which a practice was done, ticked by the person for themself. Nobody else sees it."""

    release_kind = models.TextField(default="journal", editable=False)
    compartment = models.TextField(default=Compartment.JOURNAL.value, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    daily = models.ForeignKey(DailyPractice, on_delete=models.PROTECT, related_name="days")
    day = models.DateField()
    done = models.BooleanField(default=True)  # a tick can be taken back

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["daily", "account", "day"], name="practice_day_once"),
            models.CheckConstraint(
                name="practice_day_is_private", condition=Q(compartment=Compartment.JOURNAL.value)
            ),
        ]
