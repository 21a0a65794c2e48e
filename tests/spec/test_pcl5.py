"""PCL-5 as a clinician reads it: 20 items 0 to 4. Source: Weathers 2013 (National Center for PTSD).

Two provisional results that can disagree: the total at 33 or more, and the cluster rule: an item at 2 or more is a
symptom; one of B (1 to 5), one of C (6, 7), two of D (8 to 14), two of E (15 to 20).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.forms import adding_up_to, all_at, assert_no_total, scored, without
from upwell.knowledge.loader import load_instrument


def form(**rated: int) -> dict[str, Any]:
    """All at 0 but for the items named."""
    return {**all_at(0, 20), **{item.removeprefix("i"): value for item, value in rated.items()}}


@pytest.mark.parametrize(
    ("total", "positive"), [(0, False), (31, False), (32, False), (33, True), (34, True), (80, True)]
)
def test_cut_off_on_the_total(total: int, positive: bool) -> None:
    result = scored("pcl-5", adding_up_to(total, items=20, highest=4))
    assert (result.status, result.total, result.band) == ("complete", total, None)
    assert result.algorithms["cut_positive"] is positive


FULL = {"i1": 2, "i6": 2, "i8": 2, "i9": 2, "i15": 2, "i16": 2}

CLUSTERS = [
    ("just enough", FULL, True),
    ("one symptom less in B", {**FULL, "i1": 1}, False),
    ("one symptom less in C", {**FULL, "i6": 1}, False),
    ("only one in D", {**FULL, "i9": 1}, False),
    ("only one in E", {**FULL, "i16": 1}, False),
    ("the last items of each cluster", {"i5": 2, "i7": 2, "i13": 2, "i14": 2, "i19": 2, "i20": 2}, True),
    ("highest ratings do not stand in for symptoms", {"i1": 4, "i6": 4, "i8": 4, "i15": 4, "i16": 4}, False),
    ("all at 1", {f"i{n}": 1 for n in range(1, 21)}, False),
    ("all at 2", {f"i{n}": 2 for n in range(1, 21)}, True),
]


@pytest.mark.parametrize(("what", "rated", "positive"), CLUSTERS, ids=[row[0] for row in CLUSTERS])
def test_cluster_rule(what: str, rated: dict[str, int], positive: bool) -> None:
    assert scored("pcl-5", form(**rated)).algorithms["cluster_positive"] is positive


def test_the_two_can_disagree_both_ways() -> None:
    by_clusters = scored("pcl-5", form(**FULL))
    by_total = scored("pcl-5", form(**{f"i{n}": 4 for n in range(1, 15)}))
    assert (by_clusters.total, by_clusters.algorithms) == (
        12,
        {"cut_positive": False, "cluster_positive": True},
    )
    assert (by_total.total, by_total.algorithms) == (56, {"cut_positive": True, "cluster_positive": False})
    assert "rovisional" in by_clusters.plain["clinician"]


def test_clusters_are_summed() -> None:
    result = scored("pcl-5", {str(n): 1 for n in range(1, 21)})
    assert result.subscales == {"intrusion": 5, "avoidance": 2, "cognition_mood": 7, "arousal": 6}


@pytest.mark.parametrize("item", range(1, 21))
def test_a_blank_means_no_total_and_no_result(item: int) -> None:
    result = scored("pcl-5", without(all_at(4, 20), str(item)))
    assert_no_total(result, str(item))
    assert result.algorithms == {"cut_positive": None, "cluster_positive": None}


def test_the_code_of_the_pcl_c_is_not_used() -> None:
    pcl5 = load_instrument("pcl-5")
    assert (pcl5.loinc_panel, pcl5.loinc_total) == (None, None)


def test_change_scores_are_uncertain() -> None:
    change = load_instrument("pcl-5").change
    assert (change.reliable.at_least, change.mcid.at_least) == (15, 10)
    assert [(of, limit.at_least) for of, limit in change.variants] == [("reliable", 5)]
    assert change.reliable.provenance.verify
