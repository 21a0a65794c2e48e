"""The demo: complete, believable, loaded once, and nothing of it outside a demo."""

from __future__ import annotations

import itertools
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections, transaction

from tests.demo_home import copied_demo_home
from tests.people import accounts
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now, playing_at
from upwell.knowledge.edition import packaged
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import State
from upwell.pathway.session.models import Session, SessionEvent
from upwell.people.models import Adoption, Chair, KnowledgeEdition, Membership, Patient, Practice
from upwell.platform.database import running
from upwell.platform.demo import load_demo
from upwell.platform.demo.calendar import with_dates
from upwell.platform.demo.cast import DATA, cast
from upwell.platform.demo.stories import playing
from upwell.platform.demo.stories.story import stories
from upwell.platform.home import Home
from upwell.record.models import Alert, Assessment, AssessmentRequest, MedicationStatement, Task

ROLES = ["admin", "monitor", "prescriber", "researcher", "therapist"]


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The database of a home with the demo."""
    home = Home.at(copied_demo_home())
    demos = system_actor("demo")
    with running(home) as found, django_db_blocker.unblock(), connected_to(found), acting_as(demos):
        yield
    shutil.rmtree(home.root, ignore_errors=True)


@contextmanager
def connected_to(databases):
    """Another server than that of the tests."""
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    others = {"default": databases.app.django(), "owner": databases.owner.django()}
    try:
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict.update(others[alias])
        yield
    finally:
        for alias in connections:
            connections[alias].close()
            connections[alias].settings_dict.update(before[alias])


@pytest.fixture
def nothing_loaded(databases, django_db_setup, django_db_blocker):
    """A database of its own without a demo."""
    from tests.conftest import WORKER, _copy_of_template, _use

    with django_db_blocker.unblock(), _copy_of_template(databases, f"upwell_{WORKER}_hours"):
        yield
    with django_db_blocker.unblock():
        _use(f"upwell_{WORKER}")


def at_hour(minutes: int) -> datetime:
    """So many minutes after today's midnight of the first demo practice."""
    midnight = now().astimezone(cast()[0].zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=1) + timedelta(minutes=minutes)


@pytest.mark.once
def test_it_is_loaded_while_a_session_goes_over_midnight(nothing_loaded, monkeypatch):
    in_session = [one for one in stories() if one.chart == "noor-rahimi"]
    monkeypatch.setattr(playing, "stories", lambda: in_session)
    with playing_at(at_hour(70)):  # the session that runs now began before midnight, its gate came after
        assert load_demo().people == 14
    with acting_as(system_actor("demo")):
        assert Session.objects.get(over_at=None).patient.display_name == "Noor Rahimi"


@pytest.mark.faults
def test_it_is_loaded_at_any_hour(nothing_loaded):
    moments = [*range(-60, 300, 9), *range(5 * 60, 23 * 60, 45)]
    for minutes in moments:
        with transaction.atomic():
            with playing_at(at_hour(minutes)):
                assert load_demo().people == 14, minutes
            transaction.set_rollback(True)


def test_it_is_loaded_only_once(demo):
    held = {model: model.objects.count() for model in (Patient, Assessment, Course, SessionEvent, Task)}
    began = time.process_time()
    again = load_demo()
    assert time.process_time() - began < 5
    assert (again.practices, again.people) == (2, 14)
    assert {model: model.objects.count() for model in held} == held


def test_one_practice_has_signed_for_what_rules_run_on_and_a_change_waits(demo):
    (signed,) = Adoption.objects.all()
    assert signed.practice.name == "Harbor KAP Clinic"
    assert signed.version == packaged().version
    waits = KnowledgeEdition.objects.get(practice=signed.practice)
    assert waits.version != signed.version
    assert waits.kept_at > signed.signed_at


def test_each_practice_has_six_people_and_chairs(demo):
    for practice in Practice.objects.all():
        working = Membership.objects.filter(practice=practice, active=True)
        director = ["medical-director"] if practice.name == "Harbor KAP Clinic" else []
        assert sorted(role for m in working for role in m.roles) == sorted([*ROLES, *director])
        entered_as = Patient.objects.filter(practice=practice, account__is_demo=True, source="demo")
        assert entered_as.count() == sum(
            person.role == "patient"
            for one in cast()
            if one.details["name"] == practice.name
            for person in one.people
        )
        assert Chair.objects.filter(practice=practice).count() >= 2
        assert practice.is_demo
        assert practice.phone


def test_nobody_of_them_has_a_password_or_an_address_that_delivers(demo):
    assert accounts()
    for account in accounts():
        assert account.is_demo
        assert not account.has_usable_password()
        assert account.email.endswith(".invalid")


def test_both_data_sets_are_imported(demo):
    assert Patient.objects.filter(source="synthea").count() == 13
    assert Assessment.objects.filter(source="phq9-weekly").count() == 1200
    assert Task.objects.filter(done_at=None).exists()


def test_maya_feels_better_around_her_sessions(demo):
    maya = Patient.objects.get(source_id="maya-ferreira")
    for instrument in ("phq-9", "gad-7"):
        scores = Assessment.objects.filter(patient=maya, instrument=instrument).order_by("effective_at")
        totals = [int(score.total) for score in scores]
        assert len(totals) == 10
        assert totals[-1] < totals[0] / 2
        assert scores.last().effective_at < now() < scores.first().effective_at + timedelta(days=75)
        gaps = {(b.effective_at - a.effective_at).days for a, b in itertools.pairwise(scores)}
        assert gaps <= {5, 6, 7, 8}
    stopped = MedicationStatement.objects.filter(patient=maya, status="stopped")
    assert stopped.count() == 4
    assert all("Stopped:" in medicine.dosage_text for medicine in stopped)


def test_each_demo_patient_is_asked_today(demo):
    for practice in Practice.objects.all():
        request = AssessmentRequest.objects.get(
            practice=practice, assessment=None, cancelled_at=None, slot=""
        )
        zone = ZoneInfo(practice.time_zone)
        assert request.due_at.astimezone(zone).date() == now().astimezone(zone).date()
        assert request.patient.account.is_demo


STAGES = {
    "Iris Novak": "inquiry",
    "Jonah Whitfield": "referral",
    "Amir Nasser": "screening",
    "Sofia Lindgren": "preparation",
    "Noor Rahimi": "induction",
    "Beatrice Nolan": "induction",
    "Maya Ferreira": "maintenance",
    "Greta Holm": "maintenance",
    "Victor Hale": "closed",
    "Tomas Reyes": "closed",
}


def test_there_is_somebody_at_every_stage(demo):
    found = {one.patient.display_name: one.state for one in Course.objects.select_related("patient")}
    assert found == STAGES
    assert set(found.values()) == set(State)


def test_somebody_is_in_a_session_right_now(demo):
    session = Session.objects.get(over_at=None)
    assert session.patient.display_name == "Noor Rahimi"
    assert session.first_dose_at < now()
    assert Session.objects.exclude(id=session.id).filter(stands="discharged").count() >= 10


def test_a_relapse_was_seen_and_waits(demo):
    alert = Alert.objects.get(kind="relapse")
    assert alert.patient.display_name == "Greta Holm"
    assert alert.closed_at is None


def test_one_alert_of_today_waits_for_the_team(demo):
    alert = Alert.objects.get(kind="suicide-item")
    assert alert.closed_at is None
    assert alert.patient.account_id is None  # nobody is entered as this person
    assert abs(alert.raised_at - alert.practice.created_at) < timedelta(minutes=5)  # when the demo was loaded


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("@-0@", "2026-03-04"),  # a Wednesday
        ("@-56@", "2026-01-07"),
        ("@-2T09:00@", "2026-03-02T09:00:00-06:00"),  # Monday
        ("@-3T09:00@", "2026-02-27T09:00:00-06:00"),  # Sunday, so the Friday before
        ("@-4T09:00@", "2026-02-27T09:00:00-06:00"),  # Saturday, so the Friday before
        ("@-5T09:00@", "2026-02-27T09:00:00-06:00"),  # Friday
        ("someone@-here", "someone@-here"),
    ],
)
def test_dates_are_counted_back_from_today(text, becomes):
    loaded_at = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)  # still the evening of the fourth in Chicago
    assert with_dates(text, loaded_at, ZoneInfo("America/Chicago")) == becomes


def test_every_data_set_names_its_source_and_licence():
    notice = (DATA / "NOTICE.md").read_text("utf-8")
    for practice in cast():
        for delivery in practice.imports:
            folder = delivery.path.relative_to(DATA).parts[0]
            assert f"`{folder}/`" in notice
    assert "Apache License 2.0" in notice
