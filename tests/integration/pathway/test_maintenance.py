"""Maintenance: the rule declared beforehand, a relapse that alerts both practices once, the window of the next dose."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from tests.integration.pathway.dosed_courses import course_in, days_ago, dosing_days
from upwell.access.acting import acting_as
from upwell.access.local_time import local_time
from upwell.access.sharing import link_charts, open_to
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.base.ids import new_id
from upwell.knowledge.edition import Edition, packaged, using
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.course.actions import move_course
from upwell.pathway.course.states import Event
from upwell.pathway.maintenance.actions import declare_relapse_rule, watch_relapse
from upwell.pathway.maintenance.models import RelapseRuleDeclared, RelapseSeen
from upwell.pathway.maintenance.queries import standing_of
from upwell.pathway.parts import Urgency, facts_of, is_for, waiting_for
from upwell.pathway.response.actions import mark_measure_in_error, record_measure
from upwell.pathway.safety.actions import close_alert
from upwell.pathway.session.models import Session
from upwell.record.models import Alert

pytestmark = pytest.mark.django_db

TWICE, NEAR = "phq-9-loss-of-response", "phq-9-near-baseline"
NAME = "Dr. Pat Scribe"


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name=NAME)


@pytest.fixture
def maintained(monkeypatch, prescriber, alex):
    """In maintenance for 60 days, with a baseline of 20, a first dose 100 days ago, and a response on day 28."""
    course = course_in("maintenance", alex, days_ago=110, since_days=60)
    dosing_days(monkeypatch, days_ago(100), days_ago(93), days_ago(30))
    score(prescriber, alex, 20, 101)
    score(prescriber, alex, 8, 72)
    return course


def score(by, patient, total, ago=0, submission=None, at=None):
    """A PHQ-9 of that total, answered so many days ago or at that time; item 9 is 0."""
    answers, rest = {"9": 0}, total
    for item in range(1, 9):
        answers[str(item)] = min(3, rest)
        rest -= answers[str(item)]
    assert rest == 0
    with acting_as(by):
        return record_measure(
            by=by,
            patient=patient,
            instrument="phq-9",
            answers=answers,
            submission_id=submission or new_id(),
            effective_at=at or days_ago(ago),
        ).assessment


def declare(by, course, rule=TWICE, *, at=None, **more):
    with acting_as(by):
        made = declare_relapse_rule(by=by, course_id=course.id, rule=rule, **more)
    if at is not None:  # as if it had been declared then; the app itself can't change the row
        made = redate(course, made, at)
    return made


def redate(course, made, at):
    with acting_as(system_actor("set-up", course.practice_id)):
        return RelapseRuleDeclared.objects.create(
            practice_id=course.practice_id,
            patient_id=course.patient_id,
            course=course,
            rule=made.rule,
            rule_version=made.rule_version,
            words=made.words,
            kept_as=made.kept_as,
            at=at,
            by_id=made.by_id,
            by_name=made.by_name,
            number=made.number + 1,
        )


def relapses(by):
    with acting_as(by):
        return list(Alert.objects.filter(kind="relapse").order_by("raised_at"))


# --- declaring ---
def test_declared_with_who_and_when(prescriber, alex):
    course = course_in("induction", alex)
    with acting_as(prescriber):
        assert facts_of(course)["maintenance.relapse_rule"] is None
        assert "Declare what will count as a relapse" in [
            one.what for one in waiting_for(prescriber, now()) if is_for(prescriber, one)
        ]
        made = declare_relapse_rule(by=prescriber, course_id=course.id, rule=TWICE)
        assert (made.by_name, made.number) == (NAME, 1)
        assert "less than 50 %" in made.words
        assert facts_of(course)["maintenance.relapse_rule"] == TWICE
        assert declare_relapse_rule(by=prescriber, course_id=course.id, rule=TWICE, seen=1).id == made.id
        assert not [one for one in waiting_for(prescriber, now()) if "relapse" in one.what]


def test_the_declared_rule_counts_whatever_edition_is_in_force_later(prescriber, alex, maintained):
    """Rules with another number come into force, or without this rule: the course keeps what was declared."""
    text = packaged().texts["relapse/rules.toml"]
    once = Edition(
        {**packaged().texts, "relapse/rules.toml": text.replace("consecutive = 2", "consecutive = 1")}
    )
    without = Edition(
        {**packaged().texts, "relapse/rules.toml": text.replace(f'id = "{TWICE}"', 'id = "another"')}
    )
    made = declare(prescriber, maintained, at=days_ago(50))
    assert made.kept_as["consecutive"] == 2
    score(prescriber, alex, 15, 44)
    for edition in (once, without):
        with acting_as(prescriber), using(edition):
            standing = standing_of(maintained)
            assert (standing.watch.relapse, standing.rule.consecutive) == (None, 2)
    score(prescriber, alex, 15, 20)
    with acting_as(prescriber), using(without):
        assert standing_of(maintained).watch.relapse is not None


def test_who_decides_second_is_told(prescriber, staff, alex):
    course = course_in("induction", alex)
    declare(prescriber, course)
    other = staff("prescriber")
    with acting_as(other), pytest.raises(StaleState, match=NAME):
        declare_relapse_rule(by=other, course_id=course.id, rule=NEAR, seen=0)
    declare(other, course, NEAR, seen=1)


def test_changed_in_maintenance_only_with_a_reason(prescriber, alex):
    course = course_in("maintenance", alex)
    declare(prescriber, course)
    for reason in ("", "  ", "x" * 10_001):
        with acting_as(prescriber), pytest.raises(BadInput):
            declare_relapse_rule(by=prescriber, course_id=course.id, rule=NEAR, reason=reason, seen=1)
    assert declare(prescriber, course, NEAR, reason="Slow decline; earlier word.", seen=1).number == 2


def test_who_may_declare(staff, other_practice, prescriber, alex):
    course = course_in("induction", alex)
    with acting_as(staff("therapist")) as therapist, pytest.raises(NotPermitted):
        declare_relapse_rule(by=therapist, course_id=course.id, rule=TWICE)
    with acting_as(staff("prescriber", at=other_practice)) as stranger, pytest.raises(NotFound):
        declare_relapse_rule(by=stranger, course_id=course.id, rule=TWICE)
    with acting_as(prescriber), pytest.raises(NotFound):
        declare_relapse_rule(by=prescriber, course_id=course.id, rule="by-feeling")


def test_a_closed_course_takes_no_rule(prescriber, alex):
    course = course_in("induction", alex)
    with acting_as(prescriber):
        move_course(by=prescriber, course_id=course.id, event=Event.WITHDRAW, reason="Wishes to stop.")
        with pytest.raises(RefusedByRule):
            declare_relapse_rule(by=prescriber, course_id=course.id, rule=TWICE)


def test_what_was_declared_can_not_be_rewritten(prescriber, alex):
    made = declare(prescriber, course_in("induction", alex))
    with acting_as(prescriber), pytest.raises(DatabaseError), transaction.atomic():
        RelapseRuleDeclared.objects.filter(id=made.id).update(rule=NEAR)


# --- the watch ---
def test_a_relapse_alerts_once_for_the_same_crossing(maintained, prescriber, alex):
    declare(prescriber, maintained, at=days_ago(60))
    score(prescriber, alex, 11, 50)
    assert relapses(prescriber) == []
    crossing = score(prescriber, alex, 12, 30)
    (alert,) = relapses(prescriber)
    assert alert.finding["rule"] == f"relapse.{TWICE}"
    assert [one["value"] for one in alert.finding["because"]] == ["20", "11", "12"]
    assert (
        alert.finding["knowledge_version"] == packaged().version
    )  # the page links to it, whatever is in force then
    score(prescriber, alex, 15, 10)
    assert len(relapses(prescriber)) == 1
    with acting_as(prescriber):
        assert RelapseSeen.objects.get().assessment_id == crossing.id
        waiting = [one for one in waiting_for(prescriber, now()) if "Relapse" in one.what]
        assert [one.urgency for one in waiting] == [Urgency.WORRYING]
        assert is_for(prescriber, waiting[0])
        close_alert(by=prescriber, alert_id=alert.id, action_taken="Called; dose on Friday.")
        assert not [one for one in waiting_for(prescriber, now()) if "Relapse" in one.what]


def test_the_days_between_two_scores_are_the_practices(maintained, prescriber, alex):
    """An evening in Chicago is the next day in London: fourteen of the practice's days are not thirteen."""
    declare(prescriber, maintained, at=days_ago(60))
    evening = datetime.combine(days_ago(40).date(), time(20), ZoneInfo("America/Chicago"))
    with local_time("America/Chicago"):
        score(prescriber, alex, 11, at=evening)
        score(prescriber, alex, 12, at=evening + timedelta(days=14, hours=-12))
    assert len(relapses(prescriber)) == 1


def test_better_and_worse_again_is_another_crossing(maintained, prescriber, alex):
    declare(prescriber, maintained, NEAR, at=days_ago(60))
    score(prescriber, alex, 16, 55)
    score(prescriber, alex, 5, 40)
    assert len(relapses(prescriber)) == 1
    score(prescriber, alex, 17, 20)
    assert len(relapses(prescriber)) == 2


def test_sent_twice_it_is_one_alert(maintained, prescriber, alex):
    declare(prescriber, maintained, NEAR, at=days_ago(60))
    number = new_id()
    for _ in range(2):
        score(prescriber, alex, 16, 10, number)
    assert len(relapses(prescriber)) == 1


def test_not_before_maintenance_and_not_without_a_rule(monkeypatch, maintained, prescriber, alex):
    score(prescriber, alex, 18, 40)
    score(prescriber, alex, 18, 20)
    assert relapses(prescriber) == []


def test_a_rule_does_not_look_at_what_came_before_it(maintained, prescriber, alex):
    """Declared today: the scores that made it up lie before, and nobody is alerted by a rule chosen afterwards."""
    score(prescriber, alex, 18, 40)
    declare(prescriber, maintained, NEAR)
    with acting_as(prescriber):
        assert watch_relapse(by=prescriber, course=maintained) is None
    score(prescriber, alex, 18, 0)
    assert len(relapses(prescriber)) == 1


def test_a_late_entry_of_the_same_row_is_no_second_alert(maintained, prescriber, alex):
    declare(prescriber, maintained, NEAR, at=days_ago(60))
    score(prescriber, alex, 16, 20)
    score(prescriber, alex, 17, 40)  # from paper, entered afterwards
    assert len(relapses(prescriber)) == 1


def test_a_score_marked_wrong_is_looked_at_again(maintained, prescriber, alex):
    """The good score in between was somebody else's: without it, the rule is met."""
    declare(prescriber, maintained, at=days_ago(60))
    score(prescriber, alex, 12, 50)
    wrong = score(prescriber, alex, 3, 35)
    score(prescriber, alex, 13, 20)
    assert relapses(prescriber) == []
    with acting_as(prescriber):
        mark_measure_in_error(by=prescriber, assessment_id=wrong.id, reason="Another person's sheet.")
    assert len(relapses(prescriber)) == 1


def test_beginning_maintenance_looks_at_what_is_there(monkeypatch, prescriber, alex):
    course = course_in("induction", alex, days_ago=110, since_days=100)
    dosing_days(monkeypatch, days_ago(99))
    score(prescriber, alex, 20, 105)
    score(prescriber, alex, 8, 80)
    declare(prescriber, course, NEAR)
    monkeypatch.setattr("upwell.pathway.course.actions._refuse_guards", lambda *_: [])
    with acting_as(prescriber):
        move_course(by=prescriber, course_id=course.id, event=Event.BEGIN_MAINTENANCE, reason="Responded.")
    score(prescriber, alex, 18, 0)
    assert len(relapses(prescriber)) == 1


# --- two practices ---
def test_the_linked_practice_is_alerted_where_it_may_know(
    maintained, prescriber, staff, patient_factory, other_practice, alex
):
    there = patient_factory("Rivera", "Alex", at=other_practice)
    therapist = staff("therapist", at=other_practice)
    with acting_as(system_actor("shared-care")) as both:
        link_charts(one=alex, other=there, by=both)
    declare(prescriber, maintained, NEAR, at=days_ago(60))
    score(prescriber, alex, 16, 50)
    assert relapses(therapist) == [], "no release: it may not know"
    score(prescriber, alex, 5, 40)
    with acting_as(system_actor("shared-care")) as both:
        open_to(by=both, charts=[alex], to_practice_id=other_practice.id, kinds=["assessments", "course"])
    score(prescriber, alex, 16, 20)
    score(prescriber, alex, 18, 2)
    with acting_as(therapist):
        (alert,) = Alert.objects.filter(practice=other_practice)
        assert (alert.kind, alert.patient_id) == ("relapse", there.id)
        waiting = [one for one in waiting_for(therapist, now()) if "Relapse" in one.what]
        assert any(one.patient_id == there.id and is_for(therapist, one) for one in waiting)


def test_who_sees_what_was_declared_and_seen(maintained, prescriber, staff, other_practice, alex, alex_acts):
    declare(prescriber, maintained, NEAR, at=days_ago(60))
    score(prescriber, alex, 16, 20)
    stranger = staff("therapist", at=other_practice)
    for actor, rules, seen in (
        (prescriber, 2, 1),
        (stranger, 0, 0),
        (alex_acts, 2, 0),
        (staff("admin"), 0, 0),
    ):
        with acting_as(actor):
            assert RelapseRuleDeclared.objects.count() == rules
            assert RelapseSeen.objects.count() == seen


# --- pages ---
def test_the_pages(maintained, prescriber, client_as, alex, django_assert_max_num_queries):
    with acting_as(system_actor("set-up", alex.practice_id)):
        maintained.protocol = "iv-dep"
        maintained.save()
    browser = client_as(prescriber)
    page = browser.get(f"/courses/{maintained.id}/maintenance/").content.decode()
    assert "No rule is declared" in page
    url = f"/courses/{maintained.id}/relapse-rule/"
    assert "Response lost, twice in a row" in browser.get(url).content.decode()
    for wrong in ({}, {"rule": ""}, {"rule": "by-feeling\x00"}, {"rule": "x" * 5000}):
        assert browser.post(url, {"seen": "0", **wrong}).status_code == 422
    sent = browser.post(url, {"rule": NEAR, "seen": "0", "reason": "With Alex."}, follow=True)
    assert "It can&#x27;t be met yet" in sent.content.decode() or "Not met" in sent.content.decode()
    stale = browser.post(url, {"rule": TWICE, "seen": "0", "reason": "Not seen."})
    assert stale.status_code == 409
    assert "Not seen." in stale.content.decode()
    score(prescriber, alex, 16, 0)
    with django_assert_max_num_queries(30):
        page = browser.get(f"/courses/{maintained.id}/maintenance/").content.decode()
    assert "4 weeks ago" in page
    assert "The rule is met: this counts as a relapse." in page
    assert "With Alex." in page
    assert "Between" in page or "On " in page
    course_page = browser.get(f"/courses/{maintained.id}/").content.decode()
    assert "Further doses, and relapse watch" in course_page
    assert "Declared what will count as a relapse" in course_page
    assert browser.get(f"/courses/{new_id()}/maintenance/").status_code == 404
    alert = relapses(prescriber)[0]
    assert "Relapse, by the rule declared beforehand" in browser.get(f"/alerts/{alert.id}/").content.decode()


def test_doses_that_come_too_often_are_shown(monkeypatch, prescriber, client_as, alex):
    course = course_in("maintenance", alex, days_ago=40, since_days=20)
    dosing_days(monkeypatch, days_ago(5), days_ago(3), days_ago(1))
    page = client_as(prescriber).get(f"/courses/{course.id}/maintenance/").content.decode()
    assert "More than 2 sessions within a week" in page
    assert "no protocol was chosen" in page


def test_todays_questions_do_not_grow(prescriber, patient_factory, count_queries):
    def see():
        with acting_as(prescriber):
            waiting_for(prescriber, now())

    course_in("induction", patient_factory("One"))
    few = count_queries(see)
    for number in range(5):
        course_in("induction", patient_factory(f"More{number}"))
    assert count_queries(see) == few


def test_the_chart_marks_the_dosing_days(maintained, prescriber, client_as, alex):
    page = client_as(prescriber).get(f"/patients/{alex.id}/").content.decode()
    assert "Dosing day" in page


# --- the next dose on Today ---
def dosed(course, *ago):
    with acting_as(system_actor("set-up", course.practice_id)):
        for days in ago:
            Session.objects.create(
                practice_id=course.practice_id,
                patient_id=course.patient_id,
                course=course,
                first_dose_at=days_ago(days),
                opened_at=days_ago(days),
                over_at=days_ago(days),
            )
        course.protocol = "iv-dep"
        course.save()


NEXT = [
    # days since the doses in maintenance (weekly, then every 2 to 6 weeks), what Today says
    ((40, 33, 26, 6), None),
    ((40, 33, 26, 19), Urgency.WAITING),
    ((90, 83, 76, 69), Urgency.DUE),
]


def test_before_a_first_dose_no_next_one_waits(prescriber, alex):
    course = course_in("induction", alex, days_ago=20, since_days=5)
    with acting_as(prescriber):
        assert not [one for one in waiting_for(prescriber, now(), course) if "next dose" in one.what]
        dosed(course, 12)
        assert [one for one in waiting_for(prescriber, now(), course) if "next dose" in one.what]


@pytest.mark.parametrize(("ago", "urgency"), NEXT)
def test_the_next_dose_waits_on_today_until_it_is_booked(prescriber, alex, ago, urgency):
    course = course_in("maintenance", alex, days_ago=120, since_days=ago[0] + 1)
    dosed(course, *ago)
    with acting_as(prescriber):
        found = [one for one in waiting_for(prescriber, now()) if "next dose" in one.what]
        assert [one.urgency for one in found] == ([] if urgency is None else [urgency])
        Appointment.objects.create(
            practice_id=alex.practice_id,
            patient=alex,
            course=course,
            kind="dosing",
            starts_at=days_ago(-1),
            ends_at=days_ago(-1.1),
        )
        assert not [one for one in waiting_for(prescriber, now()) if "next dose" in one.what]
