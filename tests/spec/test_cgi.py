"""CGI as a clinician reads it: item 1 severity, item 2 improvement. Source: Guy 1976. 0 is "not assessed": missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import assert_no_total, scored

TABLE: list[tuple[str, dict[str, Any], int, int | None, bool | None]] = [
    # what                       answers          severity  improvement  response
    ("first visit", {"1": 5}, 5, None, None),
    ("lowest", {"1": 1, "2": 1}, 1, 1, True),
    ("much improved", {"1": 3, "2": 2}, 3, 2, True),
    ("minimally improved", {"1": 4, "2": 3}, 4, 3, False),
    ("no change", {"1": 5, "2": 4}, 5, 4, False),
    ("very much worse", {"1": 7, "2": 7}, 7, 7, False),
    ("improvement not assessed", {"1": 4, "2": 0}, 4, None, None),
]


@pytest.mark.parametrize(
    ("what", "form", "severity", "improvement", "response"), TABLE, ids=[row[0] for row in TABLE]
)
def test_severity_improvement_and_response(
    what: str, form: dict[str, Any], severity: int, improvement: int | None, response: bool | None
) -> None:
    result = scored("cgi", form)
    assert (result.status, result.total) == ("complete", severity)
    assert result.subscales == {"severity": severity, "improvement": improvement}
    assert result.algorithms == {"response": response}


@pytest.mark.parametrize("form", [{}, {"1": 0}, {"1": None}, {"1": 0, "2": 0}])
def test_severity_not_assessed_is_missing(form: dict[str, Any]) -> None:
    assert_no_total(scored("cgi", form), "1")


def test_improvement_alone_says_whether_there_was_a_response() -> None:
    result = scored("cgi", {"2": 2})
    assert_no_total(result, "1")
    assert result.algorithms == {"response": True}
