"""Vital signs as a chart files them: LOINC code, UCUM unit, and what other units mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from upwell.knowledge.edition import file_of, kept
from upwell.knowledge.provenance import frozen
from upwell.knowledge.toml_file import KnowledgeFile


@dataclass(frozen=True, slots=True)
class Unit:
    """How a number in another unit becomes one in ours: times, then plus."""

    times: float
    plus: float


@dataclass(frozen=True, slots=True)
class Sign:
    """One vital sign."""

    fact: str
    code: str
    codes: frozenset[str]
    title: str
    unit: str
    words: str
    decimals: int
    in_panel: bool
    units: Mapping[str, Unit]

    @property
    def name(self) -> str:
        """The name of the fact inside its group: ``bp_systolic_mmhg``."""
        return self.fact.partition(".")[2]

    def in_our_unit(self, number: float, unit: str) -> float | None:
        """The number in our unit; None where the unit is not understood."""
        known = self.units.get(unit.strip().lower())
        return None if known is None else round(number * known.times + known.plus, self.decimals + 1)


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """All vital signs, by fact, in the order in which they are asked; and the panel of blood pressure."""

    signs: Mapping[str, Sign]
    panel: str
    panel_codes: frozenset[str]
    panel_title: str
    version: str

    def of_code(self, code: str) -> Sign | None:
        """The sign that is filed under a LOINC code."""
        return next((sign for sign in self.signs.values() if code in sign.codes), None)

    @property
    def all_codes(self) -> frozenset[str]:
        """Every LOINC code under which a vital sign may stand."""
        return self.panel_codes.union(*(sign.codes for sign in self.signs.values()))


@kept
def load_vital_signs() -> VitalSigns:
    """The vital signs that a chart knows."""
    return build_vital_signs(file_of("vitals/vitals.toml", "vital-signs"))


def build_vital_signs(file: KnowledgeFile) -> VitalSigns:
    """The vital signs that a file describes."""
    panel = file.content["panel"]
    return VitalSigns(
        signs=frozen({raw["fact"]: _sign(raw) for raw in file.content["signs"]}),
        panel=panel["code"],
        panel_codes=frozenset([panel["code"], *panel.get("also", ())]),
        panel_title=panel["title"],
        version=file.version,
    )


def _sign(raw: Mapping[str, Any]) -> Sign:
    return Sign(
        fact=raw["fact"],
        code=raw["code"],
        codes=frozenset([raw["code"], *raw.get("also", ())]),
        title=raw["title"],
        unit=raw["unit"],
        words=raw["words"],
        decimals=raw["decimals"],
        in_panel=raw.get("in_panel", False),
        units=frozen(
            {
                name.lower(): Unit(one.get("times", 1.0), one.get("plus", 0.0))
                for one in raw["units"]
                for name in one["names"]
            }
        ),
    )


def unit_words(unit: str) -> str:
    """A UCUM unit of a vital sign as people write it; any other as it stands."""
    return next((sign.words for sign in load_vital_signs().signs.values() if sign.unit == unit), unit)
