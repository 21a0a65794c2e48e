"""Before going home: clinical reference 3.4 (minimum time by route) and 3.6 (criteria)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.facts import HOME, ask, changed, severities, without


def criteria(result: dict[str, Any]) -> dict[str, str]:
    return {one["id"]: one["status"] for one in result["criteria"]}


def test_all_criteria_met_is_go() -> None:
    result = ask("discharge", HOME)
    assert result["outcome"] == "go"
    assert set(criteria(result).values()) == {"met"}
    assert result["earliest_at"] == "2026-03-02T11:55:00-05:00"
    assert result["clock"]["from_first_dose_at"] == "2026-03-02T09:50:00-05:00"
    assert result["clock"]["from_last_dose_at"] == "2026-03-02T09:55:00-05:00"
    assert result["clock"]["gated_on"] == "last"


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        ("2026-03-02T11:50:00-05:00", "no-go"),  # 2 hours from the first device is not enough
        ("2026-03-02T11:54:00-05:00", "no-go"),
        ("2026-03-02T11:55:00-05:00", "go"),
    ],
)
def test_esketamine_two_hours_from_the_last_device_is_a_hard_block(at: str, outcome: str) -> None:
    result = ask("discharge", HOME | {"at": at})
    assert result["outcome"] == outcome
    if outcome == "no-go":
        finding = next(one for one in result["findings"] if one["rule"] == "discharge.time.esketamine")
        assert finding["severity"] == "absolute"
        assert finding["overridable_by"] == []


ROUTES = [
    # substance, route, end of infusion, earliest (last dose at 09:55)
    ("racemic-ketamine", "im", None, "11:55"),
    ("racemic-ketamine", "sc", None, "11:55"),
    ("racemic-ketamine", "sublingual", None, "11:55"),
    ("racemic-ketamine", "oral", None, "12:25"),
    ("racemic-ketamine", "intranasal", None, "11:55"),
    ("racemic-ketamine", "iv", "10:35", "11:35"),
    ("racemic-ketamine", "iv", None, "10:55"),
    ("esketamine", "intranasal", None, "11:55"),
    ("racemic-ketamine", "rectal", None, None),
]


@pytest.mark.parametrize(("substance", "route", "ended", "earliest"), ROUTES)
def test_minimum_time_by_route(substance: str, route: str, ended: str | None, earliest: str | None) -> None:
    dose = {"at": "2026-03-02T09:55:00-05:00", "dose_mg": 40}
    if ended:
        dose["ended_at"] = f"2026-03-02T{ended}:00-05:00"
    result = ask("discharge", HOME | {"substance": substance, "route": route, "doses": [dose]})
    wanted = None if earliest is None else f"2026-03-02T{earliest}:00-05:00"
    assert result["earliest_at"] == wanted
    if route == "iv" and ended is None:
        assert severities(result)["discharge.time.infusion-end"] == "unknown"
    if route == "rectal":
        assert severities(result)["discharge.time.unknown"] == "unknown"


def test_too_early_after_an_injection_is_for_the_prescriber() -> None:
    facts = HOME | {"substance": "racemic-ketamine", "route": "im", "at": "2026-03-02T11:54:00-05:00"}
    found = severities(ask("discharge", facts))
    assert found["discharge.time.im"] == "needs-decision"


CRITERIA = [
    # what, value, criterion, status
    ("assessments.1.total", 4, "moaa-s", "not-met"),
    ("assessments.0.total", 4, "moaa-s", "not-assessed"),  # 5 only once: again after 15 minutes
    ("assessments.0.at", "2026-03-02T11:36:00-05:00", "moaa-s", "not-assessed"),  # 14 minutes apart
    ("assessments.0.at", "2026-03-02T11:35:00-05:00", "moaa-s", "met"),
    ("assessments.2.total", 1, "rass", "not-met"),
    ("assessments.2.total", -1, "rass", "not-met"),
    ("assessments.3.total", 9, "recovery-score", "met"),
    ("assessments.3.total", 8, "recovery-score", "not-met"),
    ("assessments.3.instrument", "padss", "recovery-score", "met"),
    ("assessments.3.instrument", "other", "recovery-score", "not-assessed"),
    ("vitals.2.bp_systolic_mmhg", 140, "blood-pressure", "met"),
    ("vitals.2.bp_systolic_mmhg", 141, "blood-pressure", "met"),  # within 20 % of 130
    ("vitals.2.bp_systolic_mmhg", 142, "blood-pressure", "met"),  # not rising
    ("vitals.2.bp_systolic_mmhg", 143, "blood-pressure", "not-met"),  # rising
    ("vitals.2.bp_diastolic_mmhg", 88, "blood-pressure", "met"),
    ("vitals.2.bp_diastolic_mmhg", 89, "blood-pressure", "not-met"),
    ("vitals.2.spo2_percent", 94, "spo2", "met"),
    ("vitals.2.spo2_percent", 93, "spo2", "not-met"),
    ("answers.oriented", False, "oriented", "not-met"),
    ("answers.walks_unaided", False, "walks-unaided", "not-met"),
    ("answers.dissociation_significant", True, "dissociation", "not-met"),
    ("answers.escort_present", False, "escort", "not-met"),
    ("answers.written_instructions_given", False, "written-instructions", "not-met"),
    ("answers.contact_number_given", False, "contact-number", "not-met"),
    ("answers.active_suicidal_intent", True, "suicidal-intent", "not-met"),
    ("answers.active_suicidal_intent", None, "suicidal-intent", "met"),  # nothing was flagged today
]


@pytest.mark.parametrize(("path", "value", "criterion", "status"), CRITERIA)
def test_criterion(path: str, value: Any, criterion: str, status: str) -> None:
    result = ask("discharge", changed(HOME, path, value))
    assert criteria(result)[criterion] == status
    assert (result["outcome"] == "go") is (status == "met")


@pytest.mark.parametrize(
    ("before", "earlier", "latest", "status"),
    [(134, 170, 160, "not-met"), (134, 170, 159, "met"), (132, 170, 159, "not-met"), (120, 150, 144, "met"),
     (120, 150, 145, "not-met")],
)  # fmt: skip
def test_pressure_above_140_has_to_be_near_what_it_was(
    before: int, earlier: int, latest: int, status: str
) -> None:
    """Below 160, and within 20 % of the reading before the dose."""
    facts = HOME
    for place, value in enumerate((before, earlier, latest)):
        facts = changed(facts, f"vitals.{place}.bp_systolic_mmhg", value)
    assert criteria(ask("discharge", facts))["blood-pressure"] == status


def test_oxygen_below_94_is_met_where_it_was_so_before() -> None:
    facts = changed(HOME, "vitals.0.spo2_percent", 92)
    assert criteria(ask("discharge", changed(facts, "vitals.2.spo2_percent", 92)))["spo2"] == "met"
    assert criteria(ask("discharge", changed(facts, "vitals.2.spo2_percent", 91)))["spo2"] == "not-met"


def test_rass_of_minus_one_counts_with_a_note() -> None:
    facts = changed(HOME, "assessments.2.total", -1)
    facts = changed(facts, "answers.rass_note", "Calm, eyes closed by choice.")
    assert criteria(ask("discharge", facts))["rass"] == "met"
    assert criteria(ask("discharge", changed(facts, "assessments.2.total", -2)))["rass"] == "not-met"


@pytest.mark.parametrize(
    ("asked", "total", "status"), [(None, 40, "met"), (True, 4, "met"), (True, 5, "not-met")]
)
def test_cadss_only_where_it_is_asked_for(asked: bool | None, total: int, status: str) -> None:
    score = {"instrument": "cadss", "at": "2026-03-02T11:50:00-05:00", "total": total}
    facts = changed(HOME, "answers.cadss_asked", asked)
    result = ask("discharge", facts | {"assessments": [*HOME["assessments"], score]})
    assert criteria(result)["dissociation"] == status


@pytest.mark.parametrize(("risk", "status"), [("low", "met"), ("moderate", "not-met"), ("high", "not-met")])
def test_a_risk_that_was_flagged_is_asked_about_again(risk: str, status: str) -> None:
    facts = changed(without(HOME, "answers.active_suicidal_intent"), "answers.suicide_risk", risk)
    assert criteria(ask("discharge", facts))["suicidal-intent"] == status


def test_suicidal_intent_is_no_go_and_nobody_overrides_it() -> None:
    result = ask("discharge", changed(HOME, "answers.active_suicidal_intent", True))
    assert result["outcome"] == "no-go"


def test_inpatients_are_not_asked_for_an_escort() -> None:
    facts = without(without(HOME, "answers.escort_present"), "answers.escort_identity_noted")
    result = ask("discharge", facts | {"setting": "inpatient"})
    assert "escort" not in criteria(result)
    assert result["outcome"] == "go"


@pytest.mark.parametrize(
    ("at", "rule"),
    [
        ("2026-03-02T12:54:00-05:00", None),
        ("2026-03-02T12:55:00-05:00", "discharge.delayed.prescriber"),
        ("2026-03-02T13:54:00-05:00", "discharge.delayed.prescriber"),
        ("2026-03-02T13:55:00-05:00", "discharge.delayed.transfer"),
    ],
)
def test_not_ready_an_hour_and_two_after_the_earliest_time(at: str, rule: str | None) -> None:
    facts = changed(HOME, "answers.walks_unaided", False) | {"at": at}
    found = {name for name in severities(ask("discharge", facts)) if name.startswith("discharge.delayed")}
    assert found == ({rule} if rule else set())
    ready = severities(ask("discharge", HOME | {"at": at}))
    assert not {name for name in ready if name.startswith("discharge.delayed")}


@pytest.mark.parametrize(
    "path",
    ["at", "substance", "route", "doses", "vitals", "assessments", "answers.oriented", "answers.walks_unaided",
     "answers.escort_present", "answers.written_instructions_given", "answers.contact_number_given",
     "answers.dissociation_significant"],
)  # fmt: skip
def test_a_missing_fact_is_never_a_pass(path: str) -> None:
    result = ask("discharge", without(HOME, path))
    assert result["outcome"] == "needs-decision"


def test_a_reading_before_the_last_device_does_not_count() -> None:
    facts = changed(HOME, "vitals.2.at", "2026-03-02T09:54:00-05:00")
    facts = changed(facts, "vitals.1.at", "2026-03-02T09:53:00-05:00")
    assert criteria(ask("discharge", facts))["blood-pressure"] == "not-assessed"


@pytest.mark.parametrize("lost", ["substance", "route"])
def test_where_substance_or_route_is_unknown_the_strictest_time_counts(lost: str) -> None:
    facts = without(HOME, lost)
    assert ask("discharge", facts | {"at": "2026-03-02T11:54:00-05:00"})["outcome"] == "no-go"
    assert criteria(ask("discharge", facts))["time-since-dose"] == "not-assessed"


def test_an_answer_about_intent_is_enough_where_no_scale_was_taken() -> None:
    facts = without(HOME, "answers.suicide_risk")
    assert criteria(ask("discharge", facts))["suicidal-intent"] == "met"
    nobody_asked = without(facts, "answers.active_suicidal_intent")
    assert criteria(ask("discharge", nobody_asked))["suicidal-intent"] == "not-assessed"


def test_a_go_has_no_open_criterion_where_the_setting_is_not_on_record() -> None:
    result = ask("discharge", without(HOME, "setting"))
    assert (result["outcome"], set(criteria(result).values()), result["findings"]) == ("go", {"met"}, [])


def test_a_contradiction_about_pregnancy_keeps_nobody_here() -> None:
    """It is asked about before a dose; the person's sex is no criterion for going home."""
    facts = changed(changed(HOME, "person.sex", "male"), "person.could_be_pregnant", True)
    assert (ask("discharge", facts)["outcome"], ask("discharge", facts)["findings"]) == ("go", [])


def test_a_second_too_early_is_not_two_hours() -> None:
    result = ask("discharge", HOME | {"at": "2026-03-02T11:54:59-05:00"})
    (finding,) = (one for one in result["findings"] if one["rule"] == "discharge.time.esketamine")
    assert finding["because"][0]["value"] == "119.9 of 120 minutes"
    assert result["clock"]["minutes_since_last_dose"] == 119.9
    assert result["clock"]["minutes_since_first_dose"] == 124.9
    late = changed(HOME, "doses.1.at", "2026-03-02T09:55:01-05:00") | {"at": "2026-03-02T11:55:00-05:00"}
    assert ask("discharge", late)["findings"][0]["message"].endswith("Earliest: 11:56.")


@pytest.mark.parametrize(
    ("route", "ended", "at", "outcome", "earliest"),
    [
        ("oral", None, "11:54", "no-go", "12:25"),  # two hours are the hard block, the route's time is longer
        ("oral", None, "12:24", "needs-decision", "12:25"),
        ("oral", None, "12:25", "go", "12:25"),
        ("iv", "10:35", "11:54", "no-go", "11:55"),  # here the two hours are longer
        ("iv", "11:05", "11:55", "needs-decision", "12:05"),
    ],
)
def test_esketamine_by_another_route_keeps_the_time_of_the_route_too(
    route: str, ended: str | None, at: str, outcome: str, earliest: str
) -> None:
    dose = {"at": "2026-03-02T09:55:00-05:00", "dose_mg": 40}
    if ended:
        dose["ended_at"] = f"2026-03-02T{ended}:00-05:00"
    late = [{"at": f"2026-03-02T11:{minute}:00-05:00"} for minute in (40, 50)]
    facts = HOME | {"route": route, "doses": [dose], "at": f"2026-03-02T{at}:00-05:00"}
    facts["vitals"] = [HOME["vitals"][0], *({**HOME["vitals"][2], **one} for one in late)]
    result = ask("discharge", facts)
    assert (result["outcome"], result["earliest_at"]) == (outcome, f"2026-03-02T{earliest}:00-05:00")


@pytest.mark.parametrize("name", ["MOAA/S", "moaas", "MOAA_S", "moaa-s"])
def test_an_instrument_is_known_by_the_names_that_people_write(name: str) -> None:
    facts = HOME
    for place in (0, 1):
        facts = changed(facts, f"assessments.{place}.instrument", name)
    assert criteria(ask("discharge", facts))["moaa-s"] == "met"
