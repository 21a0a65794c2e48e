"""Relief on the course page: scores from before the first dose on, and the check-ins in the hours after one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.base.actor import Actor
from upwell.knowledge.loader import load_instrument
from upwell.knowledge.schedules import load_schedule
from upwell.pathway.course.care_queries import charts_of_course
from upwell.pathway.course.models import Course
from upwell.pathway.local_time import today
from upwell.pathway.parts import doses_of, once
from upwell.pathway.response.measures import check_ins_of, measures_now
from upwell.pathway.response.scored import Scored
from upwell.pathway.response.scores import ScoreCard, score_cards, total_of
from upwell.pathway.response.words import limit, name_of
from upwell.record.models import Assessment
from upwell.record.queries import scores_of
from upwell.science.measures import Dose, FirstReached, Relief, Score, relief, weeks_since_last_dose
from upwell.science.measures.relief import NO_BASELINE, NOT_KNOWN, NOT_REACHED, NOTHING_JUDGED
from upwell.web.charts import number

DOSES_SHOWN = 6  # dosing days whose check-ins stand on the course page


@dataclass(frozen=True, slots=True)
class ReliefLine:
    """What became of the scores on one instrument, in words."""

    name: str
    baseline: str
    baseline_at: datetime | None
    best: str
    best_at: datetime | None
    now: str
    now_at: datetime | None
    response: str
    response_rule: str
    remission: str
    remission_rule: str
    why: str
    card: ScoreCard


@dataclass(frozen=True, slots=True)
class CheckIns:
    """The check-ins after one dose: one column each, one row a question."""

    dose_at: datetime
    columns: tuple[tuple[str, UUID, UUID], ...]  # how long after the dose; the chart, the assessment
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def relief_context(course: Course, actor: Actor) -> dict[str, Any]:
    """What the card shows. A fixed number of queries."""
    doses = once(course, doses_of)
    given = [one.at for one in doses]
    scores = [one for one in scores_of(once(course, charts_of_course)) if one.instrument in _scheduled()]
    cards = score_cards(scores, shown=0, doses=given) if given else []
    return {
        "course": course,
        "doses": doses,
        "theirs": actor.practice_id != course.practice_id,
        "weeks": weeks_since_last_dose(map(localdate, given), today()),
        "lines": [_line(card, scores, given[0]) for card in cards],
        "check_ins": check_in_tables(doses, check_ins_of(once(course, measures_now))),
    }


def _scheduled() -> frozenset[str]:
    return frozenset(one for series in load_schedule().series for one in series.instruments)


def _line(card: ScoreCard, scores: Iterable[Scored], first_dose_at: datetime) -> ReliefLine:
    known = card.instrument
    own = [
        Score(one.id, localtime(one.effective_at), total_of(one), one.status)
        for one in scores
        if one.instrument == known.id and not one.entered_in_error
    ]
    found = relief(known, own, first_dose_at)
    return ReliefLine(
        name=known.name,
        baseline=_total(found.baseline),
        baseline_at=found.baseline.at if found.baseline else None,
        best=_total(found.best),
        best_at=found.best.at if found.best else None,
        now=_total(found.now),
        now_at=found.now.at if found.now else None,
        response=_reached(found.response, found.why_no_response),
        response_rule=limit(known.change.response),
        remission=_reached(found.remission, found.why_no_remission),
        remission_rule=limit(known.change.remission),
        why=_why(found),
        card=card,
    )


def _total(score: Score | None) -> str:
    return "" if score is None else number(score.total)


def _reached(first: FirstReached | None, why_not: str) -> str:
    """When it was first seen, and how sure that is: nobody can see it between two measures."""
    if first is None:
        words = {
            NO_BASELINE: _("not known: no score before the first dose"),
            NOTHING_JUDGED: _("too soon to say"),
            NOT_REACHED: _("not reached"),
            NOT_KNOWN: _("not known"),
        }
        return words.get(why_not, "")
    seen = ngettext(
        "first seen %(n)d day after the first dose", "first seen %(n)d days after the first dose", first.days
    ) % {"n": first.days}
    if first.not_yet is None or first.days_before == first.days:
        return seen
    return _("%(seen)s; not yet on day %(day)d") % {"seen": seen, "day": first.days_before}


def _why(found: Relief) -> str:
    """Why it could not be seen sooner: said, so that nobody takes the first measure for the first relief."""
    if not found.recall_days:
        return ""
    words = _(
        "%(name)s looks back %(days)d days, so it can't show a response sooner than %(days)d days after the first dose."
        " How it was in the hours and days before stands in the check-ins, which are not scored."
    )
    return words % {"name": name_of(found.instrument), "days": found.recall_days}


def check_in_tables(doses: Sequence[Dose], answered: Iterable[Assessment]) -> list[CheckIns]:
    """The check-ins after each dose, the latest dose first."""
    by_dose: dict[datetime, list[Assessment]] = {}
    for one in answered:
        before = [dose.at for dose in doses if dose.at <= one.effective_at]
        if before:
            by_dose.setdefault(max(before), []).append(one)
    latest = sorted(by_dose, reverse=True)[:DOSES_SHOWN]
    return [_table(dose_at, by_dose[dose_at]) for dose_at in latest]


def _table(dose_at: datetime, answered: Sequence[Assessment]) -> CheckIns:
    ordered = sorted(answered, key=lambda one: one.effective_at)
    items = load_instrument(ordered[0].instrument).items
    rows = []
    for item in items:
        said = []
        for one in ordered:
            value = one.answers.get(item.id)
            chosen = None if value is None else item.response_to(value)
            said.append(chosen.text if chosen else "")
        rows.append((item.text.split("?")[0] + "?", tuple(said)))
    columns = tuple((_after(one.effective_at - dose_at), one.patient_id, one.id) for one in ordered)
    return CheckIns(dose_at, columns, tuple(rows))


def _after(gap: timedelta) -> str:
    hours = round(gap / timedelta(hours=1))
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
