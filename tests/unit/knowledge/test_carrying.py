"""A practice's own policies are taken along into a newer release, where they are still there and built as they were."""

from __future__ import annotations

import pytest

from upwell.knowledge.carrying import Outcome, carried
from upwell.knowledge.catalogue import read_entry
from upwell.knowledge.check import check_edition
from upwell.knowledge.edition import Edition, packaged
from upwell.knowledge.setting import NewSource, settable, with_values

FILE, RULE = "gates/predose.toml", "rules/predose.heart-rate"
UPPER = "when/any/vitals.heart_rate_bpm (2)/above"
OURS = NewSource("practice-1", "Harbor KAP Clinic: local policy of its own", "2026-03-02")
TEXT = packaged().texts[FILE]
NEWER = Edition({FILE: TEXT})


def value(text, path=RULE, key=UPPER):
    entry = read_entry(FILE, text)
    fact = next(one for one in entry.facts if one.path == path)
    return next(one.value for one in settable(entry.content, fact) if one.key == key)


def sources(text, path=RULE):
    return [
        one.title for one in next(one for one in read_entry(FILE, text).facts if one.path == path).sources
    ]


def with_own(text, path=RULE, key=UPPER, new=100, source=OURS):
    """As the director sets it on the page."""
    entry = read_entry(FILE, text)
    fact = next(one for one in entry.facts if one.path == path)
    where = next(one.path for one in settable(entry.content, fact) if one.key == key)
    return with_values(text, fact, {where: new}, source)


def changed(old, new, text=TEXT):
    assert old in text
    return text.replace(old, new, 1)


REMARK = TEXT + "\n# A remark of the former release.\n"
MORE = '{ fact = "vitals.spo2_percent", above = 100 }'
FORMER = [
    # what the former release said, outcome, value now
    ("the same", TEXT, Outcome.TAKEN, 100),
    ("a remark", REMARK, Outcome.TAKEN, 100),
    ("another rule", changed("below = 94 }", "below = 93 }"), Outcome.TAKEN, 100),
    ("another number here", changed("above = 110 }] }", "above = 120 }] }"), Outcome.OTHERWISE, 100),
    ("other conditions", changed("above = 110 }] }", 'above = 110, reading = "any" }] }'), Outcome.REBUILT, 110),
    ("one condition more", changed("above = 110 }] }", f"above = 110 }}, {MORE}] }}"), Outcome.REBUILT, 110),
]  # fmt: skip


@pytest.mark.parametrize(("what", "former", "outcome", "now"), FORMER, ids=[row[0] for row in FORMER])
def test_what_becomes_of_an_own_value(what, former, outcome, now):
    done = carried(Edition({FILE: former}), Edition({FILE: with_own(former)}), NEWER, OURS)
    (policy,) = done.policies
    assert (policy.file, policy.path, policy.outcome) == (FILE, RULE, outcome)
    assert policy.stands == (now == 100)
    text = done.edition.texts[FILE]
    assert value(text) == now
    assert (sources(text)[0] == OURS.title) == (now == 100)
    assert check_edition(Edition({FILE: text})) == []
    assert ("former release" in text) is False


def test_what_the_practice_left_alone_is_the_newer_release():
    former = changed("below = 94 }", "below = 93 }")
    done = carried(Edition({FILE: former}), Edition({FILE: with_own(former)}), NEWER, OURS)
    assert value(done.edition.texts[FILE], "rules/predose.spo2", "when/below") == 94
    untouched = carried(Edition({FILE: former}), Edition({FILE: former}), NEWER, OURS)
    assert (untouched.edition.texts[FILE], untouched.policies) == (TEXT, ())


def test_several_policies_of_one_file_are_taken_along_each_with_its_source():
    later = NewSource("practice-2", "Harbor KAP Clinic: a second one", "2026-05-02")
    own = with_own(with_own(REMARK), "rules/predose.spo2", "when/below", 92, later)
    done = carried(Edition({FILE: REMARK}), Edition({FILE: own}), NEWER, OURS)
    text = done.edition.texts[FILE]
    assert [one.outcome for one in done.policies] == [Outcome.TAKEN, Outcome.TAKEN]
    assert (value(text), value(text, "rules/predose.spo2", "when/below")) == (100, 92)
    assert (sources(text)[0], sources(text, "rules/predose.spo2")[0]) == (OURS.title, later.title)


def test_a_policy_that_a_file_of_the_practice_rebuilt_stands_where_the_release_left_the_file_alone():
    rebuilt = changed("above = 110 }] }", 'above = 100, reading = "any" }] }')
    done = carried(NEWER, Edition({FILE: rebuilt}), NEWER, OURS)
    assert (done.edition.texts[FILE], [one.outcome for one in done.policies]) == (rebuilt, [Outcome.TAKEN])
    moved = carried(Edition({FILE: REMARK}), Edition({FILE: rebuilt + "# ours\n"}), NEWER, OURS)
    assert (moved.edition.texts[FILE], [one.outcome for one in moved.policies]) == (TEXT, [Outcome.REBUILT])


def test_a_policy_that_is_no_policy_any_more_is_named():
    sure = changed('source = ["reference-3-3"]\nconfidence = "C"', 'source = ["reference-3-3"]\nconfidence = "H"',
                   TEXT[TEXT.index('id = "predose.heart-rate"'):])  # fmt: skip
    newer = TEXT[: TEXT.index('id = "predose.heart-rate"')] + sure
    done = carried(NEWER, Edition({FILE: with_own(TEXT)}), Edition({FILE: newer}), OURS)
    assert [(one.path, one.outcome) for one in done.policies] == [(RULE, Outcome.GONE)]
    gone = carried(NEWER, Edition({FILE: with_own(TEXT)}), Edition({}), OURS)
    assert (gone.edition.texts, [one.outcome for one in gone.policies]) == ({}, [Outcome.GONE])


def test_a_value_that_the_newer_release_does_not_allow_is_named():
    severity = with_own(REMARK, key="severity", new="information")
    broken = severity.replace('severity = "information"', 'severity = "trifle"', 1)
    done = carried(Edition({FILE: REMARK}), Edition({FILE: broken}), NEWER, OURS)
    assert [one.outcome for one in done.policies] in ([Outcome.REFUSED], [Outcome.REBUILT])
    assert done.edition.texts[FILE] == TEXT


def test_a_source_whose_name_is_taken_gets_another():
    newer = Edition({FILE: TEXT + '\n[sources.practice-1]\ntitle = "Another"\neffective_from = "NR"\n'})
    done = carried(NEWER, Edition({FILE: with_own(TEXT)}), newer, OURS)
    assert sources(done.edition.texts[FILE])[0] == OURS.title
    assert value(done.edition.texts[FILE]) == 100
