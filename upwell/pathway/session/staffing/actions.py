"""Setting the practice's limits, making a group, putting a session into it, and writing to everybody's log at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_PERSON, LONGEST_PRACTICE_LINE
from upwell.pathway.own_words import own_words
from upwell.pathway.session.actions import Recorded, locked_session, record_events
from upwell.pathway.session.models import Session
from upwell.pathway.session.staffing.models import Place, SessionGroup, StaffingRule
from upwell.pathway.session.staffing.queries import group_of, rule_of
from upwell.record.actions import refuse_other_practice

HIGHEST = 1000  # against slips of the pen; what is right is the practice's to say


def set_rule(
    *,
    by: Actor,
    number: int,
    chairs_per_monitor: int | None = None,
    people_per_staff: int | None = None,
    prescriber_line: str = "",
) -> StaffingRule:
    """Set the practice's own limits; what is left empty is not limited, only counted."""
    require(by, "practice.manage")
    if by.practice_id is None:
        raise NotPermitted(_("Only somebody of a practice sets its limits."))
    for path, value in (("chairs_per_monitor", chairs_per_monitor), ("people_per_staff", people_per_staff)):
        if value is not None and not 1 <= value <= HIGHEST:
            words = _("Give a whole number from 1 to %(most)d, or leave it empty.")
            raise BadInput(words % {"most": HIGHEST}, path=path)
    stale = StaleState(_("Somebody set this meanwhile. Look at what counts now, then decide again."))
    latest = rule_of(by.practice_id)
    if number != (latest.number if latest is not None else 0) + 1:
        raise stale
    row = StaffingRule(
        practice_id=by.practice_id,
        number=number,
        chairs_per_monitor=chairs_per_monitor,
        people_per_staff=people_per_staff,
        prescriber_line=own_words(prescriber_line, path="prescriber_line", longest=LONGEST_PRACTICE_LINE),
        set_by_id=by.account_id,
        set_by_name=by.name,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise stale from error
    record("staffing.set", by=by, object_type="staffing-rule", object_id=row.id)
    return row


def make_group(*, by: Actor, name: str) -> SessionGroup:
    """Make a group for sessions at one time."""
    require(by, "session.record")
    if by.practice_id is None:
        raise NotPermitted(_("Only somebody of a practice makes a group."))
    words = own_words(name, path="group_name", missing=_("Give the group a name."), longest=LONGEST_PERSON)
    group = SessionGroup.objects.create(practice_id=by.practice_id, name=words, made_by_id=by.account_id)
    record("group.made", by=by, object_type="session-group", object_id=group.id)
    return group


def join_group(*, by: Actor, session_id: UUID, group_id: UUID) -> Place:
    """Put a session of the kind "group" into a group."""
    require(by, "session.record")
    session = locked_session(by, session_id)
    if session.kind != "group":
        raise RefusedByRule(_("This session is not one of a group. Its kind is chosen when it is opened."))
    if session.is_over:
        raise RefusedByRule(_("This session is over."))
    group = group_of(group_id, session.practice_id)
    place = place_of(session, by)
    if place.group_id == group.id:
        return place
    place.group = group
    place.updated_by_id = by.account_id
    place.save(update_fields=["group", "updated_by_id", "updated_at"])
    record(
        "group.joined", by=by, patient_id=session.patient_id, object_type="session", object_id=session.id,
        group=str(group.id),
    )  # fmt: skip
    return place


def choose_group(*, by: Actor, session_id: UUID, group_id: UUID | None, name: str) -> Place:
    """Put a session into the group that was chosen, or into a new one of this name."""
    with transaction.atomic():
        chosen = group_id or make_group(by=by, name=name).id
        return join_group(by=by, session_id=session_id, group_id=chosen)


def place_of(session: Session, by: Actor) -> Place:
    """The place of a session, made with the first thing that is said about it."""
    place, _made = Place.objects.get_or_create(
        session=session,
        defaults={
            "practice_id": session.practice_id,
            "patient_id": session.patient_id,
            "created_by_id": by.account_id,
            "updated_by_id": by.account_id,
        },
    )
    return place


def tell_group(
    *, by: Actor, group_id: UUID, kind: str, body: dict[str, Any], note_id: UUID
) -> list[Recorded]:
    """Write one entry into the log of everybody whose session is open, each with an id of its own.

    The ids follow from the note and the session: sent twice, it is stored once.
    """
    require(by, "session.record")
    group = group_of(group_id, by.practice_id)
    rows = Session.objects.filter(place__group_id=group.id, over_at__isnull=True).order_by("id")
    found = list(rows.only("id", "practice_id"))
    if not found:
        raise NotFound(_("No session of this group is open."))
    told: list[Recorded] = []
    with transaction.atomic():
        for one in found:
            refuse_other_practice(by, one.practice_id)
            document = {"id": str(uuid5(note_id, str(one.id))), "type": kind, "body": dict(body)}
            told += record_events(by=by, session_id=one.id, documents=[document])
    record("group.told", by=by, object_type="session-group", object_id=group.id, sessions=len(found))
    return told
