"""Tasks: listed without hurry, finished with what came of them, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.clock import now
from upwell.pathway.safety.actions import finish_task
from upwell.record.models import Task

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(practice, alex):
    with acting_as(system_actor("import", practice.id)):
        return Task.objects.create(
            practice=practice,
            patient=alex,
            kind="review-imported-item-9",
            detail={
                "count": 3,
                "latest": (now() - timedelta(days=400)).isoformat(),
                "instrument": "phq-9",
                "earlier": [{"done_at": now().isoformat(), "done_by": "x", "outcome": "Settled in 2024"}],
            },
        )


@pytest.fixture
def browser(staff, client_as):
    return client_as(staff("therapist", name="Toni Therapist"))


def test_a_task_says_what_is_to_be_looked_at(task, browser, alex):
    text = browser.get(reverse("tasks")).content.decode()
    assert "Alex Rivera" in text
    assert "Look at imported answers to the suicide question" in text
    page = browser.get(reverse("task", args=[task.id])).content.decode()
    for words in (
        "3 times",
        "nobody was alerted",
        "Settled in 2024",
        reverse("chart_scores", args=[alex.id, "phq-9"]),
    ):
        assert words in page
    assert "Look at imported answers" in browser.get(reverse("chart", args=[alex.id])).content.decode()


def test_it_is_finished_with_what_came_of_it(task, browser):
    page = reverse("task", args=[task.id])
    refused = browser.post(page, {"outcome": " \n"})
    assert refused.status_code == 422
    assert "Write down what came of it." in refused.content.decode()
    assert browser.post(page, {"outcome": "Talked it over."}).url == reverse("tasks")
    text = browser.get(reverse("tasks")).content.decode()
    assert "Nothing to do" in text
    assert "Talked it over." in text


def test_who_comes_second_is_told_who_was_first(task, browser, staff):
    prescriber = staff("prescriber", name="Pat Prescriber")
    with acting_as(prescriber):
        finish_task(by=prescriber, task_id=task.id, outcome="Done.")
    response = browser.post(reverse("task", args=[task.id]), {"outcome": "Mine too."})
    assert response.status_code == 409
    assert "Pat Prescriber finished this task on" in response.content.decode()
    assert "You had written: Mine too." in response.content.decode()


def test_a_monitor_sees_tasks_and_finishes_none(task, staff, client_as):
    monitor = client_as(staff("monitor"))
    page = reverse("task", args=[task.id])
    assert "<textarea" not in monitor.get(page).content.decode()
    assert monitor.post(page, {"outcome": "Done."}).status_code == 403


def test_another_practice_finds_no_task(task, staff, other_practice, client_as):
    outsider = client_as(staff("prescriber", at=other_practice))
    assert outsider.get(reverse("task", args=[task.id])).status_code == 404
    assert "Alex" not in outsider.get(reverse("tasks")).content.decode()
