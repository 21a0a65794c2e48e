"""A table is scored as its forms are one by one, in every instrument that a table can hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwell.base.errors import BadInput
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.science.scoring import score
from upwell.science.scoring.table import score_table


def numbers_of(item):
    """The answers of an item that are numbers, yes and no among them."""
    if item.scale is not None:
        return [item.scale.minimum, (item.scale.minimum + item.scale.maximum) / 4, item.scale.maximum]
    found = [one.value for one in item.responses if isinstance(one.value, int | float)]
    return [one for one in found if not isinstance(item.response_to(one).counts_as, str)]


def holds(instrument):
    """Whether a table can hold it: no question depends on another, and every answer can be a number."""
    return not instrument.one_of and all(
        not item.asked_when and numbers_of(item) for item in instrument.items
    )


TABLES = [one for one in known_instruments() if holds(load_instrument(one))]


def as_form(instrument, row):
    """A row of the table as ``score`` takes it."""
    form = {}
    for item, value in zip(instrument.items, row, strict=True):
        if not np.isnan(value):
            form[item.id] = next(
                (one for one in numbers_of(item) if item.scale is None and float(one) == value), float(value)
            )
    return form


def test_most_instruments_can_be_tables():
    assert {"phq-9", "gad-7", "madrs", "pcl-5", "dast-10", "who-5", "ymrs", "meq30"} <= set(TABLES)


@pytest.mark.parametrize("name", TABLES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), gaps=st.sampled_from([0, 0.05, 0.3, 1]))
def test_each_row_is_scored_as_its_form(name, seed, gaps):
    instrument, rng = load_instrument(name), np.random.default_rng(seed)
    table = np.array([[float(rng.choice(numbers_of(item))) for item in instrument.items] for _ in range(12)])
    table[rng.random(table.shape) < gaps] = np.nan
    found = score_table(instrument, table)
    for number, row in enumerate(table):
        form = as_form(instrument, row)
        try:
            alone = score(instrument, form)
        except BadInput:  # answers that contradict each other are refused one by one
            continue
        assert (found.status.at(number) or "") == alone.status
        assert_same(found.total[number], alone.total)
        assert found.band.at(number) == alone.band
        assert {key: words.at(number) for key, words in found.algorithms.items()} == dict(alone.algorithms)
        assert tuple(key for key, there in found.flags.items() if there[number]) == alone.flags
        for key, column in found.subscales.items():
            assert_same(column[number], alone.subscales[key])
        assert found.missing[number] == len(alone.missing)


def assert_same(ours, alone):
    if alone is None:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(alone, rel=1e-12)


def test_columns_can_be_named_and_left_out():
    found = score_table(load_instrument("phq-9"), [[1] * 9, [3] * 9], items=list("987654321"))
    assert found.total.tolist() == [9, 27]
    assert [found.band.at(n) for n in (0, 1)] == ["mild", "severe"]


@pytest.mark.parametrize(
    ("name", "table", "items", "words"),
    [
        ("phq-9", [[0] * 9, [0] * 8 + [4]], None, "item 9, row 2: 4 is not offered"),
        ("phq-9", [[0.5] * 9], None, "item 1, row 1: 0.5 is not offered"),
        ("ymrs", [[0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0]], None, "item 5, row 1: 3 is not offered"),
        ("phq-9", [[0] * 7], None, "7 columns"),
        ("phq-9", [[0] * 9], ["1"] * 9, "named twice"),
        ("phq-9", [[0]], ["11"], "no item “11”"),
        ("phq-9", [0] * 9, None, "table of numbers"),
        ("phq-9", [["a"] * 9], None, "table of numbers"),
        ("qids-sr16", [[0] * 16], None, "depend on each other"),
    ],
)
def test_what_is_no_table_of_answers_is_refused(name, table, items, words):
    with pytest.raises(BadInput, match=words):
        score_table(load_instrument(name), table, items)
