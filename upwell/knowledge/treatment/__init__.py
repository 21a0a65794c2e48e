"""Treatment history: what an adequate trial is, and how resistance to treatment is staged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.gates.build import provenance_at
from upwell.knowledge.provenance import Provenance, frozen
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Antidepressant:
    """An antidepressant: its class, its codes, and its minimum adequate dose where a source gives one."""

    name: str
    names: tuple[str, ...]
    rxnorm: str | None
    drug_class: str
    minimum_mg_per_day: float | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Adequacy:
    """What makes a trial adequate, and what makes it a failure."""

    weeks: float
    adherence_percent: float
    failed_below_percent: float
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a scale: up to and with this, so many points."""

    up_to: float | None
    points: int


@dataclass(frozen=True, slots=True)
class Maudsley:
    """The Maudsley Staging Method: points for duration, severity, failed drugs, augmentation and ECT."""

    duration: tuple[Step, ...]
    severity: Mapping[str, int]
    failed: tuple[Step, ...]
    augmentation: int
    ect: int
    bands: tuple[tuple[float, str], ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ThaseRushStage:
    """One stage: how many classes failed, and which must be among them."""

    stage: str
    classes: int
    needs: tuple[str, ...]
    bilateral_ect: bool


@dataclass(frozen=True, slots=True)
class Treatment:
    """All that is known about trials and staging."""

    antidepressants: tuple[Antidepressant, ...]
    adequacy: Adequacy
    regulatory_failed: int
    regulatory: Provenance
    maudsley: Maudsley
    thase_rush: tuple[ThaseRushStage, ...]
    thase_rush_provenance: Provenance
    version: str


def build_treatment(file: KnowledgeFile) -> Treatment:
    """The staging rules that a file describes."""
    raw = file.content
    drugs = tuple(_drug(file, name, entry) for name, entry in raw["antidepressants"].items())
    adequate = raw["adequacy"]
    return Treatment(
        antidepressants=drugs,
        adequacy=Adequacy(
            weeks=adequate["weeks_at_least"],
            adherence_percent=adequate["adherence_percent_at_least"],
            failed_below_percent=adequate["failed_below_benefit_percent"],
            provenance=provenance_at(file, adequate, ("adequacy",)),
        ),
        regulatory_failed=raw["regulatory"]["failed_at_least"],
        regulatory=provenance_at(file, raw["regulatory"], ("regulatory",)),
        maudsley=_maudsley(file, raw["maudsley"]),
        thase_rush=tuple(
            ThaseRushStage(
                one["stage"], one["classes"], tuple(one.get("needs", ())), one.get("bilateral_ect", False)
            )
            for one in raw["thase_rush"]["stages"]
        ),
        thase_rush_provenance=provenance_at(file, raw["thase_rush"], ("thase_rush",)),
        version=file.version,
    )


def _drug(file: KnowledgeFile, name: str, raw: Mapping[str, Any]) -> Antidepressant:
    return Antidepressant(
        name=name,
        names=(name, *raw.get("names", ())),
        rxnorm=raw.get("rxnorm"),
        drug_class=raw["class"],
        minimum_mg_per_day=raw.get("minimum_mg_per_day"),
        provenance=provenance_at(file, raw, ("antidepressants", name)),
    )


def _maudsley(file: KnowledgeFile, raw: Mapping[str, Any]) -> Maudsley:
    return Maudsley(
        duration=tuple(Step(one.get("months_up_to"), one["points"]) for one in raw["duration"]),
        severity=frozen(raw["severity"]),
        failed=tuple(Step(one.get("drugs_up_to"), one["points"]) for one in raw["failed"]),
        augmentation=raw["augmentation_points"],
        ect=raw["ect_points"],
        bands=tuple((one["up_to"], one["band"]) for one in raw["bands"]),
        provenance=provenance_at(file, raw, ("maudsley",)),
    )
