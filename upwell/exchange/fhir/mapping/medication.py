"""Medicines: orders, and what is said to be taken."""

from __future__ import annotations

from upwell.base.codes import NOT_TO_BE_GIVEN
from upwell.exchange.fhir.mapping.common import (
    ERROR,
    Columns,
    Links,
    all_words,
    dated,
    items,
    joined,
    moment,
    number,
    quantity_words,
    range_words,
    when,
    words_of,
)
from upwell.exchange.fhir.shapes import Json

_UNITS = {
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "d": ("day", "days"),
    "wk": ("week", "weeks"),
    "mo": ("month", "months"),
    "a": ("year", "years"),
}


def request(resource: Json, links: Links) -> Columns:
    """An order or prescription."""
    authored = when(resource.get("authoredOn"))
    return {
        "status": resource.get("status") or "",
        "intent": NOT_TO_BE_GIVEN if resource.get("doNotPerform") is True else resource.get("intent") or "",
        "authored_at": authored.earliest if authored else None,
        "authored_text": authored.words if authored else "",
        "dosage_text": dosage_words(resource.get("dosageInstruction")),
        "requester_name": links.name(resource.get("requester")),
        "reason": _reason(resource, links),
        "entered_in_error": resource.get("status") == ERROR,
    }


def statement(resource: Json, links: Links) -> Columns:
    """A medicine that somebody says is or was taken."""
    effective_at, effective_text = dated(resource, "effective")
    return {
        "status": resource.get("status") or "",
        "effective_at": effective_at,
        "effective_text": effective_text,
        "ended_at": moment((resource.get("effectivePeriod") or {}).get("end")),
        "dosage_text": dosage_words(resource.get("dosage")),
        "informant": links.name(resource.get("informationSource")),
        "reason": _reason(resource, links),
        "entered_in_error": resource.get("status") == ERROR,
    }


def medication_code(medication: Json) -> Json | None:
    """The code of a Medication: what it says it is, else what it is made of."""
    code = medication.get("code")
    if isinstance(code, dict) and (code.get("coding") or code.get("text")):
        return code
    parts = [words_of(part.get("itemCodeableConcept")) for part in items(medication.get("ingredient"))]
    return {"text": joined(parts, " + ")} if any(parts) else None


def _reason(resource: Json, links: Links) -> str:
    named = [links.name(reference) for reference in items(resource.get("reasonReference"))]
    return joined([all_words(resource.get("reasonCode")), *named])


def dosage_words(dosages: object) -> str:
    """How much, how often, by which route: as it was written, else put together from its parts."""
    return joined(_dosage(part) for part in items(dosages))


def _dosage(dosage: Json) -> str:
    if dosage.get("text"):
        return str(dosage["text"])
    needed = dosage.get("asNeededCodeableConcept")
    parts = (
        joined((_dose(part) for part in items(dosage.get("doseAndRate"))), ", "),
        words_of(dosage.get("route")),
        _timing(dosage.get("timing") or {}),
        f"as needed for {words_of(needed)}"
        if needed
        else "as needed"
        if dosage.get("asNeededBoolean")
        else "",
        dosage.get("patientInstruction") or "",
    )
    return joined(parts, ", ")


def _dose(part: Json) -> str:
    dose = part.get("doseQuantity")
    words = quantity_words(dose) if dose else range_words(part["doseRange"]) if part.get("doseRange") else ""
    if rate := part.get("rateQuantity"):
        words = joined((words, f"at {quantity_words(rate)}"), " ")
    return f"dose {words}" if words and not words[-1].isalpha() else words


def _timing(timing: Json) -> str:
    repeat = timing.get("repeat") or {}
    count, period, unit = repeat.get("frequency"), repeat.get("period"), repeat.get("periodUnit")
    if count and period and unit in _UNITS:
        times = "once" if count == 1 else f"{number(count)} times"
        one, many = _UNITS[unit]
        return f"{times} per {one}" if period == 1 else f"{times} every {number(period)} {many}"
    return words_of(timing.get("code"))
