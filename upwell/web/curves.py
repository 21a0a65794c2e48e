"""Curves over minutes as accessible SVG: lines with bands, a faint curve behind, marks; a key in words.

Pure: no Django, no clock. As with trajectories, three drawings are made and CSS shows the one that fits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from upwell.web.chart_svg import path, tag, words

Point = tuple[float, float]

STYLES = 6
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line. ``band`` are (across, low, high); ``style`` chooses colour and dashes; ``dots`` marks each point."""

    name: str
    points: tuple[Point, ...]
    band: tuple[tuple[float, float, float], ...] = ()
    style: int = 0
    dots: bool = False
    line: bool = True

    @property
    def highest(self) -> float:
        return max((*(y for _x, y in self.points), *(high for _x, _low, high in self.band)), default=0.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """Curves on one axis. Without a ``unit`` there is no axis upwards: only when, not how much.

    ``across`` are (place, words), the first and last are the ends; ``levels`` horizontal lines, ``moments`` vertical
    ones; ``flags`` are (across, up, a letter or two) on a curve. ``behind`` is drawn faintly on a scale of its own.
    """

    title: str
    said: str
    curves: tuple[Curve, ...]
    across: tuple[tuple[float, str], ...]
    along: str
    unit: str = ""
    levels: tuple[tuple[float, str], ...] = ()
    moments: tuple[tuple[float, str], ...] = ()
    flags: tuple[tuple[float, float, str], ...] = ()
    behind: Curve | None = None
    behind_unit: str = ""
    lowest: float = 0.0
    is_low: bool = False  # one of several below each other


@dataclass(frozen=True, slots=True)
class _Frame:
    name: str
    width: float
    height: float
    left: float
    right: float
    ticks: int
    top: float = 26
    bottom: float = 44
    text: float = 13


_LOW = 0.62
_FRAMES = (
    _Frame("wide", 760, 340, 46, 44, 9),
    _Frame("medium", 540, 310, 44, 42, 7),
    _Frame("narrow", 340, 290, 38, 34, 5),
)


def curve_figure(picture: Picture) -> str:
    """The whole figure: three drawings, of which one is shown, and the key."""
    frames = [replace(one, height=one.height * _LOW) for one in _FRAMES] if picture.is_low else _FRAMES
    drawings = "".join(_drawing(picture, frame) for frame in frames)
    return f'<figure class="chart curves"><div class="chart__frame">{drawings}</div>{_key(picture)}</figure>'


class _Scale:
    """Turns minutes and values into places."""

    def __init__(self, picture: Picture, frame: _Frame) -> None:
        self.frame = frame
        self.first, self.last = picture.across[0][0], picture.across[-1][0]
        self.low = picture.lowest
        tallest = max(
            (*(one.highest for one in picture.curves), *(level for level, _said in picture.levels)), default=0
        )
        tallest = tallest if tallest > self.low else self.low + 1.0
        self.ticks = nice_ticks(self.low, tallest, 5)
        self.low, self.high = self.ticks[0], max(self.ticks[-1], tallest)
        self.behind = (picture.behind.highest if picture.behind else 0.0) or 1.0

    def x(self, minutes: float) -> float:
        left, right = self.frame.left, self.frame.width - self.frame.right
        return left + (minutes - self.first) / ((self.last - self.first) or 1.0) * (right - left)

    def y(self, value: float) -> float:
        return self.share((value - self.low) / ((self.high - self.low) or 1.0))

    def share(self, part: float) -> float:
        foot = self.frame.height - self.frame.bottom
        return foot - min(max(part, 0.0), 1.0) * (foot - self.frame.top)


def nice_ticks(low: float, high: float, wanted: int) -> list[float]:
    """Round numbers from ``low`` to at least ``high``, about as many as wanted."""
    rough = (high - low) / wanted or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in _STEPS if one * power >= rough * 0.999)
    first = math.floor(low / step)
    return [number * step for number in range(first, math.ceil(high / step * 0.9999) + 1)]


def _drawing(picture: Picture, frame: _Frame) -> str:
    scale = _Scale(picture, frame)
    seed = repr((picture.title, frame.name, picture.curves, picture.behind))
    name = "k" + sha256(seed.encode("utf-8", "backslashreplace")).hexdigest()[:10]
    head = tag("title", words(picture.title), id=f"{name}-t") + tag(
        "desc", words(picture.said), id=f"{name}-d"
    )
    body = _behind(picture, scale) + _axes(picture, scale) + _moments(picture, scale)
    body += _levels(picture, scale) + "".join(_curve(one, scale) for one in picture.curves)
    body += _flags(picture, scale)
    return tag(
        "svg",
        head + body,
        class_=f"chart__{frame.name}",
        viewBox=f"0 0 {frame.width:g} {frame.height:g}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
        direction="ltr",
        font_size=frame.text,
        focusable="false",
    )


def _axes(picture: Picture, scale: _Scale) -> str:
    frame, out = scale.frame, []
    foot, right = frame.height - frame.bottom, frame.width - frame.right
    for value in scale.ticks if picture.unit else ():
        y = scale.y(value)
        out.append(tag("path", class_="chart__grid", d=f"M{frame.left:.1f} {y:.1f}H{right:.1f}"))
        out.append(_text(f"{value:g}", "chart__axis", frame.left - 6, y + 4, "end"))
    if picture.unit:
        out.append(_text(picture.unit, "chart__axis", 2.0, 12.0, "start"))
    out.append(tag("path", class_="curves__foot", d=f"M{frame.left:.1f} {foot:.1f}H{right:.1f}"))
    for place, said in _thinned(picture.across, frame.ticks):
        x = scale.x(place)
        out.append(tag("path", class_="curves__foot", d=f"M{x:.1f} {foot:.1f}v5"))
        anchor = "end" if place == scale.last and len(said) > 3 else "middle"
        out.append(_text(said, "chart__axis", x if anchor == "middle" else right + 14, foot + 19, anchor))
    out.append(_text(picture.along, "chart__axis", right, frame.height - 6, "end"))
    if picture.behind and picture.behind_unit:
        top = f"{picture.behind.highest:.3g}"
        out.append(_text(picture.behind_unit, "chart__axis", frame.width - 2, 12.0, "end"))
        out.append(_text(top, "chart__axis", right + 6, scale.share(1) + 4, "start"))
        out.append(_text("0", "chart__axis", right + 6, foot, "start"))
    return "".join(out)


def _thinned(ticks: Sequence[tuple[float, str]], most: int) -> list[tuple[float, str]]:
    step = max(1, math.ceil((len(ticks) - 1) / max(most - 1, 1)))
    return list(ticks[::step])


def _behind(picture: Picture, scale: _Scale) -> str:
    if picture.behind is None or not picture.behind.points:
        return ""
    places = [(scale.x(x), scale.share(y / scale.behind)) for x, y in picture.behind.points]
    foot = scale.share(0)
    area = [(places[0][0], foot), *places, (places[-1][0], foot)]
    return tag("path", class_="curves__behind", d=f"{path(area)}Z") + tag(
        "path", class_="curves__behind-line", d=path(places)
    )


def _moments(picture: Picture, scale: _Scale) -> str:
    out, foot = [], scale.share(0)
    for place, said in picture.moments:
        x = scale.x(place)
        mark = tag("title", words(said))
        out.append(tag("path", mark, class_="chart__dose-mark", d=f"M{x - 5:.1f} {foot + 9:.1f}h10l-5 -8z"))
    return "".join(out)


def _levels(picture: Picture, scale: _Scale) -> str:
    frame, out = scale.frame, []
    right = frame.width - frame.right
    for value, said in picture.levels:
        y = scale.y(value)
        out.append(tag("path", class_="chart__reference", d=f"M{frame.left:.1f} {y:.1f}H{right:.1f}"))
        limit = 36 if frame.name == "narrow" else 60
        out.append(_text(words_cut(said, limit), "chart__reference-name", right - 2, y - 5, "end"))
    return "".join(out)


def _flags(picture: Picture, scale: _Scale) -> str:
    out = []
    for across, up, letters in picture.flags:
        x, y = scale.x(across), scale.y(up)
        out.append(tag("circle", class_="curves__flag", cx=x, cy=y, r=11))
        out.append(_text(letters, "curves__flag-text", x, y + 4.5, "middle"))
    return "".join(out)


def words_cut(said: str, limit: int) -> str:
    """At most so many characters, with an ellipsis."""
    return said if len(said) <= limit else said[: limit - 1].rstrip() + "…"


def _curve(curve: Curve, scale: _Scale) -> str:
    style, out = f"curves__line curves__line--{curve.style % STYLES}", []
    if curve.band:
        there = [(scale.x(x), scale.y(high)) for x, _low, high in curve.band]
        back = [(scale.x(x), scale.y(low)) for x, low, _high in reversed(curve.band)]
        css = f"curves__band curves__band--{curve.style % STYLES}"
        out.append(tag("path", class_=css, d=f"{path([*there, *back])}Z"))
    places = [(scale.x(x), scale.y(y)) for x, y in curve.points]
    if curve.line and len(places) > 1:
        out.append(tag("path", class_=style, d=path(places)))
    if curve.dots:
        css = f"curves__dot curves__dot--{curve.style % STYLES}"
        out += [tag("circle", class_=css, cx=x, cy=y, r=3.5) for x, y in places]
    return "".join(out)


def _key(picture: Picture) -> str:
    items = []
    for one in picture.curves:
        line = tag("path", class_=f"curves__line curves__line--{one.style % STYLES}", d="M1 6H23")
        dot = tag("circle", class_=f"curves__dot curves__dot--{one.style % STYLES}", cx=12, cy=6, r=3.5)
        items.append(((line if one.line else "") + (dot if one.dots else ""), one.name))
    if picture.behind is not None:
        items.append((tag("path", class_="curves__behind", d="M1 12V4H23V12Z"), picture.behind.name))
    if picture.moments:
        items.append((tag("path", class_="chart__dose-mark", d="M7 10h10l-5 -8z"), picture.moments[0][1]))
    shown = "".join(
        f'<li><svg viewBox="0 0 24 12" aria-hidden="true">{mark}</svg>{words(said)}</li>'
        for mark, said in items
    )
    return f'<ul class="chart__key">{shown}</ul>' if items else ""


def _text(said: str, css: str, x: float, y: float, anchor: str) -> str:
    return tag("text", words(said), class_=css, x=float(x), y=float(y), text_anchor=anchor)
