"""The places where a session can be held."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.errors import BadInput, NotFound
from upwell.office.practice.place import here
from upwell.people.models import Chair


def add_chair(*, by: Actor, name: str, note: str = "") -> Chair:
    """Add a chair, a bed or a room."""
    require(by, "practice.manage")
    chair = Chair(practice_id=here(by))
    return _save(chair, by, "chair.added", name, note)


def change_chair(*, by: Actor, chair_id: UUID, name: str, note: str = "") -> Chair:
    """Rename a chair, or change the note on it."""
    return _save(_locked(by, chair_id), by, "chair.changed", name, note)


def retire_chair(*, by: Actor, chair_id: UUID) -> Chair:
    """Take a chair out of use. Sessions that were held in it keep its name."""
    return _use(by, chair_id, False, "chair.retired")


def restore_chair(*, by: Actor, chair_id: UUID) -> Chair:
    """Put a chair back into use."""
    return _use(by, chair_id, True, "chair.restored")


def _locked(by: Actor, chair_id: UUID) -> Chair:
    require(by, "practice.manage")
    found = Chair.objects.select_for_update().filter(id=chair_id, practice_id=here(by)).first()
    if found is None:
        raise NotFound(_("There is no such chair here."))
    return found


def _use(by: Actor, chair_id: UUID, active: bool, action: str) -> Chair:
    chair = _locked(by, chair_id)
    if chair.active is not active:
        chair.active = active
        chair.save(update_fields=["active"])
        record(action, by=by, object_type="chair", object_id=chair.id)
    return chair


def _save(chair: Chair, by: Actor, action: str, name: str, note: str) -> Chair:
    before = (chair.name, chair.note)
    chair.name, chair.note = name.strip(), note.strip()
    if not chair.name:
        raise BadInput(_("A chair needs a name."), path="name")
    if (chair.name, chair.note) == before:
        return chair
    try:
        with transaction.atomic():
            chair.save()
    except IntegrityError as error:
        raise BadInput(_("There is a chair of that name already."), path="name") from error
    record(action, by=by, object_type="chair", object_id=chair.id)
    return chair
