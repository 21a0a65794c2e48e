"""Schedules of measures: what a person is asked when, after each dose and over the phases of a course."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from upwell.base.errors import NotFound
from upwell.knowledge.edition import kept, names_in, text_of
from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.instrument import Instrument
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.knowledge.provenance import Provenance
from upwell.knowledge.toml_file import KnowledgeFile, read_knowledge
from upwell.knowledge.toml_file import Path as Place

FIRST_DOSE = "first-dose"
STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class AfterDose:
    """A measure after each dose: when it can first be answered, when it is due, late, and closed; from the dose on."""

    id: str
    title: str
    instrument: str
    opens: timedelta
    due: timedelta
    late: timedelta
    closes: timedelta
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Series:
    """Measures that come again and again over a phase; ``late`` and ``closes`` count from when one opens.

    ``from_first_dose``: the days count from the first dose of the phase, else from its beginning;
    ``until_first_dose``: it is over with the first dose of the course.
    """

    id: str
    title: str
    instruments: tuple[str, ...]
    phases: tuple[str, ...]
    from_first_dose: bool
    until_first_dose: bool
    first: timedelta
    every: timedelta
    late: timedelta
    closes: timedelta
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is asked when; ``version`` is the hash of all it says."""

    id: str
    title: str
    version: str
    ahead: timedelta
    after_each_dose: tuple[AfterDose, ...]
    series: tuple[Series, ...]

    def title_of(self, part: str) -> str:
        """What a measure of this part of the schedule is called; empty where there is no such part."""
        every: tuple[AfterDose | Series, ...] = (*self.after_each_dose, *self.series)
        return next((one.title for one in every if one.id == part), "")


def known_schedules() -> list[str]:
    """The ids of all schedules that come with the product."""
    return names_in("schedules")


@kept
def load_schedule(schedule_id: str = STANDARD) -> Schedule:
    """A schedule by its id; raises ``NotFound`` that lists the known ones."""
    if schedule_id not in known_schedules():
        known = ", ".join(known_schedules())
        raise NotFound(f"There is no schedule “{schedule_id}”. Known: {known}.", path="schedule")
    name = f"schedules/{schedule_id}.toml"
    return parse_schedule(text_of(name), name=name)


def parse_schedule(text: str, *, name: str) -> Schedule:
    """A schedule from the text of a file; ``name`` is for its errors, which carry the line."""
    file = read_knowledge(text, name=name, kind="schedule")
    for place, message in (*_ids(file), *_after_dose_problems(file), *_series_problems(file)):
        raise file.error(message, place)
    raw = file.content
    return Schedule(
        id=raw["id"],
        title=raw["title"],
        version=file.version,
        ahead=timedelta(days=raw["ahead"]["days"]),
        after_each_dose=tuple(
            _after_dose(file, place, one) for place, one in enumerate(raw["after_each_dose"])
        ),
        series=tuple(_series(file, place, one) for place, one in enumerate(raw["series"])),
    )


def _after_dose(file: KnowledgeFile, place: int, raw: dict[str, Any]) -> AfterDose:
    return AfterDose(
        id=raw["id"],
        title=raw["title"],
        instrument=raw["instrument"],
        **{key: timedelta(hours=raw[f"{key}_hours"]) for key in ("opens", "due", "late", "closes")},
        provenance=provenance_at(file, raw, ("after_each_dose", place)),
    )


def _series(file: KnowledgeFile, place: int, raw: dict[str, Any]) -> Series:
    return Series(
        id=raw["id"],
        title=raw["title"],
        instruments=tuple(raw["instruments"]),
        phases=tuple(raw["phases"]),
        from_first_dose=raw["begins"] == FIRST_DOSE,
        until_first_dose=raw["ends"] == FIRST_DOSE,
        **{key: timedelta(days=raw[f"{key}_days"]) for key in ("first", "every", "late", "closes")},
        provenance=provenance_at(file, raw, ("series", place)),
    )


# --- what a schema can't say ---
Problem = tuple[Place, str]


def _ids(file: KnowledgeFile) -> Iterator[Problem]:
    seen: set[str] = set()
    for part in ("after_each_dose", "series"):
        for place, one in enumerate(file.content[part]):
            if one["id"] in seen:
                yield (part, place, "id"), f"“{one['id']}” stands here twice"
            seen.add(one["id"])
    if Path(file.name).stem != file.content["id"]:
        yield ("id",), f"the id should be “{Path(file.name).stem}”, as the file is called"


def _after_dose_problems(file: KnowledgeFile) -> Iterator[Problem]:
    """A check-in opens before it is due, is due before it is late, and looks back over nothing before the dose."""
    for place, one in enumerate(file.content["after_each_dose"]):
        where: Place = ("after_each_dose", place)
        moments = [one[f"{key}_hours"] for key in ("opens", "due", "late", "closes")]
        if moments != sorted(moments) or moments[0] == moments[-1]:
            yield where, f"“{one['id']}” should open, be due, be late and close in this order"
        yield from _cant_be_asked(one["instrument"], (*where, "instrument"))
        if _recall(one["instrument"]) > timedelta(hours=one["opens_hours"]):
            yield (*where, "opens_hours"), f"{one['instrument']} looks back further than the dose"


def _series_problems(file: KnowledgeFile) -> Iterator[Problem]:
    """An instrument is asked no sooner after the first dose than it looks back, and never twice within that time."""
    for place, one in enumerate(file.content["series"]):
        where: Place = ("series", place)
        if not one["late_days"] <= one["closes_days"] <= one["every_days"]:
            yield (
                (*where, "closes_days"),
                f"“{one['id']}” should close after it is late, and before the next opens",
            )
        for name in one["instruments"]:
            yield from _cant_be_asked(name, (*where, "instruments"))
            recall = _recall(name)
            if one["begins"] == FIRST_DOSE and timedelta(days=one["first_days"]) < recall:
                yield (
                    (*where, "first_days"),
                    f"{name} looks back {recall.days} days: not sooner after the dose",
                )
            if timedelta(days=one["every_days"]) < recall:
                yield (
                    (*where, "every_days"),
                    f"{name} looks back {recall.days} days: not more often than that",
                )


def _cant_be_asked(name: str, where: Place) -> Iterator[Problem]:
    if name not in known_instruments():
        yield where, f"there is no instrument “{name}”"
        return
    known: Instrument = load_instrument(name)
    if known.respondent != "patient" or not known.has_wording:
        yield where, f"{known.name} can't be shown to a patient"


def _recall(name: str) -> timedelta:
    return timedelta(days=load_instrument(name).recall_days if name in known_instruments() else 0)
