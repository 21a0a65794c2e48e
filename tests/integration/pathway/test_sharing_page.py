"""What I share: the person sees it in plain words, ends it at once, and opens it again; both practices are told."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.models import Release
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.base.ids import new_id
from upwell.people.models import Patient
from upwell.record.models import AllergyIntolerance, Assessment, Condition, Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(alex, practice):
    """Something of every kind in Alex's chart at Harbor Clinic."""
    with acting_as(system_actor("import", practice.id)):
        shared = {"practice": practice, "patient": alex}
        AllergyIntolerance.objects.create(**shared, display="Penicillin")
        Condition.objects.create(**shared, display="Migraine")
        Condition.objects.create(**shared, display="A secret of the therapy", compartment="process-notes")
        Condition.objects.create(**shared, display="A page of the journal", compartment="journal")
        Assessment.objects.create(
            **shared, instrument="phq-9", instrument_version="1", answers={"1": 3}, status="complete", total=19,
            band="moderately-severe", result={}, effective_at=alex.created_at, origin="staff",
        )  # fmt: skip


@pytest.fixture
def there(alex_referred):
    """Alex's chart at Tidewater Therapy."""
    with acting_as(system_actor("shared-care")):
        return Patient.objects.get(id=alex_referred.to_patient_id)


def text_of(browser, name, *ids) -> str:
    response = browser.get(reverse(name, args=ids))
    assert response.status_code == 200, response.content.decode()
    return unescape(response.content.decode())


def end(browser, chart, to, kind="", status=302):
    fields = {"chart": chart.id, "to": to.id} | ({"kind": kind} if kind else {})
    assert browser.post(reverse("sharing_end"), fields).status_code == status


def tasks_at(staff, practice):
    with acting_as(staff("therapist", at=practice)):
        return [(one.kind, one.detail["kinds"]) for one in Task.objects.filter(practice=practice)]


def test_the_page_says_who_sees_what_since_when(alex_referred, alex_browses, practice, other_practice):
    text = text_of(alex_browses, "sharing")
    for words in (
        "What Tidewater Therapy sees of your record at Harbor Clinic",
        "What Harbor Clinic sees of your record at Tidewater Therapy",
        "My conditions, medicines, allergies and visits.",
        "since ",
        "Stop sharing “My medical record” with Tidewater Therapy?",
    ):
        assert words in text
    assert reverse("sharing") in text_of(alex_browses, "me")


def test_a_person_without_a_second_practice_shares_nothing(alex_browses):
    assert "You share nothing" in text_of(alex_browses, "sharing")


def test_one_kind_ended_is_closed_at_once_and_everything_else_stays(
    filled, there, alex, alex_browses, prescriber, client_as, staff, practice, other_practice
):
    tide = client_as(prescriber)
    before = text_of(tide, "chart", there.id)
    for words in ("From Harbor Clinic", "Penicillin", "Migraine", "at Harbor Clinic"):
        assert words in before
    end(alex_browses, alex, other_practice, "chart")
    after = text_of(tide, "chart", there.id)
    assert "Penicillin" not in after
    assert "Migraine" not in after
    assert "at Harbor Clinic" in after  # the score
    assert "Their conditions, medicines and allergies are not open to us." in after
    with acting_as(prescriber):
        assert Condition.objects.count() == AllergyIntolerance.objects.count() == 0
        assert Assessment.objects.count() == 1
    for place in (practice, other_practice):
        assert tasks_at(staff, place) == [("sharing-ended", ["chart"])]
    with acting_as(system_actor("shared-care")):
        noted = AuditEntry.objects.get(action="release.ended")
        assert (noted.account_id, noted.patient_id, noted.detail["kinds"]) == (
            alex.account_id,
            alex.id,
            ["chart"],
        )


def test_all_ended_with_one_tap_leaks_nothing_anywhere(
    filled, there, alex, alex_browses, prescriber, client_as, other_practice, staff
):
    tide = client_as(prescriber)
    end(alex_browses, alex, other_practice)
    with acting_as(prescriber):
        assert [model.objects.count() for model in (Condition, AllergyIntolerance, Assessment)] == [0, 0, 0]
        assert not Patient.objects.filter(id=alex.id).exists()
        assert not Release.objects.filter(patient=alex, ends_at__isnull=True).exists()
    assert tide.get(reverse("chart", args=[alex.id])).status_code == 404
    assert tide.get(reverse("chart_section", args=[alex.id, "problems"])).status_code == 404
    assert tide.get(reverse("chart_scores", args=[alex.id, "phq-9"])).status_code == 404
    for words in ("Penicillin", "Migraine", "score__total"):
        assert words not in text_of(tide, "chart", there.id)
    # The way back is another release: Harbor Clinic still sees the course at Tidewater Therapy.
    harbor = client_as(staff("therapist"))
    assert "Tidewater Therapy" in text_of(harbor, "chart", alex.id)


def test_process_notes_and_journal_are_never_open(
    filled, there, alex, prescriber, staff, client_as, other_practice
):
    therapist_there = staff("therapist", at=other_practice)
    for reader in (prescriber, therapist_there):
        text = text_of(client_as(reader), "chart", there.id)
        assert "A page of the journal" not in text
    # A therapist may read process notes of their own practice; a release must not open another's.
    with acting_as(prescriber):
        assert set(Condition.objects.values_list("display", flat=True)) == {"Migraine"}
    with acting_as(therapist_there):
        assert set(Condition.objects.values_list("display", flat=True)) == {"Migraine"}


def test_opened_again(filled, alex_referred, alex, alex_browses, prescriber, other_practice):
    end(alex_browses, alex, other_practice, "chart")
    fields = {"chart": alex.id, "to": other_practice.id, "kind": "chart"}
    assert alex_browses.post(reverse("sharing_open"), fields).status_code == 302
    with acting_as(prescriber):
        assert Condition.objects.filter(display="Migraine").exists()
    assert alex_browses.post(reverse("sharing_open"), fields).status_code == 302  # twice does no harm
    with acting_as(prescriber):
        assert Release.objects.filter(patient=alex, kind="chart", ends_at__isnull=True).count() == 1


def test_several_ends_are_one_task_until_somebody_looked(
    alex_referred, alex, alex_browses, staff, other_practice
):
    for kind in ("assessments", "chart", "chart"):
        end(alex_browses, alex, other_practice, kind)
    assert tasks_at(staff, other_practice) == [("sharing-ended", ["chart", "assessments"])]


def test_the_task_says_what_is_not_shared_any_more(
    alex_referred, alex, alex_browses, client_as, prescriber, other_practice
):
    end(alex_browses, alex, other_practice, "chart")
    with acting_as(prescriber):
        task = Task.objects.get(practice=other_practice)
    text = text_of(client_as(prescriber), "task", task.id)
    assert "ended what Tidewater Therapy sees of their record at Harbor Clinic: Medical record." in text


@pytest.mark.parametrize("kind", ["journal", "process-notes", "x\x00", "everything"])
def test_a_kind_that_is_none_is_refused(alex_referred, alex, alex_browses, other_practice, kind):
    for name in ("sharing_end", "sharing_open"):
        fields = {"chart": alex.id, "to": other_practice.id, "kind": kind}
        assert alex_browses.post(reverse(name), fields).status_code in {404, 422}


def test_nobody_ends_or_opens_for_somebody_else(
    alex_referred,
    alex,
    there,
    client_as,
    patient_factory,
    account_factory,
    prescriber,
    therapist,
    other_practice,
):
    kim = patient_factory("Stone", "Kim", account=account_factory("Kim Stone"))
    stranger = client_as(kim.account)
    end(stranger, alex, other_practice, status=404)
    end(stranger, kim, other_practice, status=404)  # nobody there cares for Kim
    fields = {"chart": kim.id, "to": other_practice.id, "kind": "chart"}
    assert stranger.post(reverse("sharing_open"), fields).status_code == 404
    for actor in (therapist, prescriber):
        end(client_as(actor), alex, other_practice, status=403)
    with acting_as(system_actor("shared-care")):
        assert not Release.objects.filter(ends_at__isnull=False).exists()


@pytest.mark.parametrize(
    "fields", [{}, {"chart": "x", "to": "y"}, {"chart": str(new_id()), "to": str(new_id())}]
)
def test_nonsense_is_refused_in_words(alex_referred, alex_browses, fields):
    for name in ("sharing_end", "sharing_open"):
        assert alex_browses.post(reverse(name), fields).status_code == 404
