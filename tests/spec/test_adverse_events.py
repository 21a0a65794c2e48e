"""Adverse events, near misses and deviations in a session's log (clinical reference 3.8, step 11)."""

from __future__ import annotations

import pytest

from tests.spec.sessions import Log, clock, folded
from upwell.base.errors import BadInput
from upwell.knowledge.aftercare import Due
from upwell.knowledge.provenance import Mark
from upwell.knowledge.reporting import load_event_reports


def stands(log: Log, minute: float | None = None) -> list[dict]:
    found: list[dict] = log.at(minute).as_json()["adverse_events"]
    return found


def answer(log: Log) -> object:
    """What the REMS gate is told."""
    from upwell.science.session import facts_of

    state = log.at()
    assert state.at is not None
    return (facts_of(state.counting, state.at)["answers"] or {}).get("serious_adverse_event")


def test_an_event_as_it_is_first_told() -> None:
    log = Log()
    first = log.add(
        "adverse-event", 20, term="Nausea", ctcae_grade=2, onset_at=clock(18), action="Ondansetron"
    )
    assert stands(log) == [
        {
            "id": first,
            "kind": "adverse-event",
            "observed_at": clock(20),
            "term": "Nausea",
            "ctcae_grade": 2,
            "onset_at": clock(18),
            "resolved_at": None,
            "action": "Ondansetron",
            "outcome": None,
            "serious": False,
            "serious_because": [],
            "updated_by": [],
        }
    ]


def test_a_later_event_that_names_it_goes_on_with_it() -> None:
    log = Log()
    first = log.add("adverse-event", 20, term="Nausea", ctcae_grade=1)
    second = log.add("adverse-event", 30, updates=first, ctcae_grade=2)
    third = log.add("adverse-event", 60, updates=second, resolved_at=clock(55), outcome="resolved")
    assert stands(log, 25)[0]["ctcae_grade"] == 1
    (one,) = stands(log)
    assert (one["term"], one["ctcae_grade"], one["outcome"]) == ("Nausea", 2, "resolved")
    assert one["updated_by"] == [second, third]


def test_vomiting_is_over_for_the_rules_when_an_update_resolves_it() -> None:
    from upwell.science.session import facts_of

    log = Log()
    first = log.add("adverse-event", 20, term="Vomiting")
    assert facts_of(log.at(25).counting, log.at(25).at)["answers"]["vomiting"] is True
    log.add("adverse-event", 40, updates=first, resolved_at=clock(38))
    assert facts_of(log.at(45).counting, log.at(45).at)["answers"]["vomiting"] is False


SERIOUS = [
    # what is said, serious?, what the REMS form is told
    ({}, False, None),
    ({"serious": False}, False, None),
    ({"ctcae_grade": 4}, False, None),  # severe is not serious
    ({"serious": True}, True, True),
    ({"serious_because": ["hospitalisation"]}, True, True),
]


@pytest.mark.parametrize(("said", "serious", "told"), SERIOUS)
def test_serious_is_said_or_follows_from_a_criterion(said: dict, serious: bool, told: object) -> None:
    log = Log()
    log.add("adverse-event", 20, term="Fainted", **said)
    assert stands(log)[0]["serious"] is serious
    assert answer(log) is told


def test_what_turns_out_not_to_be_serious_is_not_answered_as_no() -> None:
    log = Log()
    first = log.add("adverse-event", 20, term="Fainted", serious_because=["life-threatening"])
    log.add("adverse-event", 30, updates=first, serious=False)
    assert stands(log)[0]["serious"] is False
    assert answer(log) is None  # whether there was another one, nobody has said


def test_a_near_miss_is_no_adverse_event_for_the_rems() -> None:
    log = Log()
    log.add("near-miss", 5, term="Two syringes on one tray", serious=True)
    assert stands(log)[0]["kind"] == "near-miss"
    assert answer(log) is None


def test_an_update_of_what_is_not_there_stands_for_itself_and_is_flagged() -> None:
    log = Log()
    lost = log.add("adverse-event", 20, term="Headache", updates="0190a000-0000-7000-8000-00000000ffff")
    assert [one["id"] for one in stands(log)] == [lost]
    assert "update-of-unknown" in [flag.flag for flag in log.at().flags]


def test_an_event_entered_in_error_is_gone_with_what_it_said() -> None:
    log = Log()
    first = log.add("adverse-event", 20, term="Fainted", serious=True)
    log.add("correction", 25, corrects=first, entered_in_error=True, reason="Another person")
    assert stands(log) == []
    assert answer(log) is None


def test_the_order_of_the_lines_does_not_matter() -> None:
    log = Log()
    first = log.add("adverse-event", 20, term="Nausea")
    log.add("adverse-event", 30, updates=first, outcome="recovering")
    assert folded(log.lines[::-1]).as_json()["adverse_events"] == stands(log)


def test_it_is_not_resolved_before_it_begins() -> None:
    log = Log()
    log.add("adverse-event", 20, term="Nausea", onset_at=clock(20), resolved_at=clock(10))
    with pytest.raises(BadInput, match="resolved before it begins"):
        log.at()


REPORTS = [
    # substance, jurisdiction, the reports that a serious event opens
    ("esketamine", "US", ["incident", "rems", "medwatch"]),
    ("racemic-ketamine", "US", ["incident", "medwatch"]),
    ("esketamine", "EU", ["incident"]),
    ("racemic-ketamine", "EU", ["incident"]),
    ("", "US", ["incident", "rems", "medwatch"]),  # not known which: none is left out
]


@pytest.mark.parametrize(("substance", "jurisdiction", "wanted"), REPORTS)
def test_which_reports(substance: str, jurisdiction: str, wanted: list[str]) -> None:
    known = load_event_reports().reports.values()
    found = [one.id for one in known if one.is_for(substance=substance, jurisdiction=jurisdiction)]
    assert found == wanted


def test_a_time_stands_only_where_a_source_gives_it() -> None:
    reports = load_event_reports().reports
    assert (reports["incident"].due, reports["incident"].due_provenance.confidence) == (Due.SAME_DAY, Mark.H)
    for one in ("rems", "medwatch"):
        assert reports[one].due is None
        assert reports[one].due_provenance.confidence is Mark.NR
        assert reports[one].unknown_words
