"""How sessions are staffed and dosed: who is reachable, a further dose, an inpatient. Local policy is mark C.

Logs are written by minutes from the first dose; the discharge clock of esketamine (US-PI, REMS) is 120 minutes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.spec.sessions import WELL, Log, clock, flags, folded, raw
from upwell.platform.cli import app
from upwell.science.session import may

HAND_OVER = "discharge.hand-over"
RULE = "predose.staffing.prescriber"
NAMED = {"prescriber": "Dr. Cho", "prescriber_on_site": False, "reached_by": "+1 555 0100"}


def before_the_dose(*told: tuple[str, dict[str, Any]], kind: str = "individual") -> list[dict[str, Any]]:
    """A log up to the gate: arrived, and what was said of the team."""
    lines = [raw(1, "arrived", -40, session_type=kind)]
    return lines + [raw(2 + n, one, -30 + n, body) for n, (one, body) in enumerate(told)]


@pytest.mark.parametrize(
    ("told", "reachable", "asked_for"),
    [
        # what was said of the prescriber; reachable?; is it a finding at the gate?
        ([], None, True),
        ([("setting", {"text": "dim light"})], None, True),
        ([("setting", NAMED)], True, False),
        ([("setting", NAMED | {"reached_by": " "})], False, True),
        ([("setting", {"prescriber": "Dr. Cho", "prescriber_on_site": True})], True, False),
        ([("setting", {"prescriber": "Dr. Cho"})], False, True),
        ([("setting", {"reached_by": "+1 555 0100"})], None, True),
        # another prescriber takes over: how the former one was reached says nothing of this one
        ([("setting", NAMED), ("setting", {"prescriber": "Dr. Ruiz"})], False, True),
        (
            [("setting", NAMED), ("setting", {"prescriber": "Dr. Ruiz", "reached_by": "07700 900"})],
            True,
            False,
        ),
        ([("setting", NAMED), ("setting", {"monitor": "Luis Ortega"})], True, False),
        ([("checklist", {"item": "prescriber_reachable", "value": True})], None, False),
    ],
)
def test_a_prescriber_who_is_named_and_reachable(
    told: list[Any], reachable: bool | None, asked_for: bool
) -> None:
    state = folded(before_the_dose(*told), 0)
    assert state.team.reachable is reachable
    found = [one for one in state.findings if one["rule"] == RULE]
    assert bool(found) is asked_for
    told_as = [(one["severity"], one["policy"], one["source"][0]["confidence"]) for one in found]
    assert told_as == [("caution", True, "C")] * len(found)


def test_the_team_is_what_was_said_last_and_a_correction_counts() -> None:
    log = Log()
    log.add("therapist", -10, present=True, name="Ana Costa")
    wrong = log.add("setting", -9, **NAMED, monitor="Luis Ortega", monitor_id="m-1", staff_in_room=2)
    team = log.at(0).team
    assert (team.therapist, team.monitor, team.responsible) == ("Ana Costa", "Luis Ortega", "Dr. Cho")
    assert (team.on_site, team.staff_in_room) == (False, 2)
    log.add("setting", -8, monitor="Ida Lund", monitor_id="m-2", responsible="Dr. Ruiz")
    log.add("therapist", 30, present=False)
    team = log.at(31).team
    assert (team.therapist, team.monitor, team.responsible) == ("", "Ida Lund", "Dr. Ruiz")
    log.add("correction", 32, corrects=wrong, entered_in_error=True, reason="other chair")
    assert log.at(33).team.prescriber == ""


# Split and booster doses


def test_a_split_dose_of_one_order_is_one_total_and_the_clock_runs_from_its_last_part() -> None:
    log = Log(dose_mg=56, substance="racemic-ketamine", route="im")
    log.add("dose-given", 0, dose_mg=28)
    assert str(log.at(10).state) == "dosing"
    log.add("dose-given", 20, dose_mg=28)
    state = log.at(21)
    assert (str(state.state), state.given_mg, state.ordered_mg) == ("observing", 56, 56)
    assert state.discharge["clock"]["from_first_dose_at"] == clock(0)
    assert state.discharge["clock"]["from_last_dose_at"] == clock(20)
    assert state.further == ""


def booster(*, gate: str | None = "go", **order: Any) -> Log:
    """56 mg, and after an hour a further dose of 28 mg."""
    log = Log(dose_mg=56)
    log.add("dose-given", 0, dose_mg=28, device=1)
    log.add("dose-given", 5, dose_mg=28, device=2)
    log.add("ordered", 60, substance="esketamine", route="intranasal", by="dr-1", dose_mg=28, **order)
    if gate:
        log.add("gate-decided", 62, gate="predose", outcome=gate)
    return log


def test_a_further_dose_passes_order_and_gate_again() -> None:
    ordered = booster(gate=None, further=True).at(61)
    assert (ordered.further, ordered.ordered_mg, ordered.given_mg) == ("ordered", 84, 56)
    assert flags(ordered) == []
    refused = may(ordered, "authorise")
    assert refused is not None
    assert refused.code.startswith("predose-")  # the gate is asked, not passed by
    released = booster(further=True).at(63)
    assert released.further == "released"


def test_the_clock_of_going_home_runs_from_the_further_dose() -> None:
    log = booster(further=True)
    before = log.at(63).discharge
    log.add("dose-given", 65, dose_mg=28, device=3)
    state = log.at(66)
    assert (state.given_mg, state.further, flags(state)) == (84, "", [])
    assert before["earliest_at"] == clock(125)
    assert state.discharge["earliest_at"] == clock(185)
    assert state.discharge["clock"]["gated_on"] == "last"
    assert state.elapsed_min == 66


@pytest.mark.parametrize(
    ("gate", "flagged"),
    [("go", []), (None, ["dose-without-go"]), ("no-go", ["dose-after-no-go"])],
)
def test_the_go_of_the_first_dose_releases_no_further_one(gate: str | None, flagged: list[str]) -> None:
    log = booster(gate=gate, further=True)
    log.add("dose-given", 65, dose_mg=28)
    assert flags(log.at(66)) == flagged


def test_more_than_both_together_is_above_the_order() -> None:
    log = booster(further=True)
    log.add("dose-given", 65, dose_mg=56)
    assert flags(log.at(66)) == ["dose-above-order"]


def test_a_log_that_does_not_say_further_is_read_by_its_amounts() -> None:
    """After all was given, an order that would ask for nothing more as a total asks for more."""
    log = booster()
    assert (log.at(63).ordered_mg, log.at(63).further) == (84, "released")
    raised = Log(dose_mg=56)
    raised.add("dose-given", 0, dose_mg=56)
    raised.add("ordered", 5, substance="esketamine", route="intranasal", by="dr-1", dose_mg=84)
    assert (raised.at(6).ordered_mg, raised.at(6).further) == (84, "")
    half = Log(dose_mg=56)
    half.add("dose-given", 0, dose_mg=28)
    half.add("ordered", 5, substance="esketamine", route="intranasal", by="dr-1", dose_mg=28)
    assert (half.at(6).ordered_mg, half.at(6).further) == (28, "")


def test_nobody_goes_home_between_the_order_and_the_further_dose_on_an_old_go() -> None:
    log = Log(dose_mg=56)
    log.add("dose-given", 0, dose_mg=56)
    for minute in (105, 121):
        log.add("vitals", minute, **WELL)
        log.add("scale", minute, instrument="moaa-s", total=5)
    log.add("gate-decided", 125, gate="discharge", outcome="go")
    ready = log.at(126)
    log.add("ordered", 127, substance="esketamine", route="intranasal", by="dr-1", dose_mg=28, further=True)
    assert str(ready.state) in {"ready-to-leave", "observing"}
    assert str(log.at(128).state) == "observing"


# Inpatients


def inpatient_log() -> list[dict[str, Any]]:
    """A whole session on a ward, with no word about an escort."""
    log = Log(dose_mg=56)
    log.lines[0]["session_type"] = "inpatient"
    log.add("checklist", -6, item="suicide_risk", value="none")
    log.add("dose-given", 0, dose_mg=28, device=1)
    log.add("dose-given", 5, dose_mg=28, device=2)
    for minute in (40, 105, 124):
        log.add("vitals", minute, **WELL)
        log.add("scale", minute, instrument="moaa-s", total=5)
    log.add("scale", 124, instrument="rass", total=0)
    log.add("scale", 124, instrument="modified-aldrete", total=10)
    for item in ("oriented", "walks-unaided", "dissociation", "written-instructions", "contact-number"):
        log.add("criterion", 124, id=item, met=True)
    return log.lines


def test_who_stays_is_asked_for_no_escort_but_for_who_takes_over() -> None:
    discharge = folded(inpatient_log(), 126).discharge
    asked = {one["id"]: one["status"] for one in discharge["criteria"]}
    assert "escort" not in asked
    assert set(asked.values()) == {"met"}
    found = {one["rule"]: one for one in discharge["findings"]}
    assert (found[HAND_OVER]["severity"], found[HAND_OVER]["policy"]) == ("caution", True)
    assert discharge["outcome"] == "go"
    named = [*inpatient_log(), raw(90, "setting", 125, {"handed_over_to": "Rosa Lima, ward 3"})]
    state = folded(named, 126)
    assert HAND_OVER not in {one["rule"] for one in state.discharge["findings"]}
    assert flags(state) == []


def test_others_are_asked_for_no_hand_over() -> None:
    lines = inpatient_log()
    lines[0]["session_type"] = "individual"
    discharge = folded(lines, 126).discharge
    assert {one["id"]: one["status"] for one in discharge["criteria"]}["escort"] == "not-assessed"
    assert HAND_OVER not in {one["rule"] for one in discharge["findings"]}
    assert discharge["outcome"] == "needs-decision"


def replayed(lines: list[dict[str, Any]], tmp_path: Path, *more: str) -> dict[str, Any]:
    """What the command prints of a log."""
    file = tmp_path / "log.ndjson"
    file.write_text("\n".join(json.dumps(one) for one in lines))
    result = CliRunner().invoke(app, ["session", "replay", str(file), "--json", *more])
    assert result.exit_code == 0, result.output
    shown: dict[str, Any] = json.loads(result.stdout)
    return shown


def test_an_inpatient_log_is_replayed_by_the_command(tmp_path: Path) -> None:
    shown = replayed(inpatient_log(), tmp_path, "--at", clock(126))
    assert (shown["session_type"], shown["discharge"]["outcome"]) == ("inpatient", "go")
    assert shown["team"]["prescriber"] is None


def test_a_further_dose_is_replayed_by_the_command(tmp_path: Path) -> None:
    log = booster(further=True)
    log.add("setting", 61, **NAMED)
    log.add("dose-given", 65, dose_mg=28, device=3)
    shown = replayed(log.lines, tmp_path, "--at", clock(70))
    assert (shown["given_mg"], shown["ordered_mg"], shown["further_dose"]) == (84, 84, None)
    assert shown["discharge"]["earliest_at"] == clock(185)
    assert shown["team"]["reached_by"] == NAMED["reached_by"]
    assert replayed(log.lines, tmp_path, "--at", clock(63))["further_dose"] == "released"
