"""The screening: filled in piece by piece, weighed by the rules, decided once by the prescriber, with its reasons."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.models import Release
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted, RefusedByRule, StaleState
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event
from upwell.pathway.parts import cards_of, facts_of, moments_of, waiting_for
from upwell.pathway.screening import actions
from upwell.pathway.screening.forms.deciding import seen_text
from upwell.pathway.screening.models import Screening, ScreeningBasis
from upwell.pathway.screening.picture import picture_of
from upwell.pathway.screening.queries import screenings_of
from upwell.pathway.screening.standing import allowed_at_screening
from upwell.pathway.screening.states import Decision
from upwell.record.models import Alert, Assessment, Condition, MedicationRequest, Observation
from upwell.record.treatments import history_of
from upwell.science.rules.gate import predose

pytestmark = [pytest.mark.django_db, pytest.mark.once]

NOTHING = {  # every question that must be asked, asked, and nothing found
    "answers": {
        "hypersensitivity": "no", "aneurysm-avm": "no", "intracranial-haemorrhage": "no", "cardiovascular-event": "no",
        "bp-hazard": "no", "ketamine-misuse": "no", "psychosis": "no", "mania": "no", "bipolar": "no",
        "substance-use": "no", "liver": "no", "can-consent": "yes", "pregnant": "no", "breastfeeding": "no",
    }
}  # fmt: skip
COMPLETE = {"no_other_medicines": True, "no_other_conditions": True}


def today_here():
    """The day on the practice's clock."""
    return now().astimezone(ZoneInfo("America/Chicago")).date()


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Dr. Pia Scriber")


@pytest.fixture
def course(prescriber, patient_factory):
    patient = patient_factory(sex="female")
    with acting_as(prescriber):
        made = open_course(by=prescriber, patient=patient, event=Event.INQUIRE, reason="Asked by phone.")
        move_course(by=prescriber, course_id=made.id, event=Event.BEGIN_SCREENING)
        return Course.objects.select_related("patient__practice").get(id=made.id)


def fill(by, course, section="history", content=NOTHING, seen_mark=None):
    with acting_as(by):
        return actions.save_section(
            by=by, course_id=course.id, section=section, content=content, seen_mark=seen_mark
        )


def ready(by, course):
    """A screening in which nothing is open but the blood pressure and the questions about suicide."""
    fill(by, course)
    fill(by, course, "lists", COMPLETE)
    with acting_as(by):
        actions.save_plan(
            by=by, course_id=course.id, substance="esketamine", route="intranasal", protocol="esketamine-trd"
        )


def seen_by(by, course):
    with acting_as(by):
        row = screenings_of(course).open
        return actions.Seen(row.id if row else None, dict(picture_of(course, row, by, now()).marks))


def rules_of(by, course):
    with acting_as(by):
        return {
            one["rule"]: one
            for one in picture_of(course, screenings_of(course).open, by, now()).weighed.findings
        }


def decide(by, course, decision=Decision.ELIGIBLE, reason="Weighed, and right.", **more):
    seen = more.pop("seen", None) or seen_by(by, course)
    more.setdefault("weighed", list(rules_of(by, course)))
    with acting_as(by):
        return actions.decide(by=by, course_id=course.id, decision=decision, reason=reason, seen=seen, **more)


def on_record(course, model=Condition, **fields):
    with acting_as(system_actor("import", course.practice_id)):
        return model.objects.create(practice_id=course.practice_id, patient_id=course.patient_id, **fields)


def state_of(course, by):
    with acting_as(by):
        return Course.objects.get(id=course.id).state


# What was told becomes facts


def test_what_nobody_asked_is_unknown_and_what_was_asked_is_not(prescriber, course):
    before = rules_of(prescriber, course)
    assert {"screening.not-asked", "questions.hypersensitivity", "questions.medicines"} <= set(before)
    assert "Aneurysm or arteriovenous malformation" in {
        one["fact"] for one in before["screening.not-asked"]["because"]
    }
    ready(prescriber, course)
    after = rules_of(prescriber, course)
    assert set(after) == {"eligibility.hypertension.uncontrolled", "questions.suicide-risk"}
    assert {one["severity"] for one in after.values()} == {"unknown"}


@pytest.mark.parametrize(
    ("question", "rule", "severity"),
    [
        ("hypersensitivity", "eligibility.hypersensitivity", "absolute"),
        ("aneurysm-avm", "eligibility.aneurysm-avm", "absolute"),
        ("intracranial-haemorrhage", "eligibility.intracerebral-haemorrhage", "absolute"),
        ("bp-hazard", "eligibility.bp-hazard", "absolute"),
        ("ketamine-misuse", "eligibility.substance-use.ketamine", "absolute"),
        ("cardiovascular-event", "eligibility.cardiovascular-event.us", "unknown"),  # without a day
        ("psychosis", "eligibility.psychosis", "caution"),
        ("mania", "eligibility.mania", "caution"),
        ("bipolar", "eligibility.bipolar", "caution"),
        ("substance-use", "eligibility.substance-use", "needs-decision"),
        ("liver", "eligibility.hepatic.severe", "not-recommended"),
        ("hyperthyroidism", "eligibility.hyperthyroidism", "caution"),
        ("raised-pressure", "eligibility.raised-icp", "caution"),
        ("glaucoma", "eligibility.raised-iop", "caution"),
        ("sleep-apnoea", "eligibility.sleep-apnoea", "caution"),
        ("seizures", "eligibility.seizures", "caution"),
        ("cystitis", "eligibility.cystitis", "caution"),
        ("porphyria", "eligibility.porphyria", "caution"),
        ("pregnant", "eligibility.pregnancy", "not-recommended"),
        ("breastfeeding", "eligibility.breastfeeding", "not-recommended"),
    ],
)
def test_a_yes_is_found_by_its_rule(prescriber, course, question, rule, severity):
    ready(prescriber, course)
    fill(prescriber, course, content={"answers": {**NOTHING["answers"], question: "yes"}})
    assert rules_of(prescriber, course)[rule]["severity"] == severity


def test_an_event_with_its_day_is_counted_from_it(prescriber, course):
    ready(prescriber, course)
    for days, expected in ((20, "not-recommended"), (60, None)):
        day = (today_here() - timedelta(days=days)).isoformat()
        fill(prescriber, course, content={"answers": {**NOTHING["answers"], "cardiovascular-event": "yes"},
                                          "dates": {"cardiovascular-event": day}})  # fmt: skip
        found = rules_of(prescriber, course).get("eligibility.cardiovascular-event.us")
        assert (found and found["severity"]) == expected


def test_what_is_told_line_by_line_is_looked_at_by_name(prescriber, course):
    ready(prescriber, course)
    fill(
        prescriber,
        course,
        "lists",
        {"medicines": ["Nardil 15 mg", "theophylline"], "conditions": ["cerebral aneurysm"]},
    )
    found = rules_of(prescriber, course)
    assert found["interactions.maoi"]["severity"] == "needs-decision"
    assert found["interactions.theophylline"]["severity"] == "not-recommended"
    assert found["eligibility.aneurysm-avm"]["severity"] == "absolute"


def test_a_specialist_can_clear_what_waits_for_one(prescriber, course):
    on_record(course, display="Unstable angina")
    ready(prescriber, course)
    assert rules_of(prescriber, course)["eligibility.unstable-angina"]["severity"] == "absolute"
    fill(prescriber, course, content={**NOTHING, "clearance": "yes"})
    assert rules_of(prescriber, course)["eligibility.unstable-angina"]["severity"] == "needs-decision"


def test_earlier_treatments_are_staged(prescriber, course):
    tried = {
        "max_dose_mg_per_day": 150,
        "weeks_at_or_above_minimum": 8,
        "adherence_percent": 90,
        "benefit_percent": 10,
    }
    trials = [{"display": name, "current_episode": True, **tried} for name in ("sertraline", "venlafaxine")]
    episode = {
        "duration_months": 30,
        "severity": "severe",
        "psychotic": False,
        "augmentation_used": True,
        "ect_used": False,
    }
    fill(prescriber, course, "trials", {"trials": trials, "episode": episode})
    with acting_as(prescriber):
        picture = picture_of(course, screenings_of(course).open, prescriber, now())
    assert picture.weighed.result["staging"]["regulatory_trd"] is True
    assert picture.weighed.result["staging"]["maudsley"]["score"] == 3 + 4 + 1 + 1
    assert any("Treatment-resistant" in point.words for point in picture.points)


def test_questions_about_suicide_of_before_the_course_do_not_count(prescriber, course):
    from upwell.record.actions import record_assessment

    with acting_as(prescriber):
        for days, counts in ((30, False), (0, True)):
            record_assessment(
                by=prescriber, patient=course.patient, instrument="c-ssrs-screener-recent", submission_id=uuid4(),
                answers={"1": False, "2": False, "6_lifetime": False}, effective_at=now() - timedelta(days=days),
            )  # fmt: skip
            picture = picture_of(course, None, prescriber, now())
            assert (picture.suicide is not None) is counts
            assert ("suicide_risk" in picture.weighed.facts.get("answers", {})) is counts


def test_a_blood_pressure_of_before_the_course_is_measured_anew(prescriber, course):
    from upwell.record.actions_vitals import record_vitals

    ready(prescriber, course)
    rule = "eligibility.hypertension.uncontrolled"
    for days, severity in ((400, "unknown"), (0, None)):
        with acting_as(prescriber):
            values = {"vitals.bp_systolic_mmhg": 122, "vitals.bp_diastolic_mmhg": 78}
            record_vitals(by=prescriber, patient=course.patient, values=values,
                          at=now() - timedelta(days=days), submission_id=uuid4())  # fmt: skip
        found = rules_of(prescriber, course).get(rule)
        assert (found and found["severity"]) == severity


def test_what_was_told_stays_known_to_the_steps_after_it(prescriber, course):
    from upwell.pathway.screening.standing import told_at_screening

    ready(prescriber, course)
    fill(prescriber, course, "lists", {"medicines": ["lorazepam 1 mg"]})
    with acting_as(prescriber):
        assert told_at_screening(course.id) == {}
    decide(prescriber, course, Decision.NOT_NOW, "Later.", look_again_on=today_here() + timedelta(days=9))
    with acting_as(prescriber):
        told = told_at_screening(course.id)
    assert [one["display"] for one in told["medicines"]] == ["lorazepam 1 mg"]
    assert told["answers"]["hypersensitivity"] is False
    assert "pregnant" not in told["answers"]  # of that day


# Filling in


def test_two_people_fill_in_different_parts_and_lose_nothing(staff, prescriber, course):
    monitor = staff("monitor", name="Luis Monitor")
    fill(prescriber, course, "trials", {"none": True})
    row = fill(monitor, course, "lists", {"medicines": ["sertraline 100 mg"]}, seen_mark=None)
    assert row.told == {"lists": {"medicines": ["sertraline 100 mg"]}}
    with acting_as(monitor):
        assert history_of([course.patient_id]) == {"none": True}
    assert row.filled_by_name == "Luis Monitor"


def test_who_would_write_over_another_is_told_so(staff, prescriber, course):
    from upwell.pathway.screening.told import section_mark

    monitor, empty = staff("monitor", name="Luis Monitor"), section_mark({}, "lists")
    fill(monitor, course, "lists", {"medicines": ["lorazepam"]}, seen_mark=empty)
    with pytest.raises(StaleState) as stale:
        fill(prescriber, course, "lists", {"medicines": []}, seen_mark=empty)
    assert "Luis Monitor" in stale.value.message


def test_former_versions_are_kept(prescriber, course):
    row = fill(prescriber, course)
    fill(prescriber, course, content={})
    with acting_as(prescriber):
        assert row.events.order_by("-version").first().told == {"history": NOTHING}


@pytest.mark.parametrize("role", ["admin", "researcher"])
def test_not_everybody_fills_in(staff, course, role):
    with pytest.raises(NotPermitted):
        fill(staff(role), course)


@pytest.mark.parametrize("role", ["therapist", "monitor"])
def test_only_prescribers_decide(staff, course, role):
    with pytest.raises(NotPermitted):
        decide(staff(role), course, seen=actions.Seen(None))


def test_another_practice_can_not_write(staff, course, other_practice):
    outsider = staff("prescriber", at=other_practice)
    with acting_as(system_actor("set-up", course.practice_id)):
        Release.objects.create(practice_id=course.practice_id, patient=course.patient, to_practice=other_practice,
                               kind="course", starts_at=now() - timedelta(days=1))  # fmt: skip
    with pytest.raises(NotFound):  # it can be read, and not locked for writing
        fill(outsider, course)


# Deciding


def test_eligible_begins_the_preparation_and_keeps_what_it_rested_on(prescriber, course):
    ready(prescriber, course)
    row = decide(prescriber, course, reason="Two failed trials; nothing against it.")
    with acting_as(prescriber):
        course.refresh_from_db()
        assert (course.state, course.substance, course.route) == ("preparation", "esketamine", "intranasal")
        assert course.prescriber_id == prescriber.account_id
        assert facts_of(course)["screening.decision"] == "eligible"
        basis = ScreeningBasis.objects.get(screening=row)
        assert basis.result["outcome"] == "go"  # everything that asked for a decision was decided
        decided = {one["rule"]: one["overridden"] for one in basis.result["findings"]}
        assert decided["questions.suicide-risk"]["reason"] == "Two failed trials; nothing against it."
        assert decided["questions.suicide-risk"]["by"] == "prescriber"
        assert basis.facts["substance"] == "esketamine"
        assert basis.knowledge_version
        assert any(one.title == "Screening: Eligible" for one in moments_of(course, prescriber))
        assert any(one.title == "Screening" for one in cards_of(course, prescriber))


def test_no_declines_the_course(prescriber, course):
    row = decide(prescriber, course, Decision.NO, "Not the right treatment.")
    assert row.decision == "no"
    with acting_as(prescriber):
        course.refresh_from_db()
        assert (course.state, course.closed_as) == ("closed", "declined")


def test_not_now_stays_and_comes_back_on_its_day(prescriber, course):
    day = today_here() + timedelta(days=30)
    decide(prescriber, course, Decision.NOT_NOW, "After the holidays.", look_again_on=day)
    with acting_as(prescriber):
        [later] = [one for one in waiting_for(prescriber, now(), None) if one.icon == "clipboard-check"]
        assert later.urgency == "later"
        [due] = [
            one
            for one in waiting_for(prescriber, now() + timedelta(days=31), None)
            if one.icon == "clipboard-check"
        ]
        assert due.urgency == "due"
    assert state_of(course, prescriber) == "screening"
    with pytest.raises(StaleState):  # it is decided; begun anew on purpose only
        fill(prescriber, course)
    with acting_as(prescriber):
        again = actions.begin_screening(by=prescriber, course_id=course.id)
        assert again.is_open
        assert actions.begin_screening(by=prescriber, course_id=course.id).id == again.id


@pytest.mark.parametrize(
    ("day", "path"),
    [(None, "look_again_on"), (date(2020, 1, 1), "look_again_on"), (date(9999, 1, 1), "look_again_on")],
)
def test_not_now_needs_a_day_to_come(prescriber, course, day, path):
    with pytest.raises(BadInput) as refused:
        decide(prescriber, course, Decision.NOT_NOW, "Later.", look_again_on=day)
    assert refused.value.path == path


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 10_001])
def test_every_decision_needs_a_reason_of_a_readable_length(prescriber, course, reason):
    with pytest.raises(BadInput) as refused:
        decide(prescriber, course, Decision.NO, reason)
    assert refused.value.path == "reason"
    assert state_of(course, prescriber) == "screening"


def test_absolute_can_not_be_decided_eligible_by_anybody_here(prescriber, course):
    on_record(course, display="Aneurysm of thoracic aorta")
    ready(prescriber, course)
    with pytest.raises(RefusedByRule) as refused:
        decide(prescriber, course)
    assert "medical director" in refused.value.message
    assert state_of(course, prescriber) == "screening"
    decide(prescriber, course, Decision.NO, "An aneurysm.")


def allow(by, course, rules, agrees=True, words="Repaired in 2019; seen with the surgeon."):
    with acting_as(by):
        return actions.allow_against(
            by=by, course_id=course.id, agrees=agrees, words=words, rules=rules, seen=seen_by(by, course)
        )


def test_the_medical_director_alone_allows_treatment_against_an_absolute_finding(staff, prescriber, course):
    on_record(course, display="Aneurysm of thoracic aorta")
    ready(prescriber, course)
    rule, director = "eligibility.aneurysm-avm", staff("medical-director", name="Ines Moreau")
    for other in (prescriber, staff("therapist"), staff("admin")):
        with pytest.raises(NotPermitted):
            allow(other, course, [rule])
    for wrong in ({"rules": []}, {"rules": ["questions.suicide-risk"]}, {"rules": [rule], "words": "  "}):
        with pytest.raises(BadInput):
            allow(director, course, **wrong)
    allow(director, course, [rule], agrees=False)
    with pytest.raises(RefusedByRule):
        decide(prescriber, course)
    allow(director, course, [rule])  # the latest word counts
    row = decide(prescriber, course)
    with acting_as(prescriber):
        basis = ScreeningBasis.objects.get(screening=row)
    [found] = [one for one in basis.result["findings"] if one["rule"] == rule]
    assert found["overridden"]["by"] == "medical-director"
    assert found["overridden"]["reason"].startswith("Repaired")
    assert basis.result["outcome"] == "go"


def test_on_the_dosing_day_the_gate_takes_it_only_if_it_was_given_before(staff, prescriber, course):
    on_record(course, display="Aneurysm of thoracic aorta")
    ready(prescriber, course)
    rule, director = "eligibility.aneurysm-avm", staff("medical-director")
    allow(director, course, [rule])
    decide(prescriber, course)
    with acting_as(prescriber):
        (given,) = allowed_at_screening(course.id)
    assert (given["rule"], given["by"]) == (rule, "medical-director")
    facts = {
        "substance": "esketamine",
        "route": "intranasal",
        "conditions": [{"system": "", "code": "", "display": "Aneurysm of thoracic aorta"}],
        "overrides": [given],
    }
    for days, counts in ((0, False), (1, True)):
        at = (now() + timedelta(days=days, minutes=1)).isoformat()
        findings = predose({**facts, "at": at})["findings"]
        [found] = [one for one in findings if one["rule"] == rule]
        assert (found["overridden"] is not None) is counts


def test_the_director_says_so_on_a_page(staff, prescriber, course, client_as):
    on_record(course, display="Aneurysm of thoracic aorta")
    ready(prescriber, course)
    director = staff("medical-director", name="Ines Moreau")
    browser, address = client_as(director), f"/courses/{course.id}/screening/exception/"
    assert address in browser.get(f"/courses/{course.id}/screening/").content.decode()
    page = browser.get(address).content.decode()
    assert "You alone can allow treatment" in page
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', page)[1])
    given = {"seen": seen, "rules": "eligibility.aneurysm-avm", "agrees": "yes", "words": "Repaired in 2019."}
    assert browser.post(address, {**given, "words": " "}).status_code == 422
    assert browser.post(address, given).status_code == 302
    assert "Ines Moreau, medical director" in browser.get(f"/courses/{course.id}/screening/").content.decode()
    decided = client_as(prescriber).get(f"/courses/{course.id}/screening/decide/").content.decode()
    assert "Repaired in 2019." in decided


def test_not_recommended_needs_a_second_clinician_who_is_somebody_else(staff, prescriber, course):
    on_record(course, model=MedicationRequest, display="theophylline 200 MG", status="active")
    ready(prescriber, course)
    with pytest.raises(RefusedByRule) as refused:
        decide(prescriber, course)
    assert "second clinician" in refused.value.message

    def second(by, agrees):
        with acting_as(by):
            actions.give_opinion(by=by, course_id=course.id, agrees=agrees, words="Seen together.", rules=[],
                                 seen=seen_by(by, course))  # fmt: skip

    second(prescriber, True)  # one's own word is no second one
    with pytest.raises(RefusedByRule):
        decide(prescriber, course)
    therapist, monitor = staff("therapist", name="Ruth Second"), staff("monitor")
    with pytest.raises(NotPermitted):
        second(monitor, True)
    second(therapist, False)
    with pytest.raises(RefusedByRule):
        decide(prescriber, course)
    second(therapist, True)  # changed their mind: the latest counts
    row = decide(prescriber, course)
    with acting_as(prescriber):
        basis = ScreeningBasis.objects.get(screening=row)
    [found] = [one for one in basis.result["findings"] if one["rule"] == "interactions.theophylline"]
    assert found["overridden"]["by"] == "prescriber, with therapist Ruth Second"


def test_what_the_reason_does_not_cover_is_named(prescriber, course):
    ready(prescriber, course)
    with pytest.raises(BadInput) as refused:
        decide(prescriber, course, weighed=["questions.suicide-risk"])
    assert "Blood pressure" in refused.value.message


def test_a_finding_can_have_a_reason_of_its_own(prescriber, course):
    ready(prescriber, course)
    row = decide(
        prescriber, course, own_reasons={"questions.suicide-risk": "Asked by the therapist yesterday."}
    )
    with acting_as(prescriber):
        basis = ScreeningBasis.objects.get(screening=row)
    reasons = {one["rule"]: one["overridden"]["reason"] for one in basis.result["findings"]}
    assert reasons["questions.suicide-risk"] == "Asked by the therapist yesterday."


def test_eligible_needs_a_plan(prescriber, course):
    fill(prescriber, course)
    with pytest.raises(BadInput) as refused:
        decide(prescriber, course)
    assert refused.value.path == "plan"


def test_the_second_of_two_is_told_what_the_first_decided(staff, prescriber, course):
    ready(prescriber, course)
    other = staff("prescriber", name="Dr. Other")
    seen = seen_by(other, course)
    decide(
        prescriber,
        course,
        Decision.NOT_NOW,
        "Blood pressure first.",
        look_again_on=today_here() + timedelta(days=9),
    )
    with pytest.raises(StaleState) as stale:
        decide(other, course, Decision.NO, "No.", seen=seen)
    assert "Dr. Pia Scriber" in stale.value.message
    assert "Blood pressure first." in stale.value.message


def test_the_second_is_told_too_where_the_course_has_moved_on(staff, prescriber, course):
    ready(prescriber, course)
    other = staff("prescriber", name="Dr. Other")
    seen = seen_by(other, course)
    decide(prescriber, course)
    with pytest.raises(StaleState) as stale:
        decide(other, course, Decision.NO, "No.", seen=seen)
    assert "Dr. Pia Scriber" in stale.value.message


def test_a_medicine_that_came_meanwhile_is_told_before_the_decision(prescriber, course):
    ready(prescriber, course)
    seen = seen_by(prescriber, course)
    on_record(course, model=MedicationRequest, display="phenelzine", status="active")
    with pytest.raises(StaleState) as stale:
        decide(prescriber, course, seen=seen)
    assert "the medicines" in stale.value.message
    assert state_of(course, prescriber) == "screening"


def test_what_the_course_refuses_was_not_decided(prescriber, course):
    ready(prescriber, course)
    with acting_as(system_actor("import", course.practice_id)):
        course.patient.deceased = True
        course.patient.save()
    with pytest.raises(RefusedByRule):
        decide(prescriber, course)
    with acting_as(prescriber):
        assert Screening.objects.get(course=course).is_open
        assert not ScreeningBasis.objects.exists()


def test_a_minor_is_refused(prescriber, patient_factory, course):
    with acting_as(system_actor("import", course.practice_id)):
        course.patient.birth_date = today_here() - timedelta(days=365 * 17)
        course.patient.save()
    ready(prescriber, course)
    with pytest.raises(RefusedByRule) as refused:
        decide(prescriber, course)
    assert "Under 18" in refused.value.message


def test_the_database_lets_nobody_change_a_decision(prescriber, course):
    row = decide(prescriber, course, Decision.NO, "No.")
    with acting_as(prescriber), transaction.atomic():
        row.reason = "Yes."
        with pytest.raises(ProgrammingError):
            row.save()


def test_a_basis_with_records_of_substance_use_is_closed_to_whoever_may_not_read_them(
    staff, prescriber, course
):
    on_record(course, display="Opioid dependence", compartment="substance-use")
    ready(prescriber, course)
    row = decide(
        prescriber, course, Decision.NOT_NOW, "Later.", look_again_on=today_here() + timedelta(days=9)
    )
    with acting_as(prescriber):
        assert ScreeningBasis.objects.get(screening=row).compartment == "substance-use"
    with acting_as(staff("therapist")):
        assert not ScreeningBasis.objects.exists()
        assert Screening.objects.get(id=row.id).decision == "not-now"


def test_screened_again_the_last_decision_does_not_count_until_the_next(prescriber, course):
    ready(prescriber, course)
    decide(prescriber, course)
    with acting_as(prescriber):
        move_course(by=prescriber, course_id=course.id, event=Event.SCREEN_AGAIN, reason="A new medicine.")
        course.refresh_from_db()
        again = actions.begin_screening(by=prescriber, course_id=course.id)
        assert again.is_open
        assert again.told == {"lists": COMPLETE}  # questions are asked anew


# Pages


@pytest.fixture
def browse(client_as, prescriber):
    return client_as(prescriber)


def url(course, name="screening", *more):
    return reverse(name, args=[course.id, *more])


PIECES = ["screening", "screening_history", "screening_lists", "screening_trials", "screening_plan", "screening_decide",
          "screening_opinion"]  # fmt: skip


@pytest.mark.parametrize("name", PIECES)
def test_every_page_opens_before_anything_was_filled_in(browse, course, name):
    assert browse.get(url(course, name)).status_code == 200


def test_the_page_does_not_ask_more_of_a_long_record(browse, course, django_assert_max_num_queries):
    for n in range(40):
        on_record(course, display=f"Condition {n}")
        on_record(course, model=MedicationRequest, display=f"Medicine {n}", status="active")
    with django_assert_max_num_queries(40):
        page = browse.get(url(course))
    assert page.status_code == 200


def test_nothing_on_record_is_shown_as_not_known(browse, course):
    text = browse.get(url(course)).content.decode()
    assert text.count("Nothing on record. That is not known, not none.") == 3
    assert "Not known yet" in text


def test_history_is_saved_and_stands_there_again(browse, course):
    answers = {f"q-{name}": value for name, value in NOTHING["answers"].items()}
    data = {
        **answers,
        "q-cardiovascular-event": "yes",
        "on-cardiovascular-event": "2020-01-05",
        "pregnancy_test": "negative",
        "pregnancy_test_on": today_here().isoformat(),
        "seen": section("history"),
    }
    sent = browse.post(url(course, "screening_history"), data)
    assert sent.status_code == 302
    page = browse.get(url(course, "screening_history")).content.decode()
    assert 'value="2020-01-05"' in page
    row = stored(course)
    assert row.told["history"]["answers"]["cardiovascular-event"] == "yes"
    assert row.told["history"]["pregnancy"] == {"test": "negative", "test_on": today_here().isoformat()}


def section(name, told=None):
    from upwell.pathway.screening.told import section_mark

    return section_mark(told or {}, name)


def stored(course):
    with acting_as(system_actor("job", course.practice_id)):
        return Screening.objects.filter(course_id=course.id).first()


BAD = [
    ("screening_history", {"on-cardiovascular-event": "2999-01-01"}),
    ("screening_history", {"on-cardiovascular-event": "0001-01-01"}),
    ("screening_history", {"on-cardiovascular-event": "31.31.2020"}),
    ("screening_history", {"q-psychosis": "perhaps"}),
    ("screening_history", {"pregnancy_note": "x" * 501}),
    ("screening_history", {"pregnancy_note": "a\0b"}),
    ("screening_lists", {"medicines": "x" * 201}),
    ("screening_lists", {"medicines": "\n".join(map(str, range(61)))}),
    ("screening_lists", {"medicines": "aspirin\0"}),
    ("screening_trials", {"trial-0-display": "sertraline", "trial-0-max_dose_mg_per_day": "-5"}),
    ("screening_trials", {"trial-0-display": "sertraline", "trial-0-adherence_percent": "120"}),
    ("screening_trials", {"trial-0-benefit_percent": "20"}),
    ("screening_trials", {"trial-0-display": "sertraline", "trial-0-max_dose_mg_per_day": "1e9"}),
    ("screening_trials", {"trial-0-display": "a\0b"}),
    ("screening_trials", {"duration_months": "many"}),
    ("screening_plan", {"plan": "esketamine|by-air|"}),
    ("screening_plan", {}),
]
FORMSET = {"trial-TOTAL_FORMS": "1", "trial-INITIAL_FORMS": "0"}


@pytest.mark.parametrize(("name", "data"), BAD)
def test_what_can_not_be_is_refused_and_nothing_is_lost(browse, course, name, data):
    sent = browse.post(
        url(course, name), {**FORMSET, "seen": section(name.removeprefix("screening_")), **data}
    )
    assert sent.status_code == 422
    assert stored(course) is None or not stored(course).told
    for value in data.values():
        if value and "\0" not in value and len(value) < 60:
            assert value.split("\n")[0][:20] in sent.content.decode() or name == "screening_plan"


@pytest.mark.parametrize(
    "data", [{}, {"trial-TOTAL_FORMS": "x"}, {"trial-TOTAL_FORMS": "99999", "trial-INITIAL_FORMS": "0"}]
)
def test_a_broken_list_of_treatments_is_no_crash(browse, course, data):
    assert browse.post(url(course, "screening_trials"), data).status_code == 422


def test_a_comma_is_a_decimal_point(browse, course):
    sent = browse.post(url(course, "screening_trials"), {**FORMSET, "seen": section("trials"),
                       "trial-0-display": "sertraline", "trial-0-max_dose_mg_per_day": "112,5"})  # fmt: skip
    assert sent.status_code == 302
    with acting_as(system_actor("job", course.practice_id)):
        assert history_of([course.patient_id])["trials"][0]["max_dose_mg_per_day"] == 112.5


def test_someone_elses_words_are_not_written_over_from_the_page(staff, browse, course):
    fill(staff("monitor", name="Luis Monitor"), course, "lists", {"medicines": ["lorazepam"]})
    sent = browse.post(url(course, "screening_lists"), {"medicines": "zopiclone", "seen": section("lists")})
    assert sent.status_code == 409
    text = sent.content.decode()
    assert "Luis Monitor" in text
    assert "zopiclone" in text
    assert stored(course).told["lists"]["medicines"] == ["lorazepam"]


def vitals_post(browse, course, number=None, **data):
    address = f"{url(course, 'screening_vitals')}?form={number or uuid4()}"
    here = {"day": today_here().isoformat(), "time": "00:01", **data}
    return browse.post(address, here)


def test_vital_signs_are_entered_once(browse, course):
    number = uuid4()
    data = {"vitals-bp_systolic_mmhg": "148", "vitals-bp_diastolic_mmhg": "88", "person-weight_kg": "82,4"}
    assert vitals_post(browse, course, number, **data).status_code == 302
    assert vitals_post(browse, course, number, **data).status_code == 302
    with acting_as(system_actor("job", course.practice_id)):
        assert Observation.objects.filter(patient=course.patient).count() == 2
    assert "148/88 mmHg" in browse.get(url(course)).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"person-weight_kg": "0"},
        {"person-weight_kg": "eighty"},
        {"person-weight_kg": "1e2"},
        {"vitals-bp_systolic_mmhg": "120"},
        {"vitals-bp_systolic_mmhg": "80", "vitals-bp_diastolic_mmhg": "120"},
        {"person-weight_kg": "80", "day": "2999-01-01"},
        {"person-weight_kg": "80", "day": ""},
        {"person-weight_kg": "80", "time": "99:99"},
        {"person-weight_kg": "8\0"},
        {"vitals-spo2_percent": "101"},
    ],
)
def test_vital_signs_that_can_not_be_are_refused(browse, course, data):
    assert vitals_post(browse, course, **data).status_code == 422
    with acting_as(system_actor("job", course.practice_id)):
        assert not Observation.objects.exists()


def test_a_slip_is_marked_after_the_screening_too(browse, course):
    """A wrong pressure would stand against a dose of the day, with no way to mend it."""
    vitals_post(browse, course, **{"person-weight_kg": "28"})
    with acting_as(system_actor("job", course.practice_id)):
        row = Observation.objects.get(patient=course.patient)
        Course.objects.filter(id=course.id).update(state="induction")
    assert url(course, "screening_vitals") in browse.get(url(course)).content.decode()
    page = browse.get(url(course, "screening_vitals")).content.decode()
    assert url(course, "screening_vitals_error", row.id) in page
    assert "Enter what was measured" not in page
    assert vitals_post(browse, course, **{"person-weight_kg": "29"}).status_code == 302
    with acting_as(system_actor("job", course.practice_id)):
        assert Observation.objects.filter(patient=course.patient).count() == 1


def test_a_slip_is_marked_from_the_page(browse, course):
    vitals_post(browse, course, **{"person-weight_kg": "28"})
    page = browse.get(f"{url(course, 'screening_vitals')}?form={uuid4()}").content.decode()
    assert "This is wrong" in page
    with acting_as(system_actor("job", course.practice_id)):
        row = Observation.objects.get(patient=course.patient)
    address = url(course, "screening_vitals_error", row.id)
    assert browse.get(address).status_code == 200
    assert browse.post(address, {"reason": " "}).status_code == 422
    assert browse.post(address, {"reason": "82, not 28"}).status_code == 302
    assert browse.post(address, {"reason": "again"}).status_code == 409
    assert browse.get(url(course, "screening_vitals_error", uuid4())).status_code == 404
    assert "28 kg" not in browse.get(url(course)).content.decode()
    chart = browse.get(reverse("chart", args=[course.patient_id])).content.decode()
    assert "82, not 28" in chart


def test_very_long_and_right_to_left_words_stand_on_the_page(browse, prescriber, course):
    fill(prescriber, course, "lists", {"medicines": ["تناول دواء " * 15], "conditions": ["x" * 200]})
    assert browse.get(url(course)).status_code == 200


def test_a_yes_about_suicide_alerts_the_team(browse, course):
    address = f"{url(course, 'screening_suicide')}?form={uuid4()}"
    assert browse.get(address).status_code == 200
    assert browse.post(address, {}).status_code == 422
    sent = browse.post(
        address, {"q-1": "yes", "q-2": "yes", "q-3": "yes", "q-4": "yes", "q-5": "no", "q-6_lifetime": "no"}
    )
    with acting_as(system_actor("job", course.practice_id)):
        alert = Alert.objects.get(patient=course.patient)
        assert Assessment.objects.get(patient=course.patient).result["algorithms"]["risk"] == "high"
    assert sent.url == reverse("alert", args=[alert.id])
    assert browse.get(sent.url).status_code == 200
    assert browse.get(url(course)).status_code == 200
    assert browse.get(reverse("assessment", args=[course.patient_id, alert.assessment_id])).status_code == 200


def test_a_half_asked_screen_still_says_what_it_proves(browse, prescriber, course):
    address = f"{url(course, 'screening_suicide')}?form={uuid4()}"
    browse.post(address, {"q-1": "yes", "q-2": "yes", "q-5": "yes"})
    ready(prescriber, course)
    assert rules_of(prescriber, course)["eligibility.suicide-risk.imminent"]["severity"] == "needs-decision"


def test_the_decision_from_the_page(browse, prescriber, course):
    ready(prescriber, course)
    page = browse.get(url(course, "screening_decide")).content.decode()
    assert "I have weighed this" in page
    with acting_as(prescriber):
        row = screenings_of(course).open
        seen = seen_text(row, picture_of(course, row, prescriber, now()))
    address = url(course, "screening_decide")
    missing = browse.post(address, {"decision": "eligible", "reason": "Right.", "seen": seen})
    assert missing.status_code == 422
    assert "Right." in missing.content.decode()
    data = {
        "decision": "eligible",
        "reason": "Right.",
        "seen": seen,
        "weighed": list(rules_of(prescriber, course)),
    }
    assert browse.post(address, data).url == reverse("course", args=[course.id])
    again = browse.post(address, data, follow=True)
    assert "decided this screening meanwhile" in again.content.decode()
    assert browse.get(url(course)).status_code == 200
    row = stored(course)
    past = browse.get(url(course, "screening_past", row.id)).content.decode()
    assert "Right." in past
    assert "Decided otherwise by prescriber" in past


@pytest.mark.parametrize(
    "seen",
    ["", "{", "[]", json.dumps({"id": "x", "marks": {}}), json.dumps({"id": "", "marks": 3}), "9" * 9000],
)
def test_a_decision_without_having_seen_the_facts_is_asked_again(browse, prescriber, course, seen):
    ready(prescriber, course)
    sent = browse.post(url(course, "screening_decide"), {"decision": "no", "reason": "No.", "seen": seen})
    assert sent.status_code == 409
    assert state_of(course, prescriber) == "screening"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "perhaps", "reason": "x"},
        {"decision": "no", "reason": ""},
        {"decision": "no", "reason": "a\0"},
        {"decision": "no", "reason": "x" * 10_001},
    ],
)
def test_half_a_decision_is_refused_in_words(browse, course, data):
    assert browse.post(url(course, "screening_decide"), data).status_code == 422


@pytest.mark.parametrize("name", [one for one in PIECES if one != "screening"])
def test_pages_out_of_order_lead_back(browse, prescriber, course, name):
    decide(prescriber, course, Decision.NO, "No.")
    back = browse.get(url(course, name))
    assert (back.status_code, back.url) == (302, url(course))
    assert browse.get(url(course)).status_code == 200


def test_there_is_no_screening_of_somebody_elses_course(staff, client_as, course, other_practice):
    stranger = client_as(staff("prescriber", at=other_practice))
    for name in PIECES:
        assert stranger.get(url(course, name)).status_code == 404


def test_the_linked_practice_reads_the_decision_alone(staff, client_as, prescriber, course, other_practice):
    with acting_as(system_actor("set-up", course.practice_id)):
        for kind in ("course", "demographics"):
            Release.objects.create(practice_id=course.practice_id, patient=course.patient, to_practice=other_practice,
                                   kind=kind, starts_at=now() - timedelta(days=1))  # fmt: skip
    outside = client_as(staff("therapist", at=other_practice))
    ready(prescriber, course)
    page = outside.get(url(course))
    assert page.status_code == 200
    assert "open at the practice that gives the treatment" in page.content.decode()
    row = decide(prescriber, course)
    assert "Weighed, and right." in outside.get(url(course)).content.decode()
    assert outside.get(url(course, "screening_past", row.id)).status_code == 200
    assert outside.get(url(course, "screening_history")).status_code == 302
    assert outside.post(url(course, "screening_begin")).status_code == 404


def test_the_course_page_shows_the_screening(browse, prescriber, course):
    assert browse.get(reverse("course", args=[course.id])).status_code == 200
    ready(prescriber, course)
    decide(prescriber, course, Decision.NOT_NOW, "Later.", look_again_on=today_here() + timedelta(days=9))
    text = browse.get(reverse("course", args=[course.id])).content.decode()
    assert "Not now" in text
    assert "Later." in text


def test_today_does_not_ask_more_for_many_screenings(
    prescriber, patient_factory, django_assert_max_num_queries
):
    with acting_as(prescriber):
        for n in range(8):
            made = open_course(
                by=prescriber, patient=patient_factory(f"Rivera{n}"), event=Event.INQUIRE, reason="Asked."
            )
            move_course(by=prescriber, course_id=made.id, event=Event.BEGIN_SCREENING)
        from upwell.pathway.screening import part

        with django_assert_max_num_queries(4):
            found = part.waiting(prescriber, now(), None)
    assert len(found) == 16  # a decision and a PHQ-9 each
