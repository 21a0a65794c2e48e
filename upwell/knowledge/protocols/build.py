"""Turns a checked protocol file into a ``Protocol``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from upwell.knowledge.arithmetic import DAYS_A_WEEK
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.protocols.model import (
    Between,
    Device,
    DoseClass,
    DoseRange,
    Frequency,
    Infusion,
    Kinetics,
    Mouth,
    Protocol,
    Sessions,
    Unknown,
)
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import KnowledgeFile, Path

Raw = Mapping[str, Any]
PARTS = ("infusion", "device", "mouth", "sessions", "kinetics")


def build_protocol(file: KnowledgeFile) -> Protocol:
    """The protocol that a file describes."""
    raw = file.content
    proven = {key: provenance_at(file, raw[key], (key,)) for key in ("dose", *PARTS) if key in raw}
    return Protocol(
        **{key: raw[key] for key in ("id", "title", "substance", "route", "monitoring")},
        version=file.version,
        jurisdiction=raw.get("jurisdiction", ""),
        maintenance=raw.get("maintenance", ""),
        dose=_dose(raw["dose"], proven["dose"]),
        infusion=_infusion(raw.get("infusion"), proven),
        device=_device(raw.get("device"), proven),
        mouth=_mouth(raw.get("mouth"), proven),
        sessions=_sessions(raw.get("sessions"), proven),
        frequency=tuple(_frequency(file, place, one) for place, one in enumerate(raw.get("frequency", ()))),
        kinetics=_kinetics(raw.get("kinetics"), proven),
        unknown=tuple(
            Unknown(one["field"], one["message"], provenance_at(file, one, ("unknown", place)))
            for place, one in enumerate(raw.get("unknown", ()))
        ),
        notes=tuple(raw.get("notes", ())),
    )


def _dose(raw: Raw, provenance: Provenance) -> DoseRange:
    numbers = ("minimum", "start", "maximum", "step", "weight", "cap_mg")
    return DoseRange(
        basis=raw["basis"],
        **{key: raw.get(key) for key in numbers},
        allowed=tuple(raw.get("allowed", ())),
        first_day=tuple(raw.get("first_day", ())),
        classes=tuple(DoseClass(**{"therapist_required": None, **one}) for one in raw.get("classes", ())),
        note=raw.get("note", ""),
        provenance=provenance,
    )


def _infusion(raw: Raw | None, proven: Mapping[str, Provenance]) -> Infusion | None:
    return None if raw is None else Infusion(raw["minutes"], raw.get("note", ""), proven["infusion"])


def _device(raw: Raw | None, proven: Mapping[str, Provenance]) -> Device | None:
    if raw is None:
        return None
    return Device(raw["mg"], raw["sprays"], raw["interval_minutes"], raw.get("note", ""), proven["device"])


def _mouth(raw: Raw | None, proven: Mapping[str, Provenance]) -> Mouth | None:
    return (
        None if raw is None else Mouth(Between(**raw["hold_minutes"]), raw.get("note", ""), proven["mouth"])
    )


def _sessions(raw: Raw | None, proven: Mapping[str, Provenance]) -> Sessions | None:
    if raw is None:
        return None
    counts = (raw.get("minimum"), raw.get("typical"), raw.get("maximum"))
    return Sessions(*counts, raw.get("note", ""), proven["sessions"])


def _frequency(file: KnowledgeFile, place: int, raw: Raw) -> Frequency:
    per_week = raw.get("per_week")
    gap_days = raw.get("every_days")
    if every_weeks := raw.get("every_weeks"):
        gap_days = {key: weeks * DAYS_A_WEEK for key, weeks in every_weeks.items()}
    return Frequency(
        phase=raw["phase"],
        from_course=raw.get("counted_from") == "course",
        from_week=raw["from_week"],
        to_week=raw.get("to_week"),
        per_week=_often(per_week),
        gap_days=_often(gap_days),
        words=raw["words"],
        provenance=provenance_at(file, raw, ("frequency", place)),
    )


def _often(raw: Raw | None) -> Between | None:
    return None if raw is None else Between(raw["at_least"], raw["at_most"])


def _kinetics(raw: Raw | None, proven: Mapping[str, Provenance]) -> Kinetics | None:
    if raw is None:
        return None
    keys = ("bioavailability_percent", "onset_minutes", "peak_minutes", "duration_minutes")
    ranges = {key: Between(**raw[key]) if key in raw else None for key in keys}
    return Kinetics(**ranges, note=raw.get("note", ""), provenance=proven["kinetics"])


# --- what a schema can't say ---
def problems(file: KnowledgeFile) -> Iterator[tuple[Path, str]]:
    """Ranges that run backwards, doses that no device makes, weeks that overlap, gaps that are not owned up to."""
    raw = file.content
    dose = raw["dose"]
    ladder = [dose[key] for key in ("minimum", "start", "maximum") if key in dose]
    if ladder != sorted(ladder):
        yield ("dose",), "lowest, starting and highest dose are out of order"
    for key in ("minimum", "start", "maximum"):
        if "allowed" in dose and key in dose and dose[key] not in dose["allowed"]:
            yield ("dose", key), "the dose is not one of those that can be made"
        if key not in dose and not any(one["field"] == f"dose.{key}" for one in raw.get("unknown", ())):
            yield ("dose",), f"there is no {key}: say so under [[unknown]]"
    if any(one not in dose.get("allowed", dose["first_day"]) for one in dose.get("first_day", ())):
        yield ("dose", "first_day"), "the dose is not one of those that can be made"
    if "device" in raw and any(one % raw["device"]["mg"] for one in dose.get("allowed", ())):
        yield ("device", "mg"), "a dose is not a whole number of devices"
    for place, one in enumerate(raw.get("frequency", ())):
        often = one.get("per_week") or one.get("every_weeks") or one["every_days"]
        if often["at_least"] > often["at_most"] or one.get("to_week", one["from_week"]) < one["from_week"]:
            yield ("frequency", place), "it runs backwards"
    yield from _weeks(raw)


def _weeks(raw: Raw) -> Iterator[tuple[Path, str]]:
    last: dict[str, int | None] = {}
    for place, one in enumerate(raw.get("frequency", ())):
        if one["phase"] in last and last[one["phase"]] != one["from_week"] - 1:
            yield ("frequency", place, "from_week"), "the weeks do not follow each other"
        last[one["phase"]] = one.get("to_week")
