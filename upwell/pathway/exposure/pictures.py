"""The pictures of these pages, with their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from upwell.knowledge.pharmacology.pages import Effect, load_pages
from upwell.pathway.exposure.planning import Case, Heavier, Plan
from upwell.pathway.exposure.timing import Timing
from upwell.pathway.exposure.words import ROUTES
from upwell.science.pharmacology.validation import Row
from upwell.web.curves import Curve, Picture

HOUR = 60
QUARTER = 15
UNIT = "ng/mL"


def case_title(case: Case) -> str:
    """The dose in words: 35 mg into a vein over 40 minutes."""
    title = _("%(mg)s mg %(route)s") % {
        "mg": f"{case.wanted.dose_mg:g}",
        "route": str(ROUTES[case.wanted.route]),
    }
    if case.wanted.infusion_min:
        title += " " + _("over %(minutes)s minutes") % {"minutes": f"{case.wanted.infusion_min:g}"}
    return title


def routes_picture(plan: Plan) -> Picture | None:
    """All routes with concentrations on one axis, with the bands that were published."""
    shown = [one for one in plan.cases if not one.timing_only]
    if not shown:
        return None
    curves = tuple(_curve(one, place) for place, one in enumerate(shown))
    return Picture(
        title=_("Ketamine in the blood, by route"),
        said=_("Typical curves: %(all)s. The same numbers stand in the table.")
        % {"all": "; ".join(f"{case_title(one)}, {peak_words(one)}" for one in shown)},
        curves=curves,
        across=hours(load_pages().drawing.until_min),
        along=_("hours since the dose began"),
        unit=UNIT,
        levels=tuple(
            (one.concentration_ng_ml, _("%(effect)s (illustration)") % {"effect": one.title})
            for one in effects_with_level(shown)
            if one.concentration_ng_ml
        ),
    )


def effects_with_level(cases: Iterable[Case]) -> list[Effect]:
    """Effects whose concentration was published for the substance that is shown."""
    substances = {one.model.substance for one in cases}
    return [one for one in load_pages().effects if one.substance in substances and one.concentration_ng_ml]


def peak_words(case: Case) -> str:
    """The height of the peak and when it is reached."""
    seen, parent = case.seen.exposure, case.model.analytes[0].id
    return _("peak %(height)s ng/mL after %(minutes)s minutes") % {
        "height": f"{seen.cmax[parent]:.0f}",
        "minutes": f"{seen.tmax_min[parent]:.0f}",
    }


def _curve(case: Case, place: int) -> Curve:
    seen, parent = case.seen.exposure, case.model.analytes[0].id
    times = [float(one) for one in seen.times_min]
    points = tuple(zip(times, (float(one) for one in seen.conc_ng_ml[parent]), strict=True))
    band: tuple[tuple[float, float, float], ...] = ()
    if case.seen.population is not None:
        bands = case.seen.population.percentiles[parent]
        low, high = (bands[key] for key in ("p5", "p95"))
        band = tuple((t, float(a), float(b)) for t, a, b in zip(times, low, high, strict=True))
    return Curve(f"{case_title(case)} ({case.model.id})", points, band, place)


def timing_picture(timing: Timing, title: str) -> Picture:
    """One curve without heights: when it starts, peaks, passes; the numbers stand for the list below it."""
    share = load_pages().timing_share
    flags = [(timing.starts_min, share, "1"), (timing.peaks_min, 1.0, "2")]
    if timing.passes_min is not None:
        flags.append((timing.passes_min, share, "3"))
    end = int(timing.curve[-1][0])
    return Picture(
        title=title,
        said=timing_words(timing),
        curves=(Curve(_("how much is in the blood"), timing.curve),),
        across=tuple((float(t), str(t)) for t in range(0, end + 1, HOUR // 2)),
        along=_("minutes since the dose began"),
        flags=tuple(flags),
    )


def timing_words(timing: Timing) -> str:
    """The three moments as a sentence."""
    said = _("Half of the peak after about %(start)s minutes, the peak after about %(peak)s.") % {
        "start": about(timing.starts_min),
        "peak": about(timing.peaks_min),
    }
    if timing.passes_min is None:
        return said
    return said + " " + _("Half is left after about %(end)s.") % {"end": about(timing.passes_min)}


def about(minutes: float) -> str:
    """Rounded to five minutes: people differ by more."""
    return f"{max(5, round(minutes / 5) * 5)}"


def heavier_picture(rows: Sequence[Heavier]) -> Picture:
    """The same mg per kg at several weights."""
    return Picture(
        title=_("The same mg per kg at several weights"),
        said="; ".join(f"{one.weight_kg:g} kg: {one.auc_percent:.0f} %" for one in rows),
        curves=tuple(Curve(f"{one.weight_kg:g} kg", one.curve, (), place) for place, one in enumerate(rows)),
        across=hours(load_pages().drawing.until_min),
        along=_("hours since the dose began"),
        unit=UNIT,
    )


def hours(until_min: int) -> tuple[tuple[float, str], ...]:
    """Ticks, one an hour."""
    return tuple((float(minute), str(minute // HOUR)) for minute in range(0, until_min + 1, HOUR))


def errors_picture(rows: Sequence[Row], line_percent: float) -> Picture:
    """How far ours is from each published value, in percent; the numbers are those of the table's rows."""
    names = list(dict.fromkeys(row.model for row in rows))
    curves = []
    for place, name in enumerate(names):
        points = tuple(
            (float(n), row.error_percent) for n, row in enumerate(rows, start=1) if row.model == name
        )
        curves.append(Curve(name, points, (), place, dots=True, line=False))
    missed = sum(row.misses for row in rows)
    worst = max(abs(row.error_percent) for row in rows)
    return Picture(
        title=_("Error of each value, in percent"),
        said=_("%(all)s values, %(missed)s more than %(line)s %% away; the largest error is %(worst)s %%.")
        % {"all": len(rows), "missed": missed, "line": f"{line_percent:g}", "worst": f"{worst:.0f}"},
        curves=tuple(curves),
        across=tuple((float(n), str(n)) for n in range(0, len(rows) + 5, 5)),
        along=_("row of the table"),
        unit="%",
        levels=((line_percent, _("above this line: misses")), (-line_percent, _("below this line: misses"))),
        lowest=-worst,
    )
