"""Properties of the likeness of two charts."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from upwell.people.duplicates import Someone, likeness, name_likeness, weights
from upwell.people.names import normalise

NAMES = st.text(max_size=40)
PEOPLE = st.builds(
    Someone,
    names=st.tuples(st.text(min_size=1, max_size=30)),
    birth_date=st.none() | st.dates(date(1890, 1, 1), date(2030, 1, 1)),
    birth_date_precision=st.sampled_from(["day", "month", "year"]),
    sex=st.sampled_from(["female", "male", "other", "unknown"]),
    phone=st.text(alphabet="0123456789 +()-", max_size=16),
    email=st.text(max_size=20),
    identifiers=st.frozensets(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["1", "2"])), max_size=2
    ),
)


@given(NAMES, NAMES)
def test_name_likeness_goes_both_ways_and_stays_in_range(one, other):
    assert name_likeness(one, other) == name_likeness(other, one)
    assert 0 <= name_likeness(one, other) <= 100.000001


@given(NAMES)
def test_a_name_is_like_itself(name):
    assert name_likeness(name, name) == (100 if normalise(name) else 0)


@given(PEOPLE, PEOPLE)
def test_likeness_goes_both_ways_and_stays_in_range(one, other):
    found = likeness(one, other)
    assert found == likeness(other, one)
    assert 0 <= found.score <= 100
    assert found.likely or not found.near_certain


@given(PEOPLE)
def test_a_shared_identifier_is_always_likely(person):
    numbered = Someone(names=("Somebody Else",), identifiers=frozenset({("a", "1")}))
    with_number = Someone(
        names=person.names, birth_date=person.birth_date, sex=person.sex, identifiers=numbered.identifiers
    )
    assert likeness(with_number, numbered).likely


def test_every_observation_that_can_be_made_has_its_weight():
    assert set(weights()) == {"name", "birth_date", "sex", "phone", "email", "identifier"}
    assert {"same", "very_like", "like", "one_in_common", "unlike"} == set(weights()["name"])
    tiers = [w.at_least for w in weights()["name"].values() if w.at_least]
    assert tiers == sorted(tiers, reverse=True)
