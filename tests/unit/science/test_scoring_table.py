"""A table is scored as its forms are one by one, in every instrument that a table can hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upwell.base.errors import BadInput
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.science.scoring import score
from upwell.science.scoring.alike import telling
from upwell.science.scoring.table import score_table
from upwell.science.scoring.table_answers import Offer
from upwell.science.scoring.threads import OF_A_THREAD


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


@pytest.mark.parametrize("name", ["phq-9", "gad-7", "ymrs", "rass", "dast-10", "wsas", "modified-aldrete"])
def test_a_form_has_the_same_scores_alone_and_in_a_large_table(name):
    instrument, rng = load_instrument(name), np.random.default_rng(1)
    few = np.array([[float(rng.choice(numbers_of(item))) for item in instrument.items] for _ in range(40)])
    few[rng.random(few.shape) < 0.1] = np.nan
    which = rng.integers(0, len(few), 3 * OF_A_THREAD + 5)
    alone, many = score_table(instrument, few), score_table(instrument, np.asfortranarray(few[which]))
    for mine, theirs in zip(arrays(alone), arrays(many), strict=True):
        assert np.array_equal(mine[which], theirs, equal_nan=theirs.dtype.kind == "f")


def arrays(scores):
    words = [scores.status, scores.band, *scores.algorithms.values()]
    codes = [one.codes for one in words]
    return [scores.total, scores.missing, *scores.subscales.values(), *codes, *scores.flags.values()]


def test_most_instruments_are_told_apart_by_keys():
    told = {name for name in TABLES if keys_of(name) is not None}
    assert {"phq-9", "phq-2", "gad-7", "madrs", "ham-d17", "isi", "shaps", "asrm", "ymrs", "wsas"} <= told
    assert not {"pcl-5", "ebi"} & told  # too much to tell; any mark on a line


def keys_of(name):
    instrument = load_instrument(name)
    offers = {item.id: Offer.of(item) for item in instrument.items}
    return telling(instrument, [item.id for item in instrument.items], offers)


def test_filled_in_items_with_thresholds_of_their_own_are_scored_form_by_form():
    phq9 = load_instrument("phq-9")
    steps = tuple(replace(one, imputation=True) if one.op == "count" else one for one in phq9.steps)
    offers = {item.id: Offer.of(item) for item in phq9.items}
    names = [item.id for item in phq9.items]
    assert telling(phq9, names, offers) is not None
    assert telling(replace(phq9, steps=steps), names, offers) is None
    assert telling(phq9, names[1:], offers) is None  # an item that is asked has no column


@pytest.mark.parametrize("wrong", [0.5, 4, -1, 256, 259, 2 + 2**-51, 2**-60, np.inf, -np.inf, 1e300])
@pytest.mark.parametrize("beside", [0, np.nan])
def test_one_wrong_answer_among_many_is_refused_with_its_row(wrong, beside):
    table = np.full((OF_A_THREAD + 20_000, 9), float(beside))
    table[OF_A_THREAD + 9, 4] = wrong
    with pytest.raises(BadInput, match=f"item 5, row {OF_A_THREAD + 10}: "):
        score_table(load_instrument("phq-9"), table)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.float32])
def test_a_table_may_be_of_any_numbers(kind):
    table = np.array([[0, 1, 2, 3, 0, 1, 2, 3, 0], [3] * 9], kind)
    assert score_table(load_instrument("phq-9"), table).total.tolist() == [12, 27]
    assert len(score_table(load_instrument("phq-9"), table[:0]).total) == 0


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
