"""What all mappings share: codes, dates, names, and in which compartment of the chart a row belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from upwell.base.actor import Compartment
from upwell.base.codes import SYSTEM_NAME
from upwell.exchange.fhir.dates import FhirDate, read_date
from upwell.exchange.fhir.shapes import Json

Columns = dict[str, Any]
ERROR = "entered-in-error"
LONGEST = 250  # letters in a column with an index; the whole of it stays in the resource

# security labels (HL7 v3 ActCode) that put a row into a compartment of its own
_LABELS = {
    "42CFRPart2": Compartment.SUBSTANCE_USE,
    "ETH": Compartment.SUBSTANCE_USE,
    "ETHUD": Compartment.SUBSTANCE_USE,
    "OPIOIDUD": Compartment.SUBSTANCE_USE,
    "SUD": Compartment.SUBSTANCE_USE,
    "PSYTHPN": Compartment.PROCESS_NOTES,
}


@dataclass(frozen=True, slots=True)
class Links:
    """What the references of one resource led to."""

    names: dict[str, str] = field(default_factory=dict)  # reference as written -> name of the party it means
    medication: Json | None = None  # the code of the Medication that a medicationReference means

    def name(self, reference: Json | None) -> str:
        """How a reference is shown: its own display, or the name of what it means."""
        if not reference:
            return ""
        return reference.get("display") or self.names.get(reference.get("reference") or "", "")


def items(value: Any) -> Iterable[Json]:
    """The items of a list, without the nulls that FHIR may pad it with."""
    return [item for item in value or () if item is not None]


def coding_of(concept: Json | None) -> Json:
    """The coding by which a concept is filed: the first in a system that we know, otherwise the first."""
    found = [
        coding
        for coding in items((concept or {}).get("coding"))
        if 0 < len(coding.get("code") or "") <= LONGEST
    ]
    for coding in found:
        if coding.get("system") in SYSTEM_NAME:
            return coding
    return found[0] if found else {}


def words_of(concept: Json | None) -> str:
    """A concept in words: its text, else the display of a coding, else its code."""
    if not concept:
        return ""
    if concept.get("text"):
        return str(concept["text"])
    for coding in items(concept.get("coding")):
        if coding.get("display"):
            return str(coding["display"])
    return str(coding_of(concept).get("code", ""))


def all_words(concepts: Any) -> str:
    """Several concepts in words, each once."""
    return joined(words_of(concept) for concept in items(concepts))


def joined(parts: Iterable[str], by: str = "; ") -> str:
    """The parts that say something, each once."""
    return by.join(dict.fromkeys(part for part in parts if part))


def codes(concepts: Any) -> str:
    """The codes of several concepts, each once."""
    return joined(
        (str(coding_of(concept).get("code", "")) or words_of(concept) for concept in items(concepts)), ","
    )


def status_in(concept: Json | None, known: frozenset[str]) -> str:
    """The code of a status that R4 binds to a value set."""
    for coding in items((concept or {}).get("coding")):
        if coding.get("code") in known:
            return str(coding["code"])
    return ""


def when(text: Any) -> FhirDate | None:
    """A date, if there is one."""
    return read_date(text) if isinstance(text, str) else None


def moment(text: Any) -> datetime | None:
    """The earliest moment that a date can mean: what rows are ordered by."""
    found = when(text)
    return found.earliest if found else None


def dated(resource: Json, stem: str) -> tuple[datetime | None, str]:
    """A date in one of several forms: the moment to order by, and words where it is no full moment."""
    if found := when(resource.get(f"{stem}DateTime") or resource.get(f"{stem}Instant")):
        return found.earliest, found.words
    if period := resource.get(f"{stem}Period"):
        return moment(period.get("start") or period.get("end")), _period_words(period)
    if age := resource.get(f"{stem}Age"):
        return None, f"age {quantity_words(age)}"
    if span := resource.get(f"{stem}Range"):
        return None, range_words(span)
    if timing := resource.get(f"{stem}Timing"):
        events = list(items(timing.get("event")))
        return moment(events[0]) if events else None, ", ".join(map(str, events)) or words_of(
            timing.get("code")
        )
    return None, str(resource.get(f"{stem}String") or "")


def _period_words(period: Json) -> str:
    start, end = when(period.get("start")), when(period.get("end"))
    if start is None and end is not None:
        return f"until {end.text}"
    return start.words if start else ""


def number(value: Any) -> str:
    """A number as people write it."""
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        else str(value)
    )


def quantity_words(quantity: Json | None) -> str:
    """A quantity in words: comparator, value, unit."""
    if not quantity:
        return ""
    value = quantity.get("value")
    parts = (
        quantity.get("comparator") or "",
        "" if value is None else number(value),
        quantity.get("unit") or quantity.get("code") or "",
    )
    return " ".join(part for part in parts if part)


def range_words(span: Json) -> str:
    """A range in words."""
    low, high = quantity_words(span.get("low")), quantity_words(span.get("high"))
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}"


def compartment_of(resource: Json) -> str:
    """Where in the chart a row belongs, by the security labels it came with."""
    labels = items((resource.get("meta") or {}).get("security"))
    found = {_LABELS[label["code"]] for label in labels if label.get("code") in _LABELS}
    for strictest in (Compartment.PROCESS_NOTES, Compartment.SUBSTANCE_USE):
        if strictest in found:
            return strictest.value
    return Compartment.CLINICAL.value


def shared(resource: Json, links: Links) -> Columns:
    """Columns that every clinical row has."""
    match resource["resourceType"]:
        case "Encounter":
            concept = next(iter(items(resource.get("type"))), None) or resource.get("serviceType")
        case "MedicationRequest" | "MedicationStatement":
            concept = resource.get("medicationCodeableConcept") or links.medication
        case _:
            concept = resource.get("code")
    coding = coding_of(concept)
    return {
        "code_system": str(coding.get("system") or ""),
        "code": str(coding.get("code") or ""),
        "display": words_of(concept),
        "compartment": compartment_of(resource),
    }
