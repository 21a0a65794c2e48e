"""How well a name fits what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.office.patients.ranking import fit

# What was typed, and names from the best fit to the worst; behind the bar, names that are not meant at all.
ORDERS = [
    ("john smith", ["John Smith", "Jon Smyth"], ["Mary Smith", "John Brown", "Smith"]),
    ("Jon Smyth", ["Jon Smyth", "John Smith"], ["Joan Baker"]),
    ("smith", ["John Smith", "Ann Smithers", "John Smyth"], ["John Schmidt", "Sam Miller"]),
    ("smi", ["Jo Smith", "Jo Smithers"], ["Sam Miller"]),
    ("Katherine", ["Katherine A", "Catherine B"], ["Kate", "Karen"]),
    ("nunez", ["José Núñez"], ["Nunes da"]),
    ("Mary Ann", ["Mary Ann", "Maryann", "Mary Anne"], ["Mary"]),
    ("maryann", ["Maryann Lee", "Mary Ann Lee"], ["Ann Lee", "Mary Lee"]),
    ("john andrew smith", ["John Andrew Smith", "John Smith"], ["John Brown", "Smith"]),
    ("maria de la cruz", ["Maria de la Cruz", "Maria Cruz"], ["Maria Lopez"]),
    ("ng", ["Li Ng", "Li Ngo"], ["Li Wong"]),
    ("王", ["王 小明"], ["李 小红"]),
    ("王小明", ["小明 王"], ["小明 李", "小红 王"]),
]


@pytest.mark.parametrize(("typed", "better_first", "not_meant"), ORDERS)
def test_order(typed, better_first, not_meant):
    fits = [fit(typed, [name]) for name in better_first]
    assert all(one > 0 for one in fits), dict(zip(better_first, fits, strict=True))
    assert fits == sorted(fits, reverse=True)
    assert [name for name in not_meant if fit(typed, [name]) >= fits[-1]] == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_range(typed, name):
    assert 0 <= fit(typed, [name]) <= 1


@given(st.lists(st.text("abcdefghijklmnopqrstuvwxyzäéñ", min_size=1, max_size=12), min_size=1, max_size=4))
def test_a_name_in_any_order_fits_itself(words):
    assert fit(" ".join(words), [" ".join(reversed(words))]) == 1


def test_the_best_of_several_names_counts():
    assert fit("sarah smith", ["Sarah Jones", "Sarah Smith"]) == 1
    assert fit("sarah smith", []) == 0
    assert fit("", ["Sarah Jones"]) == 0
