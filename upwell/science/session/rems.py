"""The REMS monitoring form from a session's log: each field with its value, or exactly what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.names import instrument_named
from upwell.knowledge.reporting.rems_form import Field, load_rems_form
from upwell.science.session.events import Event
from upwell.science.session.facts import ask_gate, facts_of
from upwell.science.session.fold import SessionState

NOT_APPLICABLE, UNKNOWN_WHETHER, OVERDUE = "rems.not-applicable", "rems.substance", "rems.overdue"
COMPLETE, INCOMPLETE, DOES_NOT_APPLY = "complete", "incomplete", "not-applicable"
GIVEN, MISSING = "given", "missing"
CONCOMITANT = ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")
SEDATION = "moaa-s"
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Monitored:
    """What the fields are read from: the doses, the readings, the answers, and when the person left."""

    facts: Mapping[str, Any]
    first_at: datetime | None
    last_at: datetime | None
    left_at: datetime | None
    counting: tuple[Event, ...]

    @property
    def answers(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.facts.get("answers") or {}
        return found

    def readings(self, low: str = "bp_systolic_mmhg", high: str = "bp_diastolic_mmhg") -> list[Event]:
        """The readings of blood pressure with both numbers, in order."""
        return [one for one in self.counting if one.type == "vitals" and {low, high} <= set(one.body)]


def rems_form(
    state: SessionState,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    *,
    answers: Mapping[str, Any] | None = None,
    submitted_at: datetime | None = None,
) -> dict[str, Any]:
    """The form of a folded session at a moment. ``answers``: what a person added afterwards; the log goes first."""
    known = dict(facts or {})
    more = {**(known.get("answers") or {}), **(answers or {})}
    if state.over_at is not None and state.over_at <= at:
        more["discharged_at"] = state.over_at.isoformat()
    if submitted_at is not None:
        more["form_submitted_at"] = submitted_at.isoformat()
    known["answers"] = more
    result = ask_gate("rems", state.counting, at, known)
    seen = _monitored(state, at, known)
    form = load_rems_form()
    rules = {one["rule"] for one in result["findings"]}
    applies = None if UNKNOWN_WHETHER in rules else NOT_APPLICABLE not in rules
    named = {one.rule for one in form.fields}
    missing = [
        {"rule": one["rule"], "message": one["message"]}
        for one in result["findings"]
        if one["severity"] == "unknown" and (one["rule"] in named or one["rule"] == UNKNOWN_WHETHER)
    ]
    due = None if seen.first_at is None or applies is False else seen.first_at + timedelta(days=form.due_days)
    return {
        "form": form.id,
        "title": form.title,
        "applies": applies,
        "status": DOES_NOT_APPLY if applies is False else INCOMPLETE if missing else COMPLETE,
        "due_at": _iso(due),
        "overdue": OVERDUE in rules,
        "fields": [] if applies is False else [_field(one, seen, missing) for one in form.fields],
        "missing": missing,
        "findings": result["findings"],
        "submitted_at": _iso(submitted_at),
        "knowledge_version": result["knowledge_version"],
    }


def _monitored(state: SessionState, at: datetime, known: Mapping[str, Any]) -> Monitored:
    facts = facts_of(state.counting, at, known)
    doses = facts.get("doses") or []
    moments = sorted(datetime.fromisoformat(one["at"]) for one in doses)
    return Monitored(
        facts=facts,
        first_at=moments[0] if moments else None,
        last_at=moments[-1] if moments else None,
        left_at=state.over_at if state.over_at is not None and state.over_at <= at else None,
        counting=tuple(one for one in state.counting if one.observed_at <= at),
    )


def _field(field: Field, seen: Monitored, missing: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    value, when = _READ[field.id](seen)
    lacks = any(one["rule"] == field.rule for one in missing) or value is None
    return {
        "id": field.id,
        "title": field.title,
        "value": value,
        "at": _iso(when),
        "status": MISSING if lacks else GIVEN,
    }


Found = tuple[Any, datetime | None]
NOTHING: Found = (None, None)


def _dose(seen: Monitored) -> Found:
    doses = seen.facts.get("doses") or []
    if not doses:
        return NOTHING
    given = [one["dose_mg"] for one in doses if "dose_mg" in one]
    total = sum(given) if len(given) == len(doses) else None
    return {"dose_mg": total, "devices": len(doses)}, seen.first_at


def _first(seen: Monitored) -> Found:
    return _iso(seen.first_at), seen.first_at


def _last(seen: Monitored) -> Found:
    return _iso(seen.last_at), seen.last_at


def _pressure(seen: Monitored, event: Event | None) -> Found:
    if event is None:
        return NOTHING
    value: dict[str, Any] = {key: event.body[key] for key in ("bp_systolic_mmhg", "bp_diastolic_mmhg")}
    if seen.first_at is not None and event.observed_at >= seen.first_at:
        value["minutes_after_first_dose"] = round((event.observed_at - seen.first_at) / _MINUTE)
    return value, event.observed_at


def _bp_before(seen: Monitored) -> Found:
    before = [one for one in seen.readings() if seen.first_at is None or one.observed_at <= seen.first_at]
    return _pressure(seen, before[-1] if before else None)


def _bp_after(seen: Monitored) -> Found:
    first = seen.first_at
    if first is None:
        return NOTHING
    wanted = first + load_rems_form().near_minutes * _MINUTE
    after = [one for one in seen.readings() if one.observed_at > first]
    return _pressure(seen, min(after, key=lambda one: abs(one.observed_at - wanted), default=None))


def _bp_last(seen: Monitored) -> Found:
    last = seen.last_at
    after = [
        one
        for one in seen.readings()
        if last is not None
        and one.observed_at > last
        and (seen.left_at is None or one.observed_at <= seen.left_at)
    ]
    return _pressure(seen, after[-1] if after else None)


def _sedation(seen: Monitored) -> Found:
    rows = [
        (one["total"], datetime.fromisoformat(one["at"]))
        for one in seen.facts.get("assessments") or []
        if instrument_named(one["instrument"]) == SEDATION
        and one.get("total") is not None
        and seen.first_at is not None
        and datetime.fromisoformat(one["at"]) >= seen.first_at
    ]
    if not rows:
        return NOTHING
    awake = max(one.value for one in load_instrument(SEDATION).items[0].responses)
    lowest, when = min(rows)
    return {"present": lowest < awake, "lowest_moaa_s": lowest}, when


def _dissociation(seen: Monitored) -> Found:
    judged = [
        one
        for one in seen.counting
        if one.type == "criterion" and one.body["id"].strip().lower() == "dissociation"
        if one.body.get("met") is not None
    ]
    cadss = [
        one["total"]
        for one in seen.facts.get("assessments") or []
        if instrument_named(one["instrument"]) == "cadss" and one.get("total") is not None
    ]
    said = seen.answers.get("dissociation_significant")
    if not judged and not cadss and said is None:
        return NOTHING
    present = any(one.body["met"] is False for one in judged) or said is True
    value: dict[str, Any] = {"present": present if judged or said is not None else None}
    if cadss:
        value["highest_cadss"] = max(cadss)
    return value, judged[-1].observed_at if judged else None


def _concomitant(seen: Monitored) -> Found:
    told = seen.answers.get("concomitant") or {}
    value = {name: told.get(name) for name in CONCOMITANT}
    return (value, None) if any(one is not None for one in value.values()) else NOTHING


def _serious(seen: Monitored) -> Found:
    return seen.answers.get("serious_adverse_event"), None


def _left(seen: Monitored) -> Found:
    told = seen.answers.get("discharged_at")
    when = seen.left_at or (datetime.fromisoformat(told) if told else None)
    return _iso(when), when


def _total(seen: Monitored) -> Found:
    _value, when = _left(seen)
    if when is None or seen.first_at is None:
        return NOTHING
    return round((when - seen.first_at) / _MINUTE), when


_READ: Mapping[str, Callable[[Monitored], Found]] = {
    "dose": _dose,
    "first-device-at": _first,
    "last-device-at": _last,
    "bp-before": _bp_before,
    "bp-after": _bp_after,
    "bp-last": _bp_last,
    "sedation": _sedation,
    "dissociation": _dissociation,
    "concomitant": _concomitant,
    "serious-adverse-event": _serious,
    "discharged-at": _left,
    "total-minutes": _total,
}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
