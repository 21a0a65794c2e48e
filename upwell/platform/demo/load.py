"""Loading the demo. What is there already is left alone, so that a second start takes no time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.exchange.fhir import import_fhir
from upwell.exchange.models import ImportRun
from upwell.exchange.scores import import_scores
from upwell.office.practice.actions import add_chair, create_practice
from upwell.office.practice.actions.demo import add_demo_person
from upwell.office.practice.actions.watch import say_who_watches, who_can_back_up
from upwell.people.models import Account, Patient, Practice
from upwell.platform.demo.calendar import with_dates
from upwell.platform.demo.cast import Delivery, DemoPractice, cast
from upwell.platform.demo.courses import SOURCE, play_courses
from upwell.platform.demo.drug_book import play_drug_books
from upwell.platform.demo.knowledge import play_knowledge
from upwell.platform.demo.stories import play_stories
from upwell.record.models import Assessment

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demo holds, and how long loading took."""

    practices: int
    people: int
    patients: int
    assessments: int
    seconds: float


def load_demo(progress: Progress = lambda words: None) -> DemoReport:
    """Load the demo practices, or what of them is still missing."""
    began, loaded_at = time.monotonic(), now()
    for demo in cast():
        practice_id = _practice(demo, progress)
        _own_charts(demo, practice_id, loaded_at, progress)
        _people(demo, practice_id)
        play_knowledge(demo, practice_id, loaded_at)
        play_courses(demo, practice_id, loaded_at, progress)
        for delivery in demo.imports:
            _deliver(demo, delivery, practice_id, loaded_at, progress)
    play_drug_books(loaded_at, "before")
    play_stories(loaded_at, progress)
    play_drug_books(loaded_at, "after")
    return _report(time.monotonic() - began)


def _actor(practice_id: UUID | None = None) -> Actor:
    return system_actor(Purpose.DEMO, practice_id)


def _practice(demo: DemoPractice, progress: Progress) -> UUID:
    found = Practice.objects.filter(name=demo.details["name"], is_demo=True).first()
    if found is not None:
        return found.id
    progress(f"Setting up {demo.details['name']} …")
    with acting_as(_actor()):
        practice = create_practice(by=_actor(), is_demo=True, **demo.details)
        for name, note in demo.chairs:
            add_chair(by=_actor(practice.id), name=name, note=note)
    return practice.id


def _own_charts(demo: DemoPractice, practice_id: UUID, loaded_at: datetime, progress: Progress) -> None:
    """The practice's own patients: a FHIR Bundle whose dates are counted back from today."""
    if _delivered(practice_id, SOURCE):
        return
    progress(f"{demo.details['name']}: writing its own charts …")
    with tempfile.TemporaryDirectory(prefix="upwell-demo-") as folder:
        bundle = Path(folder) / demo.charts.name
        bundle.write_text(with_dates(demo.charts.read_text("utf-8"), loaded_at, demo.zone), "utf-8")
        import_fhir(bundle, practice_id=practice_id, source=SOURCE, by=_actor(practice_id))


def _people(demo: DemoPractice, practice_id: UUID) -> None:
    with acting_as(_actor(practice_id)) as actor:
        there = set(Account.objects.filter(is_demo=True).values_list("email", flat=True))
        for person in demo.people:
            if person.email in there:
                continue
            chart = None
            if person.chart:
                chart = Patient.objects.get(practice_id=practice_id, source=SOURCE, source_id=person.chart).id
            add_demo_person(
                by=actor, email=person.email, name=person.name, role=person.role, patient_id=chart
            )
        _watch(demo, practice_id, actor)


def _watch(demo: DemoPractice, practice_id: UUID, actor: Actor) -> None:
    """Who watches over alerts: the first of those who may act on them is the backup."""
    backup, _name = who_can_back_up(practice_id)[0]
    say_who_watches(
        by=actor,
        watched=demo.watched,
        not_watched_on=[],
        outside_name="",
        outside_number="",
        backup_id=backup,
        backup_phone=demo.backup_phone,
    )


def _deliver(
    demo: DemoPractice, delivery: Delivery, practice_id: UUID, loaded_at: datetime, progress: Progress
) -> None:
    if _delivered(practice_id, delivery.source):
        return
    progress(f"{demo.details['name']}: importing {delivery.source} …")
    if delivery.kind == "fhir":
        import_fhir(delivery.path, practice_id=practice_id, source=delivery.source, by=_actor(practice_id))
        return
    first_week = loaded_at.astimezone(demo.zone).date() - timedelta(days=delivery.first_week_days_ago)
    import_scores(
        delivery.path,
        practice_id=practice_id,
        instrument=delivery.instrument,
        by=_actor(practice_id),
        start_date=first_week,
        source=delivery.source,
    )


def _delivered(practice_id: UUID, source: str) -> bool:
    with acting_as(_actor(practice_id)):
        return ImportRun.objects.filter(practice_id=practice_id, source=source, status="done").exists()


def _report(seconds: float) -> DemoReport:
    with acting_as(_actor()):
        return DemoReport(
            practices=Practice.objects.filter(is_demo=True).count(),
            people=Account.objects.filter(is_demo=True).count(),
            patients=Patient.objects.filter(practice__is_demo=True).count(),
            assessments=Assessment.objects.filter(practice__is_demo=True).count(),
            seconds=seconds,
        )
