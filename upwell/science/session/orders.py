"""What is looked at in an order: the protocol's first day, range, step and schedule, weight, dilution, check.

Each becomes an answer that the rules in gates/order.toml ask for. What is not known leaves its answer out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from upwell.knowledge.gates.loader import load_log_reading
from upwell.knowledge.protocols import Protocol, known_protocols, load_protocol
from upwell.science.rules.case import Reading
from upwell.science.session.order import RULES, Order, close
from upwell.science.session.told import Told

NOT_CHECKED = f"{RULES}not-checked"
INDUCTION = "induction"


def order_answers(
    told: Told, course: Mapping[str, Any], at: datetime, weight_on_record: float | None = None
) -> dict[str, bool]:
    """The answers that the order in force gives at a moment. ``course``: what was given and weighed before."""
    order = told.ledger.order
    if order is None:
        return {}
    measured = told.series.get("vitals.weight_kg", ())
    found = {
        **_dilution(order),
        **_weight(order, _weight_before(measured, course.get("weights") or (), weight_on_record)),
        **_check(told, order),
    }
    name = order.event.body.get("protocol")
    if name in known_protocols() and order.dose_mg:
        found |= _by_protocol(load_protocol(name), order, course, told.ledger.first_at or at)
    return found


def is_checked(told: Told, order: Order) -> bool:
    """Whether another person than whoever ordered it has confirmed the very dose that stands in the order."""
    check = told.order_checks.get(order.event.id)
    if check is None or check.author is None or order.event.author is None:
        return False
    agreed = check.body.get("value")
    same_dose = agreed is True or (not isinstance(agreed, bool) and agreed == order.own_mg)
    return same_dose and check.author.id not in {order.event.author.id, _ordered_by(order)}


def wants_check(order: Order) -> bool:
    """Whether the practice's rule asked for a second person when the order was signed."""
    return order.event.body.get("second_check") is True


def check_of(told: Told) -> str:
    """``checked``, ``wanted``, or nothing: how the second check of the order in force stands."""
    order = told.ledger.order
    if order is None:
        return ""
    if is_checked(told, order):
        return "checked"
    return "wanted" if wants_check(order) else ""


def check_event(told: Told, order: Order) -> str | None:
    """The entry by which another person confirmed the order."""
    return told.order_checks[order.event.id].id if is_checked(told, order) else None


def is_undiluted(
    route: str | None, strength: float | None, diluted_to_ml: float | None, volume_ml: float | None
) -> bool:
    """Whether a concentrated vial would go into a vein as it is. Dilution that is not said is none."""
    reading = load_log_reading()
    if route not in reading.undiluted_routes or not strength or strength < reading.undiluted_from_mg_per_ml:
        return False
    if not diluted_to_ml or not volume_ml:
        return True
    return strength * volume_ml / diluted_to_ml >= reading.undiluted_from_mg_per_ml


def _ordered_by(order: Order) -> str | None:
    by = order.event.body.get("by")
    return by["id"] if isinstance(by, Mapping) else by


def _dilution(order: Order) -> dict[str, bool]:
    body = order.event.body
    strength = body.get("concentration_mg_per_ml")
    if strength is None:
        return {}
    volume = body.get("volume_ml") or ((order.own_mg or 0) / strength)
    return {"order_undiluted": is_undiluted(order.route, strength, body.get("diluted_to_ml"), volume)}


def _weight_before(
    measured: Sequence[Reading], earlier: Sequence[Mapping[str, Any]], on_record: float | None
) -> float | None:
    """The weight of today; where nobody weighed today, the latest one of the sessions before, then the chart's."""
    if measured:
        return measured[-1].value
    latest = max(earlier, key=lambda one: str(one["at"]), default=None)
    return on_record if latest is None else latest["weight_kg"]


def _weight(order: Order, known: float | None) -> dict[str, bool]:
    ordered = order.event.body.get("weight_kg")
    if ordered is None or known is None:
        return {}
    return {"order_weight_differs": abs(known - ordered) >= load_log_reading().weight_at_least * ordered}


def _check(told: Told, order: Order) -> dict[str, bool]:
    if not wants_check(order):
        return {}
    return {"order_check_wanted": True, "order_checked": is_checked(told, order)}


def _by_protocol(
    protocol: Protocol, order: Order, course: Mapping[str, Any], at: datetime
) -> dict[str, bool]:
    dose, mg = protocol.dose, order.dose_mg or 0.0
    amount = _in_unit(protocol, mg, order)
    found: dict[str, bool] = {}
    above = (
        amount is not None
        and dose.maximum is not None
        and amount > dose.maximum
        and not close(amount, dose.maximum)
    )
    found["order_above_range"] = above or (bool(dose.allowed) and mg not in dose.allowed)
    if "doses" not in course:  # nobody said what was given before
        return found
    here = at.tzinfo
    earlier = sorted(
        (one for one in course["doses"] or () if datetime.fromisoformat(one["at"]) < at),
        key=lambda one: one["at"],
    )
    if not earlier:
        if dose.first_day:
            found["order_first_day_high"] = mg > max(dose.first_day)
        elif amount is not None and dose.start is not None:
            found["order_above_start"] = amount > dose.start and not close(amount, dose.start)
        return found
    last = _in_unit(protocol, earlier[-1].get("dose_mg") or 0.0, order, given=True)
    if dose.step is not None and amount is not None and last:
        most = last + dose.step
        found["order_step_high"] = amount > most and not close(amount, most)
    days = [datetime.fromisoformat(one["at"]).astimezone(here).date() for one in earlier]
    found["order_too_early"] = _is_too_early(protocol, course, days, at)
    return found


def _is_too_early(protocol: Protocol, course: Mapping[str, Any], days: Sequence[date], at: datetime) -> bool:
    from upwell.science.measures.dosing import too_early

    began = course.get("phase_began")
    since = datetime.fromisoformat(began).astimezone(at.tzinfo).date() if began else days[0]
    return too_early(protocol, course.get("phase") or INDUCTION, days, at.date(), since) is not None


def _in_unit(protocol: Protocol, mg: float, order: Order, *, given: bool = False) -> float | None:
    """The dose as the protocol measures it; what was given before, by the weight of this order."""
    if not protocol.dose.by_weight:
        return mg
    body = order.event.body
    weight = body.get("weight_kg")
    if not given and body.get("dose_mg_per_kg") is not None:
        per_kg: float = body["dose_mg_per_kg"]
        return per_kg + (order.before_mg / weight if weight else 0.0)
    return mg / weight if weight else None
