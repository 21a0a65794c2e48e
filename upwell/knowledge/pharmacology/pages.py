"""What stands beside curves on pages: clearances that disagree, published effects, how pages draw."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.arithmetic import PERCENT
from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.provenance import Provenance, read_provenance


@dataclass(frozen=True, slots=True)
class Clearance:
    """A clearance that was published, to stand beside those of the models."""

    substance: str
    litres_per_hour: float
    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect with a published link to a dose or a concentration: an illustration, never a target."""

    id: str
    substance: str
    title: str
    text: str
    provenance: Provenance
    concentration_ng_ml: float | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """A dose of a published study, with which a page begins."""

    substance: str
    route: str
    provenance: Provenance
    dose_mg: float | None = None
    dose_mg_per_kg: float | None = None
    infusion_min: float | None = None

    def mg(self, weight_kg: float) -> float:
        """The dose for somebody of that weight."""
        return self.dose_mg or (self.dose_mg_per_kg or 0.0) * weight_kg


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with where it comes from."""

    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Drawing:
    """How far and how fine pages draw, and for whom."""

    until_min: int
    step_min: int
    band_people: int
    band_seed: int
    weights_kg: tuple[float, ...]
    bedside_before_min: int
    bedside_after_min: int
    patient_until_min: int


@dataclass(frozen=True, slots=True)
class Pages:
    """All of it."""

    clearances: tuple[Clearance, ...]
    effects: tuple[Effect, ...]
    not_a_target: Said
    examples: tuple[Example, ...]
    timing: Said
    timing_share: float
    drawing: Drawing


@kept
def load_pages() -> Pages:
    """What pages show beside curves, checked once and then kept."""
    file = file_of("pharmacology/pages.toml", "pk-pages")
    raw, sources = file.content, file.content["sources"]
    names = ("source", "confidence", "verify")
    drawing = {key: value for key, value in raw["drawing"].items() if key not in names}
    return Pages(
        clearances=tuple(
            Clearance(one["substance"], one["litres_per_hour"], one["text"], read_provenance(one, sources))
            for one in raw["clearances"]
        ),
        effects=tuple(
            Effect(
                **{key: one[key] for key in ("id", "substance", "title", "text")},
                provenance=read_provenance(one, sources),
                concentration_ng_ml=one.get("concentration_ng_ml"),
            )
            for one in raw["effects"]
        ),
        not_a_target=_said(raw["not_a_target"], sources),
        examples=tuple(
            Example(
                one["substance"],
                one["route"],
                read_provenance(one, sources),
                **{key: one.get(key) for key in ("dose_mg", "dose_mg_per_kg", "infusion_min")},
            )
            for one in raw["examples"]
        ),
        timing=_said(raw["timing"], sources),
        timing_share=raw["timing"]["share_percent"] / PERCENT,
        drawing=Drawing(**{**drawing, "weights_kg": tuple(drawing["weights_kg"])}),
    )


def _said(raw: dict[str, object], sources: dict[str, dict[str, str]]) -> Said:
    return Said(str(raw["text"]), read_provenance(raw, sources))
