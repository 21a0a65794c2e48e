"""A person's own practices and journal."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from upwell.base.actor import Actor
from upwell.base.errors import NotFound
from upwell.pathway.integration.models import DailyPractice, JournalEntry, PracticeDay, SharedEntry
from upwell.pathway.integration.rules import HabitState

PER_PAGE = 20
WEEK_DAYS = 7
MOST = 100


def log_in_of(actor: Actor) -> UUID:
    """Whose own it is: the log-in, not the chart."""
    if actor.account_id is None:
        raise NotFound(_("No record is linked to your log-in yet. Ask your practice for an invitation."))
    return actor.account_id


@dataclass(frozen=True, slots=True)
class OwnHabit:
    """A practice of one's own: whether today is ticked, and how often in the last week."""

    habit: DailyPractice
    done_today: bool
    times: int


def own_habits(actor: Actor, day: date) -> list[OwnHabit]:
    """All practices of a person, those that are kept first. Two queries."""
    rows = list(
        DailyPractice.objects.filter(patient_id__in=actor.patient_ids)
        .select_related("practice", "visit")
        .order_by("created_at", "id")[:MOST]
    )
    ticked = PracticeDay.objects.filter(
        account_id=log_in_of(actor),
        daily__in=[row.id for row in rows],
        done=True,
        day__gt=day - timedelta(days=WEEK_DAYS),
        day__lte=day,
    ).values_list("daily_id", "day")
    ticks = list(ticked)
    times, today = Counter(one for one, _day in ticks), {one for one, on in ticks if on == day}
    order = list(HabitState)
    rows.sort(key=lambda row: order.index(HabitState(row.state)))
    return [OwnHabit(row, row.id in today, times[row.id]) for row in rows]


def own_habit(actor: Actor, habit_id: UUID) -> DailyPractice:
    """One practice of a person's own."""
    found = (
        DailyPractice.objects.select_related("practice")
        .filter(id=habit_id, patient_id__in=actor.patient_ids)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such practice here."))
    return found


def own_entries(actor: Actor, page: str, *, put_away: bool = False) -> Page[JournalEntry]:
    """A person's journal, the latest day first."""
    rows = JournalEntry.objects.filter(account_id=log_in_of(actor), put_away_at__isnull=not put_away)
    return Paginator(rows.order_by("-day", "-id"), PER_PAGE).get_page(page)


def own_entry(actor: Actor, entry_id: UUID) -> JournalEntry:
    """One entry of a person's journal."""
    found = JournalEntry.objects.filter(id=entry_id, account_id=log_in_of(actor)).first()
    if found is None:
        raise NotFound(_("There is no such page in your journal."))
    return found


def former_words(entry: JournalEntry) -> list[JournalEntry]:
    """How an entry stood before it was changed, the latest first."""
    from django.apps import apps

    event = apps.get_model("integration", "JournalEntryEvent")
    return list(event.objects.filter(pgh_obj_id=entry.id).order_by("-pgh_id")[:MOST])


def open_copy(entry_id: UUID) -> SharedEntry | None:
    """The copy of an entry that the team sees, if the person shares it."""
    return SharedEntry.objects.filter(entry_id=entry_id, taken_back_at__isnull=True).first()


def shared_ids(actor: Actor, entries: list[JournalEntry]) -> set[UUID]:
    """Which of these entries are shared."""
    rows = SharedEntry.objects.filter(account_id=log_in_of(actor), taken_back_at__isnull=True)
    return set(rows.filter(entry__in=[entry.id for entry in entries]).values_list("entry_id", flat=True))
