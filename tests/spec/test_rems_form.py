"""The REMS monitoring form from a session's log (clinical reference 3.3, 3.6 and section 7; marks V)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.spec.sessions import START, WELL, Log, clock
from upwell.knowledge.gates.loader import load_rule_set
from upwell.knowledge.provenance import Mark
from upwell.knowledge.reporting.rems_form import load_rems_form
from upwell.knowledge.schemas import violations
from upwell.science.session.rems import rems_form

US = {"jurisdiction": "US"}
ASKED = ("benzodiazepine", "hypnotic", "opioid", "stimulant", "maoi")


def whole() -> Log:
    """A session with everything that the form asks for."""
    log = Log()
    for one in ASKED:
        log.add("checklist", -15, item=f"concomitant.{one}", value=one == "opioid")
    log.add("checklist", -14, item="serious_adverse_event", value=False)
    log.add("dose-given", 0, dose_mg=28, device=1)
    log.add("dose-given", 5, dose_mg=28, device=2)
    log.add("vitals", 20, **{**WELL, "bp_systolic_mmhg": 150})
    log.add("vitals", 42, **{**WELL, "bp_systolic_mmhg": 144})
    log.add("scale", 45, instrument="moaa-s", total=4)
    log.add("vitals", 120, **{**WELL, "bp_systolic_mmhg": 130})
    log.add("scale", 110, instrument="moaa-s", total=5)
    log.add("criterion", 120, id="dissociation", met=True)
    log.add("ended", 130, disposition="against-advice")
    return log


def form(log: Log, minute: float = 200, facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    at = START + timedelta(minutes=minute)
    made = rems_form(log.at(minute), at, US if facts is None else facts, **more)
    assert violations("rems-form-result", made) == []
    return made


def values(made: dict[str, Any]) -> dict[str, Any]:
    return {one["id"]: one["value"] for one in made["fields"]}


def rules(made: dict[str, Any]) -> set[str]:
    return {one["rule"] for one in made["missing"]}


def test_a_whole_session_makes_a_complete_form() -> None:
    made = form(whole())
    assert (made["applies"], made["status"], made["missing"]) == (True, "complete", [])
    found = values(made)
    assert found["dose"] == {"dose_mg": 56, "devices": 2}
    assert found["first-device-at"] == clock(0)
    assert found["last-device-at"] == clock(5)
    assert found["bp-before"]["bp_systolic_mmhg"] == WELL["bp_systolic_mmhg"]
    assert (found["bp-after"]["bp_systolic_mmhg"], found["bp-after"]["minutes_after_first_dose"]) == (144, 42)
    assert found["bp-last"]["bp_systolic_mmhg"] == 130
    assert found["sedation"] == {"present": True, "lowest_moaa_s": 4}
    assert found["dissociation"] == {"present": False}
    assert found["concomitant"] == {one: one == "opioid" for one in ASKED}
    assert found["serious-adverse-event"] is False
    assert found["total-minutes"] == 130  # from the FIRST device, not the last
    assert made["due_at"] == (START + timedelta(days=7)).isoformat()


LACKS = [
    # which lines are taken out, which rules then say that something is missing
    (
        lambda one: one["type"] == "dose-given",
        {"rems.dose", "rems.bp-after", "rems.bp-last", "rems.sedation"},
    ),
    (lambda one: one["type"] == "vitals" and one["observed_at"] < clock(0), {"rems.bp-before"}),
    (
        lambda one: one["type"] == "vitals" and one["observed_at"] > clock(0),
        {"rems.bp-after", "rems.bp-last"},
    ),
    (lambda one: one["type"] == "scale", {"rems.sedation"}),
    (lambda one: one["type"] == "criterion", {"rems.dissociation"}),
    (lambda one: one["body"].get("item") == "concomitant.maoi", {"rems.concomitant"}),
    (lambda one: one["body"].get("item") == "serious_adverse_event", {"rems.serious-adverse-event"}),
    (lambda one: one["type"] == "ended", {"rems.discharged-at"}),
]


@pytest.mark.parametrize(("out", "wanted"), LACKS)
def test_exactly_what_is_missing_is_said(out: Any, wanted: set[str]) -> None:
    log = whole()
    log.lines = [one for one in log.lines if not out(one)]
    made = form(log)
    assert made["status"] == "incomplete"
    assert wanted <= rules(made)
    if "rems.dose" not in wanted:
        assert rules(made) == wanted
    assert all(one["message"] for one in made["missing"])


def test_what_a_person_adds_afterwards_counts_where_the_log_says_nothing() -> None:
    log = whole()
    log.lines = [one for one in log.lines if one["body"].get("item") != "serious_adverse_event"]
    assert form(log, answers={"serious_adverse_event": False})["status"] == "complete"
    log.add("adverse-event", 60, term="Fainted", serious=True)
    assert values(form(log, answers={"serious_adverse_event": False}))["serious-adverse-event"] is True


@pytest.mark.parametrize(
    ("days", "submitted", "overdue"),
    [(6.9, False, False), (7.0, False, False), (7.1, False, True), (7.1, True, False)],
)
def test_it_is_overdue_after_seven_days(days: float, submitted: bool, overdue: bool) -> None:
    minute = days * 24 * 60
    sent = START + timedelta(days=6) if submitted else None
    assert form(whole(), minute, submitted_at=sent)["overdue"] is overdue


@pytest.mark.parametrize(
    ("substance", "facts", "applies"),
    [
        ("esketamine", US, True),
        ("esketamine", {"jurisdiction": "EU"}, False),
        ("racemic-ketamine", US, False),
        ("esketamine", {}, None),
    ],
)
def test_whom_it_is_for(substance: str, facts: dict[str, Any], applies: bool | None) -> None:
    log = Log(substance=substance, route="intranasal")
    log.add("dose-given", 0, dose_mg=28)
    made = form(log, facts=facts)
    assert made["applies"] is applies
    assert (made["status"] == "not-applicable") is (applies is False)


def test_a_dose_without_amount_is_no_sum() -> None:
    log = whole()
    log.add("dose-given", 10, device=3)
    assert values(form(log))["dose"] == {"dose_mg": None, "devices": 3}


def test_its_number_of_days_is_that_of_the_gate_and_is_read_in_a_source() -> None:
    known = load_rems_form()
    assert known.due_provenance.confidence is Mark.V
    gate = next(one for one in load_rule_set("rems").rules if one.id == "rems.overdue")
    assert f"above={known.due_days:g}" in repr(gate).replace("above=7.0", "above=7").replace(
        "'above': 7", "above=7"
    )


def test_the_command_prints_it(tmp_path: Any) -> None:
    from upwell.platform.cli_session import session_app

    file = tmp_path / "log.ndjson"
    file.write_text("\n".join(json.dumps(one) for one in whole().lines))
    run = CliRunner().invoke(session_app, ["rems", str(file), "--jurisdiction", "US", "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["status"] == "complete"
    plain = CliRunner().invoke(session_app, ["rems", str(file)])
    assert "Substance and jurisdiction are not on record" in plain.stdout
    bad = CliRunner().invoke(session_app, ["rems", str(file), "--jurisdiction", "Mars", "--json"])
    assert bad.exit_code == 2
    shape = CliRunner().invoke(session_app, ["rems", "--schema"])
    assert json.loads(shape.stdout)["title"]
    assert datetime.fromisoformat(json.loads(run.stdout)["due_at"])
