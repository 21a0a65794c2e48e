"""A dosing protocol as data: what is given how, how much, how often. Doses are mg of base."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.provenance import Provenance

MG_PER_KG = "mg-per-kg"


@dataclass(frozen=True, slots=True)
class DoseClass:
    """A range of doses that is meant to bring an experience of a kind."""

    id: str
    title: str
    minimum: float
    maximum: float
    experience: str
    therapist_required: bool | None


@dataclass(frozen=True, slots=True)
class DoseRange:
    """How much, in mg or in mg per kg; None where the source prints nothing, and then nothing is invented.

    ``allowed``: the only doses that can be made; ``first_day``: the only ones of the first day;
    ``weight``: which weight counts; ``cap_mg``: never more.
    """

    basis: str
    minimum: float | None
    start: float | None
    maximum: float | None
    step: float | None
    weight: str | None
    cap_mg: float | None
    allowed: tuple[float, ...]
    first_day: tuple[float, ...]
    classes: tuple[DoseClass, ...]
    note: str
    provenance: Provenance

    @property
    def by_weight(self) -> bool:
        return self.basis == MG_PER_KG

    @property
    def unit(self) -> str:
        return "mg/kg" if self.by_weight else "mg"


@dataclass(frozen=True, slots=True)
class Infusion:
    """Over how many minutes."""

    minutes: float
    note: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Device:
    """A nasal spray: how much is in one, how many sprays that is, and the minutes between two devices."""

    mg: float
    sprays: int
    interval_minutes: float
    note: str
    provenance: Provenance

    def count_for(self, dose_mg: float) -> int | None:
        """How many devices make this dose; None where no whole number does."""
        count = round(dose_mg / self.mg)
        return count if count * self.mg == dose_mg else None


@dataclass(frozen=True, slots=True)
class Between:
    """A low and a high end, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Mouth:
    """How long it is held in the mouth."""

    hold_minutes: Between
    note: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many sessions a series has."""

    minimum: int | None
    typical: int | None
    maximum: int | None
    note: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Frequency:
    """How often, from one week to another (both included, week 1 begins with the first dose).

    ``per_week``: so many sessions within 7 days; ``gap_days``: so many days from one session to the next.
    ``from_course``: the weeks count from the first dose of the course, else from the first of the phase.
    """

    phase: str
    from_course: bool
    from_week: int
    to_week: int | None
    per_week: Between | None
    gap_days: Between | None
    words: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Kinetics:
    """How much arrives in the blood, and when; what a curve can't be drawn from."""

    bioavailability_percent: Between | None
    onset_minutes: Between | None
    peak_minutes: Between | None
    duration_minutes: Between | None
    note: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Unknown:
    """What the source does not print: the field, and what the order page says of it."""

    field: str
    message: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Protocol:
    """A dosing protocol; ``version`` is the hash of all it says.

    ``monitoring``: the schedule of vital signs (gates/monitoring.toml), which also holds the shortest time under
    observation. ``maintenance``: the protocol that follows it in maintenance, empty where there is none.
    """

    id: str
    title: str
    version: str
    substance: str
    route: str
    jurisdiction: str
    monitoring: str
    maintenance: str
    dose: DoseRange
    infusion: Infusion | None
    device: Device | None
    mouth: Mouth | None
    sessions: Sessions | None
    frequency: tuple[Frequency, ...]
    kinetics: Kinetics | None
    unknown: tuple[Unknown, ...]
    notes: tuple[str, ...]

    @property
    def provenances(self) -> tuple[Provenance, ...]:
        """Where every part of it comes from."""
        parts = (self.dose, self.infusion, self.device, self.mouth, self.sessions, self.kinetics)
        return tuple(part.provenance for part in (*parts, *self.frequency, *self.unknown) if part is not None)
