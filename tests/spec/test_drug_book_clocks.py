"""When an inventory and the reports of a loss are due: 21 CFR 1304 and 1301.76, by the clinical reference."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from upwell.knowledge.controlled import load_controlled
from upwell.knowledge.provenance import Mark
from upwell.pathway.pharmacy.clocks import closed_at, day_ends, due_at, due_on, skipped_words
from upwell.people.models import Practice

CHICAGO = Practice(name="Harbor", time_zone="America/Chicago", jurisdiction="US")
LISBON = Practice(name="Tejo", time_zone="Europe/Lisbon", jurisdiction="EU")


@pytest.mark.parametrize(
    ("term", "since", "until"),
    [
        ("loss-notice", date(2026, 11, 25), date(2026, 11, 26)),  # Wednesday to Thursday
        ("loss-notice", date(2026, 11, 27), date(2026, 11, 30)),  # Friday to Monday
        ("loss-notice", date(2026, 11, 28), date(2026, 11, 30)),  # Saturday to Monday
        ("loss-notice", date(2026, 11, 29), date(2026, 11, 30)),  # Sunday to Monday
        ("loss-form", date(2026, 11, 25), date(2027, 1, 9)),
        ("inventory-every", date(2026, 11, 25), date(2028, 11, 25)),
        ("inventory-every", date(2028, 2, 29), date(2030, 2, 28)),
    ],
)
def test_the_last_day_in_time(term, since, until):
    assert due_on(load_controlled().term(term, "US"), since) == until


THANKSGIVING = [
    {"on": "2026-11-26", "name": "Thanksgiving Day"},
    {"on": "2026-11-27", "name": ""},
    {"on": "2026-11-28", "name": "A Saturday"},
]


@pytest.mark.parametrize(
    ("term", "since", "until", "skipped"),
    [
        ("loss-notice", date(2026, 11, 24), date(2026, 11, 25), ""),
        (
            "loss-notice",
            date(2026, 11, 25),
            date(2026, 11, 30),
            "Not counted: 11/26/2026 (Thanksgiving Day), 11/27/2026, Saturday and Sunday.",
        ),
        ("loss-notice", date(2026, 11, 27), date(2026, 11, 30), "Not counted: Saturday and Sunday."),
        ("loss-form", date(2026, 11, 25), date(2027, 1, 9), ""),  # 45 days, whatever is closed
    ],
)
def test_closed_days_of_the_practice_are_no_business_days(term, since, until, skipped):
    place = Practice(name="Harbor", time_zone="America/Chicago", jurisdiction="US", closed_days=THANKSGIVING)
    noon = datetime.combine(since, datetime.min.time(), UTC).replace(hour=18)
    assert due_on(load_controlled().term(term, "US"), since, closed_at(place)) == until
    assert due_at(place, term, noon) == day_ends(place, until)
    assert skipped_words(place, term, noon) == skipped


def test_a_day_is_over_at_midnight_of_the_practice():
    late = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)  # still the 25th in Chicago
    assert due_at(CHICAGO, "loss-notice", late) == datetime(2026, 11, 27, 6, 0, tzinfo=UTC)


def test_where_no_term_was_recovered_none_is_given():
    for term in ("inventory-every", "keep", "loss-notice", "loss-form"):
        known = load_controlled().term(term, "EU")
        assert (known.value, known.provenance.confidence) == (None, Mark.NR)
        assert due_at(LISBON, term, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_terms_carry_their_marks():
    book = load_controlled()
    marks = {one.id: one.provenance.confidence for one in book.terms if one.jurisdiction != "EU"}
    assert (marks["inventory-every"], marks["keep"]) == (Mark.H, Mark.H)
    assert (marks["loss-notice"], marks["loss-form"]) == (Mark.M, Mark.M)
    assert {marks[one] for one in ("expires-soon", "set-aside-open", "explain-within")} == {Mark.C}
    assert all(one.provenance.verify for one in book.terms if one.provenance.confidence is Mark.M)
    assert book.schedules == {"racemic-ketamine": "III", "esketamine": "III"}
