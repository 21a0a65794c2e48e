"""Trajectory charts as accessible SVG: bands behind, scores as a line, the lines to reach, the dosing days.

Pure: no Django, no clock. Three drawings are made, for wide, medium and narrow places; CSS shows one of
them, so that the text is never shrunk below what can be read on a phone.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from itertools import pairwise

from upwell.web.chart_data import Band, Trajectory, TrajectoryPoint, Words, band_level, number
from upwell.web.chart_scale import MEDIUM, NARROW, TICK_ROOM, WIDE, Scale, apart, date_ticks, scale_of, total_ticks
from upwell.web.chart_svg import path, tag, words

__all__ = [
    "Band", "Trajectory", "TrajectoryPoint", "Words", "band_level", "number",
    "sparkline_svg", "summary", "table_rows", "trajectory_figure",
]  # fmt: skip

MANY = 60  # above this, points shrink to specks so that the line stays readable


def trajectory_figure(chart: Trajectory) -> str:
    """The whole figure: the drawings and a key."""
    if not chart.points:
        return f'<p class="chart muted">{words(chart.words.none_yet)}</p>'
    drawings = "".join(_drawing(chart, scale_of(chart, frame)) for frame in (WIDE, MEDIUM, NARROW))
    return f'<figure class="chart"><div class="chart__frame">{drawings}</div>{_key(chart)}</figure>'


def summary(chart: Trajectory) -> str:
    """What the line says, in words: how many, from when to when, first, latest, lowest, highest."""
    said, scored = chart.words, chart.scored
    missing = len(chart.points) - len(scored)
    parts = []
    if scored:
        first, last = said.date(scored[0].at, "full"), said.date(scored[-1].at, "full")
        shape = said.on if first == last else said.between
        parts.append(shape.format(scores=said.scores(len(scored)), first=first, last=last))
        if len(scored) > 1:
            parts.append(said.first.format(value=_value(scored[0], said)))
        parts.append(said.latest.format(value=_value(scored[-1], said)))
        totals = [point.total for point in scored if point.total is not None]
        low, high, top = number(min(totals)), number(max(totals)), number(chart.maximum)
        parts.append(said.range.format(low=low, high=high, maximum=top))
    if missing:
        parts.append(said.unscored.format(n=missing))
    return " ".join(parts) or said.none_yet


def table_rows(chart: Trajectory) -> list[dict[str, object]]:
    """The same numbers as rows, oldest first, with the change from the score before."""
    rows: list[dict[str, object]] = []
    before: float | None = None
    for point in chart.ordered:
        total = point.total if point.scored else None
        change = None if total is None or before is None else total - before
        level = band_level(point.band, chart.bands, higher_is_worse=chart.higher_is_worse)
        rows.append({
            "point": point, "at": point.at, "total": number(total), "scored": total is not None, "level": level,
            "band": point.band, "label": point.label, "status": point.status,
            "change": "" if change is None else _signed(change),
        })  # fmt: skip
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
    return tag("svg", base + line + dot, class_="sparkline", viewBox="0 0 112 28", role="img", aria_label=label)


def _drawing(chart: Trajectory, scale: Scale) -> str:
    frame = scale.frame
    seed = repr((chart.title, frame.name, [(p.at, p.total) for p in chart.points]))
    name = "c" + sha256(seed.encode("utf-8", "backslashreplace")).hexdigest()[:10]
    title = tag("title", words(chart.title), id=f"{name}-t") + tag("desc", words(summary(chart)), id=f"{name}-d")
    body = _bands(chart, scale) + _axes(chart, scale) + _doses(chart, scale)
    body += _references(chart, scale) + _line(chart, scale) + _points(chart, scale)
    return tag(
        "svg", title + body, class_=f"chart__{frame.name}", viewBox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img", aria_labelledby=f"{name}-t {name}-d", direction="ltr", font_size=frame.text, focusable="false",
    )  # fmt: skip


def _bands(chart: Trajectory, scale: Scale) -> str:
    frame, out, places = scale.frame, [], []
    for name, low, high in chart.bands:
        top = frame.top if high >= chart.maximum else scale.y(high + 0.5)
        bottom = frame.plot_bottom if low <= 0 else scale.y(low - 0.5)
        level = band_level(name, chart.bands, higher_is_worse=chart.higher_is_worse)
        box = {"x": frame.left, "y": top, "width": frame.plot_right - frame.left, "height": max(bottom - top, 0.0)}
        out.append(tag("rect", class_=f"chart__band-{level}", **box))
        places.append((top + bottom) / 2 + frame.text * 0.35)
    if frame.name_bands:
        for (name, _low, _high), y in zip(chart.bands, apart(places, TICK_ROOM), strict=True):
            said = words(chart.words.band(name), 20)
            out.append(tag("text", said, class_="chart__band-name", x=frame.plot_right + 8, y=y))
    return "".join(out)


def _axes(chart: Trajectory, scale: Scale) -> str:
    frame, out = scale.frame, []
    for total in total_ticks(chart, scale):
        y = scale.y(total)
        out.append(tag("path", class_="chart__grid", d=f"M{frame.left:.1f} {y:.1f}H{frame.plot_right:.1f}"))
        place = {"x": frame.left - 6, "y": y + frame.text * 0.35, "text_anchor": "end"}
        out.append(tag("text", number(total), class_="chart__axis", **place))
    ticks = date_ticks(scale)
    for index, (moment, detail) in enumerate(ticks):
        anchor = "middle" if len(ticks) == 1 or 0 < index < len(ticks) - 1 else "start" if index == 0 else "end"
        x = scale.x(moment)
        if anchor != "middle":
            x = frame.left if anchor == "start" else frame.plot_right
        said = words(chart.words.date(moment, detail), 18)
        out.append(tag("text", said, class_="chart__axis", x=x, y=frame.height - 10, text_anchor=anchor))
    return "".join(out)


def _doses(chart: Trajectory, scale: Scale) -> str:
    out, foot = [], scale.frame.plot_bottom
    for moment in chart.doses:
        x = scale.x(moment)
        said = tag("title", words(f"{chart.words.dose_key}: {chart.words.date(moment, 'full')}"))
        out.append(tag("path", said, class_="chart__dose-mark", d=f"M{x - 5:.1f} {foot + 9:.1f}h10l-5 -8z"))
    return "".join(out)


def _references(chart: Trajectory, scale: Scale) -> str:
    frame, out = scale.frame, []
    lines = [(label, scale.y(value)) for label, value in chart.reference_lines]
    texts = apart([y - 5 for _label, y in lines], TICK_ROOM + 1)
    for (label, y), text_y in zip(lines, texts, strict=True):
        out.append(tag("path", class_="chart__reference", d=f"M{frame.left:.1f} {y:.1f}H{frame.plot_right:.1f}"))
        place = {"x": frame.plot_right - 6, "y": text_y, "text_anchor": "end"}
        out.append(tag("text", words(label, 32), class_="chart__reference-name", **place))
    return "".join(out)


def _line(chart: Trajectory, scale: Scale) -> str:
    """Solid between scores that follow each other; dotted across an assessment that could not be scored."""
    ordered, out = chart.ordered, []
    places = [(index, scale.x(p.at), scale.y(p.total or 0.0)) for index, p in enumerate(ordered) if p.scored]
    run: list[tuple[float, float]] = [(x, y) for _index, x, y in places[:1]]
    for (before, x0, y0), (after, x1, y1) in pairwise(places):
        if after == before + 1:
            run.append((x1, y1))
            continue
        out.append(path(run) if len(run) > 1 else "")
        out.append(f"gap:{path([(x0, y0), (x1, y1)])}")
        run = [(x1, y1)]
    out.append(path(run) if len(run) > 1 else "")
    return "".join(
        tag("path", class_="chart__gap" if d.startswith("gap:") else "chart__line", d=d.removeprefix("gap:"))
        for d in out
        if d
    )


def _points(chart: Trajectory, scale: Scale) -> str:
    ordered, scored, out = chart.ordered, chart.scored, []
    radius = 4.5 if len(ordered) <= MANY else 1.8
    for point in ordered:
        x = scale.x(point.at)
        said = tag("title", words(_said(point, chart.words)))
        if not point.scored:
            foot = scale.frame.plot_bottom - 6
            cross = f"M{x - 4:.1f} {foot - 4:.1f}l8 8m0 -8l-8 8"
            out.append(tag("path", said, class_="chart__missing", d=cross, fill="none"))
            continue
        css = "chart__point"
        css += " chart__point--imputed" if point.status == "imputed" else ""
        css += " chart__point--last" if point is scored[-1] else ""
        out.append(tag("circle", said, class_=css, cx=x, cy=scale.y(point.total or 0.0), r=radius))
    for point in {id(p): p for p in (*scored[:1], *scored[-1:])}.values():
        out.append(_value_text(point, scale))
    return "".join(out)


def _value_text(point: TrajectoryPoint, scale: Scale) -> str:
    y = scale.y(point.total or 0.0)
    above = y - 10 if y - 22 > scale.frame.top else y + 20
    place = {"x": scale.x(point.at), "y": above, "text_anchor": "middle", "font_size": scale.frame.text + 1.5}
    return tag("text", number(point.total), class_="chart__value", **place)


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


def _value(point: TrajectoryPoint, said: Words) -> str:
    return f"{number(point.total)} ({said.band(point.band)})" if point.band else number(point.total)


def _said(point: TrajectoryPoint, said: Words) -> str:
    what = _value(point, said) if point.scored else said.not_scorable
    parts = [f"{_date(point.at, said)}: {what}"]
    return " · ".join([*parts, point.label] if point.label else parts)


def _date(at: datetime, said: Words) -> str:
    return said.date(at, "full")


def _signed(change: float) -> str:
    if change == 0:
        return "±0"
    return f"{'+' if change > 0 else '−'}{number(abs(change))}"
