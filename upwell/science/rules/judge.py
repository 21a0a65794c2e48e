"""Judges conditions over a case in three values: true, false, and unknown where a fact is missing; and says why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from upwell.base.finding import Because
from upwell.knowledge.gates.conditions import parts_of
from upwell.knowledge.gates.model import CodeLists, Condition, DrugClasses, FactBook
from upwell.science.rules.case import Case, Reading, local_day
from upwell.science.rules.fitting import fits_of, once_of
from upwell.science.rules.judged import NO, Judged, every, opposite, some
from upwell.science.rules.matching import Match, is_current, match_condition, match_medicine
from upwell.science.rules.shown import ago, shown, shown_reading

SESSION_DAYS = "doses.days"


@dataclass(frozen=True, slots=True)
class Judge:
    """What a condition is judged with: the fact book, the code lists, the classes of medicines."""

    book: FactBook
    lists: CodeLists
    classes: DrugClasses
    window: str

    def judge(self, condition: Condition, case: Case) -> Judged:
        """Whether the condition holds in this case."""
        if condition.for_minutes is not None:
            return self._sustained(condition, case)
        if condition.all:
            return every([self.judge(part, case) for part in condition.all])
        if condition.any:
            return some([self.judge(part, case) for part in condition.any])
        if condition.negated is not None:
            return opposite(self.judge(condition.negated, case))
        if condition.fact is not None:
            return self._fact(condition.fact, condition, case)
        for kind, judge in _KINDS:
            name = getattr(condition, kind)
            if name is not None:
                return judge(self, name, condition, case)
        raise ValueError("A condition without a kind; the schema should have refused it.")

    def _fact(self, name: str, condition: Condition, case: Case) -> Judged:
        if name == SESSION_DAYS:
            return self._days(condition, case)
        if name in case.values:
            value = case.values[name]
            return Judged(fits_of(condition)(value), (Because(name, shown(self.book, name, value)),))
        readings = case.window(name, condition.window or self.window)
        if not readings:
            return Judged(None, (), (name,))
        if condition.change_from is not None:
            return self._change(name, condition, case, readings)
        if condition.reading == "latest":
            readings = readings[last_moment(readings) :]
        fits = fits_of(condition)
        fitting = tuple(one for one in readings if fits(one.value))
        shown_ones = fitting or readings
        return Judged(bool(fitting), tuple(shown_reading(self.book, name, one, case) for one in shown_ones))

    def _change(self, name: str, condition: Condition, case: Case, readings: tuple[Reading, ...]) -> Judged:
        found = changes_of(name, condition, case, readings)
        if found is None:
            return Judged(None, (), (f"{name} ({condition.change_from})",))
        compared, changes = found
        because = [shown_reading(self.book, name, one, case) for one in compared]
        return Judged(any(map(fits_of(condition), changes)), tuple(dict.fromkeys(because)))

    def _days(self, condition: Condition, case: Case) -> Judged:
        if case.doses is None or case.at is None:
            return Judged(None, (), ("doses",))
        today = case.at.date()
        days = sorted({local_day(dose.at, case.at) for dose in case.doses})
        if condition.within_days is not None:
            count = len([day for day in days if today - day < timedelta(days=condition.within_days)])
            return Judged(fits_of(condition)(count), (Because("doses", f"{count} session days"),))
        gap = timedelta(days=condition.gap_days or 0)
        run = days[-1:]
        for day in reversed(days[:-1]):
            if run[0] - day > gap:
                break
            run.insert(0, day)
        span = (run[-1] - run[0]).days if run else 0
        return Judged(fits_of(condition)(span), (Because("doses", f"at this pace for {span} days"),))

    def _since(self, name: str, condition: Condition, case: Case) -> Judged:
        begins = case.values.get(name)
        if not isinstance(begins, datetime):
            readings = case.series.get(name, ())
            begins = readings[-1].at if readings else None
        if begins is None or case.at is None:
            return Judged(None, (), (name if begins is None else "at",))
        elapsed = (case.at - begins) / timedelta(**{condition.unit: 1})
        because = Because(name, ago(case.at - begins, condition.unit), begins.isoformat())
        return Judged(fits_of(condition)(elapsed), (because,))

    def _given(self, name: str, condition: Condition, case: Case) -> Judged:
        whole = {"conditions": case.conditions, "medicines": case.medicines, "doses": case.doses}
        if name in whole:
            there = whole[name] is not None
        elif name in case.values:
            there = True
        else:
            there = bool(case.window(name, condition.window or self.window))
        return Judged(there, (Because(name, "on record" if there else "not on record"),))

    def _same_day(self, name: str, _: Condition, case: Case) -> Judged:
        moment = case.values.get(name)
        if not isinstance(moment, datetime) or case.at is None:
            return Judged(None, (), (name,))
        holds = case.is_of(case.at.date(), moment)
        return Judged(holds, (Because(name, "today" if holds else "another day", moment.isoformat()),))

    def _has(self, name: str, condition: Condition, case: Case) -> Judged:
        if case.conditions is None:
            return Judged(None, (), ("conditions",))
        wanted = self.lists.lists[name]
        found = [match_condition(entry, wanted, self.lists) for entry in case.conditions]
        matches = [one for one in found if one is not None and (condition.ever or self._now(one, case))]
        if not matches:
            return NO
        because = tuple(_condition_because(one) for one in matches)
        if condition.onset_within_days is None:
            return Judged(True, because)
        limit = timedelta(days=condition.onset_within_days)
        today = case.today()
        recent = tuple(
            _condition_because(one)
            for one in matches
            if today and one.entry.begins and today - one.entry.begins <= limit
        )
        if recent:
            return Judged(True, recent)
        dated = today is not None and all(one.entry.begins for one in matches)
        return Judged(False, because) if dated else Judged(None, because, ("conditions.onset",))

    @staticmethod
    def _now(match: Match, case: Case) -> bool:
        return is_current(match.entry, case.today())

    def _takes(self, name: str, _: Condition, case: Case) -> Judged:
        if case.medicines is None:
            return Judged(None, (), ("medicines",))
        wanted = self.classes.classes[name]
        found = [match_medicine(entry, wanted) for entry in case.medicines if entry.active]
        because = tuple(Because("medicines", one.words) for one in found if one is not None)
        return Judged(bool(because), because)

    def _sustained(self, condition: Condition, case: Case) -> Judged:
        """The condition held at every reading of the latest run, for so long: looked at no further back than that."""
        inner = once_of(condition)
        names = {part.fact for part in parts_of(inner) if part.fact is not None}
        window = condition.window or self.window
        run: list[tuple[datetime, Judged]] = []
        for moment, readings in by_moment(case, names, window):
            judged = self.judge(inner, case.with_series(readings))
            if judged.holds is None:
                continue
            if not judged.holds:
                if not run:
                    return judged
                break
            run.append((moment, judged))
            if run[0][0] - moment >= timedelta(minutes=condition.for_minutes or 0):
                break
        if not run:
            return Judged(None, (), tuple(sorted(names)))
        because = tuple(dict.fromkeys(one for _, judged in reversed(run) for one in judged.because))
        held = run[0][0] - run[-1][0] >= timedelta(minutes=condition.for_minutes or 0)
        if held:
            return Judged(True, because)
        return Judged(None if condition.unproven == "unknown" else False, because, self._again(names))

    def _again(self, names: Iterable[str]) -> tuple[str, ...]:
        """What was measured, and has to be once more; both numbers of a pair are measured at once."""
        entries = {name: self.book.entries.get(name) for name in names}
        once = {
            name if entry is None or entry.pair is None else entry.pair for name, entry in entries.items()
        }
        return tuple(f"{name} (again)" for name in sorted(once))


_KINDS = (
    ("since", Judge._since), ("given", Judge._given), ("has", Judge._has),
    ("takes", Judge._takes), ("same_day", Judge._same_day),
)  # fmt: skip


def changes_of(
    name: str, condition: Condition, case: Case, readings: tuple[Reading, ...]
) -> tuple[tuple[Reading, ...], list[float]] | None:
    """How far the readings of the last moment are from the baseline or the one before, and what was compared."""
    place = last_moment(readings)
    latest, before = readings[place:], readings[place - 1] if place else None
    base = before if condition.change_from == "previous" else case.baseline(name)
    if base is None or (condition.relative and base.value == 0):
        return None
    changes = [one.value - base.value for one in latest]
    if condition.relative:
        changes = [abs(change) / base.value for change in changes]
    return (base, *latest), changes


def last_moment(readings: Sequence[Reading]) -> int:
    """Where the readings of the last moment begin; they are in the order of time."""
    place = len(readings) - 1
    while place > 0 and readings[place - 1].at == readings[-1].at:
        place -= 1
    return place


def by_moment(
    case: Case, names: Iterable[str], window: str
) -> Iterator[tuple[datetime, dict[str, tuple[Reading, ...]]]]:
    """Moment by moment, the latest first: the readings of each of these facts at that moment alone."""
    series = {name: case.window(name, window) for name in sorted(names)}
    left = {name: len(readings) for name, readings in series.items()}
    while any(left.values()):
        moment = max(series[name][place - 1].at for name, place in left.items() if place)
        there: dict[str, tuple[Reading, ...]] = {}
        for name, readings in series.items():
            end = begin = left[name]
            while begin and readings[begin - 1].at == moment:
                begin -= 1
            there[name], left[name] = readings[begin:end], begin
        yield moment, there


def _condition_because(match: Match) -> Because:
    return Because("conditions", match.words, match.entry.begins_text or None)
