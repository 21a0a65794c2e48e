"""A screening from its first question to the decision, at a desk and on a tablet."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor

SIZES = (DESK, TABLET, PHONE)


def everywhere(person: Visitor, shot: str) -> None:
    """The page at every size."""
    for width, height in SIZES:
        person.page.set_viewport_size({"width": width, "height": height})
        person.page.evaluate("scrollTo(0, 0)")
        person.check(shot)
    person.page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def in_screening(page: Page) -> None:
    """A course of care of somebody, at its screening, through the pages alone."""
    page.get_by_role("link", name="Start a course of care").first.click()
    page.get_by_label("Why?").fill("Two medicines did not help. Asked by phone.")
    page.get_by_role("button", name="Start an inquiry").click()
    page.wait_for_url("**/courses/**")
    page.locator("summary", has_text="Move on").click()
    page.get_by_role("link", name="Begin screening").click()
    page.get_by_role("button", name="Begin screening").click()
    page.wait_for_url("**/courses/**")


def test_a_screening_is_filled_in_and_decided(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", DESK)
    page = prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=Talbot")
    page.locator(".table__main a, .items a").first.click()
    page.wait_for_url("**/patients/*-*/")
    in_screening(page)
    page.get_by_role("link", name="Screening", exact=True).last.click()
    page.wait_for_url("**/screening/")
    everywhere(prescriber, "screening-empty")
    here = page.url

    page.goto(here + "plan/")
    everywhere(prescriber, "screening-plan")
    page.get_by_text("Esketamine nasal spray, treatment-resistant").first.click()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(here)

    page.goto(here + "vitals/")
    page.get_by_label("Systolic blood pressure").fill("148")
    page.get_by_label("Diastolic blood pressure").fill("88")
    page.get_by_label("Body weight").fill("82,4")
    everywhere(prescriber, "screening-vitals")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(here)
    expect(page.get_by_text("148/88 mmHg").first).to_be_visible()

    page.goto(here + "history/")
    for one in page.locator(".asked").all():
        no = one.get_by_label("No", exact=True)
        if no.count():
            no.first.check(force=True)
    everywhere(prescriber, "screening-history")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(here)

    page.goto(here + "lists/")
    page.get_by_label("Medicines that the record does not have").fill("Nardil 15 mg\ntheophylline 200 mg")
    everywhere(prescriber, "screening-lists")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(here)

    page.goto(here + "treatments/")
    page.get_by_label("Medicine", exact=False).first.fill("sertraline")
    everywhere(prescriber, "screening-treatments")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(here)

    page.goto(here + "suicide/")
    everywhere(prescriber, "screening-suicide")
    for name in ("1", "2", "6_lifetime"):
        page.locator(f'input[name="q-{name}"][value="no"]').check(force=True)
    page.get_by_role("button", name="Save the answers").click()
    page.wait_for_url(here)
    everywhere(prescriber, "screening")

    page.goto(here + "opinion/")
    everywhere(prescriber, "screening-opinion")
    page.goto(here + "decide/")
    everywhere(prescriber, "screening-decide")
    page.get_by_text("Not now").first.click()
    page.get_by_label("Look at it again on").fill("2027-06-01")
    page.get_by_label("Why?").fill("Theophylline first: the person's own doctor looks for another medicine.")
    page.get_by_role("button", name="Decide").click()
    page.wait_for_url("**/courses/*/")
    everywhere(prescriber, "course-after-screening")
    page.goto(here)
    everywhere(prescriber, "screening-decided")
    page.get_by_role("link", name="What was known then").first.click()
    everywhere(prescriber, "screening-past")
