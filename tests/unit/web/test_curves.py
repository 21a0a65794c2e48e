"""Curves over minutes: well-formed whatever they hold, nothing gets in, nothing leaves the frame."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.web.curves import Curve, Picture, curve_figure, nice_ticks

NASTY = '<script>alert("x")</script>&\'"\x00\x0b'
LINE = Curve("a line", ((0.0, 0.0), (60.0, 80.0), (120.0, 20.0)), ((0.0, 0.0, 0.0), (60.0, 60.0, 110.0)))


def picture(**more: object) -> Picture:
    known: dict[str, object] = {
        "title": "Title",
        "said": "In words",
        "curves": (LINE,),
        "across": ((0.0, "0"), (60.0, "1"), (120.0, "2")),
        "along": "hours",
        "unit": "ng/mL",
    }
    return Picture(**(known | more))  # type: ignore[arg-type]


def drawings(one: Picture) -> list[ET.Element]:
    root = ET.fromstring(curve_figure(one))  # noqa: S314
    return [svg for svg in root.iter("svg") if svg.get("viewBox") != "0 0 24 12"]


def test_three_drawings_with_a_name_and_words_each_and_no_style() -> None:
    found = drawings(picture())
    assert [svg.get("class") for svg in found] == ["chart__wide", "chart__medium", "chart__narrow"]
    for svg in found:
        assert [svg.find(name).text for name in ("title", "desc")] == ["Title", "In words"]  # type: ignore[union-attr]
        assert svg.get("role") == "img"
    assert "style=" not in curve_figure(picture())


def test_ids_are_of_one_drawing_alone() -> None:
    ids = [node.get("id") for svg in drawings(picture()) for node in svg.iter() if node.get("id")]
    assert len(ids) == len(set(ids)) == 6


def test_without_a_unit_there_is_no_axis_upwards() -> None:
    with_axis, without = (
        "".join(one.itertext()) for one in (drawings(picture())[0], drawings(picture(unit=""))[0])
    )
    assert "ng/mL" in with_axis
    assert "125" in with_axis
    assert "ng/mL" not in without
    assert "125" not in without


def test_nothing_gets_in() -> None:
    nasty = picture(
        title=NASTY,
        said=NASTY,
        along=NASTY,
        curves=(Curve(NASTY, LINE.points, dots=True),),
        levels=((50.0, NASTY),),
        moments=((5.0, NASTY),),
        flags=((60.0, 80.0, NASTY),),
        behind=Curve(NASTY, LINE.points),
        behind_unit=NASTY,
    )
    assert "<script" not in curve_figure(nasty)
    assert len(drawings(nasty)) == 3


@given(
    st.lists(st.tuples(st.floats(0, 120), st.floats(-40, 1e6)), max_size=9).map(tuple),
    st.floats(-40, 0),
)
def test_every_place_is_inside_the_frame(points: tuple[tuple[float, float], ...], lowest: float) -> None:
    for svg in drawings(picture(curves=(Curve("any", points, dots=True),), lowest=lowest)):
        _, _, width, height = map(float, (svg.get("viewBox") or "").split())
        for dot in svg.iter("circle"):
            assert 0 <= float(dot.get("cx") or -1) <= width
            assert 0 <= float(dot.get("cy") or -1) <= height


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0, 163, [0, 50, 100, 150, 200]),
        (0, 0.7, [0, 0.2, 0.4, 0.6, 0.8]),
        (-38.8, 45.7, [-40, -20, 0, 20, 40, 60]),
    ],
)
def test_ticks_are_round_and_hold_everything(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high, 5) == pytest.approx(ticks)
