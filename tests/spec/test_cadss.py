"""CADSS as a clinician reads it: 23 subjective items 0 to 4. Sources: Bremner 1998; above 4 in the esketamine trials.

No severity bands. Subscales by item (M). The 19-item original is stored as such.
"""

from __future__ import annotations

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.knowledge.loader import load_instrument

AMNESIA = (14, 15, 22)
DEPERSONALISATION = (3, 4, 5, 6, 7, 20, 23)


@pytest.mark.parametrize(
    ("total", "present"), [(0, False), (3, False), (4, False), (5, True), (6, True), (92, True)]
)
def test_above_4_is_dissociation_present(total: int, present: bool) -> None:
    result = scored("cadss", adding_up_to(total, items=23, highest=4))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms == {"dissociation_present": present}


@pytest.mark.parametrize("item", range(1, 24))
def test_each_item_belongs_to_one_subscale(item: int) -> None:
    scale = (
        "amnesia"
        if item in AMNESIA
        else "depersonalisation"
        if item in DEPERSONALISATION
        else "derealisation"
    )
    result = scored("cadss", {**all_at(0, 23), str(item): 4})
    assert {key: value for key, value in result.subscales.items() if value} == {scale: 4}


@pytest.mark.parametrize("item", range(1, 24))
def test_a_blank_means_no_total(item: int) -> None:
    result = scored("cadss", without(all_at(4, 23), str(item)))
    assert_no_total(result, str(item))
    assert result.algorithms == {"dissociation_present": None}


ORIGINAL = [(0, None), (4, None), (5, True), (76, True)]


@pytest.mark.parametrize(("total", "present"), ORIGINAL)
def test_the_19_item_original_stands_apart(total: int, present: bool | None) -> None:
    form = {**adding_up_to(total, items=19, highest=4), "form": "19-item"}
    result = scored("cadss", form)
    assert (result.status, result.total, result.flags) == ("complete", total, ("19-item-original",))
    assert result.unscored == {"form": "19-item"}
    assert result.algorithms == {"dissociation_present": present}
    assert_no_total(scored("cadss", without(form, "19")), "19")


def test_19_items_without_saying_so_are_incomplete() -> None:
    assert_no_total(scored("cadss", all_at(0, 19)), "20", "21", "22", "23")


def test_no_bands_and_no_better_or_worse() -> None:
    cadss = load_instrument("cadss")
    assert (cadss.bands, cadss.direction) == ((), "neither")
