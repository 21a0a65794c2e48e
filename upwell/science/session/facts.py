"""The facts document of a session: what its log has told, with what is known of the person beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from upwell.knowledge.gates.facts_schema import check_facts
from upwell.knowledge.gates.loader import load_fact_book
from upwell.science.rules.case import Case
from upwell.science.rules.gate import outcome_alone
from upwell.science.rules.reading import case_of
from upwell.science.session.events import Event, in_order
from upwell.science.session.gates_asked import ask_case, with_overrides
from upwell.science.session.orders import order_answers
from upwell.science.session.told import Told, instrument_of, tell

Facts = dict[str, Any]

_ON_SITE = ("individual", "group")
_BEGINNINGS = frozenset({"arrived", "vitals", "scale", "dose-given", "infusion-started"})
_DOSES = frozenset({"dose-given", "infusion-started", "infusion-resumed"})
_TIMED = ("vitals", "assessments", "labs", "doses")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_DAY = len("2026-03-02")
_A_DAY = timedelta(days=1)
_NO_GATE = ""


def facts_of(
    events: Iterable[Event], at: datetime, extra: Mapping[str, Any] | None = None, *, gate: str | None = None
) -> Facts:
    """The facts that these events and ``extra`` make at a moment, in the shape of the contract.

    ``events`` are the ones that count (``SessionState.counting``); ``extra`` is what else is known: person,
    conditions, medicines, jurisdiction, answers. Where both answer a question, the log counts. With ``gate``,
    only the overrides of that gate are taken from the log.
    """
    if extra is not None:
        check_facts(extra)
    return document_of(tell(event for event in events if event.observed_at <= at), at, extra, gate=gate)


def ask_gate(
    gate: str, events: Sequence[Event], at: datetime, extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a gate says of a session at a moment; further overrides stand in ``extra``.

    As of the facts that ``facts_of`` writes, but a session that goes over midnight stays one session.
    """
    if extra is not None:
        check_facts(extra)
    events = sorted(events, key=in_order)
    return ask(gate, tell(one for one in events if one.observed_at <= at), at, extra, beginning_of(events))


def document_of(
    told: Told, at: datetime, extra: Mapping[str, Any] | None = None, *, gate: str | None = None
) -> Facts:
    """The same, of what has been told already."""
    facts = frame_of(told, at, extra, gate)
    told_vitals = [{"at": event.observed_at.isoformat(), **event.body} for event in told.vitals]
    facts["vitals"] = [*(facts.get("vitals") or ()), *told_vitals]
    facts["assessments"] = [
        *(facts.get("assessments") or ()),
        *(_assessment(*one) for one in told.assessments),
    ]
    return facts


def _assessment(event: Event, total: float | None) -> Facts:
    row: Facts = {"instrument": instrument_of(event), "at": event.observed_at.isoformat()}
    return row if total is None else {**row, "total": total}


def frame_of(told: Told, at: datetime, extra: Mapping[str, Any] | None, gate: str | None = None) -> Facts:
    """All but the readings, which may be many."""
    facts: Facts = {**_by_then(extra or {}, at), "at": at.isoformat()}
    facts |= _words(told, facts)
    on_record = (facts.get("person") or {}).get("weight_kg")
    facts["person"] = _person(told, facts.get("person") or {})
    facts["answers"] = {
        **_answers(told, facts.get("answers") or {}),
        **order_answers(told, facts.get("course") or {}, at, on_record),
    }
    facts["doses"] = [*(facts.get("doses") or ()), *_doses(told, at)]
    decided = [one for about, one in told.overrides if gate in (None, about)]
    facts["overrides"] = [*(facts.get("overrides") or ()), *decided]
    return facts


def _by_then(extra: Mapping[str, Any], at: datetime) -> Facts:
    """What is known beside the log, as far as it was there at that moment; gates refuse what lies after it."""
    known = dict(extra)
    for group in _TIMED:
        if known.get(group):
            known[group] = [row for row in known[group] if _moment(row["at"]) <= at]
    if known.get("conditions"):
        today = f"{at:%Y-%m-%d}"
        known["conditions"] = [row for row in known["conditions"] if (row.get("onset") or "")[:_DAY] <= today]
    if known.get("answers"):
        known["answers"] = {
            name: value
            for name, value in known["answers"].items()
            if not name.endswith("_at") or value is None or _moment(value) <= at
        }
    return known


def _moment(text: str) -> datetime:
    """A time in facts; what is no time there is refused by the gate, in words."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _LONG_AGO
    return _LONG_AGO if moment.tzinfo is None else moment


def _words(told: Told, facts: Mapping[str, Any]) -> Facts:
    order = told.ledger.order
    words = {
        "substance": (order and order.substance) or facts.get("substance"),
        "route": (order and order.route) or facts.get("route"),
        "session_type": told.session_type or facts.get("session_type"),
    }
    setting = facts.get("setting") or ("clinic" if words["session_type"] in _ON_SITE else None)
    if words["session_type"] is not None and words["session_type"] not in _ON_SITE:
        setting = words["session_type"]
    return {key: value for key, value in {**words, "setting": setting}.items() if value is not None}


def _person(told: Told, person: Mapping[str, Any]) -> Facts:
    found = dict(person)
    order, weights = told.ledger.order, told.series.get("vitals.weight_kg")
    if weights:
        found["weight_kg"] = weights[-1].value
    if order is not None and "weight_kg" in order.event.body:
        found["dosing_weight_kg"] = order.event.body["weight_kg"]
    return found


def _answers(told: Told, answers: Mapping[str, Any]) -> Facts:
    found = dict(answers)
    for name, value in told.answers.items():
        group, _, inner = name.partition(".")
        if inner:
            found[group] = {**(found.get(group) or {}), inner: value}
        else:
            found[name] = value
    named = told.team.reachable
    if named is not None:
        found["prescriber_reachable"] = named
    else:  # nobody has said it: at the gate that is something to see to
        found.setdefault("prescriber_reachable", False)
    return found


def _doses(told: Told, at: datetime) -> list[Facts]:
    rows = []
    for entry in told.ledger.entries(at):
        row: Facts = {"at": entry.at.isoformat()}
        ends = entry.ended_at if entry.infusion is None else entry.ended_at or at  # it has run until now
        if ends is not None:
            row["ended_at"] = ends.isoformat()
        if entry.dose_mg is not None and _is_possible(entry.dose_mg):
            row["dose_mg"] = entry.dose_mg
        if entry.infusion is None:
            row |= {
                key: value for key, value in entry.shots[0].event.body.items() if key in ("device", "lot")
            }
        rows.append(row)
    return rows


def _is_possible(dose_mg: float) -> bool:
    """What was worked out from a clock that is years ahead is no fact."""
    possible = load_fact_book().entries["doses.dose_mg"].possible
    return possible is None or dose_mg <= max(possible)


def beginning_of(events: Sequence[Event]) -> datetime | None:
    """When the session began: from then on all is of one session, also over midnight. Events are in their order."""
    last = next((one.observed_at for one in reversed(events) if one.type in _BEGINNINGS), None)
    if last is None:
        return None
    anchor = next((one.observed_at for one in events if one.type in _DOSES), last)
    earliest = anchor - _A_DAY
    begins = (one.observed_at for one in events if one.type in _BEGINNINGS and one.observed_at >= earliest)
    return min(next(begins, anchor), anchor)


def ask(
    gate: str, told: Told, at: datetime, extra: Mapping[str, Any] | None, since: datetime | None
) -> dict[str, Any]:
    """What a gate says of what has been told; the same as of ``document_of``, without writing it down first."""
    return ask_case(gate, _case_heard(gate, told, at, extra, since))


def outcome(
    gate: str, told: Told, at: datetime, extra: Mapping[str, Any] | None, since: datetime | None
) -> str:
    """The outcome alone."""
    return outcome_alone(gate, _case_heard(gate, told, at, extra, since))


def _case_heard(
    gate: str, told: Told, at: datetime, extra: Mapping[str, Any] | None, since: datetime | None
) -> Case:
    return with_overrides(case_told(told, at, extra, since), gate, tuple(told.overrides))


def case_told(told: Told, at: datetime, extra: Mapping[str, Any] | None, since: datetime | None) -> Case:
    """What has been told as rules see it, without the overrides of a gate."""
    frame = frame_of(told, at, extra, _NO_GATE)
    case = case_of(frame, load_fact_book(), since=since)
    series, rare = dict(case.series), {}
    for name, readings in told.series.items():
        if _beside(name, extra):
            series[name] = tuple(sorted({*case.series.get(name, ()), *readings}))
        elif name in told.ties:
            series[name] = tuple(sorted(set(readings)))
        else:
            series[name], rare[name] = tuple(readings), tuple(told.rare.get(name, ()))
    return replace(case, series=series, rare=rare)


def _beside(name: str, extra: Mapping[str, Any] | None) -> bool:
    """Whether readings of this kind were given beside the log."""
    return bool(extra and extra.get(name.partition(".")[0]))
