"""A value fits a condition where every comparison holds; a value of another kind never does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.spec.facts import READY, ask
from upwell.knowledge.gates.loader import load_rule_set
from upwell.science.rules.fitting import fits_of

PLAIN = replace(
    next(one.when for one in load_rule_set("predose").rules if one.id == "predose.spo2"),
    below=None, above=None, at_least=None, at_most=None, equals=None, one_of=(),
)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "value", "fits"),
    [
        ({"at_least": 2, "below": 5}, 1, False),
        ({"at_least": 2, "below": 5}, 2, True),
        ({"at_least": 2, "below": 5}, 4.9, True),
        ({"at_least": 2, "below": 5}, 5, False),
        ({"above": 2, "at_most": 5}, 2, False),
        ({"above": 2, "at_most": 5}, 5, True),
        ({"above": 2, "at_most": 5}, 5.1, False),
        ({"at_least": 1}, True, False),  # yes is not the number 1
        ({"at_least": 1}, "3", False),
        ({"equals": 1}, True, False),
        ({"equals": True}, 1, False),
        ({"equals": True}, True, True),
        ({"equals": False}, False, True),
        ({"equals": "refused"}, "refused", True),
        ({"one_of": ("high", "acute")}, "acute", True),
        ({"one_of": ("high", "acute")}, "low", False),
        ({"one_of": (1, 2)}, True, False),
    ],
)
def test_what_fits(asked: dict[str, Any], value: Any, fits: bool) -> None:
    condition = replace(PLAIN, **asked)
    assert fits_of(condition)(value) is fits
    assert fits_of(condition) is fits_of(condition)  # made once


def test_conditions_that_are_equal_but_not_the_same_are_told_apart() -> None:
    one, other = replace(PLAIN, at_least=2), replace(PLAIN, at_least=3)
    assert (fits_of(one)(2), fits_of(other)(2)) == (True, False)


def test_what_no_list_covers_is_what_is_taken_now() -> None:
    """A medicine that a class knows, and one that is no longer taken, are not among it."""
    medicines = [
        {"system": "local", "code": "1", "display": "phenelzine 15 mg", "active": True},
        {"system": "local", "code": "2", "display": "mystery root", "active": True},
        {"system": "local", "code": "3", "display": "former root", "active": False},
    ]
    result = ask("screen", {**READY, "medicines": medicines})
    assert [one["value"] for one in result["not_assessed"]] == ["mystery root (local 2)"]


def test_a_code_without_a_name_is_asked_about_where_no_list_has_it_and_it_counts_now() -> None:
    nameless = {"system": "snomed", "code": "999", "display": ""}
    for conditions, is_asked in (
        ([nameless], True),
        ([{**nameless, "abated": "2020-01-01"}], False),
        ([{**nameless, "display": "Something rare"}], False),
        ([{"system": "icd10", "code": "I71.4", "display": ""}], False),
    ):
        result = ask("screen", {**READY, "conditions": conditions})
        asked = [one for one in result["findings"] if one["rule"] == "screen.unreadable"]
        assert bool(asked) is is_asked, conditions
        for one in asked:
            assert [because["fact"] for because in one["because"]] == ["conditions"]
            assert one["message"].startswith("A code without a name")
