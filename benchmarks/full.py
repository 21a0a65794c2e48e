"""Full courses of care, led by the product's own actions from the inquiry to maintenance."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.at_the_door import at_the_door
from upwell.access.who import staff_actor
from upwell.base.actor import Actor
from upwell.base.clock import now, playing_at
from upwell.people.models import Account, Chair, Membership, Patient, Practice
from upwell.platform.demo.cast import cast
from upwell.platform.demo.stories.scene import Scene
from upwell.platform.demo.stories.story import Beat, stories
from upwell.platform.demo.stories.verbs import VERBS

FULL = 4  # people of the practice whose pages are timed
# The demo's fullest: screening, consent, intentions, dosing days, check-ins, visits, journal, maintenance.
STORY = "maya-ferreira"
PLAYERS = ("prescriber", "therapist", "monitor")


class _Scene(Scene):
    """As in the demo, with the bench's own people."""

    def actor(self, who: str) -> Actor:
        role = who.partition("@")[0]
        if role == "patient":
            return self._person()
        member = Membership.objects.select_related("account").get(
            account__email=f"bench-{role}@example.org", practice=self.patient.practice
        )
        return staff_actor(member, member.account.name)


def full_courses(practice: Practice, rows: list[Patient]) -> list[UUID]:
    """A full course for each of these people, a few minutes apart, each on a chair of their own."""
    _players(practice)
    story = next(one for one in stories() if one.chart == STORY)
    zone, loaded_at, led = cast()[0].zone, now(), []
    for number, row in enumerate(rows):
        Chair.objects.create(practice=practice, name=f"Chair {number}")
        scene = _Scene(story, cast()[0], row, loaded_at, loaded_at)
        for beat in story.beats:
            scene.moment = beat.moment(loaded_at, zone) + timedelta(minutes=number)
            _play(scene, beat, number)
        led.append(scene.course.id)
    return led


def _play(scene: _Scene, beat: Beat, number: int) -> None:
    what = beat.what | ({"chair": f"Chair {number}"} if "chair" in beat.what else {})
    with playing_at(scene.moment):
        actor = scene.actor(beat.who)
        with acting_as(actor):
            VERBS[beat.do](scene, actor, **what)


def _players(practice: Practice) -> None:
    for role in PLAYERS:
        with at_the_door():
            account = Account.objects.create_user(f"bench-{role}@example.org", None, name=f"Bench {role}")
        Membership.objects.create(account=account, practice=practice, roles=[role])
