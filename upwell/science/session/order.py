"""An order: what it asks for, as it was signed, and how entries and rules about it are named."""

from __future__ import annotations

from dataclasses import dataclass

from upwell.knowledge.gates.loader import load_log_reading
from upwell.science.session.events import Event

CHECKED = "order-checked:"
RULES = "predose.order."  # how the rules about an order begin


@dataclass(frozen=True, slots=True)
class Order:
    """The order in force: the last one counts, as the total of the session.

    A further dose (a booster) is ordered besides what was given: the total is both together.
    """

    event: Event
    further: bool = False
    before_mg: float = 0.0  # what had been given when a further dose was ordered
    before_devices: int = 0

    @property
    def substance(self) -> str | None:
        found: str | None = self.event.body.get("substance")
        return found

    @property
    def route(self) -> str | None:
        found: str | None = self.event.body.get("route")
        return found

    @property
    def devices(self) -> int | None:
        """How many in all."""
        found: int | None = self.event.body.get("devices")
        return None if found is None else found + self.before_devices

    @property
    def by_weight_mg(self) -> float | None:
        """mg/kg times the weight."""
        per_kg, weight = self.event.body.get("dose_mg_per_kg"), self.event.body.get("weight_kg")
        return None if per_kg is None or weight is None else per_kg * weight

    @property
    def own_mg(self) -> float | None:
        """What this order asks for; worked out from the weight where only mg/kg was ordered."""
        told: float | None = self.event.body.get("dose_mg")
        return self.by_weight_mg if told is None else told

    @property
    def dose_mg(self) -> float | None:
        """The ordered total of the session."""
        own = self.own_mg
        return None if own is None else tidy(self.before_mg + own)

    @property
    def rate_mg_per_min(self) -> float | None:
        """The rate of an ordered infusion."""
        minutes = self.event.body.get("infusion_min")
        return None if self.own_mg is None or minutes is None else self.own_mg / minutes

    def is_open(self, given_mg: float) -> bool:
        """Whether of a further dose something is still to be given."""
        own, since = self.own_mg, given_mg - self.before_mg
        return self.further and (own is None or (since < own and not close(since, own)))


def checked_order(event: Event) -> str | None:
    """The id of the order that a checklist entry “order-checked:<id>” is about."""
    item: str = event.body["item"].strip()
    return item[len(CHECKED) :].strip().lower() if item.lower().startswith(CHECKED) else None


def close(one: float, other: float) -> bool:
    """Whether two amounts may be the same one, rounded."""
    return abs(one - other) <= load_log_reading().amount_tolerance * max(abs(one), abs(other))


def tidy(amount: float) -> float:
    """Without the crumbs of binary fractions (35.0, not 34.99999999999999)."""
    return float(f"{amount:.9g}")
