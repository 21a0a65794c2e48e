"""The rows of the tables beside the pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from upwell.knowledge.mechanism import Claim, MechanismChapter
from upwell.pathway.exposure.pictures import about, case_title
from upwell.pathway.exposure.planning import Cleared, Plan
from upwell.pathway.exposure.timing import Timing
from upwell.pathway.exposure.words import ANALYTES, CLAIMS, SITES
from upwell.science.pharmacology.validation import Row


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One analyte of one curve, in numbers. What a model does not reproduce is None."""

    title: str
    model: str
    site: str | Promise
    analyte: str | Promise
    cmax: float | None
    cmax_band: tuple[float, float] | None
    tmax: float | None
    auc: float | None
    auc_band: tuple[float, float] | None
    half_life_h: float | None
    spans: int  # how many rows the dose and the model stand for; 0: named above already


def case_rows(plan: Plan) -> list[CaseRow]:
    """The table beside the curves. Where only timing is known, no concentration is shown."""
    return list(_case_rows(plan))


def _case_rows(plan: Plan) -> Iterator[CaseRow]:
    for case in plan.cases:
        if case.timing_only:
            continue
        seen, many = case.seen.exposure, case.seen.population
        for place, analyte in enumerate(seen.cmax):
            peaks = many.cmax.get(analyte) if many else None
            areas = many.auc_inf_ng_h_ml.get(analyte) if many else None
            yield CaseRow(
                case_title(case),
                case.model.id,
                SITES.get(case.model.sampling.site or "", ""),
                ANALYTES.get(analyte, analyte),
                seen.cmax[analyte],
                (peaks["p5"], peaks["p95"]) if peaks else None,
                seen.tmax_min.get(analyte),
                seen.auc_inf_ng_h_ml.get(analyte),
                (areas["p5"], areas["p95"]) if areas else None,
                seen.half_life_h.get(analyte),
                len(seen.cmax) if place == 0 else 0,
            )


@dataclass(frozen=True, slots=True)
class ClearanceRow:
    """One clearance, and how far it is from the first that was published."""

    cleared: Cleared
    percent: float | None


def clearance_rows(plan: Plan) -> list[ClearanceRow]:
    """Published ones first; the others beside the first of them."""
    first = plan.clearances[0].litres_per_hour if plan.clearances else None
    return [
        ClearanceRow(one, (one.litres_per_hour / first - 1) * 100 if first and place else None)
        for place, one in enumerate(plan.clearances)
    ]


def moments_of(timing: Timing) -> list[tuple[str, str]]:
    """Start, peak and passing as they are read: a title, and when."""
    passes = (
        _("after about %(minutes)s minutes") % {"minutes": about(timing.passes_min)}
        if timing.passes_min is not None
        else _("later than this picture shows")
    )
    return [
        (_("It comes"), _("after about %(minutes)s minutes") % {"minutes": about(timing.starts_min)}),
        (_("It peaks"), _("after about %(minutes)s minutes") % {"minutes": about(timing.peaks_min)}),
        (_("It passes: half is left"), passes),
    ]


def claims_of(chapter: MechanismChapter) -> list[tuple[Claim, str | Promise, str, str]]:
    """The claims of a chapter with the word, tone and icon of their state."""
    return [(one, *CLAIMS[one.state]) for one in chapter.claims]


def rows_by_source(rows: Sequence[Row]) -> list[tuple[Row, list[tuple[int, Row]]]]:
    """The rows with their numbers, those of one model from one source together: its first row, and all."""
    found: list[tuple[Row, list[tuple[int, Row]]]] = []
    for number, row in enumerate(rows, start=1):
        if not found or (found[-1][0].model, found[-1][0].source) != (row.model, row.source):
            found.append((row, []))
        found[-1][1].append((number, row))
    return found
