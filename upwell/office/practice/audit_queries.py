"""The audit trail, as a practice's admin reads it: who did what, when, to whose chart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.access.roles import require
from upwell.access.trail import looked_at
from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor
from upwell.office.practice.place import here
from upwell.office.practice.words import action_words
from upwell.people.models import Account, Membership, Patient
from upwell.people.name_order import NameOrder
from upwell.web.role_words import role_titles

PAGE = 50
DOOR = (
    Q(action__startswith="log-")
    | Q(action__startswith="password.")
    | Q(action__startswith="second-step.")
    | Q(action__in=["practice.entered", "account.changed", "invitation.accepted"])
)
KINDS: dict[str, Q] = {
    "looks": Q(action="page"),
    "changes": ~(Q(action__in=["page", "refused", "not-found"]) | DOOR),
    "door": DOOR,
    "refused": Q(action__in=["refused", "not-found"]),
}


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the trail is asked for."""

    person: UUID | None = None
    system_only: bool = False
    patient: UUID | None = None
    kind: str = ""
    until: datetime | None = None  # the last moment
    before: UUID | None = None  # the last row of the page before


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the trail, in words."""

    id: UUID
    at: datetime
    who: str
    as_whom: str
    what: str
    patient_id: UUID | None
    patient: str
    more: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the trail; ``older`` is where the next one begins."""

    rows: list[AuditRow] = field(default_factory=list)
    older: UUID | None = None


def audit_page(actor: Actor, wanted: AuditFilter) -> AuditPage:
    """A page of the practice's trail, newest first."""
    require(actor, "audit.read")
    found = list(_matching(actor, wanted).order_by("-at", "-id")[: PAGE + 1])
    shown = found[:PAGE]
    patients = _patient_names({entry.patient_id for entry in shown if entry.patient_id})
    accounts = _account_names({entry.detail.get("account") for entry in shown if entry.detail.get("account")})
    rows = [_row(entry, patients, accounts) for entry in shown]
    return AuditPage(rows, shown[-1].id if len(found) > PAGE else None)


def _matching(actor: Actor, wanted: AuditFilter) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(practice_id=here(actor))
    if wanted.person:
        entries = entries.filter(account_id=wanted.person)
    if wanted.system_only:
        entries = entries.filter(actor_kind="system")
    if wanted.patient:
        entries = entries.filter(
            Q(patient_id=wanted.patient) | Q(detail__patients__contains=[str(wanted.patient)])
        )
    if wanted.kind in KINDS:
        entries = entries.filter(KINDS[wanted.kind])
    if wanted.until:
        entries = entries.filter(at__lte=wanted.until)
    if wanted.before:
        last = AuditEntry.objects.filter(practice_id=here(actor), id=wanted.before).first()
        if last is not None:
            entries = entries.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    return entries


def _patient_names(ids: set[UUID]) -> dict[UUID, str]:
    named = {
        p.id: p.display_name for p in Patient.objects.filter(id__in=ids).only("given_names", "family_name")
    }
    looked_at(named)
    return named


def _account_names(ids: set[str]) -> dict[str, str]:
    return {str(id): name for id, name in Account.objects.filter(id__in=ids).values_list("id", "name")}


def _row(entry: AuditEntry, patients: dict[UUID, str], accounts: dict[str, str]) -> AuditRow:
    return AuditRow(
        id=entry.id,
        at=entry.at,
        who=entry.actor_name or _("Somebody not signed in"),
        as_whom=role_titles(entry.roles),
        what=action_words(entry.action, entry.object_type),
        patient_id=entry.patient_id,
        patient=patients.get(entry.patient_id, _("a patient")) if entry.patient_id else "",
        more=_more(entry.detail, accounts),
    )


def _more(detail: dict[str, Any], accounts: dict[str, str]) -> str:
    """What else the row says: whose roles, which fields, how many patients."""
    words: list[str] = []
    if account := detail.get("account"):
        words.append(accounts.get(account, ""))
    if "before" in detail and "after" in detail:
        words.append(f"{role_titles(detail['before'])} → {role_titles(detail['after'])}")
    elif detail.get("roles"):
        words.append(role_titles(detail["roles"]))
    if fields := detail.get("fields"):
        words.append(", ".join(str(name).replace("_", " ") for name in fields))
    if (shown := detail.get("shown", 0)) > 1:
        words.append(ngettext("%(n)s patient", "%(n)s patients", shown) % {"n": shown})
    return ", ".join(word for word in words if word)


def people_of_trail(actor: Actor) -> list[tuple[str, str]]:
    """Whom the trail can be filtered by: all who work or worked here."""
    require(actor, "audit.read")
    found = Membership.objects.filter(practice_id=here(actor)).order_by(NameOrder("account__name"))
    return [(str(id), name) for id, name in found.values_list("account_id", "account__name")]


def patient_named(actor: Actor, named: str) -> UUID | None:
    """The chart with this id or record number, if there is one here."""
    require(actor, "audit.read")
    try:
        wanted = Q(id=UUID(named))
    except ValueError:
        wanted = Q(record_number__iexact=named.strip())
    return Patient.objects.filter(wanted, practice_id=here(actor)).values_list("id", flat=True).first()
