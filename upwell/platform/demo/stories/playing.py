"""Playing the stories: every beat by its own person, at its own moment; a story is whole, or is not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from upwell.access.acting import acting_as
from upwell.access.links import person_charts
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import playing_at
from upwell.pathway.course.models import Course
from upwell.people.models import Patient
from upwell.platform.demo.cast import cast
from upwell.platform.demo.stories.scene import Scene
from upwell.platform.demo.stories.story import Beat, stories
from upwell.platform.demo.stories.verbs import VERBS

SOURCE = "demo"


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
