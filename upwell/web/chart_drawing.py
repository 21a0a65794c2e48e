"""One drawing of a trajectory: bands, axes, dosing days, lines to reach, the line, the points."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

from upwell.web.chart_data import Trajectory, TrajectoryPoint, band_level, number
from upwell.web.chart_said import point_said, summary
from upwell.web.chart_scale import (
    LONGEST_BAND,
    TICK_ROOM,
    Frame,
    Scale,
    apart,
    date_ticks,
    scale_of,
    total_ticks,
)
from upwell.web.chart_svg import path, tag, words

MANY = 60  # above this, points become specks of one path: the line stays readable, and the page light


def drawing(chart: Trajectory, frame: Frame) -> str:
    """The SVG for one size of place."""
    scale = scale_of(chart, frame)
    seed = repr((chart.title, frame.name, [(p.at, p.total) for p in chart.points]))
    name = "c" + sha256(seed.encode("utf-8", "backslashreplace")).hexdigest()[:10]
    title = tag("title", words(chart.title), id=f"{name}-t")
    title += tag("desc", words(summary(chart)), id=f"{name}-d")
    body = _bands(chart, scale) + _axes(chart, scale) + _doses(chart, scale)
    body += _references(chart, scale) + _line(chart, scale) + _points(chart, scale)
    return tag(
        "svg",
        title + body,
        class_=f"chart__{frame.name}",
        viewBox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        direction="ltr",
        font_size=frame.text,
        focusable="false",
    )


def _bands(chart: Trajectory, scale: Scale) -> str:
    frame, out, places = scale.frame, [], []
    for name, low, high in chart.bands:
        top = frame.top if high >= chart.maximum else scale.y(high + 0.5)
        bottom = frame.plot_bottom if low <= 0 else scale.y(low - 0.5)
        level = band_level(name, chart.bands, higher_is_worse=chart.higher_is_worse)
        width, height = frame.plot_right - frame.left, max(bottom - top, 0.0)
        css = f"chart__band-{level}"
        out.append(tag("rect", class_=css, x=frame.left, y=top, width=width, height=height))
        places.append((top + bottom) / 2 + frame.text * 0.35)
    if frame.name_bands:
        for (name, _low, _high), y in zip(chart.bands, apart(places, TICK_ROOM), strict=True):
            said = words(chart.words.band(name), LONGEST_BAND)
            out.append(tag("text", said, class_="chart__band-name", x=frame.plot_right + 8, y=y))
    return "".join(out)


def _axes(chart: Trajectory, scale: Scale) -> str:
    frame, out = scale.frame, []
    for total in total_ticks(chart, scale):
        y = scale.y(total)
        out.append(tag("path", class_="chart__grid", d=f"M{frame.left:.1f} {y:.1f}H{frame.plot_right:.1f}"))
        place = {"x": frame.left - 6, "y": y + frame.text * 0.35, "text_anchor": "end"}
        out.append(tag("text", number(total), class_="chart__axis", **place))
    ticks = date_ticks(chart, scale)
    for index, (moment, detail) in enumerate(ticks):
        anchor, x = "middle", scale.x(moment)
        if len(ticks) > 1 and index == 0:
            anchor, x = "start", frame.left
        elif len(ticks) > 1 and index == len(ticks) - 1:
            anchor, x = "end", frame.plot_right
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
        line = f"M{frame.left:.1f} {y:.1f}H{frame.plot_right:.1f}"
        out.append(tag("path", class_="chart__reference", d=line))
        place = {"x": frame.left + 6, "y": text_y, "text_anchor": "start"}  # courses end near the line
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
    radius = 4.5
    if len(ordered) > MANY:
        specks = "".join(f"M{scale.x(p.at):.1f} {scale.y(p.total or 0.0):.1f}h0" for p in scored[:-1])
        out.append(tag("path", class_="chart__specks", d=specks))
        ordered = [point for point in ordered if not point.scored or point is scored[-1]]
    for point in ordered:
        x = scale.x(point.at)
        said = tag("title", words(point_said(point, chart.words)))
        if not point.scored:
            foot = scale.frame.plot_bottom - 6
            cross = f"M{x - 4:.1f} {foot - 4:.1f}l8 8m0 -8l-8 8"
            out.append(tag("path", said, class_="chart__missing", d=cross, fill="none"))
            continue
        css = "chart__point"
        css += " chart__point--imputed" if point.status == "imputed" else ""
        css += " chart__point--last" if point is scored[-1] else ""
        out.append(tag("circle", said, class_=css, cx=x, cy=scale.y(point.total or 0.0), r=radius))
    ends = {id(point): point for point in (*scored[:1], *scored[-1:])}
    out += [_value_text(point, scale) for point in ends.values()]
    return "".join(out)


def _value_text(point: TrajectoryPoint, scale: Scale) -> str:
    y = scale.y(point.total or 0.0)
    above = y - 10 if y - 22 > scale.frame.top else y + 20
    place = {"x": scale.x(point.at), "y": above, "text_anchor": "middle", "font_size": scale.frame.text + 1.5}
    return tag("text", number(point.total), class_="chart__value", **place)
