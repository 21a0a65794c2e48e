"""A picture of curves as SVG: one axis of time, one of concentration, each curve named in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 40, 48
_LEGEND_LINE = 20
_COLOURS = ("#1b5e7d", "#a34a1b", "#4f6d2f", "#6b3f87", "#7a6a00", "#8a2f4d")
_DASHES = ("", "7 4", "2 3")
_TICKS = 6
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


def plot(simulations: Sequence[dict[str, Any]], title: str = "") -> str:
    """The curves of one or several results (the JSON of ``simulate``) as an SVG document.

    A band is drawn where the result has one. A route of which only the timing is known gets no concentration axis:
    its curve is drawn as a part of its own peak.

    Parameters
    ----------
    simulations : sequence of dict
        Each the JSON of one ``simulate``.
    title : str

    Returns
    -------
    str
        SVG; min across, ng/mL up.

    Examples
    --------
    >>> from upwell.science.pharmacology.api import simulate
    >>> plot([simulate("domino-1982", route="iv", dose_mg=35).as_json()]).startswith("<svg")
    True
    """
    timing_only = any(one["timing_only"] for one in simulations)
    lines = [line for place, one in enumerate(simulations) for line in _lines(one, place, timing_only)]
    across = max(max(one["times_min"]) for one in simulations) or 1.0
    up = max((max(line["high"]) for line in lines), default=1.0) or 1.0
    height = _HEIGHT + _LEGEND_LINE * (len(lines) + 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="t d" font-family="sans-serif" font-size="12">',
        f'<title id="t">{escape(title or "Predicted concentrations")}</title>',
        f'<desc id="d">{escape(_in_words(simulations, timing_only))}</desc>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">{escape(title or "Predicted concentrations")}</text>',
        *_axes(across, up, timing_only),
    ]
    for line in lines:
        parts.extend(_drawn(line, across, up))
    parts.extend(_legend(lines, simulations))
    return "\n".join([*parts, "</svg>", ""])


def _lines(one: dict[str, Any], place: int, timing_only: bool) -> list[dict[str, Any]]:
    """One line for each analyte: the typical curve, the band, its name."""
    found = []
    for number, (analyte, curve) in enumerate(one["conc_ng_ml"].items()):
        scale = 1.0
        if timing_only:
            scale = 1 / (one["cmax"][analyte] or 1.0)
        bands = one.get("population", {}).get("percentiles", {}).get(analyte)
        high = bands["p95"] if bands else curve
        low = bands["p5"] if bands else None
        dose = one["doses"][0]
        found.append(
            {
                "times": one["times_min"],
                "curve": [scale * value for value in curve],
                "low": None if low is None else [scale * value for value in low],
                "high": [scale * max(pair) for pair in zip(high, curve, strict=True)],
                "top": None if low is None else [scale * value for value in high],
                "colour": _COLOURS[place % len(_COLOURS)],
                "dash": _DASHES[number % len(_DASHES)],
                "name": f"{analyte}, {dose['dose_mg']:g} mg {dose['route']} ({one['model']})",
            }
        )
    return found


def _x(minutes: float, across: float) -> float:
    return _LEFT + minutes / across * (_WIDTH - _LEFT - _RIGHT)


def _y(value: float, up: float) -> float:
    return _HEIGHT - _BOTTOM - value / up * (_HEIGHT - _TOP - _BOTTOM)


def _drawn(line: dict[str, Any], across: float, up: float) -> list[str]:
    parts = []
    if line["low"] is not None:
        there = _points(line["times"], line["top"], across, up)
        back = _points(line["times"], line["low"], across, up)[::-1]
        parts.append(
            f'<polygon points="{" ".join(there + back)}" fill="{line["colour"]}" fill-opacity="0.15"/>'
        )
    dash = f' stroke-dasharray="{line["dash"]}"' if line["dash"] else ""
    points = " ".join(_points(line["times"], line["curve"], across, up))
    parts.append(
        f'<polyline points="{points}" fill="none" stroke="{line["colour"]}" stroke-width="2"{dash}/>'
    )
    return parts


def _points(times: Sequence[float], values: Sequence[float], across: float, up: float) -> list[str]:
    return [f"{_x(time, across):.2f},{_y(value, up):.2f}" for time, value in zip(times, values, strict=True)]


def _axes(across: float, up: float, timing_only: bool) -> list[str]:
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
    parts = [f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#555555"/>']
    parts.extend(
        f'<text x="{_x(tick, across):.1f}" y="{bottom + 16}" text-anchor="middle">{tick:g}</text>'
        for tick in _ticks(across)
    )
    for tick in () if timing_only else _ticks(up):
        y = _y(tick, up)
        line = f'<path d="M{_LEFT} {y:.1f}H{right}" stroke="#dddddd"/>'
        parts += [line, f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>']
    said = "timing only: no concentrations" if timing_only else "ng/mL"
    parts.append(f'<text x="{_LEFT}" y="{_TOP - 4}">{said}</text>')
    parts.append(f'<text x="{right}" y="{bottom + 34}" text-anchor="end">minutes since the first dose</text>')
    return parts


def _legend(lines: Sequence[dict[str, Any]], simulations: Sequence[dict[str, Any]]) -> list[str]:
    parts = []
    for place, line in enumerate(lines):
        y = _HEIGHT + place * _LEGEND_LINE
        dash = f' stroke-dasharray="{line["dash"]}"' if line["dash"] else ""
        parts.append(f'<path d="M{_LEFT} {y - 4}h28" stroke="{line["colour"]}" stroke-width="2"{dash}/>')
        parts.append(f'<text x="{_LEFT + 36}" y="{y}">{escape(line["name"])}</text>')
    y = _HEIGHT + len(lines) * _LEGEND_LINE
    parts.append(f'<text x="{_LEFT}" y="{y}" fill="#555555">{escape(simulations[0]["warnings"][0])}</text>')
    return parts


def _in_words(simulations: Sequence[dict[str, Any]], timing_only: bool) -> str:
    """The picture in sentences, for people who do not see it."""
    said = []
    for one in simulations:
        for analyte, when in one["tmax_min"].items():
            height = "" if timing_only else f" at {one['cmax'][analyte]:.0f} ng/mL"
            said.append(f"{analyte} ({one['model']}) peaks after {when:.0f} minutes{height}.")
    return " ".join([*said, *(text for one in simulations for text in one["warnings"])])


def _ticks(top: float) -> list[float]:
    """Round numbers from 0 to the top."""
    raw = top / _TICKS
    size = 10.0 ** int(f"{raw:e}".split("e")[1])
    step = next(one * size for one in _ROUND if one * size >= raw)
    return [place * step for place in range(int(top / step) + 1)]
