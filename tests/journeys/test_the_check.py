"""What looks at every page sees what is in the way, and is not confused by a page that lives."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Visitor

TWO_BUTTONS = """for (const [left, name] of ["one", "two"].entries()) {
  const button = document.createElement("button");
  button.ariaLabel = name;
  button.style.cssText = "all: initial; position: fixed; top: 0; width: %s; height: %s";
  button.style.left = `${12 * left}px`;
  document.querySelector("main").append(button);
}"""


@pytest.mark.parametrize(
    ("way", "rule"),
    [
        ("document.querySelector('h1 + .muted').style.color = 'rgb(119, 136, 153)'", "color-contrast"),
        ("document.querySelector('main').append(document.createElement('input'))", "label"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        (TWO_BUTTONS % ("12px", "12px"), "target-size"),
        (TWO_BUTTONS % ("48px", "30px"), "target-size"),
    ],
)
def test_what_is_in_the_way_is_seen_each_time(visitor: Callable[..., Visitor], way: str, rule: str) -> None:
    somebody = visitor()
    somebody.open("/accounts/login/")
    somebody.page.evaluate(way)
    for _ in range(2):  # what has a finding does not count as seen
        assert any(problem.startswith(f"{rule}:") for problem in somebody.found_by_axe())


def test_a_page_that_puts_new_elements_in_place_of_old_ones_is_looked_at(
    visitor: Callable[..., Visitor],
) -> None:
    somebody = visitor()
    somebody.open("/accounts/login/")
    assert somebody.found_by_axe() == []
    somebody.page.evaluate(
        """() => {
          document.querySelectorAll("main p").forEach((one) => { one.style.textShadow = "0 0 1px transparent"; });
          setInterval(() => {
            document.querySelectorAll("main p").forEach((one) => one.replaceWith(one.cloneNode(true)));
          }, 1);
        }"""
    )
    assert somebody.found_by_axe() == []
