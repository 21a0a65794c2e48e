"""Trajectory charts as accessible SVG: bands behind, scores as a line, the lines to reach, the dosing days.

Pure: no Django, no clock. Three drawings are made, for wide, medium and narrow places; CSS shows one of
them, so that the text is never shrunk below what can be read on a phone.
"""

from __future__ import annotations

from upwell.web.chart_data import Band, Trajectory, TrajectoryPoint, Words, band_level, number
from upwell.web.chart_drawing import drawing
from upwell.web.chart_said import summary
from upwell.web.chart_scale import MEDIUM, NARROW, WIDE
from upwell.web.chart_svg import path, tag, words

__all__ = [
    "Band", "Trajectory", "TrajectoryPoint", "Words", "band_level", "number",
    "sparkline_svg", "summary", "table_rows", "trajectory_figure",
]  # fmt: skip


def trajectory_figure(chart: Trajectory) -> str:
    """The whole figure: the drawings and a key."""
    if not chart.points:
        return f'<p class="chart muted">{words(chart.words.none_yet)}</p>'
    drawings = "".join(drawing(chart, frame) for frame in (WIDE, MEDIUM, NARROW))
    return f'<figure class="chart"><div class="chart__frame">{drawings}</div>{_key(chart)}</figure>'


def table_rows(chart: Trajectory) -> list[dict[str, object]]:
    """The same numbers as rows, oldest first, with the change from the score before."""
    rows: list[dict[str, object]] = []
    before: float | None = None
    for point in chart.ordered:
        total = point.total if point.scored else None
        change = None if total is None or before is None else total - before
        level = band_level(point.band, chart.bands, higher_is_worse=chart.higher_is_worse)
        rows.append(
            {
                "point": point,
                "at": point.at,
                "total": number(total),
                "scored": total is not None,
                "level": level,
                "band": point.band,
                "label": point.label,
                "status": point.status,
                "change": "" if change is None else _signed(change),
            }
        )
        before = before if total is None else total
    return rows


def sparkline_svg(chart: Trajectory) -> str:
    """The line, the size of a word, for lists."""
    scored = chart.scored
    if not scored:
        return f'<span class="muted" title="{words(chart.words.none_yet)}">–</span>'
    start, span = scored[0].at, (scored[-1].at - scored[0].at).total_seconds()
    top = chart.maximum or 1.0

    def place(point: TrajectoryPoint) -> tuple[float, float]:
        share = (point.at - start).total_seconds() / span if span else 1.0
        return 4 + share * 104, 25 - min(max((point.total or 0.0) / top, 0.0), 1.0) * 22

    places = [place(point) for point in scored]
    line = tag("path", class_="sparkline__line", d=path(places)) if len(places) > 1 else ""
    base = tag("path", class_="sparkline__base", d="M2 26.5H110")
    dot = tag("circle", class_="sparkline__last", cx=places[-1][0], cy=places[-1][1], r=3)
    label = f"{chart.title}: {summary(chart)}"
    inner = base + line + dot
    return tag("svg", inner, class_="sparkline", viewBox="0 0 112 28", role="img", aria_label=label)


def _key(chart: Trajectory) -> str:
    """What the marks mean; the narrow drawing names its bands here."""
    items = []
    for name, low, high in chart.bands:
        level = band_level(name, chart.bands, higher_is_worse=chart.higher_is_worse)
        swatch = tag("rect", class_=f"chart__band-{level}", width=24, height=12, rx=3)
        text = f"{chart.words.band(name)} {number(low)}–{number(high)}"
        items.append(("chart__narrow", swatch, text))
    if any(not point.scored for point in chart.points):
        mark = tag("path", class_="chart__missing", d="M8 2l8 8m0 -8l-8 8", fill="none")
        items.append(("", mark, chart.words.missing_key))
    if chart.doses:
        items.append(("", tag("path", class_="chart__dose-mark", d="M7 10h10l-5 -8z"), chart.words.dose_key))
    if not items:
        return ""
    shown = "".join(
        f'<li class="{css}"><svg viewBox="0 0 24 12" aria-hidden="true">{mark}</svg>{words(text)}</li>'
        for css, mark, text in items
    )
    return f'<ul class="chart__key">{shown}</ul>'


def _signed(change: float) -> str:
    if change == 0:
        return "±0"
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"
