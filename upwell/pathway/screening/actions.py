"""Filling in a screening, a second clinician's word, and the decision: under a lock, once, with its reasons."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from upwell.access.roles import require
from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotPermitted, RefusedByRule, StaleState
from upwell.base.limits import LONGEST_WORDS
from upwell.knowledge.gates.loader import load_outcomes
from upwell.pathway.course.actions import choose_treatment, locked_course, move_course, what_changed
from upwell.pathway.course.models import Course
from upwell.pathway.course.states import STATE_WORDS
from upwell.pathway.course.states import Event as CourseEvent
from upwell.pathway.course.states import State as CourseState
from upwell.pathway.local_time import today
from upwell.pathway.screening.models import Screening, ScreeningBasis, SecondOpinion
from upwell.pathway.screening.picture import Picture, picture_of
from upwell.pathway.screening.rules import (
    DIRECTOR,
    checked_look_again,
    may_be_excepted,
    needs_of,
    overridden,
    refuse_decision,
)
from upwell.pathway.screening.states import DECISION_WORDS, Decision, Event, State, after
from upwell.pathway.screening.told import LISTS, SECTIONS, TRIALS, section_mark
from upwell.pathway.screening.weighing import outcome_of
from upwell.record.actions import refuse_other_practice
from upwell.record.queries import PATIENT_AS_IT_CAME
from upwell.record.treatments import keep_history

FARTHEST = timedelta(days=5 * 365)  # nobody plans a second look later than that
KEPT_FOR_THE_NEXT = (LISTS,)  # what was told of conditions and medicines stays true; questions are asked anew

# What a group of facts is called when it changed while somebody looked at it.
GROUP_WORDS = {
    "person": "who the person is",
    "conditions": "the conditions",
    "medicines": "the medicines",
    "answers": "the answers",
    "vitals": "the vital signs",
    "assessments": "the questionnaires",
    "trials": "the earlier treatments",
    "episode": "the episode",
    "plan": "what is planned",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person had before their eyes when they decided."""

    screening_id: UUID | None
    marks: Mapping[str, str] = field(default_factory=dict)


def begin_screening(*, by: Actor, course_id: UUID) -> Screening:
    """Open a screening for the course, unless one is open. What was tried before is taken over from the last one."""
    require(by, "screening.fill")
    course = _course_in_screening(by, course_id)
    there = _open_row(course)
    return there if there is not None else _opened(by, course)


def save_section(
    *, by: Actor, course_id: UUID, section: str, content: Mapping[str, Any], seen_mark: str | None
) -> Screening:
    """Keep what was asked and told in one section. Whoever would write over another's words is told so first."""
    require(by, "screening.fill")
    if section not in SECTIONS:
        raise BadInput(_("A screening has no such section."), path="section")
    course = _course_in_screening(by, course_id)
    row = _fillable(by, course)
    if section == TRIALS:  # the chart's own: it outlives this screening
        with transaction.atomic():
            keep_history(by=by, patient=course.patient, content=content, seen_mark=seen_mark)
            _keep(by, row, ["treatments"])
            picture_of(course, row, by, now())
        return row
    if seen_mark is not None and seen_mark != section_mark(row.told, section):
        raise StaleState(
            _(
                "%(who)s has changed this part meanwhile. What you entered is still on this page, and not stored:"
                " look at what stands there now, then save again."
            )
            % {"who": row.filled_by_name or _("Somebody")}
        )
    with transaction.atomic():  # what rules can't read is not kept
        row.told = {**row.told, section: dict(content)}
        _keep(by, row, [f"told.{section}"])
        picture_of(course, row, by, now())
    return row


def save_plan(*, by: Actor, course_id: UUID, substance: str, route: str, protocol: str) -> Screening:
    """Keep what is planned: the findings depend on it. It becomes the course's treatment with the decision."""
    require(by, "screening.decide")
    course = _course_in_screening(by, course_id)
    row = _fillable(by, course)
    row.substance, row.route, row.protocol = substance, route, protocol
    _keep(by, row, ["substance", "route", "protocol"])
    return row


def give_opinion(
    *, by: Actor, course_id: UUID, agrees: bool, words: str, rules: Collection[str], seen: Seen
) -> SecondOpinion:
    """Write down, as a second clinician, whether treatment is right in spite of findings that need one."""
    require(by, "screening.fill")
    role = next((one for one in load_outcomes().second_roles if one in by.roles), None)
    if role is None:
        raise NotPermitted(_("A second opinion is for a therapist or a prescriber to give."))
    account = by.account_id
    if account is None:
        raise NotPermitted(_("A second opinion is a person's."))
    course = _course_in_screening(by, course_id)
    row = _fillable(by, course)
    picture = picture_of(course, row, by, now())
    needed = {one["rule"] for one in needs_of(picture.weighed.findings).second}
    if not needed:
        raise RefusedByRule(_("No finding needs a second clinician here any more."))
    _refuse_changes(row, picture, seen)
    opinion = SecondOpinion(
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        screening=row,
        rules=sorted(needed & set(rules)) or sorted(needed),
        agrees=agrees,
        words=_checked_words(words, "words"),
        by_id=account,
        by_name=by.name,
        by_role=role,
    )
    opinion.save(force_insert=True)
    _audit("screening.second-opinion", by, row)
    return opinion


def allow_against(
    *, by: Actor, course_id: UUID, agrees: bool, words: str, rules: Collection[str], seen: Seen
) -> SecondOpinion:
    """The medical director allows treatment against absolute findings, or says no, with a reason."""
    require(by, "screening.except")
    account = by.account_id
    if account is None:
        raise NotPermitted(_("Such a word is a person's."))
    course = _course_in_screening(by, course_id)
    row = _fillable(by, course)
    picture = picture_of(course, row, by, now())
    about = {one["rule"] for one in picture.weighed.findings if may_be_excepted(one)}
    if not about:
        raise RefusedByRule(_("No finding needs the medical director here any more."))
    _refuse_changes(row, picture, seen)
    chosen = about & set(rules)
    if not chosen:
        raise BadInput(_("Say which findings you mean."), path="rules")
    given = SecondOpinion(
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        created_by_id=account,
        updated_by_id=account,
        screening=row,
        rules=sorted(chosen),
        agrees=agrees,
        words=_checked_words(words, "words"),
        by_id=account,
        by_name=by.name,
        by_role=DIRECTOR,
    )
    given.save(force_insert=True)
    _audit("screening.exception", by, row, agrees=agrees)
    return given


def decide(
    *,
    by: Actor,
    course_id: UUID,
    decision: Decision,
    reason: str,
    seen: Seen,
    weighed: Collection[str] = (),
    own_reasons: Mapping[str, str] | None = None,
    look_again_on: date | None = None,
) -> Screening:
    """Decide: eligible, not now, or no. Facts, findings and reasons are kept as they are now, and the course moves.

    ``weighed`` are the findings that the reason covers; ``own_reasons`` says more of single ones.
    """
    require(by, "screening.decide")
    course = _course_in_screening(by, course_id, seen)
    row = _decidable(by, course, seen)
    at = now()
    picture = picture_of(course, row, by, at)
    _refuse_changes(row, picture, seen)
    words = _checked_words(reason, "reason")
    look_again = checked_look_again(decision, look_again_on, today(), today() + FARTHEST)
    findings: Sequence[Mapping[str, Any]] = picture.weighed.findings
    needs = needs_of(findings)
    refuse_decision(
        decision,
        needs,
        has_plan=bool(row.substance and row.route),
        weighed=weighed,
        opinions=picture.opinions,
        decider=by.account_id,
    )
    if decision is Decision.ELIGIBLE:
        own = {rule: _checked_length(text, "own_reasons") for rule, text in (own_reasons or {}).items()}
        findings = overridden(
            findings,
            needs,
            reason=words,
            own_reasons=own,
            opinions=picture.opinions,
            decider=by.account_id,
            at=at,
        )
    with transaction.atomic():  # what the course refuses was not decided
        _store_decision(by, row, decision, words, look_again)
        _store_basis(by, row, picture, findings)
        _audit("screening.decided", by, row)
        _move(by, course, row, decision, words)
    return row


def _store_decision(
    by: Actor, row: Screening, decision: Decision, words: str, look_again: date | None
) -> None:
    state = after(State(row.state), Event.DECIDE)
    if state is None:
        raise StaleState(_decided_words(row))
    row.state, row.decision, row.reason, row.look_again_on = state, decision, words, look_again
    row.decided_at = row.updated_at = now()
    row.decided_by_id, row.decided_by_name, row.updated_by_id = by.account_id, by.name, by.account_id
    row.version += 1
    row.save()


def _store_basis(by: Actor, row: Screening, picture: Picture, findings: Sequence[Any]) -> None:
    result = dict(picture.weighed.result)
    result["findings"] = list(findings)
    result["outcome"] = outcome_of(findings, load_outcomes())
    result["not_asked"] = [one.id for one in picture.weighed.not_asked]
    ScreeningBasis.objects.create(
        practice_id=row.practice_id,
        patient_id=row.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        compartment=picture.compartment,
        screening=row,
        facts=dict(picture.weighed.facts),
        result=result,
        knowledge_version=result["knowledge_version"],
    )


def _move(by: Actor, course: Course, row: Screening, decision: Decision, words: str) -> None:
    """What follows for the course, in the same transaction."""
    if decision is Decision.ELIGIBLE:
        choose_treatment(
            by=by, course=course, substance=row.substance, route=row.route, protocol=row.protocol
        )
        move_course(by=by, course_id=course.id, event=CourseEvent.BEGIN_PREPARATION, reason=words)
    elif decision is Decision.NO:
        move_course(by=by, course_id=course.id, event=CourseEvent.DECLINE, reason=words)


def _course_in_screening(by: Actor, course_id: UUID, seen: Seen | None = None) -> Course:
    """The course, locked, while it stands at the screening; who comes second is told what was decided meanwhile."""
    course = locked_course(course_id)
    refuse_other_practice(by, course.practice_id)
    if course.stands is not CourseState.SCREENING:
        decided = seen and _decided_since(course, seen)
        if decided:
            raise StaleState(_decided_words(decided))
        if seen is not None:
            raise StaleState(what_changed(course))
        raise RefusedByRule(
            _(
                "A screening can be filled in while the course of care stands at “Screening”. It stands at “%(state)s”."
            )
            % {"state": STATE_WORDS[course.stands]}
        )
    rows = Course.objects.select_related("patient__practice").defer(*PATIENT_AS_IT_CAME)
    return rows.get(id=course.id)


def _open_row(course: Course) -> Screening | None:
    rows = Screening.objects.select_for_update(of=("self",))
    return rows.filter(course_id=course.id, state=State.OPEN).first()


def _opened(by: Actor, course: Course) -> Screening:
    last = Screening.objects.filter(course_id=course.id).order_by("-opened_at").first()
    told = {name: last.told[name] for name in KEPT_FOR_THE_NEXT if name in last.told} if last else {}
    row = Screening(
        practice_id=course.practice_id,
        patient_id=course.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        course=course,
        told=told,
        filled_by_name=by.name,
    )
    row.save(force_insert=True)
    _audit("screening.opened", by, row)
    return row


def _fillable(by: Actor, course: Course) -> Screening:
    """The open screening, made if there was none yet; after a decision it is opened again on purpose only."""
    row = _open_row(course)
    if row is not None:
        return row
    last = Screening.objects.filter(course_id=course.id).order_by("-decided_at").first()
    if last is not None:
        raise StaleState(_decided_words(last))
    return _opened(by, course)


def _decidable(by: Actor, course: Course, seen: Seen) -> Screening:
    row = _open_row(course)
    if row is None:
        decided = _decided_since(course, seen)
        if decided is not None:
            raise StaleState(_decided_words(decided))
        return _fillable(by, course)
    return row


def _decided_since(course: Course, seen: Seen) -> Screening | None:
    rows = Screening.objects.filter(course_id=course.id, state=State.DECIDED)
    if seen.screening_id is not None:
        rows = rows.filter(id=seen.screening_id)
    return rows.order_by("-decided_at").first()


def _decided_words(row: Screening) -> str:
    return _(
        "%(who)s decided this screening meanwhile: “%(decision)s”, because: %(why)s Nothing of yours was stored."
    ) % {
        "who": row.decided_by_name or _("Somebody"),
        "decision": DECISION_WORDS[Decision(row.decision)],
        "why": row.reason[:600],
    }


def _refuse_changes(row: Screening, picture: Picture, seen: Seen) -> None:
    """Nobody decides on facts that are not those that they saw."""
    if seen.screening_id is not None and seen.screening_id != row.id:
        raise StaleState(_("This is another screening than the one that you looked at. Look at it again."))
    changed = [name for name, mark in picture.marks.items() if seen.marks.get(name) != mark]
    if changed:
        what = ", ".join(_(GROUP_WORDS[name]) for name in changed)
        raise StaleState(
            _(
                "Something changed since you opened this page: %(what)s. Nothing was decided. The findings below are"
                " the new ones; what you wrote is still here."
            )
            % {"what": what}
        )


def _checked_words(text: str, path: str) -> str:
    words = _checked_length(text, path).strip()
    if not words:
        raise BadInput(_("Write down why, so that everybody can follow."), path=path)
    return words


def _checked_length(text: str, path: str) -> str:
    if len(text) > LONGEST_WORDS:
        raise BadInput(
            _("This is longer than %(n)d characters. Shorten it.") % {"n": LONGEST_WORDS}, path=path
        )
    return text


def _keep(by: Actor, row: Screening, fields: list[str]) -> None:
    row.version += 1
    row.filled_by_name = by.name
    row.updated_at, row.updated_by_id = now(), by.account_id
    row.save()
    _audit("screening.filled", by, row, fields=fields)


def _audit(action: str, by: Actor, row: Screening, **details: Any) -> None:
    record(
        action,
        by=by,
        patient_id=row.patient_id,
        object_type="screening",
        object_id=row.id,
        **details,
    )
