"""Where a person in crisis turns to: every number a link, every gap said."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from upwell.pathway.safety import crisis_help
from upwell.pathway.safety.crisis import telephone


def practice(**fields: Any) -> SimpleNamespace:
    nothing = {"name": "Harbor", "jurisdiction": "US", "phone": "", "crisis_line": "", "staffed_hours": ""}
    unsaid = {
        "time_zone": "UTC",
        "watched": [],
        "not_watched_on": [],
        "outside_name": "",
        "outside_number": "",
    }
    return SimpleNamespace(**nothing | unsaid | fields)


def test_the_united_states() -> None:
    help_ = crisis_help(practice())
    assert [line.href for line in help_.lifelines] == ["tel:988", "sms:988", "tel:911"]
    assert [line.emergency for line in help_.lifelines] == [False, False, True]
    assert help_.emergency_number == "911"
    assert help_.practice_is_silent
    assert not help_.line_missing


def test_the_european_union_says_that_no_line_is_on_record() -> None:
    assert crisis_help(practice(jurisdiction="EU")).line_missing
    named = crisis_help(practice(jurisdiction="EU", crisis_line="116 123"))
    assert not named.line_missing
    assert [line.href for line in named.practice_lines] == ["tel:116123"]
    assert named.emergency_number == "112"


def test_the_practices_own_crisis_line_comes_before_its_phone() -> None:
    help_ = crisis_help(practice(phone="312 555 0100", crisis_line="312 555 0199", staffed_hours=" 9 to 5 "))
    assert [line.title for line in help_.practice_lines] == ["Call 312 555 0199", "Call 312 555 0100"]
    assert help_.staffed_hours == "9 to 5"
    assert not help_.practice_is_silent


def test_words_where_a_number_should_be_are_shown_without_a_link() -> None:
    (line,) = crisis_help(practice(crisis_line="ask at the desk")).practice_lines
    assert (line.title, line.href) == ("ask at the desk", "")


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("988", "tel:988"),
        ("+1 (312) 555-0100", "tel:+13125550100"),
        ("+1 312 555 0100 ext. 4", "tel:+13125550100;ext=4"),
        ("0800 111 0 111", "tel:08001110111"),
        ("", ""),
        ("none", ""),
        ("javascript:alert(1)", "tel:1"),
    ],
)
def test_a_number_as_a_phone_dials_it(written: str, dialled: str) -> None:
    assert telephone(written) == dialled


def test_the_number_for_other_hours_stands_with_the_lines_for_help() -> None:
    help_ = crisis_help(
        practice(jurisdiction="EU", outside_name="Telefonseelsorge", outside_number="0800 111 0 111")
    )
    assert (help_.lifelines[-1].href, help_.lifelines[-1].note) == ("tel:08001110111", "Telefonseelsorge")
    assert not help_.line_missing


def test_whether_somebody_watches_is_said_plainly() -> None:
    assert not crisis_help(practice()).watch.is_said
    always = ["00:00-23:59"] * 7
    assert crisis_help(practice(watched=always)).watch.is_now
