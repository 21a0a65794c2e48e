"""What the eye needs: names that read as names, marks in sight, menus inside the window, large text, paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor

SIZES = [PHONE, TABLET, DESK]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_names_and_marks_of_the_patient_list_are_in_sight(
    visitor: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    prescriber = visitor("prescriber", size)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/")
    link = prescriber.page.get_by_role("link", name="Ferreira, Maya")
    assert link.inner_text() == "Ferreira, Maya"
    lines = link.evaluate("one => one.firstElementChild.getClientRects().length")
    assert lines == 1, "a short name stands on one line"
    wider = prescriber.page.evaluate(
        "[...document.querySelectorAll('.table-wrap')].map(one => one.scrollWidth - one.clientWidth)"
    )
    assert max(wider) <= 0, "a column lies outside the frame"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}px")
def test_the_menu_of_other_questionnaires_opens_inside_the_window(
    visitor: Callable[..., Visitor], size: tuple[int, int]
) -> None:
    prescriber = visitor("prescriber", size)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=maya+ferreira")
    prescriber.page.get_by_role("link", name="Ferreira").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    prescriber.page.get_by_text("Enter another").focus()
    prescriber.page.keyboard.press("Enter")
    panel = prescriber.page.locator(".menu--action .menu__panel")
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    prescriber.check("chart-other-questionnaires")
    prescriber.page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def chart_of_maya(prescriber: Visitor) -> str:
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=maya+ferreira")
    prescriber.page.get_by_role("link", name="Ferreira").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    return prescriber.page.url.removeprefix(prescriber.url)


def test_nothing_is_wider_than_a_phone_with_text_twice_as_large(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", PHONE)
    chart = chart_of_maya(prescriber)
    for path in (chart, f"{chart}assess/phq-9/", f"{chart}edit/", f"{chart}merge/", "/patients/", "/alerts/"):
        prescriber.open(path)
        wider = prescriber.page.evaluate(
            "(document.documentElement.style.fontSize = '200%',"
            " document.documentElement.scrollWidth - document.documentElement.clientWidth)"
        )
        assert wider <= 0, path


def test_every_way_to_go_is_in_sight_with_text_twice_as_large(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", PHONE)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/")
    prescriber.page.evaluate("document.documentElement.style.fontSize = '200%'")
    links = prescriber.page.locator(".mainnav__link")
    assert links.count() > 4
    for link in links.all():
        box = link.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]


def test_on_wide_paper_the_chart_has_no_trace_of_the_frame(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", DESK)
    chart_of_maya(prescriber)
    prescriber.page.emulate_media(media="print")
    heading = prescriber.page.get_by_role("heading", level=1).bounding_box()
    assert heading is not None
    assert heading["x"] < 20
    assert prescriber.page.locator(".rail").is_hidden()
