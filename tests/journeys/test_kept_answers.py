"""What can go wrong while a form is open: a log-in that ends, two tabs, a second tap, the back button."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, TABLET, Visitor


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


def test_what_was_refused_is_there_again_after_back_and_after_a_log_in(
    visitor: Callable[..., Visitor],
) -> None:
    """A form whose view knows nothing of it: refused, left by a link, come back to; then its log-in ends."""
    monitor = visitor("monitor", TABLET)
    monitor.enter_as("Luis Ortega")
    monitor.open("/patients/?q=Nasser")
    page = monitor.page
    page.get_by_role("link", name="Nasser").first.click()
    page.locator("a[href*='/courses/']").first.click()
    page.wait_for_url("**/courses/*/")
    monitor.open(f"{page.url.removeprefix(monitor.url)}screening/vitals/")
    form = page.url
    page.get_by_label("Systolic").fill("120")
    page.get_by_label("Heart rate").fill("999")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is not possible").first).to_be_visible()
    monitor.problems.clear()  # the browser itself notes the 422
    page.get_by_role("link", name="Today").first.click()
    page.wait_for_url("**/today/")
    page.go_back()
    expect(page.get_by_text("What you had entered is still here")).to_be_visible()
    expect(page.get_by_label("Heart rate")).to_have_value("999")
    assert page.url == form
    monitor.check()
    page.get_by_label("Heart rate").fill("72")
    monitor.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("button", name="Luis Ortega").click()
    page.wait_for_url("**/screening/vitals/**")
    expect(page.get_by_label("Systolic")).to_have_value("120")
    expect(page.get_by_label("Heart rate")).to_have_value("72")


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


def test_a_phone_without_a_connection_loses_no_answer(visitor: Callable[..., Visitor]) -> None:
    """Known to be offline, nothing is sent; where the line fails on the way, the form has it again."""
    patient = visitor("patient", PHONE)
    patient.enter_as("Maya Ferreira")
    page = patient.open("/me/journal/new/")
    page.get_by_label("Your words").fill("A long walk by the sea.")
    patient.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is no connection")).to_be_visible()
    expect(page.get_by_label("Your words")).to_have_value("A long walk by the sea.")
    patient.context.set_offline(False)
    expect(page.get_by_text("There is no connection")).to_be_hidden()
    here = page.url
    page.route(
        "**/me/journal/**",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda address: address != here)
    page.unroute("**/me/journal/**")
    patient.problems.clear()  # the browser itself notes that the line failed
    page.go_back()  # the failed page has taken the form's place: this leads to the page before it
    page.wait_for_url(f"{patient.url}/me/")
    patient.open("/me/journal/new/")
    expect(page.get_by_text("may not have arrived")).to_be_visible()
    expect(page.get_by_label("Your words")).to_have_value("A long walk by the sea.")
    patient.check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda address: "/new/" not in address)
    expect(page.get_by_text("may not have arrived")).to_be_hidden()
    assert page.evaluate("sessionStorage.getItem('upwell-sent')") is None
