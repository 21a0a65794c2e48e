"""What a beat can do: each verb is one action of a step, with the words of the story."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q

from upwell.access.acting import acting_as
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.ids import new_id
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.screening import load_asked
from upwell.pathway.consent.actions import answer_question, offer_consent, read_chapter, sign_consent
from upwell.pathway.course.actions import move_course, open_course
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import Event
from upwell.pathway.integration.actions.habits import HabitWords, add_habit
from upwell.pathway.integration.actions.journal import write_entry
from upwell.pathway.integration.actions.visits import VisitFields, save_visit
from upwell.pathway.maintenance.actions import declare_relapse_rule
from upwell.pathway.preparation.actions import write_intention
from upwell.pathway.preparation.rules import Hopes
from upwell.pathway.referral.actions import Letter, accept, refer_patient
from upwell.pathway.referral.states import Agreed
from upwell.pathway.response.actions import record_measure
from upwell.pathway.screening.actions import Seen, begin_screening, decide, save_plan, save_section
from upwell.pathway.screening.models import Screening
from upwell.pathway.screening.picture import picture_of
from upwell.pathway.screening.rules import needs_of
from upwell.pathway.screening.states import Decision
from upwell.pathway.screening.told import HISTORY
from upwell.pathway.workup.actions import say
from upwell.pathway.workup.queries import workup_of
from upwell.pathway.workup.rules import Event as WorkUp
from upwell.platform.demo.stories.dosing import dosing_day
from upwell.platform.demo.stories.scene import Scene, practice_named
from upwell.record.actions_vitals import record_vitals
from upwell.record.models import AssessmentRequest

Verb = Callable[..., None]


LEFT_OPEN = ("urinalysis", "asa-class")


def inquire(scene: Scene, by: Actor, *, reason: str) -> None:
    course = open_course(by=by, patient=scene.patient, event=Event.INQUIRE, reason=reason)
    scene.course_id = course.id


def refer(scene: Scene, by: Actor, *, to: str, reason: str, question: str = "") -> None:
    there = ("demographics", "chart", "assessments", "integration")
    back = ("demographics", "course", "assessments", "sessions", "integration")
    letter = Letter(reason=reason, question=question, shared=there, shared_back=back)
    referral = refer_patient(
        by=by, patient=scene.patient, to_practice=practice_named(to), letter=letter, agreed=Agreed.ORAL
    )
    scene.course_id, scene.kept["referral"] = referral.course_id, referral.id


def take_on(scene: Scene, by: Actor, *, note: str = "") -> None:
    accept(by=by, referral_id=scene.kept["referral"], note=note)


def move(scene: Scene, by: Actor, *, event: str, reason: str = "") -> None:
    move_course(by=by, course_id=scene.course.id, event=Event(event), reason=reason)


def offer(scene: Scene, by: Actor) -> None:
    scene.kept["consent"] = offer_consent(by=by, course_id=scene.course.id, consent_id=new_id()).consent.id


def read(scene: Scene, by: Actor, *, chapters: int) -> None:
    for number in range(1, chapters + 1):
        read_chapter(by=by, consent_id=scene.kept["consent"], number=number)


def sign(scene: Scene, by: Actor) -> None:
    """Read to the end, answer what was understood, sign."""
    from upwell.pathway.consent.models import Consent

    consent = Consent.objects.get(id=scene.kept["consent"])
    for number in range(1, len(consent.text["chapters"]) + 1):
        read_chapter(by=by, consent_id=consent.id, number=number)
    for one in consent.text["questions"]:
        answer_question(
            by=by, consent_id=consent.id, question=one["id"], choice=one["right"], try_id=new_id()
        )
    sign_consent(by=by, consent_id=consent.id, name=scene.patient.display_name, agreed=True)


def screen(
    scene: Scene,
    by: Actor,
    *,
    substance: str,
    route: str,
    protocol: str,
    vitals: dict[str, float],
    weight_kg: float,
    decision: str,
    reason: str = "",
    phq9: list[int] | None = None,
) -> None:
    """What was measured, asked and planned; then the decision, if there was one that day."""
    course, at = scene.course, scene.moment
    measured = {f"vitals.{name}": value for name, value in vitals.items()} | {"person.weight_kg": weight_kg}
    record_vitals(by=by, patient=course.patient, values=measured, at=at, submission_id=new_id())
    if phq9:
        answer(scene, by, instrument="phq-9", items=phq9)
    begin_screening(by=by, course_id=course.id)
    said_yes = {"can-consent", "could-be-pregnant"} if course.patient.sex == "female" else {"can-consent"}
    told = {one: "yes" if one in said_yes else "no" for one in load_asked().questions}
    test = (
        {"pregnancy": {"test": "negative", "test_on": at.date().isoformat()}}
        if "could-be-pregnant" in said_yes
        else {}
    )
    save_section(
        by=by, course_id=course.id, section=HISTORY, content={"answers": told, **test}, seen_mark=None
    )
    with acting_as(scene.actor(f"prescriber@{course.practice.name}")) as prescriber:
        save_plan(by=prescriber, course_id=course.id, substance=substance, route=route, protocol=protocol)
        if decision:
            _decide(scene, prescriber, Decision(decision), reason)


def _decide(scene: Scene, by: Actor, decision: Decision, reason: str) -> None:
    course = scene.course
    row = Screening.objects.get(course=course, state="open")
    picture = picture_of(course, row, by, now())
    weighed = [one["rule"] for one in needs_of(picture.weighed.findings).weighed]
    seen = Seen(screening_id=row.id, marks=picture.marks)
    decide(by=by, course_id=course.id, decision=decision, reason=reason, seen=seen, weighed=weighed)
    if decision is Decision.ELIGIBLE:
        _work_up(by, course.id)


def _work_up(by: Actor, course_id: UUID) -> None:
    """What is done before the first dose; two items are left for whoever tries the demo."""
    course = Course.objects.select_related("practice").get(id=course_id)
    for line in workup_of(course, ()):
        if line.is_open and line.item.id not in LEFT_OPEN:
            say(by=by, course_id=course_id, item=line.item.id, event=WorkUp.DONE)


def visit(scene: Scene, by: Actor, *, words: str, carry: str) -> None:
    fields = VisitFields(
        held_at=scene.moment,
        words={"came-up": words, "carry-over": carry},
        suicide_asked=True,
        suicide_answer="none",
    )
    save_visit(by=by, course=scene.course, visit_id=new_id(), fields=fields, sign=True)


def habit(scene: Scene, by: Actor, *, what: str, how_often: str, why: str) -> None:
    add_habit(by=by, habit_id=new_id(), words=HabitWords(what, how_often, why), shared=True)


def journal(scene: Scene, by: Actor, *, words: str) -> None:
    day = scene.moment.astimezone(scene.demo.zone).date()
    write_entry(by=by, entry_id=new_id(), day=day, words=words, today=day)


def answer(
    scene: Scene, by: Actor, *, instrument: str, items: list[int] | None = None, levels: int = 0
) -> None:
    """What is open now is answered, by the person or together with the team; ``levels``: every answer alike."""
    known = load_instrument(instrument)
    if items is not None:
        answers: dict[str, Any] = {str(n): value for n, value in enumerate(items, 1)}
    else:
        watched = {item for flag in known.flags for item in flag.because}
        answers = {
            item.id: item.responses[0 if item.id in watched else min(levels, len(item.responses) - 1)].value
            for item in known.items
        }
    chart = scene.course.patient
    at = now()
    open_now = AssessmentRequest.objects.filter(
        Q(opens_at=None) | Q(opens_at__lte=at),
        Q(closes_at=None) | Q(closes_at__gt=at),
        patient_id=chart.id,
        instrument=instrument,
        assessment=None,
        cancelled_at=None,
    ).order_by("due_at")
    record_measure(
        by=by,
        patient=chart,
        instrument=instrument,
        answers=answers,
        submission_id=new_id(),
        request=open_now.first(),
    )


def declare(scene: Scene, by: Actor, *, rule: str) -> None:
    declare_relapse_rule(by=by, course_id=scene.course.id, rule=rule)


def intend(scene: Scene, by: Actor, *, hope: str, change: str) -> None:
    hopes = Hopes(hope=hope, change=change, show_at_session=True)
    write_intention(by=by, course_id=scene.course.id, form_id=new_id(), hopes=hopes)


VERBS: dict[str, Verb] = {
    "intend": intend,
    "declare": declare,
    "answer": answer,
    "dosing-day": dosing_day,
    "habit": habit,
    "journal": journal,
    "screen": screen,
    "visit": visit,
    "inquire": inquire,
    "refer": refer,
    "take-on": take_on,
    "move": move,
    "offer-consent": offer,
    "read": read,
    "sign": sign,
}
