"""Names as a search sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.people.names import LONGEST_WORD, MOST_WORDS, normalise, query_keys, search_keys, words_of

NAMES = st.text(max_size=60)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("Müller-Łącki", "muller lacki"),
        ("José Núñez", "jose nunez"),
        ("O’Brien", "obrien"),
        ("O'Brien", "obrien"),
        ("Straße", "strasse"),
        ("Øyvind Æsir", "oyvind aesir"),
        ("  Van   der Berg ", "van der berg"),
        ("İstanbul", "istanbul"),
        ("محمد", "محمد"),
        ("王小明", "王小明"),
        ("नरेंद्र", normalise("नरेंद्र")),
        ("😀", "😀"),
        ("Anna 😀", "anna"),
        ("A\x00B", "a b"),
        ("\x00", ""),
        ("", ""),
    ],
)
def test_normalise(written, seen):
    assert normalise(written) == seen


def test_a_word_in_a_script_with_vowel_signs_stays_one_word():
    assert len(normalise("नरेंद्र").split()) == 1


@given(NAMES)
def test_normalising_twice_changes_nothing(name):
    assert normalise(normalise(name)) == normalise(name)


@given(NAMES)
def test_case_and_blanks_around_make_no_difference(name):
    assert normalise(f"  {name} ") == normalise(name)


@given(NAMES, NAMES)
def test_the_order_of_names_leaves_no_trace(family, given_name):
    assert search_keys(family, given_name) == search_keys(given_name, family)


@given(NAMES, NAMES)
def test_every_key_has_three_letters_and_no_nul(family, given_name):
    assert all(len(key) == 3 and "\x00" not in key for key in search_keys(family, given_name))


@given(st.text(max_size=5000))
def test_however_long_the_name_the_keys_stay_few(name):
    assert len(search_keys(name, "")) <= MOST_WORDS * (LONGEST_WORD + 1)
    assert all(len(word) <= LONGEST_WORD for word in words_of(name))


@given(st.from_regex(r"[a-zäéñø王م]{2,15}", fullmatch=True), st.integers(1, 15))
def test_whatever_is_typed_of_a_name_has_only_keys_of_the_name(name, letters):
    assert query_keys(name[:letters]) <= search_keys(name, "")


@pytest.mark.parametrize(
    ("typed", "family", "given_name"),
    [
        ("Jon Smyth", "Smith", "John"),
        ("Smith John", "Smith", "John"),
        ("Katherine", "Brown", "Catherine"),
        ("nunez", "Núñez", "José"),
        ("Mueller", "Müller", "Eva"),
        ("Ng", "Ng", "Li"),
    ],
)
def test_a_slip_of_spelling_leaves_keys_in_common(typed, family, given_name):
    shared = query_keys(typed) & search_keys(family, given_name)
    assert len(shared) >= len(query_keys(typed)) / 3
