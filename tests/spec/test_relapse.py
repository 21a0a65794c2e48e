"""A relapse by the rule that was declared beforehand, as a clinician reads it. Local policy (C).

Numbers are the PHQ-9's own: response a fall of 50 %, remission below 5, reliable change 6. Day 0 is the first dose; the
score of day -1 is the baseline. Each rule at its threshold, just below and just above.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upwell.base.errors import NotFound
from upwell.knowledge.edition import FOLDER
from upwell.knowledge.errors import KnowledgeError
from upwell.knowledge.relapse import load_relapse_rules, parse_relapse_rules, relapse_rule
from upwell.science.measures import Score, Watch, relapse, watch

FIRST_DOSE = datetime(2026, 3, 2, 10, tzinfo=UTC)
TEXT = (FOLDER / "relapse/rules.toml").read_text(encoding="utf-8")


def stands(rule: str, *totals: int, baseline: int = 20, days: int = 14, since: float = 0) -> Watch:
    """The rule after scores every 14 days from day 14 on."""
    scores = [Score("start", FIRST_DOSE - timedelta(days=1), baseline)]
    scores += [
        Score(f"s{place}", FIRST_DOSE + timedelta(days=14 + (place - 1) * days), total)
        for place, total in enumerate(totals, start=1)
    ]
    return watch(
        relapse_rule(rule), scores, first_dose_at=FIRST_DOSE, since=FIRST_DOSE + timedelta(days=since)
    )


TABLE = [
    # rule, scores after the first dose (baseline 20), which score crosses
    ("phq-9-loss-of-response", [10, 11, 11], "s3"),
    ("phq-9-loss-of-response", [10, 10, 10], None),  # exactly half: still a response
    ("phq-9-loss-of-response", [10, 11], None),  # one alone is not two
    ("phq-9-loss-of-response", [10, 11, 10, 11], None),  # not in a row
    ("phq-9-loss-of-response", [10, 11, 10, 11, 12], "s5"),
    ("phq-9-loss-of-response", [10, 11, 11, 20], "s3"),  # it was crossed before
    ("phq-9-loss-of-response", [10, 11, 11, 9], None),  # better again
    ("phq-9-loss-of-response", [11, 15, 20], None),  # no response was reached that could be lost
    ("phq-9-near-baseline", [14, 14], None),  # exactly 6 better: still a reliable change
    ("phq-9-near-baseline", [13, 14], None),
    ("phq-9-near-baseline", [14, 15], "s2"),
    ("phq-9-near-baseline", [14, 20], "s2"),
    ("phq-9-near-baseline", [14, 25], "s2"),
    ("phq-9-near-baseline", [15, 18], None),  # never reliably better
    ("phq-9-rise-from-best", [5, 10], None),
    ("phq-9-rise-from-best", [5, 11], "s2"),
    ("phq-9-rise-from-best", [5, 12], "s2"),
    ("phq-9-rise-from-best", [9, 5, 8, 11], "s4"),
    ("phq-9-rise-from-best", [20], None),  # nothing better before
    ("phq-9-loss-of-remission", [4, 5, 5], "s3"),
    ("phq-9-loss-of-remission", [4, 4, 4], None),
    ("phq-9-loss-of-remission", [4, 5, 4], None),
    ("phq-9-loss-of-remission", [4, 6, 5], "s3"),
    ("phq-9-loss-of-remission", [5, 6, 7], None),  # no remission was reached
]


@pytest.mark.parametrize(("rule", "totals", "crossed"), TABLE, ids=[f"{row[0]}-{row[1]}" for row in TABLE])
def test_the_rules(rule: str, totals: list[int], crossed: str | None) -> None:
    found = stands(rule, *totals).relapse
    assert (None if found is None else found.crossed_by.id) == crossed
    if found is not None:
        assert found.finding.policy
        assert found.finding.severity == "needs-decision"
        assert found.finding.because[0].value == "20"
        assert len(found.run) == len(found.finding.because) - 1


APART = [(13, None), (14, "s3"), (15, "s3")]


@pytest.mark.parametrize(("days", "crossed"), APART)
def test_two_in_a_row_look_back_on_different_days(days: int, crossed: str | None) -> None:
    found = stands("phq-9-loss-of-response", 10, 12, 12, days=days).relapse
    assert (None if found is None else found.crossed_by.id) == crossed


SINCE = [(41.9, "s3"), (42, "s3"), (42.1, None)]


@pytest.mark.parametrize(("since", "crossed"), SINCE)
def test_it_counts_from_maintenance_on(since: float, crossed: str | None) -> None:
    """The score that completes it came on day 42; what was over before maintenance began is history."""
    found = stands("phq-9-loss-of-response", 10, 12, 12, since=since).relapse
    assert (None if found is None else found.crossed_by.id) == crossed


def test_why_it_can_not_be_met_yet() -> None:
    assert stands("phq-9-near-baseline", 14, 20, since=60).why_not == "before"
    assert stands("phq-9-loss-of-response", 15).why_not == "not-reached"
    assert stands("phq-9-loss-of-response", 9).why_not == "kept"
    assert [one.id for one in stands("phq-9-loss-of-response", 9, 12).run] == ["s2"]
    alone = [Score("only", FIRST_DOSE + timedelta(days=14), 20)]
    rule = relapse_rule("phq-9-near-baseline")
    assert watch(rule, alone, first_dose_at=FIRST_DOSE, since=FIRST_DOSE).why_not == "no-baseline"


def test_from_a_baseline_of_zero_no_response_can_be_lost() -> None:
    assert stands("phq-9-loss-of-response", 9, 12, 12, baseline=0).relapse is None


@given(st.lists(st.integers(0, 27), max_size=10), st.integers(0, 27), st.sampled_from(load_relapse_rules()))
def test_once_crossed_it_is_the_same_crossing_until_it_is_over(
    totals: list[int], baseline: int, rule: object
) -> None:
    """A later score that also meets the rule never makes a second crossing of the first."""
    before = stands(rule.id, *totals, baseline=baseline).relapse  # type: ignore[attr-defined]
    if before is not None:
        after = stands(rule.id, *totals, 27, baseline=baseline).relapse  # type: ignore[attr-defined]
        assert after is None or after.crossed_by == before.crossed_by


@given(
    st.lists(st.integers(0, 27), min_size=1, max_size=10), st.sampled_from(load_relapse_rules()), st.randoms()
)
def test_the_order_of_entry_is_irrelevant(totals: list[int], rule: object, random: object) -> None:
    scores = [Score("start", FIRST_DOSE - timedelta(days=1), 20)]
    scores += [Score(f"s{n}", FIRST_DOSE + timedelta(days=14 * (n + 1)), one) for n, one in enumerate(totals)]
    shuffled = list(scores)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    known = {"first_dose_at": FIRST_DOSE, "since": FIRST_DOSE}
    assert relapse(rule, scores, **known) == relapse(rule, shuffled, **known)  # type: ignore[arg-type]


def test_numbers_come_from_the_instrument() -> None:
    assert {one.id: one.limit for one in load_relapse_rules()} == {
        "phq-9-loss-of-response": 50,
        "phq-9-near-baseline": 6,
        "phq-9-rise-from-best": 6,
        "phq-9-loss-of-remission": 5,
    }
    assert all(one.provenance.is_policy for one in load_relapse_rules())
    assert "{limit}" not in " ".join(one.words + one.needs + one.patient for one in load_relapse_rules())


def test_unknown_and_broken_rules() -> None:
    with pytest.raises(NotFound, match="phq-9-near-baseline"):
        relapse_rule("no-such-rule")
    for old, new, said in [
        ('instrument = "phq-9"', 'instrument = "phq-99"', "phq-99"),
        ('test = "near-baseline"', 'test = "by-feeling"', "by-feeling"),
        ('id = "phq-9-near-baseline"', 'id = "phq-9-loss-of-response"', "twice"),
        (
            'instrument = "phq-9"\ntest = "near-baseline"',
            'instrument = "gad-7"\ntest = "near-baseline"',
            "no number",
        ),
    ]:
        assert old in TEXT
        with pytest.raises(KnowledgeError) as refused:
            parse_relapse_rules(TEXT.replace(old, new, 1), name="rules.toml")
        assert said in refused.value.message


def test_a_finding_names_the_rule_the_baseline_and_every_score_with_its_day() -> None:
    found = stands("phq-9-loss-of-response", 10, 11, 12).relapse
    assert found is not None
    assert found.rule.id == "phq-9-loss-of-response"
    said = found.finding
    assert said.rule == "relapse.phq-9-loss-of-response"
    assert said.message.startswith("Relapse by the rule that was declared beforehand.")
    assert found.rule.words in said.message
    assert said.source
    assert said.policy
    assert [(one.fact, one.value, one.at) for one in said.because] == [
        ("score.baseline", "20", (FIRST_DOSE - timedelta(days=1)).isoformat()),
        ("score.phq-9", "11", (FIRST_DOSE + timedelta(days=28)).isoformat()),
        ("score.phq-9", "12", (FIRST_DOSE + timedelta(days=42)).isoformat()),
    ]


def test_the_row_so_far_is_told_with_the_relapse_before_it_and_when_it_lies_too_far_back() -> None:
    assert [one.id for one in stands("phq-9-loss-of-response", 10, 11).run] == ["s2"]
    assert stands("phq-9-loss-of-response", 10, 11).why_not == ""
    assert [one.id for one in stands("phq-9-loss-of-response", 10, 11, 12).run] == ["s2", "s3"]
    past = stands("phq-9-loss-of-response", 10, 11, 12, since=100)
    assert (past.relapse, past.why_not, [one.id for one in past.run]) == (None, "before", ["s2", "s3"])


def test_what_has_no_total_is_passed_over_and_what_follows_is_judged() -> None:
    scores = [Score("start", FIRST_DOSE - timedelta(days=1), 20)]
    totals = [10, 11, None, 12]
    scores += [
        Score(f"s{n}", FIRST_DOSE + timedelta(days=14 * n), total) for n, total in enumerate(totals, start=1)
    ]
    for rule in (
        "phq-9-loss-of-response",
        "phq-9-near-baseline",
        "phq-9-rise-from-best",
        "phq-9-loss-of-remission",
    ):
        watch(relapse_rule(rule), scores, first_dose_at=FIRST_DOSE, since=FIRST_DOSE)  # none of them stumbles
    found = watch(relapse_rule("phq-9-loss-of-response"), scores, first_dose_at=FIRST_DOSE, since=FIRST_DOSE)
    assert [one.id for one in found.run] == ["s2", "s4"]


def test_a_score_before_anything_was_reached_is_passed_over() -> None:
    assert [one.id for one in stands("phq-9-loss-of-response", 15, 10, 11, 12).run] == ["s3", "s4"]
