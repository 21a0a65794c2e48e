"""Reads facts into a case, and refuses what can't be true: times to come, numbers no body has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from upwell.base.coarse_dates import coarse_days, is_coarse
from upwell.base.codes import ALSO_SPELLED, SYSTEM_NAME, SYSTEM_URI
from upwell.base.errors import BadInput
from upwell.knowledge.gates.facts_schema import check_facts
from upwell.knowledge.gates.model import FactBook
from upwell.knowledge.names import instrument_named
from upwell.science.rules.case import Case, Coded, Dose, Reading, Value, local_day

_GROUPS = ("person", "answers", "episode")
_WORDS = ("jurisdiction", "substance", "route", "setting", "session_type")
_INPATIENT = "inpatient"
_NOT_VALUES = ("at", "position")
_NO_CODES = ("", "local", "text")
_AT_THE_CHAIR = ("vitals.", "assessments.")


def read_facts(document: Any, book: FactBook) -> Case:
    """The case that a file of facts describes; ``BadInput`` with its path where it can't be taken."""
    check_facts(document)
    return case_of(document, book)


def case_of(document: Mapping[str, Any], book: FactBook, *, since: datetime | None = None) -> Case:
    """The case of facts whose shape has been checked; from ``since`` on all is of one session."""
    _refuse_the_impossible(document, book)
    at = _time(document.get("at"), "at")
    values: dict[str, Value] = {word: document[word] for word in _WORDS if document.get(word)}
    if at is not None:
        values["at"] = at
    for group in _GROUPS:
        _flatten(document.get(group), group, values)
    _age_from_birth(values, at)
    if values.get("session_type") == _INPATIENT:
        values["setting"] = _INPATIENT
    _weight_change(values)
    doses, series = _doses(document.get("doses"), at), _series(document, at)
    case = Case(
        at=at,
        values=values,
        series=series,
        conditions=_coded(document.get("conditions"), "conditions", at),
        medicines=_coded(document.get("medicines"), "medicines", at),
        doses=doses,
        raw=document,
        since=since or _began(series, doses or (), at, book),
    )
    session = case.session_doses()
    if session:
        case = case.with_values({"doses.first_at": session[0].at, "doses.last_at": session[-1].at})
    _refuse_pressure_upside_down(document)
    _refuse_times_to_come(case)
    _refuse_before_birth(case)
    return case


def _flatten(group: Any, path: str, values: dict[str, Value]) -> None:
    for key, value in (group or {}).items():
        name = f"{path}.{key}"
        if isinstance(value, Mapping):
            _flatten(value, name, values)
        elif key.endswith("_at"):
            moment = _time(value, name)
            if moment is not None:
                values[name] = moment
        elif value is not None and not isinstance(value, list):
            values[name] = value


def _time(text: str | None, path: str) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"“{text}” is not a time. Write it like 2026-03-02T10:00:00-05:00.", path=path
        ) from None
    if moment.tzinfo is None:
        raise BadInput(f"“{text}” has no offset from UTC. Add one, such as -05:00 or Z.", path=path)
    return moment


def _day(text: str | None, path: str) -> date | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).date() if "T" in text else date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"“{text}” is not a date. Write it like 2026-03-02.", path=path) from None


def _days(text: str | None, path: str) -> tuple[date, date] | None:
    """The first and the last day that a date can mean: a year or a month may be all that is known."""
    if text is None or not is_coarse(text):
        day = _day(text, path)
        return None if day is None else (day, day)
    try:
        return coarse_days(text)
    except ValueError:
        raise BadInput(f"“{text}” is not a date. Write it like 2026-03-02.", path=path) from None


def _last_day(text: str | None, path: str, at: datetime | None) -> date | None:
    """The day that rules count from: the last that a date can mean; unknown while that is not over."""
    days = _days(text, path)
    if days is None or (days[0] != days[1] and at is not None and days[1] > at.date()):
        return None
    return days[1]


def _age_from_birth(values: dict[str, Value], at: datetime | None) -> None:
    text = values.pop("person.birth_date", None)
    if text is None:
        return
    born = _day(str(text), "person.birth_date")
    if born is None or at is None:
        return
    today = at.date()
    if born > today:
        raise BadInput("The date of birth lies in the future.", path="person.birth_date")
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    told = values.setdefault("person.age_years", age)
    if isinstance(told, int | float) and int(told) != age:
        raise BadInput(f"By the date of birth the age is {age}, not {told:g}.", path="person.age_years")


def _weight_change(values: dict[str, Value]) -> None:
    """How far the weight is from the one that the dose was worked out with, as a fraction of that."""
    now, then = values.get("person.weight_kg"), values.get("person.dosing_weight_kg")
    if isinstance(now, int | float) and isinstance(then, int | float) and then > 0:
        values["person.weight_change"] = abs(now - then) / then


def _series(document: Mapping[str, Any], at: datetime | None) -> dict[str, tuple[Reading, ...]]:
    found: dict[str, list[Reading]] = {}
    for place, entry in enumerate(document.get("vitals") or ()):
        moment = _needed(entry["at"], f"vitals.{place}.at")
        for key, value in entry.items():
            if key not in _NOT_VALUES and value is not None:
                found.setdefault(f"vitals.{key}", []).append(Reading(moment, value))
    for place, entry in enumerate(document.get("assessments") or ()):
        moment = _needed(entry["at"], f"assessments.{place}.at")
        if entry.get("total") is not None:
            name = f"assessments.{instrument_named(entry['instrument'])}"
            found.setdefault(name, []).append(Reading(moment, entry["total"]))
    for place, entry in enumerate(document.get("labs") or ()):
        moment = _needed(entry["at"], f"labs.{place}.at")
        ratio = entry["value"] / entry["upper_limit"]
        found.setdefault(f"labs.{entry['test']}", []).append(Reading(moment, ratio))
    weight = (document.get("person") or {}).get("weight_kg")
    if weight is not None and at is not None and "vitals.weight_kg" not in found:
        found["vitals.weight_kg"] = [Reading(at, weight)]
    return {name: tuple(sorted(set(readings))) for name, readings in found.items()}


def _began(
    series: Mapping[str, tuple[Reading, ...]], doses: tuple[Dose, ...], at: datetime | None, book: FactBook
) -> datetime | None:
    """When a session began that is still of today, though midnight lies between."""
    if at is None or book.session_gap is None or book.session_longest is None:
        return None
    moments = {
        one.at for name, readings in series.items() if name.startswith(_AT_THE_CHAIR) for one in readings
    }
    start = at
    for moment in sorted({*moments, *(dose.at for dose in doses)}, reverse=True):
        if start - moment > book.session_gap or at - moment > book.session_longest:
            break
        start = moment
    return start if local_day(start, at) < at.date() else None


def _needed(text: str, path: str) -> datetime:
    moment = _time(text, path)
    if moment is None:
        raise BadInput("The time is missing.", path=path)
    return moment


def _coded(
    entries: list[Mapping[str, Any]] | None, path: str, at: datetime | None
) -> tuple[Coded, ...] | None:
    if entries is None:
        return None
    found = []
    for place, entry in enumerate(entries):
        here = f"{path}.{place}"
        begins, ends = (_last_day(entry.get(key), f"{here}.{key}", at) for key in ("onset", "abated"))
        if begins and ends and ends < begins:
            raise BadInput("It ends before it begins.", path=f"{here}.abated")
        active = entry.get("active")
        found.append(
            Coded(
                system=_system(entry.get("system"), f"{here}.system"),
                code=(entry.get("code") or "").strip(),
                display=(entry.get("display") or "").strip(),
                begins=begins,
                ends=ends,
                begins_text=_as_written(entry.get("onset"), begins),
                active=active is not False,
                source=(entry.get("source") or "").strip(),
            )
        )
        if not found[-1].code and not found[-1].display:
            raise BadInput("It has neither a code nor a name.", path=here)
    return tuple(sorted(found, key=lambda one: (one.system, one.code, one.display, str(one.begins))))


def _as_written(text: str | None, day: date | None) -> str:
    """A date no more exact than it was written."""
    if text is not None and is_coarse(text):
        return text
    return "" if day is None else day.isoformat()


def _system(text: str | None, path: str) -> str:
    name = (text or "").strip()
    short = SYSTEM_NAME.get(name) or ALSO_SPELLED.get(name.lower(), name.lower())
    if short in SYSTEM_URI or short in _NO_CODES:
        return short
    known = ", ".join(sorted(SYSTEM_URI))
    raise BadInput(f"“{name}” is not a code system that is known here: {known}, local.", path=path)


def _doses(entries: list[Mapping[str, Any]] | None, at: datetime | None) -> tuple[Dose, ...] | None:
    if entries is None:
        return None
    doses = []
    for place, entry in enumerate(entries):
        begins = _needed(entry["at"], f"doses.{place}.at")
        ends = _time(entry.get("ended_at"), f"doses.{place}.ended_at")
        if ends is not None and ends < begins:
            raise BadInput("The dose ends before it begins.", path=f"doses.{place}.ended_at")
        doses.append(Dose(begins, ends, entry.get("dose_mg")))
    return tuple(sorted(doses, key=lambda dose: (dose.at, dose.dose_mg or 0)))


def _refuse_the_impossible(document: Any, book: FactBook, path: str = "", name: str = "") -> None:
    """Walk the facts; a number outside what is possible is refused with its path."""
    if isinstance(document, Mapping):
        for key, value in document.items():
            inner = f"{name}.{key}" if name else key
            _refuse_the_impossible(value, book, f"{path}.{key}" if path else key, inner)
    elif isinstance(document, list):
        for place, value in enumerate(document):
            _refuse_the_impossible(value, book, f"{path}.{place}", name)
    elif isinstance(document, int | float) and not isinstance(document, bool):
        entry = book.entries.get(name)
        if entry is not None and entry.possible is not None:
            low, high = entry.possible
            if not low <= document <= high:
                raise BadInput(
                    f"{entry.label} of {document:g} {entry.unit}".rstrip()
                    + f" is not possible ({low:g} to {high:g}). Check number and unit.",
                    path=path,
                )


def _refuse_pressure_upside_down(document: Mapping[str, Any]) -> None:
    for place, entry in enumerate(document.get("vitals") or ()):
        systolic, diastolic = entry.get("bp_systolic_mmhg"), entry.get("bp_diastolic_mmhg")
        if systolic is not None and diastolic is not None and systolic < diastolic:
            raise BadInput(
                f"Systolic {systolic:g} is below diastolic {diastolic:g}. Measure again.",
                path=f"vitals.{place}.bp_systolic_mmhg",
            )


def _refuse_times_to_come(case: Case) -> None:
    if case.at is None:
        return
    for group in ("vitals", "assessments", "labs", "doses"):
        for place, entry in enumerate(case.raw.get(group) or ()):
            if _needed(entry["at"], f"{group}.{place}.at") > case.at:
                raise BadInput("This lies after the time of the question (at).", path=f"{group}.{place}.at")
    for name, value in case.values.items():
        if isinstance(value, datetime) and value > case.at:
            raise BadInput("This lies after the time of the question (at).", path=name)
    for place, entry in enumerate(case.raw.get("conditions") or ()):
        days = _days(entry.get("onset"), f"conditions.{place}.onset")
        if days is not None and days[0] > case.at.date():
            raise BadInput("This condition begins in the future.", path=f"conditions.{place}.onset")


def _refuse_before_birth(case: Case) -> None:
    """Nothing begins before the earliest birthday that fits the age."""
    age = case.values.get("person.age_years")
    if case.at is None or isinstance(age, bool) or not isinstance(age, int | float):
        return
    born_after = case.at.date().replace(day=1, year=max(case.at.year - int(age) - 1, date.min.year))
    for place, entry in enumerate(case.raw.get("conditions") or ()):
        days = _days(entry.get("onset"), f"conditions.{place}.onset")
        if days is not None and days[1] < born_after:
            raise BadInput("This condition begins before birth.", path=f"conditions.{place}.onset")
