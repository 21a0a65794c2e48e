"""A dosing day: a course in induction, its session, and short ways to what happens in it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.integration.pathway.consented import signed
from tests.integration.pathway.courses import course_at
from upwell.access.acting import acting_as
from upwell.access.who import patient_actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.protocols import load_protocol
from upwell.knowledge.workup import load_workup
from upwell.pathway.session.actions import open_session, record_events
from upwell.pathway.session.checking import check_order
from upwell.pathway.session.intents import decide_gate, order_dose
from upwell.pathway.session.log import folded
from upwell.pathway.session.models import Session
from upwell.pathway.session.ordering import Wanted
from upwell.pathway.workup.models import WorkUpEntry

READY = {
    "escort_named": True,
    "pregnancy_test": "negative",
    "suicide_risk": "none",
    "new_psychosis_or_mania": False,
    "rems_site_certified": True,
    "rems_patient_enrolled": True,
    **{f"concomitant.{one}": False for one in ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")},
}
CALM = {
    "bp_systolic_mmhg": 122,
    "bp_diastolic_mmhg": 78,
    "heart_rate_bpm": 70,
    "spo2_percent": 98,
    "resp_rate_bpm": 14,
    "temperature_c": 36.7,
    "weight_kg": 82,
}


def entry(kind, body=None, ago=0.0, **more):
    """One observation, so many minutes ago."""
    at = (now() - timedelta(minutes=ago)).isoformat()
    return {"id": str(new_id()), "type": kind, "observed_at": at, "body": body or {}, **more}


def checklist(ago, **answers):
    """Answers of the pre-dose checklist."""
    at = now() - timedelta(minutes=ago)
    items = {
        **READY,
        "last_food_at": (at - timedelta(hours=9)).isoformat(),
        "last_liquid_at": (at - timedelta(hours=4)).isoformat(),
        "suicide_risk_at": at.isoformat(),
        "pregnancy_test_at": at.isoformat(),
        **answers,
    }
    return [
        entry("checklist", {"item": item, "value": value}, ago)
        for item, value in items.items()
        if value is not None
    ]


def worked_up(course, by):
    """What is required before the first dose is done."""
    with acting_as(by):
        rows = [
            WorkUpEntry(
                practice_id=course.practice_id, patient_id=course.patient_id, course=course, item=one.id,
                event="done", by_id=by.account_id, by_name=by.name,
            )
            for one in load_workup().items if one.fact.startswith("answers.workup.")
        ]  # fmt: skip
        WorkUpEntry.objects.bulk_create(rows)


class Day:
    """A dosing day as the team lives it."""

    def __init__(self, practice, patient, staff, course):
        self.patient, self.course = patient, course
        self.prescriber = staff("prescriber", name="Dr. Daniel Cho")
        self.monitor = staff("monitor", name="Luis Ortega")
        person = patient_actor(patient.account_id, patient.display_name, (patient.id,))
        worked_up(course, self.prescriber)
        self.consent = signed(self.prescriber, person, course, "Maya Ferreira")
        with acting_as(self.monitor) as by:
            self.id = open_session(by=by, course=course).id

    @property
    def row(self):
        with acting_as(self.monitor):
            return Session.objects.select_related("patient__practice", "course__practice").get(id=self.id)

    @property
    def state(self):
        row = self.row
        with acting_as(self.monitor):
            return folded(row, now()).state

    def record(self, *documents, by=None):
        with acting_as(by or self.monitor) as actor:
            return record_events(by=actor, session_id=self.id, documents=documents)

    def order(self, dose_mg=56.0, **more):
        protocol = load_protocol("esketamine-trd")
        wanted = Wanted("esketamine", "intranasal", protocol=protocol, dose_mg=dose_mg)
        checked = more.pop("checked", True)
        with acting_as(self.prescriber) as actor:
            made = order_dose(by=actor, session_id=self.id, wanted=more.pop("wanted", wanted), **more)
        if checked and made[0].is_new:
            self.check(made[0].id)
        return made

    def check(self, order_id, by=None, **more):
        """The second person works the order out again."""
        with acting_as(by or self.monitor) as actor:
            more.setdefault("agrees", True)
            return check_order(by=actor, session_id=self.id, order_id=UUID(order_id), **more)

    def arrive(self, ago=200.0, vitals=None, **answers):
        self.record(
            entry("arrived", ago=ago), *checklist(ago, **answers), entry("vitals", vitals or CALM, ago)
        )

    def go(self, overrides=None, **more):
        with acting_as(self.prescriber) as actor:
            return decide_gate(
                by=actor, session_id=self.id, gate="predose", overrides=overrides or {}, **more
            )

    def dose(self, ago=180.0, **body):
        return self.record(entry("dose-given", {"dose_mg": 28, **body}, ago))[0]


@pytest.fixture
def course(patient_factory, account_factory):
    patient = patient_factory("Ferreira", "Maya", sex="female", account=account_factory("Maya Ferreira"))
    return course_at(patient, "induction", substance="esketamine", route="intranasal")


@pytest.fixture
def day(practice, staff, course):
    return Day(practice, course.patient, staff, course)
