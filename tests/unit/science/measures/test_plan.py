"""Properties of the plan of measures, whatever happens in a course."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schedules import load_schedule
from upwell.science.measures import Answer, Dose, Phase, Planned, due_measures

STANDARD = load_schedule()
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
FEW = settings(max_examples=120, deadline=None)
moments = st.integers(0, 24 * 200).map(lambda hours: START + timedelta(hours=hours))
names = st.sampled_from(["screening", "preparation", "induction", "maintenance"])


@st.composite
def courses(draw: st.DrawFn) -> tuple[list[Phase], list[Dose]]:
    times = sorted(set(draw(st.lists(moments, min_size=1, max_size=5))))
    ends: list[datetime | None] = [*times[1:], None]
    phases = [Phase(draw(names), since, until) for since, until in zip(times, ends, strict=True)]
    given_at = sorted(set(draw(st.lists(moments, max_size=8))))
    return phases, [Dose(f"d{when:%j%H}", when) for when in given_at]


def planned(course: tuple[list[Phase], list[Dose]], answered: list[Answer], at: datetime) -> list[Planned]:
    return due_measures(STANDARD, phases=course[0], doses=course[1], answered=answered, at=at)


@FEW
@given(courses(), moments)
def test_planning_twice_makes_nothing_twice(course: tuple[list[Phase], list[Dose]], at: datetime) -> None:
    first = planned(course, [], at)
    assert first == planned(course, [], at)
    assert len({one.slot for one in first}) == len(first)
    for one in first:
        assert one.opens_at <= one.due_at <= one.late_at <= one.closes_at
        assert one.opens_at < one.closes_at


@FEW
@given(courses(), moments, moments)
def test_later_looks_see_all_that_was_planned(
    course: tuple[list[Phase], list[Dose]], one: datetime, other: datetime
) -> None:
    early, late = sorted((one, other))
    assert set(planned(course, [], early)) <= set(planned(course, [], late))


@FEW
@given(courses(), moments, st.randoms())
def test_the_order_of_facts_is_irrelevant(
    course: tuple[list[Phase], list[Dose]], at: datetime, random: object
) -> None:
    phases, doses = course
    assert planned((phases[::-1], doses[::-1]), [], at) == planned(course, [], at)


@settings(max_examples=60, deadline=None)
@given(courses(), st.data())
def test_whoever_answers_is_never_asked_the_same_within_the_recall_window(
    course: tuple[list[Phase], list[Dose]], data: st.DataObject
) -> None:
    """A person answers some of what is open, at any moment at which it is open; the plan is made again each time."""
    answered: list[Answer] = []
    now = START
    for _ in range(12):
        open_later = [
            one for one in planned(course, answered, now) if not one.answered and one.closes_at > now
        ]
        if not open_later:
            break
        chosen = data.draw(st.sampled_from(open_later))
        first = max(chosen.opens_at, now)
        room = int((chosen.closes_at - first).total_seconds()) - 1
        when = first + timedelta(seconds=data.draw(st.integers(0, max(room, 0))))
        answered.append(Answer(chosen.instrument, when, chosen.slot))
        now = when
    for name in ("phq-9", "gad-7"):
        times = sorted(one.at for one in answered if one.instrument == name)
        recall = timedelta(days=load_instrument(name).recall_days)
        assert all(later - earlier >= recall for earlier, later in pairwise(times))


@FEW
@given(courses(), moments, moments, st.data())
def test_a_later_dose_takes_away_nothing_that_was_answered(
    course: tuple[list[Phase], list[Dose]], at: datetime, dose_at: datetime, data: st.DataObject
) -> None:
    phases, doses = course
    before = [one for one in planned(course, [], at) if one.opens_at <= at]
    done = data.draw(st.lists(st.sampled_from(before), unique=True)) if before else []
    answered = [
        Answer(one.instrument, min(at, one.closes_at - timedelta(seconds=1)), one.slot) for one in done
    ]
    later = max([at, dose_at, *(one.at for one in doses)]) + timedelta(seconds=1)
    after = planned((phases, [*doses, Dose("later", later)]), answered, later)
    for one in done:
        assert any(found.slot == one.slot and found.answered for found in after)
