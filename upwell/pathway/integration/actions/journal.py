"""The private journal: written and revised by one person; one entry at a time shared as a copy, and taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor, Compartment
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, StaleState
from upwell.base.ids import new_id
from upwell.pathway.integration.actions.habits import own_chart
from upwell.pathway.integration.models import JournalEntry, SharedEntry
from upwell.pathway.integration.own_queries import log_in_of
from upwell.record.once import insert_once

LONGEST = 20_000


def write_entry(
    *,
    by: Actor,
    entry_id: UUID,
    day: date,
    words: str,
    prompt: str = "",
    today: date,
    seen_version: int | None = None,
) -> JournalEntry:
    """Write an entry, or revise it; how it stood before is kept. ``entry_id`` was made with the form."""
    require(by, "own.journal")
    text = _checked(words, day, today)
    there = _locked(by, entry_id)
    if there is None:
        return _new(by, entry_id, day, text, prompt)
    if seen_version is not None and there.version != seen_version:
        raise StaleState(
            _(
                "You changed this page in another window meanwhile. What you wrote here stands below, not saved yet."
            )
        )
    if (there.words, there.day) != (text, day):
        there.words, there.day, there.version = text, day, there.version + 1
        _save(by, there)
    return there


def put_away(*, by: Actor, entry_id: UUID, away: bool) -> JournalEntry:
    """Take an entry out of sight, or bring it back. It stays the person's own either way."""
    entry = _own(by, entry_id)
    entry.put_away_at = now() if away else None
    _save(by, entry)
    return entry


def share_entry(*, by: Actor, entry_id: UUID) -> SharedEntry:
    """Share one entry with the team: a copy as it stands now. Later changes stay private until shared anew."""
    entry = _own(by, entry_id)
    copy = SharedEntry(
        id=new_id(),
        practice_id=entry.practice_id,
        patient_id=entry.patient_id,
        account_id=log_in_of(by),
        entry=entry,
        day=entry.day,
        words=entry.words,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if insert_once(copy):
        record(
            "journal.shared", by=by, patient_id=copy.patient_id, object_type="shared-entry", object_id=copy.id
        )
        return copy
    there = SharedEntry.objects.select_for_update().get(entry=entry, taken_back_at__isnull=True)
    if there.words != entry.words:
        there.words, there.day, there.updated_at = entry.words, entry.day, now()
        there.save(update_fields=["words", "day", "updated_at"])
    return there


def take_entry_back(*, by: Actor, entry_id: UUID) -> None:
    """Share an entry no longer: from now on nobody else sees the copy. Whoever read it has read it."""
    entry = _own(by, entry_id)
    copy = SharedEntry.objects.select_for_update().filter(entry=entry, taken_back_at__isnull=True).first()
    if copy is None:
        return
    copy.taken_back_at, copy.compartment = now(), Compartment.JOURNAL.value
    copy.updated_at, copy.updated_by_id = now(), by.account_id
    copy.save(update_fields=["taken_back_at", "compartment", "updated_at", "updated_by_id"])
    record(
        "journal.taken-back", by=by, patient_id=copy.patient_id, object_type="shared-entry", object_id=copy.id
    )


def _new(by: Actor, entry_id: UUID, day: date, words: str, prompt: str) -> JournalEntry:
    chart = own_chart(by)
    entry = JournalEntry(
        id=entry_id,
        practice_id=chart.practice_id,
        patient_id=chart.id,
        account_id=log_in_of(by),
        day=day,
        prompt=prompt,
        words=words,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    if insert_once(entry):
        return entry
    there = _locked(by, entry_id)
    if there is None:
        raise StaleState(_("This copy of the form was used for something else. Open a new page."))
    return there


def _save(by: Actor, entry: JournalEntry) -> None:
    entry.updated_at, entry.updated_by_id = now(), by.account_id
    entry.save(update_fields=["day", "words", "version", "put_away_at", "updated_at", "updated_by_id"])


def _own(by: Actor, entry_id: UUID) -> JournalEntry:
    require(by, "own.journal")
    entry = _locked(by, entry_id)
    if entry is None:
        raise NotFound(_("There is no such page in your journal."))
    return entry


def _locked(by: Actor, entry_id: UUID) -> JournalEntry | None:
    return JournalEntry.objects.select_for_update().filter(id=entry_id, account_id=log_in_of(by)).first()


def _checked(words: str, day: date, today: date) -> str:
    if not words.strip():
        raise BadInput(_("There is nothing on the page yet. Write a word or two first."), path="words")
    if len(words) > LONGEST:
        raise BadInput(
            _("This is longer than %(n)d characters. Begin a second page with the rest.") % {"n": LONGEST},
            path="words",
        )
    if day > today:
        raise BadInput(_("This day is still to come. Choose today or a day before."), path="day")
    return words.strip()
