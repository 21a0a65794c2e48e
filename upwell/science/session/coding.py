"""Times and units of a session for whoever bills: what the log says, and no code that nobody gave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from upwell.knowledge.reporting.drug_codes import load_drug_codes
from upwell.science.session.events import Event
from upwell.science.session.fold import SessionState

_MINUTE = timedelta(minutes=1)
UNKNOWN = "unknown"


def coding_summary(
    state: SessionState, *, own_code: str | None = None, mg_per_unit: float | None = None
) -> dict[str, Any]:
    """Start and stop times, minutes and units. Units are exact: how they are rounded is the payer's rule."""
    clock = state.discharge.get("clock") or {}
    first = _moment(clock.get("from_first_dose_at")) if state.dosed else None
    infusions = _infusions(state.counting)
    last = _last(_moment(clock.get("from_last_dose_at")) if state.dosed else None, infusions)
    arrived = next((one.observed_at for one in state.counting if one.type == "arrived"), None)
    over = state.over_at
    return {
        "session": state.session,
        "session_type": state.session_type,
        "state": str(state.state),
        "disposition": state.ended_as,
        "arrived_at": _iso(arrived),
        "first_dose_at": _iso(first),
        "last_dose_at": _iso(last),
        "infusions": infusions,
        "ended_at": _iso(over),
        "minutes": {
            "on_site": _minutes(arrived, over),
            "from_first_dose": _minutes(first, over),
            "observation_after_last_dose": _minutes(last, over),
            "therapist_present": _therapist(state.counting, over),
        },
        "drug": {
            "substance": state.substance,
            "route": state.route,
            "given_mg": state.given_mg,
            "codes": _codes(state.substance),
        },
        "billing": {
            "code": own_code or UNKNOWN,
            "mg_per_unit": mg_per_unit,
            "units": None if mg_per_unit is None else round(state.given_mg / mg_per_unit, 4),
            "entered_by": "practice" if own_code else None,
            "note": "" if own_code else load_drug_codes().unknown_words,
        },
        "flags": [one.flag for one in state.flags],
        "knowledge_version": state.gate["knowledge_version"],
    }


def _codes(substance: str | None) -> list[dict[str, Any]]:
    drug = load_drug_codes().drugs.get(substance or "")
    if drug is None:
        return []
    mark = drug.provenance
    return [
        {"system": drug.system, "code": drug.code, "confidence": str(mark.confidence), "verify": mark.verify}
    ]


def _infusions(counting: Iterable[Event]) -> list[dict[str, str | None]]:
    found: list[dict[str, str | None]] = []
    for event in counting:
        if event.type == "infusion-started":
            found.append({"started_at": _iso(event.observed_at), "stopped_at": None})
        elif event.type == "infusion-stopped" and found and found[-1]["stopped_at"] is None:
            found[-1]["stopped_at"] = _iso(event.observed_at)
    return found


def _last(dosed_at: datetime | None, infusions: Iterable[Mapping[str, str | None]]) -> datetime | None:
    """The last dose, or the end of an infusion that ran longer."""
    ends = [_moment(one["stopped_at"]) for one in infusions]
    return max((one for one in (dosed_at, *ends) if one is not None), default=None)


def _therapist(counting: Iterable[Event], over: datetime | None) -> float | None:
    """Minutes in which the log says that a therapist was there; none where it never says so."""
    told = [one for one in counting if one.type == "therapist" and isinstance(one.body.get("present"), bool)]
    if not told:
        return None
    total, since = timedelta(0), None
    for event in told:
        if event.body["present"]:
            since = since or event.observed_at
        elif since is not None:
            total, since = total + (event.observed_at - since), None
    if since is not None and over is not None:
        total += max(over - since, timedelta(0))
    return round(total / _MINUTE, 1)


def _minutes(begin: datetime | None, end: datetime | None) -> float | None:
    return None if begin is None or end is None else round(max((end - begin) / _MINUTE, 0.0), 1)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
