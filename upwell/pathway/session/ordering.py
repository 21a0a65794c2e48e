"""The arithmetic of an order, shown line by line, and what the protocol says to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from upwell.base.errors import BadInput
from upwell.knowledge.protocols import Protocol, known_protocols, load_protocol

INFUSED = frozenset({"iv"})
DRAWN_UP = frozenset({"iv", "im", "sc"})
MINUTES_AN_HOUR = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the prescriber filled in."""

    substance: str
    route: str
    protocol: Protocol | None = None
    dose_mg: float | None = None
    dose_mg_per_kg: float | None = None
    weight_kg: float | None = None
    infusion_min: float | None = None
    strength_mg_per_ml: float | None = None
    diluted_to_ml: float | None = None
    given_mg: float = 0.0  # what was given before, where a further dose is ordered besides it


@dataclass(slots=True)
class Worked:
    """The order worked out: the event's body, each line of arithmetic, and what to weigh before it is signed."""

    body: dict[str, Any]
    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    dose_mg: float = 0.0


def work_out(wanted: Wanted) -> Worked:
    """The dose in mg with its arithmetic. Raises ``BadInput`` where it can't be made, or the protocol forbids it."""
    worked = Worked({"substance": wanted.substance, "route": wanted.route})
    worked.dose_mg = _dose(wanted, worked)
    worked.body["dose_mg"] = worked.dose_mg
    if wanted.given_mg:
        worked.body["further"] = True
        worked.lines.append(
            _("%(given)s mg given + %(dose)s mg = %(total)s mg in this session")
            % _said(given=wanted.given_mg, dose=worked.dose_mg, total=_total(wanted, worked))
        )
    protocol = wanted.protocol
    if protocol is None:
        worked.warnings.append(
            _(
                "No protocol is chosen: no published dose or maximum stands behind this order. The medical"
                " director's policy counts."
            )
        )
    else:
        worked.body["protocol"] = protocol.id
        _ask_protocol(protocol, wanted, worked)
    _devices(protocol, worked)
    _volume(wanted, worked)
    _infusion(wanted, worked)
    return worked


def _dose(wanted: Wanted, worked: Worked) -> float:
    per_kg, weight = wanted.dose_mg_per_kg, wanted.weight_kg
    if weight is not None:
        worked.body["weight_kg"] = weight
    if per_kg is None:
        if wanted.dose_mg is None:
            raise BadInput(_how_much(wanted.protocol), path="dose_mg")
        if weight:
            each = wanted.dose_mg / weight
            worked.lines.append(
                _("%(dose)s mg / %(weight)s kg = %(each)s mg/kg")
                % _said(dose=wanted.dose_mg, weight=weight, each=each)
            )
        return wanted.dose_mg
    if not weight:
        raise BadInput(_("mg/kg needs the weight."), path="weight_kg")
    made = round(per_kg * weight, 1)
    worked.body["dose_mg_per_kg"] = per_kg
    worked.lines.append(
        _("%(each)s mg/kg × %(weight)s kg = %(dose)s mg") % _said(each=per_kg, weight=weight, dose=made)
    )
    if wanted.dose_mg is not None and wanted.dose_mg != made:
        raise BadInput(
            _("mg and mg/kg are both given and differ: it makes %(dose)s mg. Leave one of them empty.")
            % _said(dose=made),
            path="dose_mg",
        )
    return made


def _how_much(protocol: Protocol | None) -> str:
    if protocol is None or protocol.dose.start is None:
        return _("How much? Give mg, or mg/kg with the weight.")
    return _("How much? This protocol begins with %(start)s %(unit)s.") % {
        "unit": protocol.dose.unit,
        **_said(start=protocol.dose.start),
    }


def _ask_protocol(protocol: Protocol, wanted: Wanted, worked: Worked) -> None:
    if (protocol.substance, protocol.route) != (wanted.substance, wanted.route):
        raise BadInput(_("This protocol is for another substance or route."), path="protocol")
    dose = protocol.dose
    total = _total(wanted, worked)
    if dose.allowed and total not in dose.allowed:
        allowed = _(" or ").join(f"{one:g}" for one in dose.allowed)
        raise BadInput(
            _("By this protocol %(allowed)s mg are given, not %(dose)s mg.")
            % {"allowed": allowed, **_said(dose=total)},
            path="dose_mg",
        )
    if dose.cap_mg is not None and total > dose.cap_mg:
        raise BadInput(
            _("The protocol never gives more than %(cap)s mg.") % _said(cap=dose.cap_mg), path="dose_mg"
        )
    amount = _in_unit(protocol, wanted, worked)
    if amount is None:
        worked.warnings.append(
            _("The protocol is in mg/kg. Without the weight the dose can't be held against it.")
        )
    elif dose.maximum is not None and amount > dose.maximum:
        raise BadInput(
            _("%(amount)s %(unit)s is above the protocol's maximum of %(most)s %(unit)s.")
            % {"unit": dose.unit, **_said(amount=amount, most=dose.maximum)},
            path="dose_mg_per_kg" if dose.by_weight else "dose_mg",
        )
    elif dose.minimum is not None and amount < dose.minimum:
        worked.warnings.append(
            _("%(amount)s %(unit)s is below the range of the protocol, which begins at %(least)s %(unit)s.")
            % {"unit": dose.unit, **_said(amount=amount, least=dose.minimum)}
        )
    worked.lines += _meant(protocol, amount)
    if dose.maximum is None:
        worked.warnings.append(_("No maximum is published for it. The medical director's policy counts."))
    worked.warnings += [one.message for one in protocol.unknown if one.field != "frequency"]


def _in_unit(protocol: Protocol, wanted: Wanted, worked: Worked) -> float | None:
    """The total of the day as the protocol measures it."""
    if not protocol.dose.by_weight:
        return _total(wanted, worked)
    if wanted.dose_mg_per_kg is not None and not wanted.given_mg:
        return wanted.dose_mg_per_kg
    return _total(wanted, worked) / wanted.weight_kg if wanted.weight_kg else None


def _total(wanted: Wanted, worked: Worked) -> float:
    return round(wanted.given_mg + worked.dose_mg, 3)


def _devices(protocol: Protocol | None, worked: Worked) -> None:
    device = protocol.device if protocol is not None else None
    if device is None:
        return
    count = device.count_for(worked.dose_mg)
    if not count:
        raise BadInput(
            _("%(dose)s mg can't be made of devices of %(each)s mg.")
            % _said(dose=worked.dose_mg, each=device.mg),
            path="dose_mg",
        )
    worked.body["devices"] = count
    worked.lines.append(
        _(
            "%(dose)s mg = %(count)s × %(each)s mg (%(sprays)s sprays), %(minutes)s minutes from one device to the next"
        )
        % _said(
            dose=worked.dose_mg,
            count=count,
            each=device.mg,
            sprays=count * device.sprays,
            minutes=device.interval_minutes,
        )
    )
    worked.lines.append(device.note)


def _volume(wanted: Wanted, worked: Worked) -> None:
    """What is drawn up, and what it is diluted to."""
    strength, whole = wanted.strength_mg_per_ml, wanted.diluted_to_ml
    if wanted.route not in DRAWN_UP or strength is None:
        if whole is not None and wanted.route in INFUSED:
            worked.body["diluted_to_ml"] = whole
        return
    volume = worked.dose_mg / strength
    worked.body |= {"concentration_mg_per_ml": strength, "volume_ml": round(volume, 3)}
    worked.lines.append(
        _("%(dose)s mg / %(strength)s mg/mL = %(volume)s mL to draw up")
        % _said(dose=worked.dose_mg, strength=strength, volume=volume)
    )
    if whole is None or wanted.route not in INFUSED:
        return
    if whole < volume:
        raise BadInput(
            _("%(volume)s mL are drawn up: they can't be diluted to %(whole)s mL.")
            % _said(volume=volume, whole=whole),
            path="diluted_to_ml",
        )
    worked.body["diluted_to_ml"] = whole
    worked.lines.append(
        _("%(volume)s mL diluted to %(whole)s mL: %(dose)s mg / %(whole)s mL = %(each)s mg/mL")
        % _said(volume=volume, whole=whole, dose=worked.dose_mg, each=worked.dose_mg / whole)
    )


def _infusion(wanted: Wanted, worked: Worked) -> None:
    if wanted.route not in INFUSED:
        return
    minutes = wanted.infusion_min
    if minutes is None and wanted.protocol is not None and wanted.protocol.infusion is not None:
        minutes = wanted.protocol.infusion.minutes
    if minutes is None:
        raise BadInput(_("Over how many minutes?"), path="infusion_min")
    worked.body["infusion_min"] = minutes
    rate = worked.dose_mg / minutes
    worked.lines.append(
        _("%(dose)s mg / %(minutes)s min = %(rate)s mg/min")
        % _said(dose=worked.dose_mg, minutes=minutes, rate=rate)
    )
    whole = worked.body.get("diluted_to_ml") or worked.body.get("volume_ml")
    if whole:
        worked.lines.append(
            _("%(whole)s mL / %(minutes)s min × %(hour)s min/h = %(rate)s mL/h")
            % _said(
                whole=whole, minutes=minutes, hour=MINUTES_AN_HOUR, rate=whole / minutes * MINUTES_AN_HOUR
            )
        )


def wanted_of(body: Mapping[str, Any], given_mg: float = 0.0) -> Wanted:
    """What an order that is on record wanted: its arithmetic can be shown again to whoever checks it."""
    name = body.get("protocol")
    return Wanted(
        substance=body.get("substance") or "",
        route=body.get("route") or "",
        protocol=load_protocol(name) if name in known_protocols() else None,
        dose_mg=body.get("dose_mg"),
        dose_mg_per_kg=body.get("dose_mg_per_kg"),
        weight_kg=body.get("weight_kg"),
        infusion_min=body.get("infusion_min"),
        strength_mg_per_ml=body.get("concentration_mg_per_ml"),
        diluted_to_ml=body.get("diluted_to_ml"),
        given_mg=given_mg,
    )


def _meant(protocol: Protocol, amount: float | None) -> list[str]:
    """Which experience the dose is meant to bring, where the protocol has classes; and who has to be there."""
    found = []
    for one in protocol.dose.classes:
        if amount is None or not one.minimum <= amount <= one.maximum:
            continue
        words = _("%(title)s range (%(least)s to %(most)s %(unit)s): %(experience)s.") % {
            "title": one.title,
            "unit": protocol.dose.unit,
            "experience": one.experience,
            **_said(least=one.minimum, most=one.maximum),
        }
        found.append(f"{words} {_('A therapist has to be there.')}" if one.therapist_required else words)
    return found


def _said(**numbers: float) -> Mapping[str, str]:
    return {name: f"{value:.4g}" for name, value in numbers.items()}
