"""A session in words: its states, its entries, how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.pathway.session.setting import therapist_words
from upwell.pathway.session.staffing.words import setting_title, setting_words
from upwell.science.session import CHECKED, State

STATES: dict[State, str | Promise] = {
    State.PLANNED: gettext_lazy("Planned"),
    State.ORDERED: gettext_lazy("Ordered"),
    State.ARRIVED: gettext_lazy("Here"),
    State.READY: gettext_lazy("Ready for the dose"),
    State.DOSING: gettext_lazy("Dose is being given"),
    State.OBSERVING: gettext_lazy("Under observation"),
    State.READY_TO_LEAVE: gettext_lazy("May go home"),
    State.DISCHARGED: gettext_lazy("Discharged"),
    State.ENDED: gettext_lazy("Ended"),
}
DISPOSITIONS: dict[str, str | Promise] = {
    "not-dosed": gettext_lazy("No dose was given"),
    "against-advice": gettext_lazy("Left against advice"),
    "eloped": gettext_lazy("Left without a word"),
    "transferred-ems": gettext_lazy("Taken by emergency services"),
    "admitted": gettext_lazy("Admitted to hospital"),
    "died": gettext_lazy("Died"),
}
ALARMS: dict[str, str | Promise] = {
    "bp": gettext_lazy("blood pressure"),
    "heart-rate": gettext_lazy("heart rate"),
    "spo2": gettext_lazy("SpO2"),
    "respiratory-rate": gettext_lazy("breaths"),
    "sedation": gettext_lazy("sedation"),
    "distress": gettext_lazy("distress"),
    "agitation": gettext_lazy("agitation"),
    "vomiting": gettext_lazy("vomiting"),
    "aspiration": gettext_lazy("aspiration"),
}
TYPES: dict[str, str | Promise] = {
    "ordered": gettext_lazy("Dose ordered"),
    "arrived": gettext_lazy("Arrived"),
    "left": gettext_lazy("Left"),
    "note": gettext_lazy("Note"),
    "checklist": gettext_lazy("Checklist"),
    "gate-decided": gettext_lazy("Gate decided"),
    "dose-given": gettext_lazy("Dose given"),
    "infusion-started": gettext_lazy("Infusion started"),
    "infusion-paused": gettext_lazy("Infusion paused"),
    "infusion-resumed": gettext_lazy("Infusion goes on"),
    "infusion-stopped": gettext_lazy("Infusion stopped"),
    "vitals": gettext_lazy("Vital signs"),
    "scale": gettext_lazy("Rating"),
    "distress": gettext_lazy("Distress"),
    "comfort": gettext_lazy("Comfort given"),
    "medication": gettext_lazy("Medicine given"),
    "therapist": gettext_lazy("Therapist"),
    "setting": gettext_lazy("The room"),
    "adverse-event": gettext_lazy("Unwanted event"),
    "deviation": gettext_lazy("Not as planned"),
    "near-miss": gettext_lazy("Near miss"),
    "criterion": gettext_lazy("Discharge criterion"),
    "discharged": gettext_lazy("Discharged"),
    "ended": gettext_lazy("Session ended"),
    "supply": gettext_lazy("Supply"),
    "correction": gettext_lazy("Correction"),
}
HAPPENED_OUTCOMES: dict[str, str | Promise] = {
    "resolved": gettext_lazy("Over"),
    "recovering": gettext_lazy("Getting better"),
    "ongoing": gettext_lazy("Goes on"),
    "resolvedWithSequelae": gettext_lazy("Over, with lasting harm"),
    "fatal": gettext_lazy("Died of it"),
    "unknown": gettext_lazy("Not known"),
}
CRITERIA: dict[str, str | Promise] = {
    "time-since-dose": gettext_lazy("Time since the last dose"),
    "moaa-s": gettext_lazy("Awake: MOAA/S 5 twice, 15 minutes apart"),
    "rass": gettext_lazy("Calm: RASS 0"),
    "recovery-score": gettext_lazy("Recovery score (Aldrete or PADSS)"),
    "blood-pressure": gettext_lazy("Blood pressure has settled"),
    "spo2": gettext_lazy("Oxygen saturation"),
    "oriented": gettext_lazy("Oriented to person, place, time and situation"),
    "walks-unaided": gettext_lazy("Walks unaided, as before the session"),
    "dissociation": gettext_lazy("No significant dissociation"),
    "suicidal-intent": gettext_lazy("No active suicidal intent"),
    "escort": gettext_lazy("The escort is here, and noted"),
    "written-instructions": gettext_lazy("Written instructions were given"),
    "contact-number": gettext_lazy("A number to call in the next 24 hours was given"),
}
OUTCOMES: dict[str, str | Promise] = {
    "go": gettext_lazy("go"),
    "needs-decision": gettext_lazy("still open"),
    "no-go": gettext_lazy("no-go"),
}
SUBSTANCES: dict[str, str | Promise] = {
    "esketamine": gettext_lazy("Esketamine"),
    "racemic-ketamine": gettext_lazy("Ketamine"),
}
ROUTES: dict[str, str | Promise] = {
    "iv": gettext_lazy("by vein"),
    "im": gettext_lazy("into the muscle"),
    "sc": gettext_lazy("under the skin"),
    "sublingual": gettext_lazy("under the tongue"),
    "oral": gettext_lazy("by mouth"),
    "intranasal": gettext_lazy("nasal spray"),
    "rectal": gettext_lazy("rectal"),
}
DUE: dict[str, str | Promise] = {
    "blood pressure": gettext_lazy("Blood pressure"),
    "heart rate": gettext_lazy("Heart rate"),
    "SpO2": gettext_lazy("SpO2"),
    "sedation": gettext_lazy("Sedation"),
    "a check": gettext_lazy("A check"),
}


def treatment_words(substance: str, route: str) -> str:
    """What is given, and how."""
    return ", ".join(
        str(one) for one in (SUBSTANCES.get(substance, substance), ROUTES.get(route, route)) if one
    )


def entry_title(kind: str, body: Mapping[str, Any]) -> str:
    """What kind of entry it is."""
    of_the_room = setting_title(body) if kind == "setting" else ""
    return of_the_room or str(TYPES.get(kind, kind))


def entry_words(kind: str, body: Mapping[str, Any]) -> str:
    """What an entry says, in one line."""
    say = _SAYS.get(kind)
    if say is not None:
        return say(body)
    return str(body.get("text") or body.get("term") or "")


def _vitals(body: Mapping[str, Any]) -> str:
    parts = []
    if "bp_systolic_mmhg" in body or "bp_diastolic_mmhg" in body:
        pair = [f"{body[key]:g}" if key in body else "?" for key in ("bp_systolic_mmhg", "bp_diastolic_mmhg")]
        parts.append(f"{'/'.join(pair)} mmHg")
    for key, value in body.items():
        if key.startswith("bp_") or not isinstance(value, int | float):
            continue
        entry = load_fact_book().entries.get(f"vitals.{key}")
        label, unit = (entry.label, entry.unit or "") if entry is not None else (key, "")
        parts.append(f"{label} {value:g} {unit}".strip())
    if body.get("position"):
        parts.append(str(body["position"]))
    return " · ".join(parts)


def _ordered(body: Mapping[str, Any]) -> str:
    parts = [treatment_words(str(body.get("substance", "")), str(body.get("route", "")))]
    if "dose_mg" in body:
        parts.append(f"{body['dose_mg']:g} mg")
    if "dose_mg_per_kg" in body:
        parts.append(f"{body['dose_mg_per_kg']:g} mg/kg × {body.get('weight_kg', 0):g} kg")
    if "devices" in body:
        parts.append(_("%(n)d devices") % {"n": body["devices"]})
    if "infusion_min" in body:
        parts.append(_("over %(n)s min") % {"n": f"{body['infusion_min']:g}"})
    return " · ".join(parts)


def _dose(body: Mapping[str, Any]) -> str:
    parts = [f"{body['dose_mg']:g} mg"] if "dose_mg" in body else []
    if "device" in body:
        parts.append(_("device %(n)d") % {"n": body["device"]})
    if "volume_ml" in body:
        parts.append(f"{body['volume_ml']:g} mL")
    if "concentration_mg_per_ml" in body:
        parts.append(f"{body['concentration_mg_per_ml']:g} mg/mL")
    if body.get("lot"):
        parts.append(_("lot %(lot)s") % {"lot": body["lot"]})
    return " · ".join(parts)


def _infusion(body: Mapping[str, Any]) -> str:
    rate = f"{body['rate_mg_per_min']:g} mg/min" if "rate_mg_per_min" in body else ""
    return " · ".join(one for one in (rate, str(body.get("reason") or "")) if one)


def _scale(body: Mapping[str, Any]) -> str:
    instrument = str(body["instrument"])
    if instrument not in known_instruments():
        return f"{instrument} {body.get('total', '')}".strip()
    known = load_instrument(instrument)
    total = body.get("total")
    if total is None:
        answers = [value for value in (body.get("answers") or {}).values() if isinstance(value, int | float)]
        return f"{known.name} {sum(answers):g}" if answers else known.name
    words = next((one.text for one in known.items[0].responses if one.value == total), "")
    return f"{known.name} {total:g}" + (f" · {words}" if len(known.items) == 1 and words else "")


def alarm_about(rule: str) -> str:
    """What the alarm of a rule is about; the rule's own name where it is another one."""
    about = rule.removeprefix("session.").partition(".")[0]
    return str(ALARMS.get(about, rule)) if rule else _("all")


def _checklist(body: Mapping[str, Any]) -> str:
    item = str(body["item"])
    if item.startswith("acknowledge:"):
        return _("Alarm seen: %(about)s") % {"about": alarm_about(item.partition(":")[2])}
    value = body.get("value")
    if item.lower().startswith(CHECKED):
        if value is False:
            return _("The order was looked at by a second person: it is not right.")
        dose = f"{value:g} mg" if isinstance(value, int | float) and value is not True else ""
        return " · ".join(one for one in (_("The order was checked by a second person"), dose) if one)
    entry = load_fact_book().entries.get(f"answers.{item}")
    said = _("yes") if value is True else _("no") if value is False else _moment_or_text(str(value))
    return f"{entry.label if entry is not None else item.replace('_', ' ')}: {said}"


def _moment_or_text(text: str) -> str:
    """A time as the practice's clock shows it; anything else as it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return date_format(localtime(moment), "DATETIME_FORMAT") if moment.tzinfo is not None else text


def _gate(body: Mapping[str, Any]) -> str:
    gate = (
        _("before the dose")
        if body["gate"] == "predose"
        else _("going home")
        if body["gate"] == "discharge"
        else body["gate"]
    )
    words = f"{gate}: {OUTCOMES.get(body['outcome'], body['outcome'])}"
    reasons = [str(one.get("reason") or "") for one in body.get("overrides") or ()]
    return " · ".join([words, *(one for one in reasons if one)])


def _criterion(body: Mapping[str, Any]) -> str:
    met = {True: _("yes"), False: _("no")}.get(body.get("met"), _("not assessed"))  # type: ignore[arg-type]
    words = f"{CRITERIA.get(body['id'], body['id'])}: {met}"
    return f"{words} · {body['text']}" if body.get("text") else words


def _adverse(body: Mapping[str, Any]) -> str:
    parts = [_("goes on with an earlier entry")] if body.get("updates") else []
    parts.append(str(body.get("term") or ""))
    if "ctcae_grade" in body:
        parts.append(_("grade %(n)d") % {"n": body["ctcae_grade"]})
    if body.get("serious") or body.get("serious_because"):
        parts.append(_("serious"))
    elif body.get("serious") is False:
        parts.append(_("not serious"))
    outcome = str(body.get("outcome") or "")
    parts += [str(body.get("action") or ""), str(HAPPENED_OUTCOMES.get(outcome, outcome))]
    if body.get("resolved_at"):
        parts.append(_("over at %(when)s") % {"when": _moment_or_text(str(body["resolved_at"]))})
    return " · ".join(one for one in parts if one)


def _medication(body: Mapping[str, Any]) -> str:
    return " · ".join(str(body[key]) for key in ("drug", "dose", "text") if body.get(key))


def _discharged(body: Mapping[str, Any]) -> str:
    escort = body.get("escort")
    return _("with %(escort)s") % {"escort": escort} if isinstance(escort, str) else ""


def _ended(body: Mapping[str, Any]) -> str:
    parts = [str(DISPOSITIONS.get(body["disposition"], body["disposition"]))]
    parts += [str(body[key]) for key in ("capacity_note", "who_was_called", "follow_up") if body.get(key)]
    return " · ".join(parts)


def _correction(body: Mapping[str, Any]) -> str:
    done = _("entered in error") if body.get("entered_in_error") else _("corrected")
    return f"{done}: {body.get('reason', '')}"


_SAYS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "vitals": _vitals,
    "setting": setting_words,
    "therapist": therapist_words,
    "ordered": _ordered,
    "dose-given": _dose,
    "infusion-started": _infusion,
    "infusion-paused": _infusion,
    "infusion-resumed": _infusion,
    "infusion-stopped": _infusion,
    "scale": _scale,
    "checklist": _checklist,
    "gate-decided": _gate,
    "criterion": _criterion,
    "adverse-event": _adverse,
    "near-miss": _adverse,
    "deviation": _adverse,
    "medication": _medication,
    "discharged": _discharged,
    "ended": _ended,
    "correction": _correction,
}
