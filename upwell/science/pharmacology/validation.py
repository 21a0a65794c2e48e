"""Published values against ours: the table behind the tests and behind the validation page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.pharmacology import load_model
from upwell.knowledge.provenance import SourceTable, read_provenance
from upwell.science.pharmacology.doses import Dose, check_doses
from upwell.science.pharmacology.exposure import timeline_of
from upwell.science.pharmacology.measures import Peaks, area_to_infinity
from upwell.science.pharmacology.parameters import MINUTES_PER_HOUR
from upwell.science.pharmacology.person import Person
from upwell.science.pharmacology.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Row:
    """One published value and ours."""

    model: str
    given: str
    analyte: str
    measure: str
    unit: str
    published: float
    ours: float
    error_percent: float
    within_percent: float
    misses: bool
    note: str
    confidence: str
    source: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the model is as close as it is held to be."""
        return abs(self.error_percent) <= self.within_percent

    def as_json(self) -> dict[str, Any]:
        """The row as ``upwell pk validation --json`` prints it."""
        return {**asdict(self), "holds": self.holds}


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Something that was published and can't be held against a model, and why."""

    what: str
    why: str
    confidence: str
    source: tuple[str, ...]


@kept
def not_compared() -> tuple[NotCompared, ...]:
    """What was published and can't be compared."""
    content = file_of("pharmacology/validation.toml", "pk-validation").content
    found = []
    for raw in content["not_compared"]:
        provenance = read_provenance(raw, content["sources"])
        titles = tuple(one.title for one in provenance.sources)
        found.append(NotCompared(raw["what"], raw["why"], str(provenance.confidence), titles))
    return tuple(found)


def miss_percent() -> float:
    """How far away a model is called a miss."""
    return float(file_of("pharmacology/validation.toml", "pk-validation").content["misses"]["above_percent"])


@kept
def validation_table() -> tuple[Row, ...]:
    """Every published value on file with what the model gives for the same dose and person.

    Examples
    --------
    >>> row = validation_table()[0]
    >>> row.published, abs(row.error_percent) < 2
    (43.8, True)
    """
    file = file_of("pharmacology/validation.toml", "pk-validation")
    sources, line = file.content["sources"], file.content["misses"]["above_percent"]
    return tuple(_row(raw, sources, line) for raw in file.content["rows"])


def as_markdown(rows: Sequence[Row]) -> str:
    """The table for people."""
    lines = [
        "| model | given | what | published | ours | error |",
        "|---|---|---|--:|--:|--:|",
    ]
    for row in rows:
        what = f"{row.analyte} {row.measure} ({row.unit})"
        note = f" ({row.note})" if row.note else ""
        lines.append(
            f"| {row.model} | {row.given} | {what}{note} | {row.published:g} | {row.ours:.4g} |"
            f" {row.error_percent:+.1f} %{', misses' if row.misses else ''} |"
        )
    return "\n".join(lines)


def _row(raw: dict[str, Any], sources: SourceTable, line_percent: float) -> Row:
    model = load_model(raw["model"])
    person = Person.of(None, raw.get("age_years"), raw.get("ancestry"))
    dose = Dose(raw["route"], raw["dose_mg"], 0.0, raw.get("infusion_min"), raw.get("devices"))
    line = timeline_of(model, check_doses(model, [dose]), person)
    place = [one.id for one in model.analytes].index(raw["analyte"])
    if raw["measure"] == "auc":
        ours = float(line.areas(raw["until_min"])[place]) if "until_min" in raw else _whole_area(line, place)
        ours /= MINUTES_PER_HOUR if raw["unit"] == "ng·h/mL" else 1
    else:
        height, when = Peaks(line).peak(place)
        ours = height if raw["measure"] == "cmax" else when
    error = (ours / raw["published"] - 1) * PERCENT
    provenance = read_provenance(raw, sources)
    return Row(
        model=model.id,
        given=_given(raw),
        analyte=raw["analyte"],
        measure=_measure(raw),
        unit=raw["unit"],
        published=raw["published"],
        ours=ours,
        error_percent=error,
        within_percent=raw["within_percent"],
        misses=abs(error) > line_percent,
        note=raw.get("note", ""),
        confidence=str(provenance.confidence),
        source=tuple(one.title for one in provenance.sources),
    )


def _measure(raw: dict[str, Any]) -> str:
    if raw["measure"] != "auc":
        return str(raw["measure"])
    return f"auc 0 to {raw['until_min'] / MINUTES_PER_HOUR:g} h" if "until_min" in raw else "auc"


def _given(raw: dict[str, Any]) -> str:
    parts = [f"{raw['dose_mg']:g} mg {raw['route']}"]
    if "infusion_min" in raw:
        parts.append(f"over {raw['infusion_min']:g} min")
    if "devices" in raw:
        parts.append(f"{raw['devices']} device(s)")
    if "age_years" in raw:
        parts.append(f"{raw['age_years']} years")
    if "ancestry" in raw:
        parts.append(raw["ancestry"])
    return ", ".join(parts)


def _whole_area(line: Timeline, place: int) -> float:
    area = area_to_infinity(line)[place]
    return float("inf") if area is None else area
