"""Treatment history on the chart: kept with every former row, prefilled from the record, judged with reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.base.errors import NotPermitted, StaleState
from upwell.record.models import MedicationRequest, TreatmentTrial
from upwell.record.treatments import history_of, keep_history, mark_of, proposals, treatment_facts

pytestmark = pytest.mark.django_db
TRIED = {
    "max_dose_mg_per_day": 150,
    "weeks_at_or_above_minimum": 8,
    "adherence_percent": 90,
    "benefit_percent": 20,
    "current_episode": True,
}
EPISODE = {
    "duration_months": 30,
    "severity": "severe",
    "psychotic": False,
    "augmentation_used": True,
    "ect_used": False,
}
TWO = {"trials": [{"display": name, **TRIED} for name in ("sertraline", "venlafaxine")], "episode": EPISODE}


@pytest.fixture
def therapist(staff):
    return staff("therapist", name="Toni Therapist")


@pytest.fixture
def browser(therapist, client_as):
    return client_as(therapist)


@pytest.fixture
def keep(alex):
    def fill(actor, content, seen_mark=None):
        with acting_as(actor):
            keep_history(by=actor, patient=alex, content=content, seen_mark=seen_mark)
            return history_of([alex.id])

    return fill


@pytest.fixture
def ordered(alex):
    """Orders as an import leaves them: RxNorm codes of products, and of an ingredient."""

    def order(code, display, *, days_ago=100, status="completed"):
        with acting_as(system_actor("import", alex.practice_id)):
            MedicationRequest.objects.create(
                practice_id=alex.practice_id,
                patient_id=alex.id,
                code_system="http://www.nlm.nih.gov/research/umls/rxnorm",
                code=code,
                display=display,
                status=status,
                authored_at=now() - timedelta(days=days_ago),
            )

    return order


def test_two_failed_trials_are_staged_on_the_page(browser, keep, therapist, alex):
    keep(therapist, TWO)
    text = browser.get(reverse("treatments", args=[alex.id])).content.decode()
    assert "Treatment-resistant (regulators\u2019 rule)" in text or "Treatment-resistant (regulators" in text
    assert "9 · moderate" in text  # 3 + 4 + 1 + 1 + 0
    assert "150 mg/day: at or above the minimum of 50 mg/day (M)." in text
    assert text.count("adequate") >= 2
    assert ">II<" in text


def test_an_unknown_drug_is_said_and_not_guessed(browser, keep, therapist, alex):
    keep(therapist, {"trials": [{"display": "Zorbinol", **TRIED}]})
    text = browser.get(reverse("treatments", args=[alex.id])).content.decode()
    assert "not on the list of antidepressants" in text
    assert "adequacy not known" in text


def test_nothing_on_record_is_not_none(browser, keep, therapist, alex):
    assert treatment_facts({}) == {}
    assert (
        "That is not known, not none." in browser.get(reverse("treatments", args=[alex.id])).content.decode()
    )
    keep(therapist, {"none": True})
    assert treatment_facts({"none": True}) == {"trials": []}
    assert (
        "no antidepressant was tried" in browser.get(reverse("treatments", args=[alex.id])).content.decode()
    )


def test_changing_and_taking_off_keeps_every_former_row(keep, therapist, alex):
    kept = keep(therapist, TWO)
    sertraline = {**kept["trials"][0], "benefit_percent": 60}
    kept = keep(therapist, {"trials": [sertraline], "episode": EPISODE})
    assert [(one["display"], one["benefit_percent"]) for one in kept["trials"]] == [("sertraline", 60)]
    with acting_as(therapist):
        assert TreatmentTrial.objects.count() == 2
        former = TreatmentTrial.pgh_event_model.objects.all()
        assert {(row.display, int(row.benefit_percent)) for row in former} == {
            ("sertraline", 20),
            ("venlafaxine", 20),
        }


def test_saved_again_unchanged_nothing_is_written(keep, therapist):
    kept = keep(therapist, TWO)
    assert keep(therapist, kept) == kept
    with acting_as(therapist):
        assert TreatmentTrial.pgh_event_model.objects.count() == 0


def test_who_would_write_over_a_colleagues_words_is_told(keep, therapist, staff):
    seen = mark_of({})
    keep(staff("monitor"), TWO)
    with pytest.raises(StaleState):
        keep(therapist, {"none": True}, seen)


def test_orders_on_record_are_proposed_by_rxnorm_each_once(browser, ordered, keep, therapist, alex):
    ordered("312940", "sertraline 25 MG Oral Tablet", days_ago=300)
    ordered("312941", "sertraline 50 MG Oral Tablet", days_ago=100)
    ordered("39786", "", days_ago=50)  # venlafaxine, by its ingredient alone
    ordered("310965", "ibuprofen 200 MG Oral Tablet")
    ordered("4493", "fluoxetine", status="cancelled")
    with acting_as(therapist):
        found = proposals([alex.id], {})
    assert {(one["display"], one["code"], one["orders"]) for one in found} == {
        ("sertraline", "36437", 2),
        ("venlafaxine", "39786", 1),
    }
    page = browser.get(reverse("treatments_edit", args=[alex.id])).content.decode()
    assert 'value="sertraline"' in page
    assert "From the record: 2 orders" in page
    assert 'max_dose_mg_per_day" value=' not in page  # nothing is guessed
    kept = keep(therapist, TWO)
    with acting_as(therapist):
        assert proposals([alex.id], kept) == []


def test_the_page_takes_over_what_the_record_proposes(browser, ordered, therapist, alex):
    ordered("312941", "sertraline 50 MG Oral Tablet")
    page = reverse("treatments_edit", args=[alex.id])
    sent = browser.post(
        page,
        {
            "trial-TOTAL_FORMS": "1",
            "trial-INITIAL_FORMS": "1",
            "trial-0-display": "sertraline",
            "trial-0-system": "rxnorm",
            "trial-0-code": "36437",
            "trial-0-from_record": "True",
            "trial-0-benefit_percent": "10",
            "seen": mark_of({}),
        },
    )
    assert (sent.status_code, sent.url) == (302, reverse("treatments", args=[alex.id]))
    with acting_as(therapist):
        (row,) = TreatmentTrial.objects.all()
    assert (row.code, row.from_record, int(row.benefit_percent), row.max_dose_mg_per_day) == (
        "36437",
        True,
        10,
        None,
    )


@pytest.mark.parametrize("bad", [{"trial-0-max_dose_mg_per_day": "-5"}, {"trial-0-adherence_percent": "120"}])
def test_what_can_not_be_is_refused_and_changes_nothing(browser, therapist, alex, bad):
    data = {"trial-TOTAL_FORMS": "1", "trial-INITIAL_FORMS": "0", "trial-0-display": "sertraline", **bad}
    assert browser.post(reverse("treatments_edit", args=[alex.id]), data).status_code == 422
    with acting_as(therapist):
        assert TreatmentTrial.objects.count() == 0


def test_others_see_nothing_of_it(keep, therapist, staff, other_practice, alex, alex_acts):
    keep(therapist, TWO)
    for actor in (staff("prescriber", at=other_practice), staff("admin"), staff("researcher")):
        with acting_as(actor):
            assert TreatmentTrial.objects.count() == 0
            assert TreatmentTrial.pgh_event_model.objects.count() == 0
    with acting_as(alex_acts):
        assert TreatmentTrial.objects.count() == 2  # their own record
        with pytest.raises(NotPermitted):
            keep_history(by=alex_acts, patient=alex, content={}, seen_mark=None)
