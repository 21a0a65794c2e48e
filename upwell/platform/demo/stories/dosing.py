"""A dosing day of a story: arrival, checklist, order, gate, doses, vital signs, discharge, each at its own minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from upwell.access.acting import acting_as
from upwell.base.actor import Actor
from upwell.base.clock import playing_at
from upwell.base.ids import new_id
from upwell.knowledge.protocols import load_protocol
from upwell.pathway.aftercare.actions import Said, record_call
from upwell.pathway.calendar.actions import book_appointment, change_appointment
from upwell.pathway.calendar.states import Event as AppointmentEvent
from upwell.pathway.calendar.states import Kind
from upwell.pathway.local_time import today
from upwell.pathway.papers.models import RemsRecord
from upwell.pathway.papers.rems import answer_rems, submit_rems
from upwell.pathway.session.actions import open_session, record_events
from upwell.pathway.session.checking import check_order
from upwell.pathway.session.intents import decide_gate, discharge, order_dose
from upwell.pathway.session.models import Session
from upwell.pathway.session.ordering import Wanted
from upwell.people.models import Chair
from upwell.platform.demo.stories.scene import Scene
from upwell.science.session import ORDER_RULES
from upwell.science.session.watch import ACKNOWLEDGE

ASKED = ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")
ASSESSED = (
    "oriented",
    "walks-unaided",
    "dissociation",
    "suicidal-intent",
    "written-instructions",
    "contact-number",
)
ALDRETE_WHOLE = 10
AWAKE = 5
STAY = timedelta(hours=5)
A_DAY = 24 * 60.0


class Day:
    """One dosing day, minute by minute from the arrival; it stops at the moment of loading."""

    def __init__(self, scene: Scene, prescriber: Actor, monitor: Actor) -> None:
        self.scene, self.prescriber, self.monitor = scene, prescriber, monitor
        self.arrived_at = scene.moment

    @contextmanager
    def at(self, minute: float, who: Actor) -> Iterator[bool]:
        """The scene at a minute; false where it has not come yet."""
        moment = self.arrived_at + timedelta(minutes=minute)
        if moment > self.scene.loaded_at:
            yield False
            return
        with playing_at(moment), acting_as(who):
            yield True

    def told(self, minute: float, *entries: tuple[str, dict[str, Any]]) -> None:
        """What the monitor recorded at a minute."""
        with self.at(minute, self.monitor) as has_come:
            if has_come:
                moment = (self.arrived_at + timedelta(minutes=minute)).isoformat()
                documents = [
                    {"id": str(new_id()), "type": kind, "observed_at": moment, "body": body}
                    for kind, body in entries
                ]
                record_events(by=self.monitor, session_id=self.session, documents=documents)
                self._see_alarms(moment)

    def _see_alarms(self, moment: str) -> None:
        """The monitor is at the chair: an alarm is acknowledged as soon as it is there."""
        if Session.objects.filter(id=self.session, alarms_open__gt=0).exists():
            seen = {"item": ACKNOWLEDGE, "value": True}
            document = {"id": str(new_id()), "type": "checklist", "observed_at": moment, "body": seen}
            record_events(by=self.monitor, session_id=self.session, documents=[document])

    def open(self, chair: str) -> None:
        """The appointment on its chair, and its session."""
        course = self.scene.course
        with acting_as(self.monitor):
            place = Chair.objects.get(practice_id=course.practice_id, name=chair)
            booked = book_appointment(
                by=self.monitor,
                patient=course.patient,
                kind=Kind.DOSING,
                starts_at=self.arrived_at,
                ends_at=self.arrived_at + STAY,
                chair_id=place.id,
            )
            change_appointment(by=self.monitor, appointment_id=booked.id, event=AppointmentEvent.ARRIVE)
            self.session = open_session(by=self.monitor, course=course, appointment=booked).id

    def prepare(self, wanted: Wanted, vitals: dict[str, Any], overrides: dict[str, str]) -> None:
        """Before the dose: the checklist, the order, the gate."""
        self.told(0, ("arrived", {}))
        self.told(2, ("setting", self._team()), *_checklist(self.arrived_at), ("vitals", vitals))
        with self.at(8, self.prescriber) as has_come:
            if has_come:
                ordered, _worked = order_dose(
                    by=self.prescriber, session_id=self.session, wanted=wanted, reasons=overrides
                )
        with self.at(10, self.monitor) as has_come:
            if has_come:
                check_order(by=self.monitor, session_id=self.session, order_id=UUID(ordered.id), agrees=True)
        with self.at(12, self.prescriber) as has_come:
            if has_come:
                reasons = {rule: why for rule, why in overrides.items() if not rule.startswith(ORDER_RULES)}
                decide_gate(by=self.prescriber, session_id=self.session, gate="predose", overrides=reasons)

    def _team(self) -> dict[str, Any]:
        """Who is responsible and how they are reached; who is in the room."""
        return {
            "prescriber": self.prescriber.name,
            "prescriber_on_site": True,
            "reached_by": self.scene.course.practice.phone,
            "in_the_room": self.monitor.name,
            "staff_in_room": 1,
        }

    def leave(self, minute: float, escort: str, vitals: dict[str, Any]) -> None:
        """What is looked at before somebody goes home, and the discharge."""
        self.told(minute - 20, ("scale", {"instrument": "moaa-s", "total": AWAKE}), ("vitals", vitals))
        self.told(
            minute - 2,
            ("scale", {"instrument": "moaa-s", "total": AWAKE}),
            ("scale", {"instrument": "rass", "total": 0}),
            ("scale", {"instrument": "modified-aldrete", "total": ALDRETE_WHOLE}),
            ("vitals", vitals),
            ("criterion", {"id": "escort", "met": True, "text": escort}),
            *(("criterion", {"id": one, "met": True}) for one in ASSESSED),
        )
        with self.at(minute, self.monitor) as has_come:
            if has_come:
                discharge(by=self.monitor, session_id=self.session, escort=escort, instructions_given=True)

    def after(self, minute: float) -> None:
        """The REMS form, where one is owed; the call on the next morning."""
        with self.at(minute + A_DAY, self.monitor) as has_come:
            if has_come:
                said = Said(reached=True, symptoms="A bit tired, slept well.", drove="no", safe="yes")
                record_call(by=self.monitor, session_id=self.session, said=said, call_id=new_id())
        with self.at(minute + 2 * A_DAY, self.monitor) as has_come:
            if has_come:
                self._submit()

    def _submit(self) -> None:
        session = Session.objects.select_related("patient__practice", "practice").get(id=self.session)
        if RemsRecord.objects.filter(session=session).exists():
            answer_rems(by=self.monitor, session=session, answers={"serious_adverse_event": False})
            submit_rems(by=self.monitor, session=session, submitted_on=today(), reference="demo")


def _checklist(arrived_at: datetime) -> list[tuple[str, dict[str, Any]]]:
    at = arrived_at.isoformat()
    answers: dict[str, Any] = {
        "escort_named": True,
        "consent_in_force": True,
        "pregnancy_test": "negative",
        "pregnancy_test_at": at,
        "suicide_risk": "none",
        "suicide_risk_at": at,
        "new_psychosis_or_mania": False,
        "last_food_at": (arrived_at - timedelta(hours=9)).isoformat(),
        "last_liquid_at": (arrived_at - timedelta(hours=4)).isoformat(),
        **{f"concomitant.{one}": False for one in ASKED},
    }
    return [("checklist", {"item": item, "value": value}) for item, value in answers.items()]


def dosing_day(
    scene: Scene,
    by: Actor,
    *,
    chair: str,
    vitals: dict[str, Any],
    dose: dict[str, Any],
    during: list[list[float]],
    leaves_after: float,
    escort: str,
    entries: list[dict[str, Any]] | None = None,
    overrides: dict[str, str] | None = None,
) -> None:
    """A dosing day. ``dose``: protocol and dose_mg, or mg_per_kg with weight_kg; the route is the course's.

    ``during``: [minute after the dose, systolic, diastolic, heart rate, SpO2, MOAA/S]; ``entries``: other things that
    happened ({minute, type, body}); ``leaves_after``: minutes after the last dose.
    """
    course = scene.course
    day = Day(scene, by, scene.actor(f"monitor@{course.practice.name}"))
    day.open(chair)
    protocol = load_protocol(dose["protocol"])
    day.prepare(
        Wanted(
            substance=course.substance,
            route=course.route,
            protocol=protocol,
            dose_mg=dose.get("dose_mg"),
            dose_mg_per_kg=dose.get("mg_per_kg"),
            weight_kg=dose.get("weight_kg"),
        ),
        vitals,
        overrides or {},
    )
    start, last = 16.0, _give(day, 16.0, protocol, dose)
    for minute, systolic, diastolic, heart, spo2, awake in during:
        read = {
            "bp_systolic_mmhg": systolic,
            "bp_diastolic_mmhg": diastolic,
            "heart_rate_bpm": heart,
            "spo2_percent": spo2,
        }
        day.told(start + minute, ("vitals", read), ("scale", {"instrument": "moaa-s", "total": awake}))
    for one in entries or ():
        day.told(start + one["minute"], (one["type"], one["body"]))
    day.leave(last + leaves_after, escort, _rested(vitals))
    day.after(last + leaves_after)


def _rested(vitals: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in vitals.items() if key != "weight_kg"}


def _give(day: Day, start: float, protocol: Any, dose: dict[str, Any]) -> float:
    """The doses as they were given; returns the minute of the last one, or of the infusion's end."""
    if protocol.device is not None:
        total = dose["dose_mg"]
        count = int(total / protocol.device.mg)
        for number in range(count):
            minute = start + number * protocol.device.interval_minutes
            body = {"dose_mg": protocol.device.mg, "device": number + 1, "lot": dose.get("lot", "H2411")}
            day.told(minute, ("dose-given", body))
        return start + (count - 1) * float(protocol.device.interval_minutes)
    total = dose.get("dose_mg") or round(dose["mg_per_kg"] * dose["weight_kg"], 1)
    if protocol.infusion is None:
        day.told(start, ("dose-given", {"dose_mg": total, "lot": dose.get("lot", "K5507")}))
        return start
    minutes = float(protocol.infusion.minutes)
    day.told(start, ("infusion-started", {"rate_mg_per_min": round(total / minutes, 3)}))
    day.told(start + minutes, ("infusion-stopped", {"reason": "complete"}))
    return start + minutes
