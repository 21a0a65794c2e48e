"""Which tests are enough for another PostgreSQL."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.statements import enough, named

TESTS = [f"test_{number}" for number in range(8)]
NOTED = st.dictionaries(
    st.sampled_from(TESTS),
    st.tuples(st.floats(0, 100), st.sets(st.sampled_from("abcdefgh"))),
)


@given(noted=NOTED, anyway=st.sets(st.sampled_from(TESTS)))
def test_every_statement_is_sent_and_no_test_runs_for_nothing(noted, anyway):
    chosen = enough(noted, anyway)
    assert chosen <= noted.keys() - anyway
    sent = [noted[one][1] for one in noted if one in chosen | anyway]
    assert set().union(*sent) == set().union(*(statements for _, statements in noted.values()))
    assert all(noted[one][1] for one in chosen)


def test_the_quicker_of_two_alike_runs():
    assert enough({"slow": (9.0, {"a", "b"}), "quick": (0.1, {"a", "b"})}, set()) == {"quick"}


def test_values_do_not_make_another_statement():
    assert named("SELECT a FROM b WHERE c IN (%s, %s) LIMIT 3") == named(
        "SELECT a FROM b WHERE c IN (%s) LIMIT 21"
    )
    assert named("SELECT a FROM b") != named("SELECT a FROM c")
