"""What a person is asked when, as a clinician reads it. All moments are local policy (C).

Check-ins 4, 24 and 72 hours after each dose; PHQ-9 and GAD-7 (which look back 14 days) before the first dose, 14 days
after it and every 14 days in induction, then 14 days into maintenance and every 28 days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schedules import load_schedule
from upwell.science.measures import Answer, Dose, Phase, Planned, due_measures, part_of

STANDARD = load_schedule()
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def plan(
    *,
    phases: list[tuple[str, float]],
    doses: list[float] = [],  # noqa: B006
    answered: list[tuple[str, float, str]] = [],  # noqa: B006
    at: float,
    closed: float | None = None,
) -> list[Planned]:
    ends = [*(since for _, since in phases[1:]), closed][: len(phases)]
    return due_measures(
        STANDARD,
        phases=[
            Phase(name, day(since), None if end is None else day(end))
            for (name, since), end in zip(phases, ends, strict=True)
        ],
        doses=[Dose(f"d{number}", day(when)) for number, when in enumerate(doses, start=1)],
        answered=[Answer(instrument, day(when), slot) for instrument, when, slot in answered],
        at=day(at),
    )


def opens(planned: list[Planned], instrument: str) -> list[tuple[str, float]]:
    return [
        (one.slot, (one.opens_at - START) / timedelta(days=1))
        for one in planned
        if one.instrument == instrument
    ]


def test_one_dose_gives_three_check_ins() -> None:
    found = [one for one in plan(phases=[("induction", 0)], doses=[1], at=1) if one.instrument == "check-in"]
    hours = [
        [
            (moment - day(1)) / timedelta(hours=1)
            for moment in (one.opens_at, one.due_at, one.late_at, one.closes_at)
        ]
        for one in found
    ]
    assert [one.slot for one in found] == ["4h/d1", "24h/d1", "72h/d1"]
    assert hours == [[3, 4, 8, 12], [18, 24, 30, 48], [60, 72, 84, 108]]
    assert [STANDARD.title_of(part_of(one.slot)) for one in found] == [
        "4 hours after the dose",
        "24 hours after the dose",
        "72 hours after the dose",
    ]


NEXT_DOSE = [
    # hours until the next dose, what is left of the first dose's check-ins: slot and the hour it closes
    (2.99, []),
    (3, []),
    (3.5, [("4h/d1", 3.5)]),
    (12, [("4h/d1", 12)]),
    (48, [("4h/d1", 12), ("24h/d1", 48)]),
    (60, [("4h/d1", 12), ("24h/d1", 48)]),
    (72, [("4h/d1", 12), ("24h/d1", 48), ("72h/d1", 72)]),
    (168, [("4h/d1", 12), ("24h/d1", 48), ("72h/d1", 108)]),
]


@pytest.mark.parametrize(("hours", "left"), NEXT_DOSE, ids=[f"{row[0]} h" for row in NEXT_DOSE])
def test_the_next_dose_closes_what_is_open(hours: float, left: list[tuple[str, float]]) -> None:
    found = plan(phases=[("induction", 0)], doses=[1, 1 + hours / 24], at=1)
    assert [
        (one.slot, round((one.closes_at - day(1)) / timedelta(hours=1), 6))
        for one in found
        if one.slot.endswith("/d1")
    ] == left


def test_before_the_first_dose_a_baseline() -> None:
    found = plan(phases=[("preparation", 0)], at=0)
    assert opens(found, "phq-9") == [("baseline/1/1/phq-9", 0), ("baseline/1/2/phq-9", 28)]
    assert opens(found, "gad-7") == [("baseline/1/1/gad-7", 0), ("baseline/1/2/gad-7", 28)]
    assert opens(found, "check-in") == []


def test_the_baseline_closes_with_the_first_dose() -> None:
    found = plan(phases=[("preparation", 0), ("induction", 5)], doses=[6], at=6)
    (baseline,) = [one for one in found if one.slot == "baseline/1/1/phq-9"]
    assert baseline.closes_at == day(6)
    assert opens(found, "phq-9") == [
        ("baseline/1/1/phq-9", 0),
        ("induction/1/1/phq-9", 20),
        ("induction/1/2/phq-9", 34),
    ]


def test_a_score_by_hand_stands_for_the_one_that_was_planned() -> None:
    found = plan(phases=[("preparation", 0)], answered=[("phq-9", 3, "")], at=4)
    first = next(one for one in found if one.instrument == "phq-9")
    assert (first.slot, first.answered) == ("baseline/1/1/phq-9", True)


def test_a_score_shortly_before_puts_the_baseline_off() -> None:
    """The PHQ-9 looks back 14 days: answered 3 days before preparation began, it is asked 11 days into it."""
    found = plan(phases=[("preparation", 0)], answered=[("phq-9", -3, "")], at=0)
    assert ("baseline/1/1/phq-9", 11) in opens(found, "phq-9")


AFTER_DOSE = [(13.99, False), (14, True), (14.01, True)]


@pytest.mark.parametrize(("days", "open_then"), AFTER_DOSE)
def test_an_instrument_waits_its_recall_window_after_the_first_dose(days: float, open_then: bool) -> None:
    found = plan(phases=[("induction", 0)], doses=[1, 4, 8, 11, 15], at=1 + days)
    first = next(one for one in found if one.slot == "induction/1/1/phq-9")
    assert (first.opens_at <= day(1 + days)) is open_then


LATE_ANSWERS = [
    # the day after the first dose on which the first PHQ-9 was answered; when the next one opens (it closes on day 38)
    (14, 28),
    (14.5, 28.5),
    (20, 34),
    (21, 35),  # three days are left, as many as it takes to be late
    (21.1, None),  # too little time is left: the one after it comes on day 42
    (23.9, None),
]


@pytest.mark.parametrize(("answered_on", "next_opens"), LATE_ANSWERS)
def test_never_twice_within_the_recall_window(answered_on: float, next_opens: float | None) -> None:
    found = plan(
        phases=[("induction", 0)],
        doses=[0],
        answered=[("phq-9", answered_on, "induction/1/1/phq-9")],
        at=answered_on,
    )
    after = [when for slot, when in opens(found, "phq-9") if slot == "induction/1/2/phq-9"]
    assert [round(when, 6) for when in after] == ([] if next_opens is None else [next_opens])


def test_rarer_in_maintenance() -> None:
    found = plan(phases=[("induction", 0), ("maintenance", 29)], doses=[0, 29.5, 57], at=100)
    assert [when for _, when in opens(found, "phq-9")] == [14, 28, 43, 71, 99, 127]


def test_maintenance_is_watched_without_a_dose() -> None:
    found = plan(phases=[("induction", 0), ("maintenance", 30)], doses=[0], at=100)
    assert [when for _, when in opens(found, "phq-9")] == [14, 28, 44, 72, 100, 128]


def test_back_to_induction_is_a_series_of_its_own() -> None:
    found = plan(phases=[("induction", 0), ("maintenance", 30), ("induction", 50)], doses=[0, 51], at=80)
    assert opens(found, "phq-9")[-4:] == [
        ("induction/2/1/phq-9", 65),
        ("induction/2/2/phq-9", 79),
        ("induction/2/3/phq-9", 93),
        ("induction/2/4/phq-9", 107),
    ]
    assert not any(slot.startswith("baseline/2") for slot, _ in opens(found, "phq-9"))


def test_a_dose_written_down_before_the_course_moved_on_counts() -> None:
    found = plan(phases=[("preparation", 0), ("induction", 2)], doses=[1.9], at=2)
    assert ("induction/1/1/phq-9", 15.9) in [(slot, round(when, 6)) for slot, when in opens(found, "phq-9")]


def test_nothing_opens_after_the_course_was_closed() -> None:
    found = plan(phases=[("induction", 0)], doses=[0], closed=2, at=60)
    assert [one.slot for one in found] == ["4h/d1", "24h/d1"]


def test_before_preparation_nothing_is_planned() -> None:
    assert plan(phases=[("inquiry", 0), ("referral", 1), ("screening", 2)], at=10) == []
    assert plan(phases=[], at=0) == []


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Sydney"])
@pytest.mark.parametrize(
    "month", [(2026, 3, 7), (2026, 3, 28), (2026, 10, 3), (2026, 10, 24), (2026, 10, 31), (2026, 4, 4)]
)
def test_hours_are_real_hours_when_the_clock_changes(zone: str, month: tuple[int, int, int]) -> None:
    local = datetime(*month, 18, 30, tzinfo=ZoneInfo(zone))
    (first, *_) = [
        one
        for one in due_measures(
            STANDARD, phases=[Phase("induction", local)], doses=[Dose("d", local)], answered=[], at=local
        )
        if one.slot == "24h/d"
    ]
    assert first.due_at.timestamp() - local.timestamp() == 24 * 3600


def test_only_what_a_patient_can_be_shown_and_nothing_that_looks_back_past_the_dose() -> None:
    for part in STANDARD.after_each_dose:
        assert load_instrument(part.instrument).recall_days == 0
        assert part.provenance.is_policy
    for series in STANDARD.series:
        assert series.provenance.is_policy
        for name in series.instruments:
            known = load_instrument(name)
            assert known.has_wording
            assert known.respondent == "patient"
            assert series.every >= timedelta(days=known.recall_days)


def test_a_measure_that_is_put_off_is_due_and_late_as_much_later() -> None:
    """Answered 3 days before: the baseline opens on day 11, and is due then."""
    found = plan(phases=[("preparation", 0)], answered=[("phq-9", -3, "")], at=0)
    first = next(one for one in found if one.slot == "baseline/1/1/phq-9")
    assert first.opens_at == first.due_at == day(11)
    assert first.late_at > first.due_at


def baseline(found: list[Planned]) -> list[str]:
    return [slot for slot, _ in opens(found, "phq-9") if slot.startswith("baseline")]


def test_preparation_and_the_wait_in_induction_are_one_stretch_for_the_baseline() -> None:
    """It goes on counting until the first dose, and ends with the second phase where that one ends first."""
    waits = plan(phases=[("preparation", 0), ("induction", 20)], at=50)
    assert baseline(waits)[:3] == [f"baseline/1/{turn}/phq-9" for turn in (1, 2, 3)]
    ended = plan(phases=[("preparation", 0), ("induction", 20), ("paused", 40)], at=60)
    assert baseline(ended) == ["baseline/1/1/phq-9", "baseline/1/2/phq-9"]
    again = plan(phases=[("preparation", 0), ("paused", 20), ("preparation", 40)], at=40)
    assert baseline(again) == ["baseline/1/1/phq-9", "baseline/2/1/phq-9", "baseline/2/2/phq-9"]


def test_preparation_that_was_broken_off_and_taken_up_again_asks_nothing_twice() -> None:
    """The first baseline is still open on day 5; the series that begins anew then leaves its first turn out."""
    found = plan(phases=[("preparation", 0), ("paused", 3), ("preparation", 5)], at=5)
    assert baseline(found) == ["baseline/1/1/phq-9", "baseline/2/2/phq-9"]
    later = plan(phases=[("preparation", 0), ("paused", 3), ("preparation", 14)], at=14)
    assert baseline(later)[:2] == ["baseline/1/1/phq-9", "baseline/2/1/phq-9"]


BY_HAND = [
    # the day of a PHQ-9 that nobody had planned, and which of two baselines (days 0 to 28, 28 to 56) it stands for
    (0, [True, False]),
    (13, [True, False]),
    (27.99, [True, False]),
    (28, [False, True]),
]


@pytest.mark.parametrize(("answered_on", "stands_for"), BY_HAND)
def test_a_measure_is_open_from_its_first_moment_and_not_at_its_last(
    answered_on: float, stands_for: list[bool]
) -> None:
    found = plan(phases=[("preparation", 0)], answered=[("phq-9", answered_on, "")], at=answered_on)
    two = [one.answered for one in found if one.slot in ("baseline/1/1/phq-9", "baseline/1/2/phq-9")]
    assert two[: len(stands_for)] == stands_for


def test_what_opens_at_the_end_of_the_time_looked_ahead_is_seen() -> None:
    ahead = STANDARD.ahead / timedelta(days=1)
    assert "baseline/1/2/phq-9" in baseline(plan(phases=[("preparation", 0)], at=28 - ahead))
    assert "baseline/1/2/phq-9" not in baseline(plan(phases=[("preparation", 0)], at=27.99 - ahead))


def test_a_change_of_the_clock_moves_no_measure_of_a_phase() -> None:
    """Clocks in Chicago go forward on 8 March 2026: 28 days stay 28 times 24 hours."""
    there = START.astimezone(ZoneInfo("America/Chicago"))
    end = (START + timedelta(days=60)).astimezone(ZoneInfo("America/Chicago"))
    found = due_measures(
        STANDARD, phases=[Phase("preparation", there, end)], doses=[], answered=[], at=day(20)
    )
    second = next(one for one in found if one.slot == "baseline/1/2/phq-9")
    assert (second.opens_at - day(0)) == timedelta(days=28)
    assert second.opens_at.utcoffset() == timedelta(0)


def test_a_slot_says_of_which_part_of_the_schedule_it_is() -> None:
    assert [part_of(one) for one in ("4h/d1", "baseline/1/2/phq-9", "baseline")] == [
        "4h",
        "baseline",
        "baseline",
    ]


def test_doses_count_in_their_order_of_time_whatever_they_are_called() -> None:
    given = [Dose("z", day(1)), Dose("a", day(2))]
    found = due_measures(STANDARD, phases=[Phase("induction", day(0))], doses=given, answered=[], at=day(3))
    closes = {one.slot: one.closes_at for one in found if one.instrument == "check-in"}
    assert closes["24h/z"] == day(2)  # by the dose after it
    assert closes["24h/a"] > day(3)
