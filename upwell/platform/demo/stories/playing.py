"""Playing the stories: every beat by its own person, at its own moment; a story is whole, or is not there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from upwell.access.acting import acting_as
from upwell.access.links import person_charts
from upwell.access.system import Purpose, system_actor
from upwell.access.who import patient_actor, staff_actor
from upwell.base.actor import Actor
from upwell.base.clock import playing_at
from upwell.pathway.course.models import Course
from upwell.people.models import Account, Membership, Patient, Practice
from upwell.platform.demo.cast import DemoPractice, cast
from upwell.platform.demo.stories.story import Beat, Story, stories

SOURCE = "demo"


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


def play_stories(loaded_at: datetime, progress: Callable[[str], None]) -> None:
    """Play every story that was not played before, each in one transaction."""
    for story in stories():
        demo = next(one for one in cast() if one.details["name"] == story.practice)
        with transaction.atomic():
            with acting_as(_system(None)):
                patient = Patient.objects.select_related("practice", "account").get(
                    practice__name=story.practice,
                    practice__is_demo=True,
                    source=SOURCE,
                    source_id=story.chart,
                )
                played = Course.objects.filter(patient_id__in=person_charts(patient.id)).exists()
            if not played:
                progress(f"{story.practice}: the story of {patient.display_name} …")
                _play(Scene(story, demo, patient, loaded_at, loaded_at))


def _play(scene: Scene) -> None:
    from upwell.platform.demo.stories.verbs import VERBS

    for beat in scene.story.beats:
        scene.moment = beat.moment(scene.loaded_at, scene.demo.zone)
        with playing_at(scene.moment):
            _beat(scene, beat, VERBS[beat.do])


def _beat(scene: Scene, beat: Beat, verb: Callable[..., None]) -> None:
    with acting_as(_system(None)):
        actor = scene.actor(beat.who)
    with acting_as(actor):
        verb(scene, actor, **beat.what)


def _system(practice_id: UUID | None) -> Actor:
    return system_actor(Purpose.DEMO, practice_id)


def practice_named(name: str) -> Practice:
    """A demo practice by its name."""
    return Practice.objects.get(name=name, is_demo=True)
