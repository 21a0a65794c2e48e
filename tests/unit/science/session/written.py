"""Logs as hypothesis writes them: any type, any order, corrections of anything, copies and second versions."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.spec.sessions import SESSION, START, ident
from upwell.science.session import Event, parse_event

IDS = st.integers(1, 12).map(ident)
MINUTES = st.integers(-90, 400)
AGAIN = {"corrects": ident(3), "entered_in_error": True}  # what a correction of a correction may say


def _some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=choices)


BODIES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "ordered": _some(
        substance=st.sampled_from(["esketamine", "racemic-ketamine"]),
        route=st.sampled_from(["iv", "im", "sc", "sublingual", "oral", "intranasal", "rectal"]),
        dose_mg=st.sampled_from([28, 40, 56.0]),
        dose_mg_per_kg=st.just(0.5),
        weight_kg=st.sampled_from([60, 80]),
        infusion_min=st.just(40),
        devices=st.integers(1, 3),
    ),
    "arrived": st.just({}),
    "left": st.just({}),
    "note": st.just({"text": "x"}),
    "checklist": st.fixed_dictionaries(
        {
            "item": st.sampled_from(
                [
                    "escort_named",
                    "acknowledge:session.spo2.red",
                    "last_food_at",
                    "vomiting",
                    "suicide_risk",
                    "room",
                ]
            ),
            "value": st.sampled_from([True, False, None, "yes", "none", "2026-03-02T08:00:00-05:00", 3]),
        }
    ),
    "gate-decided": st.fixed_dictionaries(
        {
            "gate": st.sampled_from(["predose", "session", "discharge", "screen"]),
            "outcome": st.sampled_from(["go", "needs-decision", "no-go"]),
        },
        optional={"overrides": st.just([{"rule": "predose.escort", "by": "prescriber", "reason": "r"}])},
    ),
    "dose-given": _some(
        dose_mg=st.sampled_from([0, 10, 28]),
        device=st.integers(1, 3),
        volume_ml=st.just(0.4),
        concentration_mg_per_ml=st.just(100),
    ),
    **{
        f"infusion-{step}": _some(rate_mg_per_min=st.sampled_from([0.5, 1.0]))
        for step in ("started", "paused", "resumed", "stopped")
    },
    "vitals": _some(
        bp_systolic_mmhg=st.sampled_from([88, 128, 165, 185, 205]),
        bp_diastolic_mmhg=st.sampled_from([60, 82]),
        heart_rate_bpm=st.sampled_from([44, 72, 112, 125, 140]),
        spo2_percent=st.sampled_from([88, 92, 97]),
        resp_rate_bpm=st.sampled_from([7, 9, 14]),
        weight_kg=st.sampled_from([60, 80]),
    ),
    "scale": st.fixed_dictionaries(
        {"instrument": st.sampled_from(["moaa-s", "rass", "asq", "no-such-scale"])},
        optional={"total": st.integers(-1, 5), "answers": st.just({"1": 3})},
    ),
    **{
        kind: _some(text=st.just("x"), present=st.booleans())
        for kind in ("distress", "comfort", "medication", "therapist", "setting")
    },
    **{
        kind: _some(term=st.sampled_from(["vomiting", "apnea", "fall"]), serious=st.booleans())
        for kind in ("adverse-event", "deviation", "near-miss")
    },
    "criterion": st.fixed_dictionaries(
        {"id": st.sampled_from(["oriented", "escort", "rass", "sings"]), "met": st.booleans()},
        optional={"text": st.just("x")},
    ),
    "discharged": _some(escort=st.sampled_from(["Ana", True, False]), instructions_given=st.booleans()),
    "ended": st.fixed_dictionaries({"disposition": st.sampled_from(["eloped", "not-dosed", "died"])}),
    "supply": _some(source=st.just("clinic-stock"), count=st.integers(0, 3)),
    "correction": st.one_of(
        st.fixed_dictionaries(
            {"corrects": IDS, "entered_in_error": st.just(True)}, optional={"reason": st.just("r")}
        ),
        st.fixed_dictionaries(
            {
                "corrects": IDS,
                "replacement": st.sampled_from(
                    [
                        {},
                        {"dose_mg": 14},
                        {"spo2_percent": 85},
                        {"text": "y"},
                        AGAIN,
                    ]
                ),
            }
        ),
    ),
}


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    """One line of a log, of the shape of the contract."""
    kind = draw(st.sampled_from(sorted(BODIES)))
    observed, delay = draw(MINUTES), draw(st.sampled_from([0, 0, 1, 45, -3]))
    zone = draw(st.sampled_from([START.tzinfo, UTC]))
    moments = [
        (START + timedelta(minutes=minute)).astimezone(zone) for minute in (observed, observed + delay)
    ]
    line: dict[str, Any] = {
        "id": draw(IDS),
        "session": SESSION,
        "type": kind,
        "observed_at": moments[0].isoformat(),
        "received_at": moments[1].isoformat(),
        "body": draw(BODIES[kind]),
    }
    if draw(st.booleans()):
        line |= {"author": {"id": "n", "role": "monitor"}, "device": draw(st.sampled_from(["a", "b"]))}
    if draw(st.integers(0, 5)) == 0:
        line["session_type"] = draw(st.sampled_from(["individual", "group", "remote", "inpatient"]))
    return line


def logs(max_size: int = 14) -> st.SearchStrategy[list[Event]]:
    """Logs of any events."""
    return st.lists(lines(), max_size=max_size).map(lambda some: [parse_event(one) for one in some])
