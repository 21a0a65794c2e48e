"""The chaperone: invited by a link that opens once, attests, looks at the person and says so, raises the alarm."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, RefusedByRule, StaleState
from upwell.base.finding import Because, Finding, Severity
from upwell.base.ids import new_id
from upwell.base.limits import LONGEST_NAME, LONGEST_PERSON
from upwell.knowledge.remote import load_remote
from upwell.pathway.own_words import own_words
from upwell.pathway.remote.models import ALARM, WELL, Chaperone, Look
from upwell.pathway.session.actions import append, locked_session
from upwell.pathway.session.alerting import raise_once
from upwell.pathway.session.models import Session
from upwell.record.actions import refuse_other_practice
from upwell.record.once import insert_once

LINK_LASTS = timedelta(hours=24)
REMOTE = "remote"
MISSED, RAISED = "chaperone-missed", "chaperone-alarm"


@dataclass(frozen=True, slots=True)
class Invited:
    """A chaperone with the token of their link, which is shown once and kept nowhere."""

    chaperone: Chaperone
    token: str


def hash_of(token: str) -> str:
    """What is kept of a link or a key."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(*, by: Actor, session_id: UUID, name: str, phone: str) -> Invited:
    """Make a link for a chaperone. Whoever was chaperone of the session before is not any more."""
    require(by, "session.record")
    session = locked_session(by, session_id)
    if session.kind != REMOTE:
        raise RefusedByRule(_("This session is not at a distance: the team itself is with the person."))
    if session.is_over:
        raise RefusedByRule(_("This session is over."))
    named = own_words(name, path="name", missing=_("Who watches in the home?"), longest=LONGEST_PERSON)
    called = own_words(phone, path="phone", missing=_("On which number do you reach them?"), longest=60)
    withdraw(by=by, session=session)
    token, at = secrets.token_urlsafe(32), now()
    made = Chaperone.objects.create(
        practice_id=session.practice_id,
        patient_id=session.patient_id,
        session=session,
        name=named,
        phone=called,
        invited_by_name=by.name,
        link_hash=hash_of(token),
        link_expires_at=at + LINK_LASTS,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
    )
    _audit(by, made, "chaperone.invited")
    return Invited(made, token)


def withdraw(*, by: Actor, session: Session) -> None:
    """Take link and key back from whoever holds them."""
    refuse_other_practice(by, session.practice_id)
    for one in Chaperone.objects.filter(session=session, withdrawn_at__isnull=True):
        one.withdrawn_at = one.updated_at = now()
        one.updated_by_id = by.account_id
        one.save(update_fields=["withdrawn_at", "updated_at", "updated_by_id"])
        _audit(by, one, "chaperone.withdrawn")


def of_link(token: str) -> Chaperone | None:
    """The chaperone whose link it is, whether it still opens or not."""
    return _with_session().filter(link_hash=hash_of(token)).first()


def of_key(key: str) -> Chaperone | None:
    """The chaperone whose device this is, as long as nobody took the key back."""
    return _with_session().filter(key_hash=hash_of(key), withdrawn_at__isnull=True).first() if key else None


def _with_session() -> QuerySet[Chaperone]:
    return Chaperone.objects.select_related(
        "session__patient", "session__practice", "session__course__practice"
    )


def opens(found: Chaperone) -> bool:
    """Whether a link can still be opened."""
    return (
        found.withdrawn_at is None
        and found.opened_at is None
        and now() < found.link_expires_at
        and not found.session.is_over
    )


def open_link(*, by: Actor, found: Chaperone) -> str:
    """Use the link up, and give the device its key."""
    locked = Chaperone.objects.select_for_update().get(id=found.id)
    locked.session = found.session
    if not opens(locked):
        raise StaleState(_("This link was opened already, or is too old. Ask the team for a new one."))
    key = secrets.token_urlsafe(32)
    locked.key_hash, locked.opened_at = hash_of(key), now()
    locked.save(update_fields=["key_hash", "opened_at"])
    _audit(by, locked, "chaperone.opened")
    return key


def attest(*, by: Actor, found: Chaperone, confirmed: Collection[str], name: str) -> None:
    """Confirm every sentence, with one's name; before that no dose can be released."""
    sentences = load_remote().attests
    if found.attested_at is not None:
        return
    if missing := [one for one in sentences if one.id not in confirmed]:
        raise BadInput(
            _("Confirm each sentence. Not yet: “%(words)s”") % {"words": missing[0].words}, path="confirmed"
        )
    found.attested_name = own_words(
        name, path="name", missing=_("Write your name as your signature."), longest=LONGEST_NAME
    )
    found.attested_at, found.attested_words = now(), [one.words for one in sentences]
    found.save(update_fields=["attested_at", "attested_name", "attested_words"])
    _audit(by, found, "chaperone.attested")
    _note(by, found, _("%(name)s, who watches in the home, confirmed what is asked of a chaperone."))


def look(*, by: Actor, found: Chaperone, told: str, words: str, look_id: UUID | None = None) -> Look:
    """A look at the person, or the alarm. Sent twice, it is one."""
    if found.attested_at is None:
        raise RefusedByRule(_("First confirm what is asked of you."))
    if told not in (WELL, ALARM):
        raise BadInput(_("Say whether all is well."), path="told")
    row = Look(
        id=look_id or new_id(),
        practice_id=found.practice_id,
        patient_id=found.patient_id,
        session=found.session,
        chaperone=found,
        told=told,
        words=own_words(words, path="words"),
    )
    if not insert_once(row):
        return row
    if told == ALARM:  # the alarm first: whatever else goes wrong, it is raised
        told_of, about = _alarm(found, row).as_json(), uuid5(row.id, RAISED)
        raise_once(by, found.session, RAISED, told_of, alert_id=about, at=row.at, at_once=True)
    said = {WELL: _("%(name)s looked: all is well."), ALARM: _("%(name)s raises the alarm.")}[told]
    _note(by, found, said + (f" {row.words}" if row.words else ""))
    _audit(by, found, f"chaperone.{told}")
    return row


def last_sign(session: Session, found: Chaperone | None) -> datetime | None:
    """When somebody in the home was last heard of since the first dose; the dose itself counts. None before a dose."""
    if session.first_dose_at is None:
        return None
    looked = None if found is None else found.looks.order_by("-at").values_list("at", flat=True).first()
    return max(session.first_dose_at, looked) if looked is not None else session.first_dose_at


def alarm_missed(by: Actor, at: datetime) -> None:
    """Whose look did not come in time: the team is alerted, once for each look that was missed."""
    rule = load_remote()
    rows = Session.objects.filter(
        practice=by.practice_id, kind=REMOTE, over_at__isnull=True, first_dose_at__isnull=False
    )
    for session in rows.select_related("patient", "practice"):
        found = watching_in(session)
        since = last_sign(session, found)
        if since is not None and at > since + rule.every + rule.late_after:
            about = uuid5(session.id, f"{MISSED}:{since.isoformat()}")
            raise_once(by, session, MISSED, _missed(found, since).as_json(), alert_id=about, at=at)


def watching_in(session: Session) -> Chaperone | None:
    """Who is the chaperone of a session now."""
    return Chaperone.objects.filter(session=session, withdrawn_at__isnull=True).first()


def _alarm(found: Chaperone, row: Look) -> Finding:
    words = _("%(name)s raises the alarm in the home. Call %(phone)s now.")
    return Finding(
        rule="remote.alarm",
        severity=Severity.EMERGENCY,
        message=words % {"name": found.name, "phone": found.phone},
        because=(Because("chaperone", row.words or _("alarm"), row.at.isoformat()),),
        source=load_remote().looks.sources,
        policy=True,
    )


def _missed(found: Chaperone | None, since: datetime) -> Finding:
    words = _("Nobody in the home has said for too long how the person is. Call: %(whom)s")
    whom = f"{found.name}, {found.phone}" if found is not None else _("no chaperone is named")
    return Finding(
        rule="remote.look-missed",
        severity=Severity.NEEDS_DECISION,
        message=words % {"whom": whom},
        because=(Because("last heard of", since.isoformat()),),
        source=load_remote().looks.sources,
        policy=load_remote().looks.is_policy,
    )


def _note(by: Actor, found: Chaperone, words: str) -> None:
    """What the chaperone told stands in the log of the session, too."""
    rows = Session.objects.select_for_update(of=("self",)).select_related(
        "patient__practice", "course__practice"
    )
    session = rows.get(id=found.session_id)
    append(by, session, [{"type": "note", "body": {"text": words % {"name": found.name}}}])


def _audit(by: Actor, found: Chaperone, action: str) -> None:
    record(
        action,
        by=by,
        patient_id=found.patient_id,
        object_type="session",
        object_id=found.session_id,
        chaperone=str(found.id),
    )


def found_session(session_id: UUID) -> Session:
    """A session at a distance; others have no chaperone."""
    found = Session.objects.select_related("patient", "practice").filter(id=session_id, kind=REMOTE).first()
    if found is None:
        raise NotFound(_("There is no such session at a distance here."))
    return found
