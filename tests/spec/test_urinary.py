"""Urinary symptoms, our own short questions (C): 0 no, 1 yes but not new, 2 yes and new or worse.

A new symptom holds the dose: urine culture, urology (clinical reference, 3.7). No validated cut-off exists.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import digits, finding, scored
from upwell.knowledge.loader import load_instrument

TABLE = [
    # answers    symptoms  new
    ("000000", 0, False, ()),
    ("100000", 1, False, ()),
    ("111101", 5, False, ()),
    ("200000", 1, True, ("new-symptoms",)),
    ("020000", 1, True, ("new-symptoms",)),
    ("002000", 1, True, ("new-symptoms",)),
    ("000200", 1, True, ("new-symptoms",)),
    ("000020", 1, True, ("new-symptoms",)),
    ("000002", 1, True, ("new-symptoms",)),
    ("000010", 1, False, ("blood",)),
    ("222222", 6, True, ("new-symptoms",)),
]


@pytest.mark.parametrize(("written", "total", "new", "flags"), TABLE, ids=[row[0] for row in TABLE])
def test_symptoms_and_what_is_new(written: str, total: int, new: bool, flags: tuple[str, ...]) -> None:
    result = scored("urinary", digits(written))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert (result.algorithms, result.flags) == ({"new_symptoms": new}, flags)


def test_a_new_symptom_holds_the_dose() -> None:
    found = finding(scored("urinary", digits("020000")), "new-symptoms")
    assert (found.severity, found.policy) == ("needs-decision", True)
    assert all(word in found.message for word in ("Hold", "culture", "urology"))


@pytest.mark.parametrize(("written", "new"), [("-00000", None), ("-20000", True), ("------", None)])
def test_a_blank_is_asked_and_a_new_symptom_counts_all_the_same(written: str, new: bool | None) -> None:
    result = scored("urinary", digits(written))
    assert (result.status, result.total) == ("incomplete", None)
    assert result.algorithms == {"new_symptoms": new}


def test_the_words_are_our_own() -> None:
    urinary = load_instrument("urinary")
    assert (urinary.text_status, urinary.range.provenance.confidence) == ("own", "C")
