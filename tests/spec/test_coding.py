"""Times and units of a session for whoever bills; no code that no source gives (clinical reference, section 7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.spec.sessions import Log, clock
from upwell.knowledge.schemas import violations
from upwell.science.session.coding import coding_summary


def infused() -> Log:
    log = Log(substance="racemic-ketamine", route="iv", dose_mg=40, infusion_min=40)
    log.add("therapist", -10, present=True)
    log.add("infusion-started", 0, rate_mg_per_min=1)
    log.add("infusion-stopped", 40)
    log.add("therapist", 80, present=False)
    log.add("ended", 100, disposition="against-advice")
    return log


def made(log: Log, **own: Any) -> dict[str, Any]:
    found = coding_summary(log.at(), **own)
    assert violations("coding-summary", found) == []
    return found


def test_times_and_minutes_of_an_infusion() -> None:
    found = made(infused())
    assert found["arrived_at"] == clock(-40)
    assert found["infusions"] == [{"started_at": clock(0), "stopped_at": clock(40)}]
    assert found["minutes"] == {
        "on_site": 140,
        "from_first_dose": 100,
        "observation_after_last_dose": 60,  # from the end of the infusion
        "therapist_present": 90,
    }
    assert found["drug"]["given_mg"] == 40


def test_the_code_is_the_references_and_says_how_sure() -> None:
    (ketamine,) = made(infused())["drug"]["codes"]
    assert (ketamine["system"], ketamine["code"], ketamine["confidence"]) == ("rxnorm", "6130", "H")
    log = Log()
    log.add("dose-given", 0, dose_mg=28)
    (esketamine,) = made(log)["drug"]["codes"]
    assert (esketamine["code"], esketamine["confidence"], esketamine["verify"]) == ("2119365", "L", True)


@pytest.mark.parametrize(
    ("own", "code", "units"),
    [
        ({}, "unknown", None),
        ({"own_code": "X100", "mg_per_unit": 10.0}, "X100", 4.0),
        ({"own_code": "X101", "mg_per_unit": 28.0}, "X101", 1.4286),  # not rounded: that is the payer's rule
    ],
)
def test_a_billing_code_is_the_practices_own_or_unknown(own: dict[str, Any], code: str, units: Any) -> None:
    billing = made(infused(), **own)["billing"]
    assert (billing["code"], billing["units"]) == (code, units)
    assert bool(billing["note"]) is (not own)


def test_what_is_not_on_record_stays_unknown() -> None:
    log = Log()
    found = made(log)
    assert found["minutes"]["on_site"] is None
    assert found["minutes"]["therapist_present"] is None
    assert found["first_dose_at"] is None


def test_the_command_prints_it(tmp_path: Any) -> None:
    from upwell.platform.cli_session import session_app

    file = tmp_path / "log.ndjson"
    file.write_text("\n".join(json.dumps(one) for one in infused().lines))
    run = CliRunner().invoke(session_app, ["coding", str(file), "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["minutes"]["on_site"] == 140
    assert "unknown" in CliRunner().invoke(session_app, ["coding", str(file)]).stdout
