"""From the question to the closed alert: a patient on a phone, by keyboard alone; the team at a desk.

The pictures in the README are taken here, from the product as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TAKE, Visitor

IMAGES = Path(__file__).parents[2] / "docs" / "images"


def picture(person: Visitor, name: str, *, tall: int = 0) -> None:
    """Take a README's picture, when asked to (``UPWELL_TAKE_PICTURES=1``); otherwise it stays as it is."""
    if TAKE:
        IMAGES.mkdir(parents=True, exist_ok=True)
        size = person.page.viewport_size or {"width": 0, "height": 0}
        clip = {"x": 0, "y": 0, "width": size["width"], "height": tall or size["height"]}
        person.page.screenshot(path=IMAGES / f"{name}.png", clip=clip, full_page=True)


def test_an_answer_is_heard(visitor: Callable[..., Visitor]) -> None:
    patient, prescriber = visitor("patient", PHONE), visitor("prescriber", DESK)

    prescriber.enter_as("Dr. Samuel Okafor")
    prescriber.open("/patients/?q=whitfield+jonah")
    prescriber.page.get_by_role("link", name="Whitfield").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    if prescriber.page.get_by_role("button", name="Ask for PHQ-9").count():
        prescriber.page.get_by_role("button", name="Ask for PHQ-9").click()
    prescriber.check("chart-before")

    patient.enter_as("Jonah Whitfield")
    patient.check("me-asked")
    patient.page.get_by_role("link", name="Answer").or_(
        patient.page.get_by_role("link", name="Start")
    ).first.focus()
    patient.page.keyboard.press("Enter")
    patient.page.wait_for_url("**/me/answer/**")
    asked = patient.page.url.split("#")[0]
    for number in range(1, 11):
        question = patient.page.locator(f"#question-{number}")
        expect(question).to_be_visible()
        if number == 1:
            picture(patient, "question")
            patient.check("question")
            question.locator("input").first.focus()
        if number == 9:
            question.locator("input").first.focus()
            patient.page.keyboard.press("ArrowDown")  # arrows choose without going on
            expect(patient.page.get_by_text("You can talk to somebody right now")).to_be_visible()
            patient.check("question-9-answered")
            patient.page.keyboard.press("Enter")
        else:
            patient.page.keyboard.press("2")  # a digit chooses, and the next question comes by itself
    patient.page.get_by_role("button", name="Send my answers").focus()
    patient.page.keyboard.press("Enter")

    # The ways to help stand first; then, in the same flow, the questions that say how near the danger is.
    expect(patient.page.locator("#question-6_lifetime")).to_be_attached()
    assert patient.page.url.split("#")[0] != asked
    expect(patient.page.get_by_role("link", name="988").first).to_be_visible()
    patient.check("screen-after-item-9")
    expect(patient.page.locator("[data-stepper-count]")).to_have_text("Question 1 of 3")
    yes, no = "1", "2"
    for key, answer in (("1", yes), ("2", yes), ("3", yes), ("4", no), ("5", no), ("6_lifetime", no)):
        question = patient.page.locator(f"#question-{key}")
        expect(question).to_be_visible()
        question.locator("input").first.focus()
        patient.page.keyboard.press(answer)
        if key == "2":  # a yes opens three questions more
            expect(patient.page.locator("[data-stepper-count]")).to_have_text("Question 3 of 6")
    patient.check("screen-answered")
    patient.page.get_by_role("button", name="Send my answers").focus()
    patient.page.keyboard.press("Enter")
    patient.page.wait_for_url("**/me/answered/**")
    expect(patient.page.get_by_role("link", name="988").first).to_be_visible()
    patient.check("answered-with-help")
    picture(patient, "help")

    # The desk shows it without a reload.
    expect(prescriber.page.get_by_text("open safety alert")).to_be_visible()
    prescriber.open("/alerts/")
    prescriber.check("alerts-open")
    prescriber.page.get_by_role("link", name="See and act").first.click()
    expect(prescriber.page.get_by_role("heading", name="Suicide risk: moderate")).to_be_visible()
    expect(prescriber.page.get_by_text("A clinician assesses the risk today").first).to_be_visible()
    prescriber.check("alert")
    prescriber.page.get_by_label("What was done").fill("   ")
    prescriber.page.get_by_role("button", name="Close the alert").click()
    expect(prescriber.page.locator(".field__error")).to_be_visible()
    prescriber.problems.clear()  # the browser notes the refusal's status
    prescriber.page.get_by_label("What was done").fill("Called; C-SSRS done, low; his sister stays tonight.")
    prescriber.page.get_by_role("button", name="Close the alert").click()
    expect(prescriber.page.get_by_text("Called; C-SSRS done")).to_be_visible()
    prescriber.check("alert-closed")


def test_pictures(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", DESK)
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open("/patients/?q=maya+ferreira")
    prescriber.page.get_by_role("link", name="Ferreira").first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    expect(prescriber.page.get_by_role("img").first).to_be_visible()
    picture(prescriber, "chart", tall=1200)
