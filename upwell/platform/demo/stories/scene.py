"""A scene of a story: whose it is, where it stands, and who may act in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from upwell.access.links import person_charts
from upwell.access.who import patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.pathway.course.models import Course
from upwell.people.models import Account, Membership, Patient, Practice
from upwell.platform.demo.cast import DemoPractice, cast
from upwell.platform.demo.stories.story import Story


@dataclass(slots=True)
class Scene:
    """Where a story stands: whose it is, and what has become of it so far."""

    story: Story
    demo: DemoPractice
    patient: Patient
    loaded_at: datetime
    moment: datetime
    course_id: UUID | None = None
    kept: dict[str, UUID] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        """The course of care, as the person who acts now sees it."""
        rows = Course.objects.select_related("patient__practice", "practice")
        return rows.get(id=self.course_id or self.patient.id)

    def chart_of(self, actor: Actor) -> Patient:
        """The person's chart at the practice of whoever acts."""
        charts = Patient.objects.select_related("practice").filter(id__in=person_charts(self.patient.id))
        found = next((one for one in charts if one.practice_id == actor.practice_id), None)
        return found or self.patient

    def actor(self, who: str) -> Actor:
        """The demo person in a role: ``prescriber``, or at another practice ``prescriber@Harbor KAP Clinic``."""
        role, _, place = who.partition("@")
        if role == "patient":
            return self._person()
        demo = next(one for one in cast() if one.details["name"] == (place or self.demo.details["name"]))
        account = Account.objects.get(email=demo.person(role).email)
        membership = Membership.objects.get(account=account, practice__name=demo.details["name"])
        return staff_actor(membership, account.name)

    def _person(self) -> Actor:
        """The person themself, with each of their charts."""
        if self.patient.account is None:
            raise LookupError(f"{self.patient.display_name} has no log-in: another has to do this")
        charts = Patient.objects.filter(account=self.patient.account).order_by("id")
        ids = tuple(charts.values_list("id", flat=True))
        return patient_actor(self.patient.account.id, self.patient.account.name, ids)


def practice_named(name: str) -> Practice:
    """A demo practice by its name."""
    return Practice.objects.get(name=name, is_demo=True)
