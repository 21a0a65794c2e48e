"""What can go wrong while a form is open: a log-in that ends, two tabs, a second tap, the back button."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, Visitor


def open_form(prescriber: Visitor, name: str = "Talbot") -> str:
    prescriber.enter_as("Dr. Daniel Cho")
    prescriber.open(f"/patients/?q={name}")
    prescriber.page.get_by_role("link", name=name).first.click()
    prescriber.page.wait_for_url("**/patients/*-*/")
    chart = prescriber.page.url.removeprefix(prescriber.url)
    prescriber.open(f"{chart}assess/gad-7/")
    return chart


def answer_all(person: Visitor, value: str = "1") -> None:
    for number in range(1, 8):
        person.page.locator(f"input[name=item-{number}][value='{value}']").check(force=True)


def stored(person: Visitor, chart: str) -> int:
    person.open(chart)
    links = person.page.locator("a[href*='/assessments/']").evaluate_all(
        "all => all.map(one => one.pathname)"
    )
    return len(set(links))


def test_answers_survive_a_log_in_that_ended(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", DESK)
    open_form(prescriber)
    answer_all(prescriber, "2")
    prescriber.context.clear_cookies(name="sessionid")
    prescriber.page.get_by_role("button", name="Save the answers").click()
    prescriber.page.wait_for_url("**/accounts/login/**")
    prescriber.page.get_by_role("button", name="Dr. Daniel Cho").click()
    prescriber.page.wait_for_url("**/assess/gad-7/**")
    expect(
        prescriber.page.get_by_text("Your answers were kept")
        .or_(prescriber.page.get_by_text("were kept"))
        .first
    ).to_be_visible()
    for number in range(1, 8):
        expect(prescriber.page.locator(f"input[name=item-{number}][value='2']")).to_be_checked()


def test_back_shows_what_is_stored_and_it_stays_one_record(visitor: Callable[..., Visitor]) -> None:
    prescriber = visitor("prescriber", DESK)
    chart = open_form(prescriber, "Kovac")
    before = stored(prescriber, chart)
    prescriber.open(f"{chart}assess/gad-7/")
    answer_all(prescriber)
    prescriber.page.get_by_role("button", name="Save the answers").click()
    prescriber.page.wait_for_url("**/assessments/**")
    prescriber.page.go_back()
    prescriber.page.wait_for_url("**/assessments/**")
    expect(prescriber.page.get_by_text("This form is stored already")).to_be_visible()
    assert stored(prescriber, chart) == before + 1


def test_a_questionnaire_is_answered_by_keys_alone(visitor: Callable[..., Visitor]) -> None:
    patient = visitor("patient", PHONE)
    patient.enter_as("Jonah Whitfield")
    patient.page.locator("a[href*='/me/answer/']").first.focus()
    patient.page.keyboard.press("Enter")
    patient.page.wait_for_url("**/me/answer/**")
    for number in range(1, 4):
        expect(patient.page.locator(f"#question-{number}")).to_be_visible()
        patient.page.keyboard.press("2")
        expect(patient.page.locator(f"#question-{number} input").nth(1)).to_be_checked()
    expect(patient.page.locator("#question-4")).to_be_visible()


def test_browser_back_goes_one_question_back(visitor: Callable[..., Visitor]) -> None:
    patient = visitor("patient", PHONE)
    patient.enter_as("Maya Ferreira")
    link = patient.page.locator("a[href*='/me/answer/']").first
    link.click()
    patient.page.wait_for_url("**/me/answer/**")
    patient.page.locator("#question-1 label").first.click()  # a tap chooses and goes on
    expect(patient.page.locator("#question-2")).to_be_visible()
    patient.page.go_back()
    expect(patient.page.locator("#question-1")).to_be_visible()
    expect(patient.page.locator("#question-1 input").first).to_be_checked()
