"""The private journal and process notes, asked of the database by every role, both practices and the system."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tests.integration.pathway.integration_people import shared  # noqa: F401
from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.pathway.integration.actions import (
    HabitWords,
    VisitFields,
    add_addendum,
    add_habit,
    agree_habit,
    put_away,
    save_visit,
    share_entry,
    share_habit,
    take_entry_back,
    tick,
    write_entry,
)
from upwell.pathway.integration.models import (
    DailyPractice,
    IntegrationVisit,
    JournalEntry,
    PracticeDay,
    ProcessNote,
    SharedEntry,
    VisitAddendum,
)
from upwell.pathway.local_time import today

pytestmark = pytest.mark.django_db
ROLES = ("therapist", "prescriber", "monitor", "admin", "researcher")
EVERY_RELEASE = ("demographics", "chart", "assessments", "course", "sessions", "integration")
NO_RELEASE = (
    "journal",
    "process-notes",
    "draft",
)  # no page offers them; were they there, they would open nothing


def event(model):
    return apps.get_model("integration", f"{model.__name__}Event")


@pytest.fixture
def opened(shared):  # noqa: F811
    """Everything is released, both ways, even kinds that no page offers."""
    shared.release(shared.clinic_chart, shared.therapy, *EVERY_RELEASE, *NO_RELEASE)
    shared.release(shared.therapy_chart, shared.clinic, *EVERY_RELEASE, *NO_RELEASE)
    return shared


@pytest.fixture
def everybody(opened, staff):
    """Every staff role at both practices, and the system for every purpose."""
    people = [
        (f"{role} at {at.name}", staff(role, at=at))
        for role in ROLES
        for at in (opened.clinic, opened.therapy)
    ]
    systems = [(f"system {purpose}", system_actor(purpose)) for purpose in Purpose]
    systems += [("system at the clinic", system_actor("count", opened.clinic.id))]
    return [*people, *systems]


def write(person, words="I saw the sea.", **more):
    with acting_as(person):
        return write_entry(by=person, entry_id=new_id(), day=today(), today=today(), words=words, **more)


def counts(actor, *models):
    with acting_as(actor):
        return [model.objects.count() for model in models]


def test_nobody_else_reads_the_journal(opened, everybody):
    entry = write(opened.person)
    with acting_as(opened.person):
        write_entry(
            by=opened.person,
            entry_id=entry.id,
            day=today(),
            today=today(),
            words="I saw the wide sea.",
            seen_version=1,
        )
        habit = add_habit(by=opened.person, habit_id=new_id(), words=HabitWords("Walk by the lake"))
        tick(by=opened.person, habit_id=habit.id, day=today(), today=today(), done=True)
        share_habit(by=opened.person, habit_id=habit.id, shared=True)
        share_habit(by=opened.person, habit_id=habit.id, shared=False)
    private = (JournalEntry, event(JournalEntry), PracticeDay, DailyPractice)
    assert counts(opened.person, *private) == [1, 1, 1, 1]
    for who, actor in everybody:
        assert counts(actor, *private) == [0, 0, 0, 0], who


def test_nobody_else_writes_into_it(opened, everybody):
    entry = write(opened.person)
    for who, actor in everybody:
        with acting_as(actor):
            assert JournalEntry.objects.filter(id=entry.id).update(words="Not mine.") == 0, who
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                JournalEntry.objects.create(
                    practice=opened.clinic,
                    patient=opened.clinic_chart,
                    account_id=opened.person.account_id,
                    day=today(),
                    words="Slipped in.",
                )


def test_a_log_in_that_gets_the_chart_later_does_not_get_the_journal(opened, account_factory):
    write(opened.person)
    other = account_factory("Somebody Else")
    stranger = patient_actor(other.id, other.name, opened.person.patient_ids)
    assert counts(stranger, JournalEntry, event(JournalEntry), SharedEntry) == [0, 0, 0]


def test_a_shared_page_is_a_copy_and_taken_back_it_is_gone(opened, everybody, staff):
    entry = write(opened.person)
    with acting_as(opened.person):
        share_entry(by=opened.person, entry_id=entry.id)
        write_entry(
            by=opened.person, entry_id=entry.id, day=today(), today=today(), words="And more.", seen_version=1
        )
    with acting_as(opened.therapist):
        assert [copy.words for copy in SharedEntry.objects.all()] == ["I saw the sea."]
    with acting_as(opened.prescriber):  # by the release of integration
        assert [copy.words for copy in SharedEntry.objects.all()] == ["I saw the sea."]
    assert counts(staff("admin", at=opened.therapy), SharedEntry) == [0]
    with acting_as(opened.person):
        take_entry_back(by=opened.person, entry_id=entry.id)
    for who, actor in everybody:
        assert counts(actor, SharedEntry, event(SharedEntry)) == [0, 0], who
    with acting_as(opened.person):
        share_entry(by=opened.person, entry_id=entry.id)
    with acting_as(opened.therapist):
        assert [copy.words for copy in SharedEntry.objects.all()] == ["And more."]


def test_a_shared_page_is_closed_without_a_release(shared):  # noqa: F811
    entry = write(shared.person)
    with acting_as(shared.person):
        share_entry(by=shared.person, entry_id=entry.id)
    assert counts(shared.therapist, SharedEntry) == [1]
    assert counts(shared.prescriber, SharedEntry) == [0]


def test_staff_can_not_change_a_shared_page(opened):
    entry = write(opened.person)
    with acting_as(opened.person):
        share_entry(by=opened.person, entry_id=entry.id)
    with acting_as(opened.therapist):
        assert SharedEntry.objects.update(words="Other words.") == 0


def test_the_journal_is_not_in_the_trail_of_any_practice(opened, staff):
    from upwell.audit.models import AuditEntry

    entry = write(opened.person)
    with acting_as(opened.person):
        put_away(by=opened.person, entry_id=entry.id, away=True)
    for at in (opened.clinic, opened.therapy):
        with acting_as(staff("admin", at=at)):
            assert not AuditEntry.objects.filter(account_id=opened.person.account_id).exists()


def visit_by(actor, course, **fields):
    given = {
        "held_at": now(),
        "words": {"came-up": "Warmth."},
        "suicide_asked": True,
        "suicide_answer": "none",
    } | fields
    sign = given.pop("sign", False)
    with acting_as(actor):
        return save_visit(by=actor, course=course, visit_id=new_id(), fields=VisitFields(**given), sign=sign)


def test_process_notes_are_for_the_therapists_of_the_practice_alone(opened, everybody):
    visit_by(opened.therapist, opened.course, process="Transference.", sign=True)
    for who, actor in everybody:
        expected = 1 if who == f"therapist at {opened.therapy.name}" else 0
        assert counts(actor, ProcessNote) == [expected], who
    assert counts(opened.person, ProcessNote, event(ProcessNote)) == [0, 0]


def test_who_has_no_process_notes_writes_none(opened):
    visit_by(opened.prescriber, opened.course, process="Not a therapist's.")
    with connection.cursor() as cursor, acting_as(opened.therapist):
        cursor.execute("SELECT count(*) FROM integration_processnote")
        assert cursor.fetchone() == (0,)


def test_a_draft_stays_at_its_practice_and_a_signed_note_is_read_by_the_person_and_the_other_one(
    opened, staff
):
    draft = visit_by(opened.therapist, opened.course)
    everyone = (opened.person, opened.prescriber, staff("monitor"))
    assert [counts(actor, IntegrationVisit) for actor in everyone] == [[0], [0], [0]]
    assert counts(staff("admin", at=opened.therapy), IntegrationVisit) == [0]
    assert counts(staff("prescriber", at=opened.therapy), IntegrationVisit) == [1]
    with acting_as(opened.therapist):
        fields = VisitFields(
            held_at=draft.held_at, words=draft.words, suicide_asked=True, suicide_answer="none"
        )
        save_visit(by=opened.therapist, course=opened.course, visit_id=draft.id, fields=fields, sign=True)
        add_addendum(by=opened.therapist, visit_id=draft.id, addendum_id=new_id(), text="Slept well since.")
    assert [counts(actor, IntegrationVisit, VisitAddendum) for actor in everyone] == [[1, 1]] * 3
    # How the draft stood before is nobody's outside.
    assert [counts(actor, event(IntegrationVisit)) for actor in everyone] == [[0]] * 3


def test_what_was_agreed_in_a_visit_is_seen_by_both_sides(opened):
    visit = visit_by(opened.therapist, opened.course, sign=True)
    with acting_as(opened.therapist):
        agree_habit(by=opened.therapist, visit=visit, habit_id=new_id(), words=HabitWords("Call a friend"))
    assert [counts(actor, DailyPractice) for actor in (opened.person, opened.prescriber)] == [[1], [1]]
