"""Trajectory charts: no, one, two or five hundred points; nothing leaves the frame or gets in."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwell.web.charts import (
    Trajectory,
    TrajectoryPoint,
    band_level,
    number,
    sparkline_svg,
    summary,
    table_rows,
    trajectory_figure,
)

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BANDS = [("low", 0.0, 4.0), ("mild", 5.0, 9.0), ("high", 10.0, 20.0)]
NASTY = '<script>alert("x")</script>&\'"\x00\x0b'


def point(day: float, total: float | None, *, band: str = "", label: str = "") -> TrajectoryPoint:
    status = "not-scorable" if total is None else "complete"
    return TrajectoryPoint(START + timedelta(days=day), total, band, status, label)


def chart(*points: TrajectoryPoint, **more: object) -> Trajectory:
    return Trajectory("Scale", 20, BANDS, points, **more)  # type: ignore[arg-type]


def drawings(figure: str) -> list[ET.Element]:
    root = ET.fromstring(figure)  # noqa: S314 - our own output
    return [svg for svg in root.iter("svg") if svg.get("role") == "img"]


def test_no_scores_is_a_sentence() -> None:
    assert "No scores yet." in trajectory_figure(chart())
    assert "No scores yet." in sparkline_svg(chart())
    assert table_rows(chart()) == []


def test_each_drawing_has_a_title_and_a_description_of_its_own() -> None:
    wide, medium, narrow = drawings(
        trajectory_figure(chart(point(0, 18, band="high"), point(7, 4, band="low")))
    )
    ids: set[str] = set()
    for svg in (wide, medium, narrow):
        named = (svg.get("aria-labelledby") or "").split()
        texts = {e.get("id"): e.text for e in svg if e.tag in {"title", "desc"}}
        assert texts[named[0]] == "Scale"
        assert "First: 18 (high). Latest: 4 (low)." in (texts[named[1]] or "")
        assert not ids & set(named)
        ids |= set(named)


@pytest.mark.parametrize("count", [1, 2, 500])
def test_every_score_is_drawn_once_in_each_drawing(count: int) -> None:
    points = [point(day, day % 21) for day in range(count)]
    for svg in drawings(trajectory_figure(chart(*points))):
        specks = sum((mark.get("d") or "").count("h0") for mark in svg.iter("path"))
        assert len(list(svg.iter("circle"))) + specks == count


def test_what_could_not_be_scored_is_a_mark_and_breaks_the_line() -> None:
    figure = trajectory_figure(
        chart(point(0, 10), point(1, 9), point(2, None), point(3, 8), point(4, math.nan))
    )
    assert figure.count('class="chart__missing"') == 3 * 2 + 1  # in three drawings, and once in the key
    assert figure.count('class="chart__gap"') == 3
    assert "2 could not be scored." in summary(chart(point(0, 1), point(1, None), point(2, math.inf)))


def test_only_unscored_points_still_make_a_chart() -> None:
    assert len(drawings(trajectory_figure(chart(point(0, None))))) == 3
    assert summary(chart(point(0, None))) == "1 could not be scored."


def test_points_of_one_moment_stand_in_the_middle() -> None:
    for svg in drawings(trajectory_figure(chart(point(0, 10), point(0, 12)))):
        assert len({c.get("cx") for c in svg.iter("circle")}) == 1


def test_a_lifetime_fits() -> None:
    long = [TrajectoryPoint(datetime(year, 1, 1, tzinfo=UTC), 3, "", "complete") for year in (1, 1950, 9999)]
    assert "9999" in trajectory_figure(chart(*long))


@given(
    totals=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=1, max_size=30),
    days=st.lists(st.floats(-20000, 20000), min_size=30, max_size=30),
    maximum=st.floats(0, 200),
)
@settings(deadline=None, max_examples=60)
def test_nothing_leaves_the_frame(totals: list[float | None], days: list[float], maximum: float) -> None:
    points = [point(day, total) for total, day in zip(totals, days, strict=False)]
    made = Trajectory("Scale", maximum, BANDS, points, [("Line", 7.0)], [START])
    for svg in drawings(trajectory_figure(made)):
        width, height = (float(part) for part in (svg.get("viewBox") or "").split()[2:])
        for circle in svg.iter("circle"):
            assert 0 <= float(circle.get("cx") or -1) <= width
            assert 0 <= float(circle.get("cy") or -1) <= height
        for text in svg.iter("text"):
            assert 0 <= float(text.get("x") or -1) <= width
            assert 0 <= float(text.get("y") or -1) <= height + 30


@pytest.mark.parametrize("words", [NASTY, "مريم " * 40, "x" * 500, "\u202eevil", "😀"])
def test_every_text_is_escaped_and_kept_short(words: str) -> None:
    made = Trajectory(
        words, 20, [(words, 0.0, 20.0)], [point(0, 5, band=words, label=words)], [(words, 9.0)], [START]
    )  # fmt: skip
    for markup in (trajectory_figure(made), sparkline_svg(made)):
        root = ET.fromstring(markup)  # noqa: S314 - our own output
        assert not list(root.iter("script"))
        assert not re.search(r"\s(style|on\w+)=", markup.replace("&quot;", ""))
        for text in root.iter("text"):
            assert len(text.text or "") <= 32


def test_texts_beside_the_bands_do_not_stand_on_each_other() -> None:
    tight = [(f"b{n}", float(n), float(n)) for n in range(20)]
    wide = drawings(trajectory_figure(Trajectory("Scale", 300, tight, [point(0, 5)])))[0]
    places = sorted(float(t.get("y") or 0) for t in wide.iter("text") if t.get("class") == "chart__band-name")
    assert all(after - before >= 12.9 for before, after in pairwise(places))


def test_the_table_tells_the_change_from_the_score_before() -> None:
    rows = table_rows(chart(point(2, 12), point(0, 18), point(1, None), point(3, 12.5)))
    assert [row["total"] for row in rows] == ["18", "–", "12", "12.5"]
    assert [row["change"] for row in rows] == ["", "", "−6", "+0.5"]


def test_band_level_spreads_over_the_palette() -> None:
    assert [band_level(name, BANDS) for name in ("low", "mild", "high", "unknown")] == [0, 2, 4, 0]
    assert [band_level(name, BANDS, higher_is_worse=False) for name in ("low", "high")] == [4, 0]
    assert band_level("only", ["only"]) == 0


def test_numbers_as_people_write_them() -> None:
    assert [number(n) for n in (12, 12.0, 12.5, None, math.nan)] == ["12", "12", "12.5", "–", "–"]


@pytest.mark.parametrize("hours", [1, 20, 47, 24 * 20, 24 * 400, 24 * 9000])
def test_no_name_of_a_band_or_of_a_moment_is_cut_off_or_touches_another(hours: int) -> None:
    bands = [("none or minimal", 0.0, 4.0), ("moderately severe", 5.0, 12.0), ("severe", 13.0, 20.0)]
    figure = trajectory_figure(Trajectory("Scale", 20, bands, (point(0, 12.0), point(hours / 24, 3.0))))
    for svg in drawings(figure):
        letter = float(svg.get("font-size", 0)) * 0.56
        _, _, width, height = map(float, svg.get("viewBox", "").split())
        ends = 0.0
        for text in svg.iter("text"):
            x, long = float(text.get("x", 0)), len(text.text or "") * letter
            begins = x - {"start": 0.0, "middle": long / 2, "end": long}[text.get("text-anchor", "start")]
            if text.get("class") == "chart__band-name":
                assert begins + long <= width, text.text
            elif float(text.get("y", 0)) == height - 10:
                assert begins >= ends, text.text
                ends = begins + long
