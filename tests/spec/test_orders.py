"""What is looked at in an order before it is given: first day, schedule, step, weight, dilution, second check."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.spec.sessions import START, Log, clock, events, flags, folded, ident, raw
from upwell.knowledge.protocols import load_protocol
from upwell.science.measures import too_early
from upwell.science.session import ask_gate

TRD: dict[str, Any] = {"protocol": "esketamine-trd", "substance": "esketamine", "route": "intranasal"}
SC: dict[str, Any] = {"protocol": "sc", "substance": "racemic-ketamine", "route": "sc"}
IV: dict[str, Any] = {
    "protocol": "iv-dep",
    "substance": "racemic-ketamine",
    "route": "iv",
    "infusion_min": 40,
}


def days_ago(*days: float, dose_mg: float = 56) -> list[dict[str, Any]]:
    return [{"at": (START - timedelta(days=one)).isoformat(), "dose_mg": dose_mg} for one in days]


def asked(order: dict[str, Any], *more: dict[str, Any], **facts: Any) -> dict[str, str]:
    """The findings about this order at the start: rule and severity."""
    lines = [raw(1, "ordered", -10, order), *more]
    found = ask_gate("predose", events(lines), START, facts or None)["findings"]
    return {
        one["rule"].removeprefix("predose.order."): one["severity"]
        for one in found
        if one["rule"].startswith("predose.order.")
    }


FIRST_DAY = [
    # protocol, dose, doses before, finding
    ("esketamine-trd", 56, [], {}),
    ("esketamine-trd", 84, [], {"first-day": "needs-decision"}),
    ("esketamine-trd", 84, days_ago(4), {}),
    ("esketamine-trd-28", 28, [], {}),
    ("esketamine-trd-28", 56, [], {"first-day": "needs-decision"}),
    ("esketamine-mdsi", 84, [], {}),
    ("esketamine-mdsi", 56, [], {}),
]


@pytest.mark.parametrize(("protocol", "dose_mg", "before", "found"), FIRST_DAY)
def test_the_first_day(protocol: str, dose_mg: float, before: list[Any], found: dict[str, str]) -> None:
    """Clinical reference, section 4: day 1 is 56 mg (28 mg from 65 years on or of Japanese ancestry, EU)."""
    assert asked({**TRD, "protocol": protocol, "dose_mg": dose_mg}, course={"doses": before}) == found


def test_what_was_given_before_is_not_guessed() -> None:
    assert asked({**TRD, "dose_mg": 84}) == {}


TOO_EARLY = {"too-early": "needs-decision"}
SCHEDULE = [
    # what, days since the doses so far, finding
    ("weeks 1 to 4, the third within 7 days", [6, 3], TOO_EARLY),
    ("weeks 1 to 4, the third after 7 days", [7, 3], {}),
    ("week 5, 6 days after the last", [34, 30, 27, 23, 20, 16, 13, 6], TOO_EARLY),
    ("week 5, 7 days after the last", [34, 30, 27, 23, 20, 16, 13, 7], {}),
    ("week 9, twice in one week", [58, 51, 44, 37, 30, 23, 16, 9, 3], TOO_EARLY),
    ("week 9, once a week", [58, 51, 44, 37, 30, 23, 16, 9, 7], {}),
    ("week 9, every 2 weeks", [58, 51, 44, 37, 30, 14], {}),
    ("a second time on one day", [7, 0.2], TOO_EARLY),
]


@pytest.mark.parametrize(("what", "days", "found"), SCHEDULE, ids=[row[0] for row in SCHEDULE])
@pytest.mark.parametrize("phase", ["induction", "maintenance", None])
def test_the_schedule_of_esketamine(
    what: str, days: list[float], found: dict[str, str], phase: str | None
) -> None:
    """Weeks count from the first dose, whatever phase the course is said to be in."""
    course = {"doses": days_ago(*days), "phase": phase, "phase_began": clock(-1440 * 20)}
    assert asked({**TRD, "dose_mg": 56}, course=course) == found


@pytest.mark.parametrize(
    ("protocol", "phase", "days", "early"),
    [
        ("iv-dep", "induction", [3, 1], False),
        ("iv-dep", "induction", [5, 3, 1], True),
        ("iv-dep", "induction", [7, 3, 1], False),
        ("iv-dep", "maintenance", [6], True),  # iv-maint: weekly at first
        ("iv-dep", "maintenance", [7], False),
        ("oral-titrated", "induction", [2], True),
        ("oral-titrated", "induction", [3], False),
        ("sublingual", "induction", [6], True),
        ("oral", "induction", [1], False),  # no frequency is printed
    ],
)
def test_the_schedules_of_others(protocol: str, phase: str, days: list[int], early: bool) -> None:
    on = date(2026, 3, 2)
    given = [on - timedelta(days=one) for one in days]
    found = too_early(load_protocol(protocol), phase, given, on, min(given))
    assert (found is not None) is early


STEPS = [
    # mg/kg before, mg/kg now, finding
    (None, 0.5, {}),
    (None, 0.6, {"above-start": "caution"}),
    (0.5, 0.6, {}),
    (0.5, 0.7, {"step": "needs-decision"}),
    (0.9, 0.9, {}),
    (0.9, 1.0, {"range": "needs-decision"}),
    (0.8, 0.5, {}),
]


@pytest.mark.parametrize(("before", "now", "found"), STEPS)
def test_steps_of_the_subcutaneous_protocol(before: float | None, now: float, found: dict[str, str]) -> None:
    given = [] if before is None else days_ago(4, dose_mg=before * 80)
    order = {**SC, "dose_mg": now * 80, "dose_mg_per_kg": now, "weight_kg": 80}
    assert asked(order, course={"doses": given}) == found


WEIGHTS = [
    # ordered for, weighed today, weighed at an earlier session, on the chart, differs
    (80, None, None, None, False),
    (80, 80, 28, None, False),  # today's weight counts
    (28, 82, None, None, True),
    (80, None, 84, None, True),
    (80, None, 83.9, None, False),
    (80, None, None, 60, True),
    (80, None, 80, 60, False),
]


@pytest.mark.parametrize(("ordered", "today", "earlier", "chart", "differs"), WEIGHTS)
def test_a_weight_typed_wrong(
    ordered: float, today: float | None, earlier: float | None, chart: float | None, differs: bool
) -> None:
    """From 5 % on (clinical reference 3.7) the weight is looked at again before the dose is drawn up."""
    order = {**SC, "dose_mg": ordered / 2, "dose_mg_per_kg": 0.5, "weight_kg": ordered}
    more = [] if today is None else [raw(2, "vitals", -20, {"weight_kg": today})]
    weights = [] if earlier is None else [{"at": clock(-9000), "weight_kg": earlier}]
    person = {} if chart is None else {"person": {"weight_kg": chart}}
    found = asked(order, *more, course={"doses": days_ago(4, dose_mg=40), "weights": weights}, **person)
    assert ("weight" in found) is differs


DILUTIONS = [
    # route, mg/mL on the vial, diluted to, barred
    ("iv", 100, None, True),
    ("iv", 100, 0.4, True),
    ("iv", 100, 50, False),
    ("iv", 99.9, None, False),
    ("iv", 50, None, False),
    ("im", 100, None, False),
    ("sc", 100, None, False),
]


@pytest.mark.parametrize(("route", "strength", "diluted_to", "barred"), DILUTIONS)
def test_a_concentrated_vial_undiluted_into_a_vein_is_barred(
    route: str, strength: float, diluted_to: float | None, barred: bool
) -> None:
    """Clinical reference, section 4: 100 mg/mL must never be given undiluted IV (V)."""
    order = {**IV, "protocol": None, "route": route, "dose_mg": 40, "concentration_mg_per_ml": strength}
    if diluted_to is not None:
        order["diluted_to_ml"] = diluted_to
    assert asked(order) == ({"undiluted": "absolute"} if barred else {})


def test_a_concentrated_vial_given_into_a_vein_is_flagged() -> None:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=40)
    log.add("dose-given", 0, dose_mg=40, volume_ml=0.4, concentration_mg_per_ml=100)
    found = log.at()
    assert flags(found) == ["dose-undiluted"]
    assert [one.as_json()["deviation"] for one in found.flags] == [True]


# ------------------------------------------------------------------------------------------------ the second check

CHECK = {"item": f"order-checked:{ident(1)}", "value": 28}
BY = {"author": {"id": "nurse-2", "role": "monitor"}}
DOCTOR = {"author": {"id": "dr-1", "role": "prescriber"}}
CHECKS = [
    # what, entries after the order, checked
    ("nobody", [], False),
    ("another person", [raw(2, "checklist", -8, CHECK, **BY)], True),
    ("whoever ordered it", [raw(2, "checklist", -8, CHECK, **DOCTOR)], False),
    ("another amount", [raw(2, "checklist", -8, {**CHECK, "value": 56}, **BY)], False),
    ("not right", [raw(2, "checklist", -8, {**CHECK, "value": False}, **BY)], False),
    ("another order", [raw(2, "checklist", -8, {**CHECK, "item": f"order-checked:{ident(9)}"}, **BY)], False),
    ("right, then not",
     [raw(2, "checklist", -8, CHECK, **BY), raw(3, "checklist", -7, {**CHECK, "value": False}, **BY)], False),
    ("a checklist answer that says so",
     [raw(2, "checklist", -8, {"item": "order_checked", "value": True}, **BY)], False),
]  # fmt: skip
WANTED: dict[str, Any] = {**TRD, "dose_mg": 28, "devices": 1, "second_check": True}


def day(more: list[dict[str, Any]], order: dict[str, Any] = WANTED) -> list[dict[str, Any]]:
    order = {**order, "protocol": "esketamine-trd-28"}
    given = [raw(90, "arrived", -9), raw(91, "gate-decided", -5, {"gate": "predose", "outcome": "go"}),
             raw(92, "dose-given", 0, {"dose_mg": 28, "device": 1})]  # fmt: skip
    return [raw(1, "ordered", -10, order, **DOCTOR), *more, *given]


@pytest.mark.parametrize(("what", "more", "checked"), CHECKS, ids=[row[0] for row in CHECKS])
def test_a_second_person_checks_the_order(what: str, more: list[dict[str, Any]], checked: bool) -> None:
    order = raw(1, "ordered", -10, {**WANTED, "protocol": "esketamine-trd-28"}, **DOCTOR)
    found = ask_gate("predose", events([order, *more]), START)["findings"]
    standing = {one["rule"]: one["severity"] for one in found if one["rule"] == "predose.order.not-checked"}
    assert standing == ({} if checked else {"predose.order.not-checked": "not-recommended"})
    state = folded(day(more))
    assert flags(state) == ([] if checked else ["dose-not-checked"])
    assert state.order_check == ("checked" if checked else "wanted")


def test_where_nobody_asks_for_a_second_person_none_is_missed() -> None:
    state = folded(day([], {key: value for key, value in WANTED.items() if key != "second_check"}))
    assert (flags(state), state.order_check) == ([], "")


def test_an_order_that_is_corrected_is_checked_anew() -> None:
    more = [raw(2, "checklist", -8, CHECK, **BY),
            raw(3, "correction", -7, {"corrects": ident(1), "reason": "slip",
                                      "replacement": {**WANTED, "dose_mg": 56, "devices": 2}}, **DOCTOR)]  # fmt: skip
    assert folded(day(more)).order_check == "wanted"


def test_what_was_decided_about_an_order_says_nothing_of_the_next() -> None:
    override = {"rule": "predose.order.first-day", "by": "prescriber", "reason": "moved here in week 3"}
    decided = {"gate": "predose", "outcome": "needs-decision", "overrides": [override]}
    course = {"doses": []}
    lines = [
        raw(1, "ordered", -10, {**TRD, "dose_mg": 84}, **DOCTOR),
        raw(2, "gate-decided", -9, decided, **DOCTOR),
    ]

    def stands(lines: list[dict[str, Any]]) -> bool:
        found = ask_gate("predose", events(lines), START, {"course": course})["findings"]
        return any(one["rule"] == "predose.order.first-day" and one["overridden"] is None for one in found)

    assert not stands(lines)
    assert stands([*lines, raw(3, "ordered", -8, {**TRD, "dose_mg": 84}, **DOCTOR)])


def test_the_day_is_that_of_the_practice() -> None:
    """23:00 in Chicago is the next day in Greenwich: 7 days are counted there where the clock hangs."""
    at = datetime.fromisoformat("2026-03-09T08:00:00-06:00")
    order = raw(1, "ordered", 0, {**TRD, "dose_mg": 56})
    order["observed_at"] = order["received_at"] = "2026-03-09T07:50:00-06:00"
    doses = [
        {"at": "2026-03-03T05:00:00+00:00"},
        {"at": "2026-03-06T05:00:00+00:00"},
    ]  # the 2nd and 5th there
    found = ask_gate("predose", events([order]), at, {"course": {"doses": doses}})["findings"]
    assert not [one for one in found if one["rule"] == "predose.order.too-early"]
