"""The pages of the calendar: the day, booking, two browsers at once, and a person's own appointments."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.integration.pathway.courses import course_at
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.base.clock import now
from upwell.pathway.calendar.actions import book_appointment
from upwell.pathway.calendar.models import Appointment
from upwell.pathway.calendar.states import Kind
from upwell.people.models import Chair, Membership, Patient, Practice

DAY = (now() + timedelta(days=20)).date()


@pytest.fixture
def window(practice):
    return Chair.objects.create(practice=practice, name="Window")


def fields(chair="", day=DAY, **other):
    return {
        "kind": "follow-up",
        "day": str(day),
        "time": "09:00",
        "minutes": "60",
        "chair": str(chair),
    } | other


def address(client, patient):
    return client.get(reverse("appointment_new", args=[patient.id]))["Location"]


@pytest.mark.django_db
def test_booked_from_the_form_and_seen_in_the_day(client_as, staff, patient_factory, window):
    desk = client_as(staff("admin"))
    patient = patient_factory("Rivera", "Alex")
    there = address(desk, patient)
    made = desk.post(there, fields(window.id), follow=True)
    assert "Booked." in made.content.decode()
    again = desk.post(there, fields(window.id), follow=True)
    assert again.redirect_chain[-1] == made.redirect_chain[-1]
    assert desk.get(there).status_code == 302  # Back leads to a form for another one
    day = desk.get(f"/calendar/?day={DAY}").content.decode()
    assert "Alex Rivera" in day
    assert "09:00–10:00" in day
    assert "Window" in day


@pytest.mark.django_db
def test_the_second_is_told_and_offered_free_times(client_as, staff, patient_factory, window):
    desk = client_as(staff("admin"))
    desk.post(address(desk, patient_factory("First", "Ann")), fields(window.id))
    refused = desk.post(address(desk, patient_factory("Second")), fields(window.id))
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Ann First" in page
    assert "Free times that day" in page
    assert "10:00" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "never"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"time": "25:00"},
        {"minutes": "-5"},
        {"minutes": "\x00"},
        {"kind": "party"},
        {"chair": "not-one"},
        {"staff": "2"},
        {"version": "x"},
    ],
)
def test_what_can_not_be_is_said_beside_the_form(client_as, staff, patient_factory, wrong):
    desk = client_as(staff("admin"))
    answer = desk.post(address(desk, patient_factory()), fields() | wrong)
    assert answer.status_code in {409, 422}
    with acting_as(staff("admin")):
        assert not Appointment.objects.exists()


@pytest.mark.django_db
def test_times_on_the_days_when_the_clocks_change(client_as, staff, patient_factory, practice):
    """Chicago, 2027: 2:30 is not there on 14 March, and comes twice on 7 November."""
    desk = client_as(staff("admin"))
    gap = desk.post(address(desk, patient_factory()), fields(day=date(2027, 3, 14)) | {"time": "02:30"})
    assert "the clocks go forward" in gap.content.decode()
    desk.post(address(desk, patient_factory()), fields(day=date(2027, 11, 7)) | {"time": "01:30"})
    desk.post(address(desk, patient_factory()), fields(day=date(2027, 3, 15)))
    with acting_as(staff("admin")):
        first, second = Appointment.objects.order_by("starts_at")
        assert first.starts_at.isoformat() == "2027-03-15T14:00:00+00:00"
        assert second.starts_at.isoformat() == "2027-11-07T06:30:00+00:00"
    for day in ("2027-03-14", "2027-11-07"):
        assert desk.get(f"/calendar/?day={day}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_any_day_in_the_address(client_as, staff, day):
    assert client_as(staff("admin")).get("/calendar/", {"day": day}).status_code == 200


@pytest.mark.django_db
def test_the_day_costs_the_same_however_full_it_is(
    client_as, staff, patient_factory, practice, count_queries
):
    desk, admin = client_as(staff("admin")), staff("admin")
    start = now() + timedelta(days=3)

    def fill(n):
        chair = Chair.objects.create(practice=practice, name=f"Chair {n}")
        with acting_as(admin):
            book_appointment(
                by=admin,
                patient=patient_factory(f"P{n}"),
                kind=Kind.FOLLOW_UP,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                chair_id=chair.id,
            )

    fill(0)
    address_of_day = f"/calendar/?day={start.date()}"
    desk.get(address_of_day)
    few = count_queries(lambda: desk.get(address_of_day))
    for n in range(1, 9):
        fill(n)
    assert count_queries(lambda: desk.get(address_of_day)) == few


@pytest.mark.django_db
def test_a_person_sees_the_practices_time_with_its_zone(
    client_as, staff, patient_factory, account_factory, practice
):
    patient = patient_factory(account=account_factory("Alex Rivera"))
    course_at(patient, "preparation")
    desk = client_as(staff("admin"))
    desk.post(address(desk, patient), fields(day=date(2027, 7, 1)) | {"kind": "dosing"})
    page = client_as(patient.account).get("/me/appointments/").content.decode()
    assert "9 a.m." in page
    assert "Chicago, CDT" in page
    assert "drive" in page


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "shown"), [("2027-07-01", True), ("2027-07-32", False), ("1", False)])
def test_a_day_that_is_proposed_stands_in_the_form(client_as, staff, patient_factory, day, shown):
    desk = client_as(staff("therapist"))
    form = f"{reverse('appointment_new', args=[patient_factory().id])}?kind=integration&day={day}"
    page = desk.get(form, follow=True)
    assert page.status_code == 200
    assert ('value="2027-07-01"' in page.content.decode()) is shown


@pytest.mark.django_db
def test_the_course_page_shows_and_offers_bookings(client_as, staff, patient_factory):
    patient = patient_factory()
    course = course_at(patient, "preparation")
    prescriber = client_as(staff("prescriber"))
    there = address(prescriber, patient)
    booked = prescriber.post(there, fields() | {"kind": "dosing"}, follow=True).content.decode()
    assert "No consent is in force yet." in booked
    page = prescriber.get(reverse("course", args=[course.id])).content.decode()
    assert "Come to the dosing session" in page
    assert "Book a dosing session" in page


def test_two_browsers_at_once_one_chair(committed_db):
    """Real commits: eight people press Book in the same moment."""
    practice = Practice.objects.create(name="Harbor", time_zone="America/Chicago")
    chair = Chair.objects.create(practice=practice, name="Window")
    desks = []
    for n in range(8):
        account = make_account(f"d{n}@example.org", "correct horse battery", name=f"Desk {n}")
        Membership.objects.create(account=account, practice=practice, roles=["admin"])
        from upwell.access.system import system_actor

        with acting_as(system_actor("set-up", practice.id)):
            patient = Patient.objects.create(practice=practice, family_name=f"P{n}", record_number=f"T-{n}")
        desk = Client()
        desk.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        desks.append((desk, address(desk, patient)))
    statuses, gate = [], threading.Barrier(len(desks))

    def press(desk, there):
        try:
            gate.wait(10)
            statuses.append(desk.post(there, fields(chair.id)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=one) for one in desks]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sorted(statuses) == [302] + [409] * 7
