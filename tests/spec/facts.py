"""Facts for the gates' tables: one person for whom everything is in order, and ways to change one thing."""

from __future__ import annotations

import copy
from typing import Any

from upwell.knowledge.schemas import violations
from upwell.science.rules import gate
from upwell.science.rules.screen import screen

AT = "2026-03-02T10:00:00-05:00"
CONCOMITANT = {"benzodiazepine": False, "hypnotic": False, "opioid": False, "stimulant": False, "maoi": False}

READY: dict[str, Any] = {
    "at": AT,
    "jurisdiction": "US",
    "substance": "esketamine",
    "route": "intranasal",
    "setting": "clinic",
    "person": {"age_years": 45, "sex": "female", "could_be_pregnant": True, "weight_kg": 82},
    "conditions": [],
    "medicines": [],
    "answers": {
        "escort_named": True,
        "last_food_at": "2026-03-02T07:00:00-05:00",
        "last_liquid_at": "2026-03-02T08:00:00-05:00",
        "consent_in_force": True,
        "pregnancy_test": "negative",
        "suicide_risk": "none",
        "concomitant": CONCOMITANT,
    },
    "vitals": [
        {
            "at": "2026-03-02T09:50:00-05:00",
            "bp_systolic_mmhg": 128,
            "bp_diastolic_mmhg": 82,
            "heart_rate_bpm": 72,
            "spo2_percent": 97,
            "resp_rate_bpm": 14,
            "temperature_c": 36.8,
        }
    ],
}

IN_SESSION: dict[str, Any] = {
    **{key: READY[key] for key in ("at", "jurisdiction", "substance", "route", "setting", "person")},
    "doses": [{"at": "2026-03-02T09:20:00-05:00", "dose_mg": 28, "device": 1}],
    "vitals": [
        {"at": "2026-03-02T09:10:00-05:00", "bp_systolic_mmhg": 128, "bp_diastolic_mmhg": 82,
         "heart_rate_bpm": 72, "spo2_percent": 97, "resp_rate_bpm": 14},
        {"at": "2026-03-02T09:55:00-05:00", "bp_systolic_mmhg": 132, "bp_diastolic_mmhg": 84,
         "heart_rate_bpm": 76, "spo2_percent": 97, "resp_rate_bpm": 14},
    ],
    "assessments": [{"instrument": "moaa-s", "at": "2026-03-02T09:55:00-05:00", "total": 5}],
}  # fmt: skip

HOME: dict[str, Any] = {
    **{key: READY[key] for key in ("jurisdiction", "substance", "route", "setting", "person")},
    "at": "2026-03-02T12:00:00-05:00",
    "answers": {
        "suicide_risk": "none",
        "active_suicidal_intent": False,
        "oriented": True,
        "walks_unaided": True,
        "dissociation_significant": False,
        "escort_present": True,
        "escort_identity_noted": True,
        "written_instructions_given": True,
        "contact_number_given": True,
    },
    "doses": [
        {"at": "2026-03-02T09:50:00-05:00", "dose_mg": 28, "device": 1},
        {"at": "2026-03-02T09:55:00-05:00", "dose_mg": 28, "device": 2},
    ],
    "vitals": [
        {
            "at": "2026-03-02T09:40:00-05:00",
            "bp_systolic_mmhg": 130,
            "bp_diastolic_mmhg": 84,
            "spo2_percent": 97,
        },
        {
            "at": "2026-03-02T10:35:00-05:00",
            "bp_systolic_mmhg": 142,
            "bp_diastolic_mmhg": 88,
            "spo2_percent": 97,
        },
        {
            "at": "2026-03-02T11:50:00-05:00",
            "bp_systolic_mmhg": 128,
            "bp_diastolic_mmhg": 80,
            "spo2_percent": 97,
        },
    ],
    "assessments": [
        {"instrument": "moaa-s", "at": "2026-03-02T11:35:00-05:00", "total": 5},
        {"instrument": "moaa-s", "at": "2026-03-02T11:50:00-05:00", "total": 5},
        {"instrument": "rass", "at": "2026-03-02T11:50:00-05:00", "total": 0},
        {"instrument": "modified-aldrete", "at": "2026-03-02T11:50:00-05:00", "total": 10},
    ],
}

_ASK = {
    "screen": screen,
    "predose": gate.predose,
    "session": gate.session,
    "discharge": gate.discharge,
    "maintenance": gate.maintenance,
    "rems": gate.rems,
}
_SCHEMA = {"screen": "screen-result", "discharge": "discharge-result"}


def ask(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What a gate says; every result is held against its published schema."""
    result = _ASK[name](facts)
    assert violations(_SCHEMA.get(name, "gate-result"), result) == []
    return result


def changed(facts: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The same facts with one of them changed (``vitals.0.spo2_percent``)."""
    out = copy.deepcopy(facts)
    node: Any = out
    *parents, last = path.split(".")
    for key in parents:
        node = node[int(key)] if isinstance(node, list) else node.setdefault(key, {})
    if isinstance(node, list):
        node[int(last)] = value
    else:
        node[last] = value
    return out


def without(facts: dict[str, Any], path: str) -> dict[str, Any]:
    """The same facts with one of them not on record."""
    return changed(facts, path, None)


def severities(result: dict[str, Any]) -> dict[str, str]:
    """Each finding's rule and severity."""
    return {finding["rule"]: finding["severity"] for finding in result["findings"]}
