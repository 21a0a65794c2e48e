"""What the pages of a full practice cost: as many statements for fifty people at every stage as for five."""

from __future__ import annotations

import random

import pytest
from django.urls import reverse

from benchmarks.courses import WAY, courses
from tests.people import account_of
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.pathway.course.models import Course

pytestmark = pytest.mark.django_db
TODAY, COURSE = 41, 42  # with the two of the transaction


@pytest.fixture
def fill(practice, staff, patient_factory):
    """People at every stage, with sessions, appointments, alerts, measures and visits."""
    prescriber = account_of(staff("prescriber", name="Dr. Dana Full"))
    rng = random.Random(1)
    rng.choice = lambda found: found[next(stages) % len(found)]  # every stage in turn
    stages = iter(range(10_000))

    def more(count):
        patients = [patient_factory(f"Rivera{n}", "Alex") for n in range(count)]
        with acting_as(system_actor("benchmark", practice.id)):
            courses(rng, patients, prescriber, in_full=True)
        return patients

    return more


def test_today_costs_the_same_for_few_and_for_many(fill, staff, client_as, count_queries):
    browser = client_as(staff("prescriber"))
    fill(2 * len(WAY))
    browser.get(reverse("today"))
    few = count_queries(lambda: browser.get(reverse("today")))
    fill(8 * len(WAY))
    page = browser.get(reverse("today"))
    assert {section.key for section in page.context["day"].sections} == {"worrying", "due", "waiting"}
    assert count_queries(lambda: browser.get(reverse("today"))) == few <= TODAY


def test_a_course_under_treatment_costs_a_fixed_number(fill, staff, client_as, count_queries, practice):
    browser = client_as(staff("prescriber"))
    fill(3 * len(WAY))
    with acting_as(system_actor("benchmark", practice.id)):
        treated = Course.objects.filter(state="maintenance").first()
    page = reverse("course", args=[treated.id])
    assert browser.get(page).status_code == 200
    assert count_queries(lambda: browser.get(page)) <= COURSE
