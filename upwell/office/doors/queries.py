"""What the doors need to know before anybody is in: whose link this is, where a person belongs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _

from upwell.access.roles import rulebook
from upwell.access.who import memberships_of, patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.office.practice.links import token_hash
from upwell.people.models import Account, Invitation, Membership, Patient, PatientInvitation

AnyInvitation = Invitation | PatientInvitation


def invitation_of(token: str, *, locked: bool = False) -> AnyInvitation | None:
    """The invitation behind a link, of staff or of a patient. Needs the log-in system's rights."""
    for model in (Invitation, PatientInvitation):
        found = model.objects.select_related("practice").filter(token_sha256=token_hash(token))
        if locked:
            found = found.select_for_update(of=("self",))
        if invitation := found.first():
            return invitation
    return None


def account_with(email: str) -> Account | None:
    """The log-in with this address, however it is spelled in capitals."""
    return Account.objects.filter(email=email.strip().lower()).first()


def places_of(account: Account) -> list[tuple[Actor, UUID | None]]:
    """Where a person belongs, as who, with which chart: every practice concerned sees who came in."""
    found: list[tuple[Actor, UUID | None]] = [
        (replace(staff_actor(membership, account.name), purpose="log-in"), None)
        for membership in memberships_of(account.id)
    ]
    person = replace(patient_actor(account.id, account.name), purpose="log-in")
    charts = Patient.objects.filter(account=account, merged_into=None, entered_in_error=False)
    for chart_id, practice_id in charts.values_list("id", "practice_id"):
        found.append((replace(person, practice_id=practice_id), chart_id))
    return found or [(person, None)]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of the people that a demo can be entered as."""

    id: UUID
    name: str
    role: str
    sentence: str


def demo_people() -> list[tuple[str, list[DemoPerson]]]:
    """The demo's people, by practice, in the order of the rulebook. Needs the log-in system's rights."""
    order = list(rulebook().roles)
    found: dict[str, list[tuple[str, DemoPerson]]] = {}
    charts = Patient.objects.filter(account__is_demo=True, account__is_active=True, merged_into=None)
    first = charts.order_by("account_id", "id").distinct("account_id")  # who is cared for in two stands once
    for chart in first.select_related("practice", "account"):
        if chart.account is not None:
            found.setdefault(chart.practice.name, []).append(
                ("patient", _demo_person(chart.account, "patient"))
            )
    working = Membership.objects.filter(account__is_demo=True, account__is_active=True, active=True)
    for membership in working.select_related("practice", "account"):
        for role in membership.roles[:1]:
            found.setdefault(membership.practice.name, []).append(
                (role, _demo_person(membership.account, role))
            )
    return [
        (practice, [person for _role, person in sorted(people, key=lambda pair: order.index(pair[0]))])
        for practice, people in sorted(found.items())
    ]


def _demo_person(account: Account, role: str) -> DemoPerson:
    words = rulebook().roles[role]
    return DemoPerson(account.id, account.name, _(words.title), _(words.sentence))
