"""Corrections: of anything, in any order, of each other; and copies and second versions of one event."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from tests.spec.sessions import clock, events, flags, folded, ident, raw
from upwell.science.session import fold, read_log

DOSE = raw(1, "dose-given", 0, {"dose_mg": 28})


def correction(number: int, of: int, minute: float = 10, **body: Any) -> dict[str, Any]:
    return raw(number, "correction", minute, {"corrects": ident(of), "reason": "slip", **body})


def given(*lines: dict[str, Any]) -> tuple[float, list[str]]:
    """How much counts as given, and the flags about corrections; the same for every order."""
    found = set()
    for some in permutations([DOSE, *lines]):
        state = folded(list(some))
        about = sorted(flag for flag in flags(state) if flag.startswith(("correction", "same-id")))
        found.add((state.given_mg, tuple(about)))
    (only,) = found
    return only[0], list(only[1])


BACK: dict[str, Any] = {"entered_in_error": True}
HALF: dict[str, Any] = {"replacement": {"dose_mg": 14}}
CASES: list[tuple[str, list[dict[str, Any]], float, list[str]]] = [
    ("none", [], 28, []),
    ("replaced", [correction(2, 1, **HALF)], 14, []),
    ("taken back", [correction(2, 1, **BACK)], 0, []),
    ("the later one counts", [correction(2, 1, 10, **HALF), correction(3, 1, 11, replacement={"dose_mg": 7})], 7, []),
    ("replaced, then taken back", [correction(2, 1, 10, **HALF), correction(3, 1, 11, **BACK)], 0, []),
    ("taken back, then replaced", [correction(2, 1, 10, **BACK), correction(3, 1, 11, **HALF)], 14, []),
    ("the correction is taken back", [correction(2, 1, **HALF), correction(3, 2, 11, **BACK)], 28, []),
    ("and that as well", [correction(2, 1, **HALF), correction(3, 2, 11, **BACK), correction(4, 3, 12, **BACK)], 14,
     []),
    ("the correction is corrected whole",
     [correction(2, 1, **HALF), correction(3, 2, 11, replacement={"corrects": ident(1),
      "replacement": {"dose_mg": 21}})], 21, []),
    ("the correction is corrected by its value", [correction(2, 1, **HALF), correction(3, 2, 11,
     replacement={"dose_mg": 21})], 21, []),
    ("taking back becomes a value", [correction(2, 1, **BACK), correction(3, 2, 11, replacement={"dose_mg": 21})],
     21, []),
    ("it may not name another event",
     [correction(2, 1, **HALF), correction(3, 2, 11, replacement={"corrects": ident(9), "entered_in_error": True})],
      14,
     ["correction-does-not-fit"]),
    ("of an unknown", [correction(2, 77, **HALF)], 28, ["correction-of-unknown"]),
    ("of itself", [correction(2, 2, **BACK)], 28, ["correction-in-a-circle"]),
    ("of each other", [correction(2, 3, **BACK), correction(3, 2, **BACK)], 28, ["correction-in-a-circle"] * 2),
    ("it does not fit", [correction(2, 1, replacement={"text": "x"})], 28, ["correction-does-not-fit"]),
    ("a good one before one that does not fit",
     [correction(2, 1, 10, **HALF), correction(3, 1, 11, replacement={"dose_mg": -1})], 14,
      ["correction-does-not-fit"]),
    ("observed before what it corrects", [correction(2, 1, -30, **HALF)], 14, []),
    ("twice the same", [correction(2, 1, **HALF), correction(2, 1, **HALF)], 14, []),
]  # fmt: skip


@pytest.mark.parametrize(("what", "lines", "total", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_what_counts(what: str, lines: list[dict[str, Any]], total: float, wrong: list[str]) -> None:
    assert given(*lines) == (total, wrong)


def test_without_a_reason_it_counts_and_is_flagged() -> None:
    line = correction(2, 1, **BACK)
    del line["body"]["reason"]
    assert given(line) == (0, ["correction-without-reason"])


def test_what_was_corrected_stays_in_the_timeline() -> None:
    state = folded([DOSE, correction(2, 1, **BACK), raw(3, "note", 5, {"text": "x"})])
    assert [event.id for event in state.timeline] == [ident(1), ident(3), ident(2)]
    result = state.as_json()
    assert result["corrected"] == {ident(1): ident(2)}
    assert result["entered_in_error"] == [ident(1)]


def test_a_correction_of_the_next_day_does_not_move_the_clock() -> None:
    state = folded([DOSE, raw(3, "note", 90, {"text": "x"}), correction(2, 1, 1440, **HALF)])
    assert (state.elapsed_min, state.given_mg) == (90, 14)


def test_a_long_chain_is_no_trouble() -> None:
    lines = [DOSE, correction(2, 1, **BACK), *(correction(n, n - 1, **BACK) for n in range(3, 3003))]
    assert (
        fold(events(lines)).given_mg == 0
    )  # an even number of them takes the first one back, and so it counts
    assert fold(events(lines[:-1])).given_mg == 28


def test_state_goes_with_corrections() -> None:
    lines = [raw(1, "arrived", 0), raw(2, "ended", 5, {"disposition": "eloped"})]
    assert folded(lines).state == "ended"
    assert folded([*lines, correction(3, 2, **BACK)]).state == "arrived"


def test_a_broken_line_is_mended_by_a_correction() -> None:
    broken = json.dumps(raw(1, "vitals", 3, {"spo2_percent": 880}))
    log = read_log("\n".join([broken, json.dumps(correction(2, 1, replacement={"spo2_percent": 88}))]))
    state = fold(log.events, quarantined=log.quarantined)
    assert [(one.level, one.event) for one in state.alarms] == [("red", ident(1))]
    assert flags(state) == ["event-before-arrival"]
    assert len(state.quarantined) == 1
    assert state.as_json()["timeline"] == [ident(1), ident(2)]  # it counts, so it has its place
    back = read_log("\n".join([broken, json.dumps(correction(2, 1, **BACK))]))
    assert fold(back.events, quarantined=back.quarantined).in_error == (ident(1),)


COPIES: list[tuple[str, dict[str, Any], int, list[str]]] = [
    ("the same", {}, 1, []),
    ("received later", {"received_at": clock(9)}, 1, []),
    ("the same moment in another zone", {"observed_at": "2026-03-02T15:00:00Z"}, 1, []),
    ("in capitals", {"id": DOSE["id"].upper()}, 1, []),
    ("a whole number as a fraction", {"body": {"dose_mg": 28.0}}, 1, []),
    ("with an empty key", {"body": {"dose_mg": 28, "lot": None}}, 1, []),
    ("another dose", {"body": {"dose_mg": 56}, "received_at": clock(9)}, 0, ["same-id-other-content"]),
    ("another author", {"author": {"id": "x"}, "received_at": clock(9)}, 0, ["same-id-other-content"]),
    ("another type", {"type": "note", "body": {}, "received_at": clock(9)}, 0, ["same-id-other-content"]),
    ("another time", {"observed_at": clock(1), "received_at": clock(9)}, 0, ["same-id-other-content"]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "change", "copies", "wrong"), COPIES, ids=[case[0] for case in COPIES])
def test_two_events_with_one_id(what: str, change: dict[str, Any], copies: int, wrong: list[str]) -> None:
    for lines in permutations([DOSE, DOSE | change]):
        state = folded(list(lines))
        assert state.duplicates == copies
        assert [flag for flag in flags(state) if flag.startswith("same-id")] == wrong
        assert (state.given_mg, len(state.timeline)) == (28, 1)


def test_yes_is_not_the_number_one() -> None:
    one, yes = (raw(1, "checklist", 0, {"item": "x", "value": value}) for value in (1, True))
    assert "same-id-other-content" in flags(folded([one, yes]))


def test_a_clock_that_is_ahead_is_told_once_for_each_device() -> None:
    ahead = [raw(n, "note", 5 + n, {"text": "x"}, received_at=clock(5 + n - 1)) for n in range(1, 4)]
    state = folded([*ahead, raw(9, "note", 5, {"text": "x"}, received_at=clock(4), device="tablet-9")])
    assert flags(state) == ["clock-skew", "clock-skew"]
    assert "events: 3" in state.flags[1].as_json()["message"]
