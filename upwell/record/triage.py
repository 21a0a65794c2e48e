"""What answers about suicide do: raise an alert, hold one while a screen is asked, or put low answers on the list.

Nothing runs in the background. A held alert is on record from the first moment with the time at which it pages; the
answers to the screen take that time away, and if none come, the clock alone is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from upwell.access.acting import acting_as
from upwell.access.system import Purpose, system_actor
from upwell.base.actor import Actor
from upwell.base.clock import now
from upwell.base.finding import Finding
from upwell.knowledge.gates.loader import knowledge_version
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.triage import Clock, Level, load_triage
from upwell.people.charts import chart_ids
from upwell.record.linked_alerts import change_at_linked, raise_alert_at_linked
from upwell.record.models import Alert, Assessment, AssessmentRequest, Task
from upwell.record.once import insert_once
from upwell.record.rules import (
    LOW_RISK,
    SUICIDE_ITEM,
    SUICIDE_ITEM_UNANSWERED,
    SUICIDE_RISK,
    Raised,
    changed_words,
    single_answers,
)
from upwell.science.rules.suicide import (
    COMPLETE,
    PAGING,
    Screen,
    Why,
    read_screen,
    why_paged,
    why_single_paged,
)


@dataclass(frozen=True, slots=True)
class Acted:
    """What answers brought about: the alert, and what the person is asked next."""

    alert: Alert | None = None
    asks: AssessmentRequest | None = None


def act_on_answers(
    *, by: Actor, assessment: Assessment, instrument: Instrument, raised: Raised | None, may_be_asked: bool
) -> Acted:
    """Act on answers given live, in the transaction that stores them. ``may_be_asked``: the person has a log-in."""
    screen = read_screen(instrument.id, assessment.result, load_triage())
    if screen is not None:
        return Acted(_act_on_screen(by, assessment, screen, raised))
    if raised is None:
        return Acted()
    answers = single_answers(instrument, assessment.flags, assessment.answers)
    if raised.kind != SUICIDE_ITEM or not answers:
        return Acted(_raise(by, assessment, raised.kind, raised.finding.as_json(), _clock_of(raised.kind)))
    return _act_on_single(by, assessment, raised, answers, may_be_asked=may_be_asked)


def raise_level_alert(
    *,
    by: Actor,
    practice_id: UUID,
    patient_id: UUID,
    level: str,
    finding: Finding,
    alert_id: UUID | None = None,
    release_kind: str = "assessments",
) -> Alert:
    """Alert the team to a level of suicide risk that a person told, outside a questionnaire.

    ``alert_id`` makes it one alert, however often it is called.
    """
    known = load_triage().levels[level]
    alert = Alert(
        practice_id=practice_id,
        patient_id=patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        kind=SUICIDE_RISK,
        level=known.id,
        finding={**_with_action(finding.as_json(), known), "knowledge_version": knowledge_version()},
        raised_at=(at := now()),
        pages_at=at,
        escalates_at=at + _minutes(known.clock),
    )
    if alert_id is not None:
        alert.id = alert_id
    if insert_once(alert):
        raise_alert_at_linked(alert, release_kind=release_kind)
    return alert


def decline_screen(*, by: Actor, request: AssessmentRequest) -> None:
    """The person would rather not answer the screen: what was held until then pages now."""
    at, clock = now(), load_triage().single_question.clock
    with acting_as(system_actor(Purpose.TRIAGE, account_id=by.account_id)):
        rows = Alert.objects.held(at).filter(screen_id=request.id)
        _change([row.id for row in rows], request.patient_id, pages_at=at, escalates_at=at + _minutes(clock))


def take_back_settled(*, by: Actor, assessment: Assessment) -> None:
    """Answers turn out to be entered in error: the alerts that they settled are there again."""
    with acting_as(system_actor(Purpose.TRIAGE, account_id=by.account_id)):
        rows = Alert.objects.filter(settled_by_id=assessment.id, closed_at__isnull=True)
        _change([row.id for row in rows], assessment.patient_id, settled_at=None, settled_by_id=None)


def _act_on_screen(by: Actor, assessment: Assessment, screen: Screen, raised: Raised | None) -> Alert | None:
    triage = load_triage()
    why = Why.NOTHING
    if screen.level is not None:
        baseline = _level_before(assessment)
        why = why_paged(screen.level, baseline, triage)
        if why in PAGING and raised is not None:
            said = {**raised.finding.as_json(), "message": changed_words(raised.finding.message, why)}
            said["because"] = [*said["because"], *_compared(screen.level, baseline)]
            _settle(by, assessment, also_paging=True)
            return _raise(
                by,
                assessment,
                SUICIDE_RISK,
                _with_action(said, screen.level),
                screen.level.clock,
                screen.level,
            )
    if not screen.is_complete:
        # With gaps it could be more than what is proven. Whoever asks in person asks the rest; a phone can't.
        return _raise_incomplete(by, assessment, screen.level) if by.is_patient else None
    if why is Why.USUAL and screen.level is not None:
        _put_on_the_list(assessment, screen.level)
    _settle(by, assessment)
    return None


def _raise_incomplete(by: Actor, assessment: Assessment, level: Level | None) -> Alert | None:
    rule = f"{assessment.instrument}.incomplete"
    found = next((one for one in assessment.result["findings"] if one["rule"] == rule), None)
    if found is None:
        return None
    _settle(by, assessment)
    clock = load_triage().single_question.clock
    return _raise(by, assessment, SUICIDE_ITEM_UNANSWERED, found, clock, level)


def _act_on_single(
    by: Actor, assessment: Assessment, raised: Raised, answers: Mapping[str, float], *, may_be_asked: bool
) -> Acted:
    rule = load_triage().single_question
    asks = _ask(by, assessment, rule.asks) if by.is_patient and may_be_asked else None
    why = why_single_paged(answers, _answers_before(assessment, answers))
    held = asks is not None and why is Why.USUAL and raised.is_alone
    finding = raised.finding.as_json()
    if not held:
        finding["message"] = changed_words(finding["message"], why)
    finding["triage"] = {
        "action": rule.action,
        "owner": rule.owner,
        "clock": rule.clock.words,
        "version": load_triage().version,
    }
    waits = timedelta(minutes=rule.waits_minutes) if held else timedelta()
    alert = _raise(by, assessment, raised.kind, finding, rule.clock, screen=asks, waits=waits)
    return Acted(alert, asks)


def _raise(
    by: Actor,
    assessment: Assessment,
    kind: str,
    finding: dict[str, Any],
    clock: Clock,
    level: Level | None = None,
    *,
    screen: AssessmentRequest | None = None,
    waits: timedelta = timedelta(),
) -> Alert:
    """Alert the team, at most once for an assessment, here and where the person has opened it."""
    at = now()
    alert = Alert(
        practice_id=assessment.practice_id,
        patient_id=assessment.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        kind=kind,
        level="" if level is None else level.id,
        finding=finding,
        assessment=assessment,
        screen=screen,
        raised_at=at,
        pages_at=at + waits,
        escalates_at=at + waits + _minutes(clock),
    )
    alert.save(force_insert=True)
    raise_alert_at_linked(alert)
    return alert


def _ask(by: Actor, assessment: Assessment, instrument: str) -> AssessmentRequest | None:
    """The screen waits on the person's page from now on; one that waits there already is that one."""
    row = AssessmentRequest(
        practice_id=assessment.practice_id,
        patient_id=assessment.patient_id,
        created_by_id=by.account_id,
        updated_by_id=by.account_id,
        instrument=instrument,
        due_at=now(),
    )
    if insert_once(row):
        return row
    there: AssessmentRequest | None = (
        _open_requests(assessment.patient_id).filter(instrument=instrument).first()
    )
    return there


def _open_requests(patient_id: UUID) -> QuerySet[AssessmentRequest]:
    return AssessmentRequest.objects.filter(
        patient_id=patient_id, assessment__isnull=True, cancelled_at__isnull=True, slot=""
    )


def _settle(by: Actor, assessment: Assessment, *, also_paging: bool = False) -> None:
    """The screen's answers stand for the alerts that were held for them, and answer what asked for them.

    ``also_paging``: a graver alert comes in the place of one that asked for this screen and that nobody has taken on.
    """
    at = now()
    with acting_as(system_actor(Purpose.TRIAGE, account_id=by.account_id)):
        family = chart_ids(assessment.patient_id) or [assessment.patient_id]
        rows = Alert.objects.unsettled().filter(patient_id__in=family, screen__isnull=False)
        open_ones = [
            row for row in rows if row.pages_at > at or (also_paging and row.acknowledged_at is None)
        ]
        _change(
            [row.id for row in open_ones],
            assessment.patient_id,
            settled_at=at,
            settled_by_id=assessment.id,
        )
        if assessment.status == COMPLETE:
            asked = _open_requests(assessment.patient_id).filter(alerts__isnull=False)
            ids = list(asked.values_list("id", flat=True))
            AssessmentRequest.objects.filter(id__in=ids).update(assessment_id=assessment.id, updated_at=at)


def _change(alert_ids: list[UUID], patient_id: UUID, **fields: Any) -> None:
    """Change alerts here, and what was raised of them at other practices."""
    if not alert_ids:
        return
    Alert.objects.filter(id__in=alert_ids).update(**fields, updated_at=now())
    change_at_linked(alert_ids, patient_id, **fields)


def _put_on_the_list(assessment: Assessment, level: Level) -> None:
    """Low answers that are no change: one open task for a person, however often they come."""
    facts = {"instrument": assessment.instrument, "level": level.id, "latest": now().isoformat()}
    with acting_as(system_actor(Purpose.TRIAGE, assessment.practice_id)):
        row = Task(
            practice_id=assessment.practice_id,
            patient_id=assessment.patient_id,
            kind=LOW_RISK,
            detail={**facts, "count": 1},
        )
        if insert_once(row):
            return
        there = Task.objects.select_for_update().filter(
            patient_id=assessment.patient_id, kind=LOW_RISK, done_at__isnull=True
        )
        for task in there:
            task.detail = {**facts, "count": int(task.detail.get("count") or 0) + 1}
            task.updated_at = now()
            task.save(update_fields=["detail", "updated_at"])


def _before(assessment: Assessment) -> QuerySet[Assessment]:
    """What the person answered here before, within their baseline; what was imported is no baseline."""
    since = assessment.effective_at - timedelta(days=load_triage().baseline_days)
    rows = Assessment.objects.filter(
        patient_id__in=chart_ids(assessment.patient_id) or [assessment.patient_id],
        entered_in_error=False,
        effective_at__gte=since,
        effective_at__lte=assessment.effective_at,
    )
    return rows.exclude(id=assessment.id).exclude(origin=Assessment.Origin.HISTORY).order_by("-effective_at")


def _level_before(assessment: Assessment) -> Level | None:
    triage = load_triage()
    rows = _before(assessment).filter(instrument__in=list(triage.readings), status=COMPLETE)
    last = rows.values_list("instrument", "result").first()
    screen = None if last is None else read_screen(last[0], last[1], triage)
    return None if screen is None else screen.level


def _answers_before(assessment: Assessment, answers: Mapping[str, float]) -> dict[str, float] | None:
    given = _before(assessment).filter(instrument=assessment.instrument).values_list("answers", flat=True)
    last = given.first()
    if last is None:
        return None
    return {item: last[item] for item in answers if isinstance(last.get(item), int | float)}


def _compared(level: Level, baseline: Level | None) -> list[dict[str, Any]]:
    before = "none on record" if baseline is None else baseline.id
    return [
        {"fact": "level of risk", "value": level.id, "at": None},
        {"fact": "the person's own baseline", "value": before, "at": None},
    ]


def _with_action(finding: dict[str, Any], level: Level) -> dict[str, Any]:
    """The finding with what the level asks of the team, from whom and by when, as the rules said it then."""
    known = [{**one} for one in finding.get("source", [])]
    titles = {one["title"] for one in known}
    more = [one for one in level.sources if one.title not in titles]
    added = Finding("", finding["severity"], "", source=tuple(more)).as_json()["source"] if more else []
    return {
        **finding,
        "source": [*known, *added],
        "triage": {
            "level": level.id,
            "action": level.action,
            "owner": level.owner,
            "clock": level.clock.words,
            "version": load_triage().version,
        },
    }


def _clock_of(kind: str) -> Clock:
    triage = load_triage()
    return (
        triage.single_question.clock
        if kind in (SUICIDE_ITEM, SUICIDE_ITEM_UNANSWERED)
        else triage.other_clock
    )


def _minutes(clock: Clock) -> timedelta:
    return timedelta(minutes=clock.escalates_after_minutes)
