"""Who the curve is for: weight, age, ancestry; one person, or a table of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from upwell.base.errors import BadInput
from upwell.knowledge.pharmacology import load_facts
from upwell.science.pharmacology.number import number

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Person:
    """One person. What a model does not use does not change its curve, and the result says so."""

    weight_kg: float
    age_years: float
    ancestry: str | None = None

    @classmethod
    def of(
        cls,
        weight_kg: float | None = None,
        age_years: float | None = None,
        ancestry: str | None = None,
        *,
        path: str = "",
    ) -> Person:
        """A person from what is known; a typical adult where nothing is said. Raises ``BadInput``."""
        facts = load_facts()
        weight = facts.limits["weight_kg"].default if weight_kg is None else weight_kg
        age = facts.limits["age_years"].default if age_years is None else age_years
        if ancestry is not None and ancestry not in facts.ancestries:
            known = ", ".join(facts.ancestries)
            raise BadInput(
                f"“{ancestry}” is no ancestry that a model knows: {known}.", path=f"{path}ancestry"
            )
        return cls(
            number(weight, "weight_kg", path=path, above_minimum=True),
            number(age, "age_years", path=path),
            ancestry,
        )


@dataclass(frozen=True, slots=True)
class People:
    """Many people as columns, each of shape (n,): kg, years, ancestry."""

    weight_kg: Array
    age_years: Array
    ancestry: NDArray[np.str_]

    @classmethod
    def of(cls, persons: Sequence[Person], count: int | None = None) -> People:
        """The persons as columns, repeated in turn until there are ``count``."""
        rows = np.arange(len(persons) if count is None else count) % len(persons)
        return cls(
            np.array([one.weight_kg for one in persons], dtype=np.float64)[rows],
            np.array([one.age_years for one in persons], dtype=np.float64)[rows],
            np.array([one.ancestry or "" for one in persons])[rows],
        )

    def __len__(self) -> int:
        return len(self.weight_kg)

    def part(self, which: slice) -> People:
        return People(self.weight_kg[which], self.age_years[which], self.ancestry[which])


_COLUMNS = ("weight_kg", "age_years", "ancestry")


def read_people(table: Any) -> list[Person]:
    """People from a table: a list of objects with ``weight_kg``, ``age_years``, ``ancestry``."""
    if not isinstance(table, list) or not table:
        raise BadInput("People are a list of objects, such as [{“weight_kg”: 82}].", path="people")
    return [_read_person(row, f"people.{place}.") for place, row in enumerate(table)]


def _read_person(row: Any, path: str) -> Person:
    if not isinstance(row, Mapping):
        raise BadInput("A person is an object, such as {“weight_kg”: 82}.", path=path.rstrip("."))
    for key in row:
        if key not in _COLUMNS:
            raise BadInput(
                f"“{key}” is not known of a person. Known: {', '.join(_COLUMNS)}.", path=f"{path}{key}"
            )
    ancestry = row.get("ancestry")
    if ancestry is not None and not isinstance(ancestry, str):
        raise BadInput("An ancestry is a word.", path=f"{path}ancestry")
    return Person.of(row.get("weight_kg"), row.get("age_years"), ancestry, path=path)
