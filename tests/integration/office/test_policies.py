"""Local policies on pages: the director sees each one, proposes another value with a reason, and signs for it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.spec.facts import READY
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.base.errors import BadInput, NotFound, NotPermitted
from upwell.knowledge.edition import Edition, edition, packaged
from upwell.office.knowledge.actions import adopt, propose_policy
from upwell.office.knowledge.policies import base_of, former, policies, policy_of
from upwell.people.editions import keep_edition, version_waiting
from upwell.people.models import KnowledgeEdition
from upwell.science.rules import gate

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FILE, RULE = "gates/predose.toml", "rules/predose.heart-rate"
UPPER = "when/any/vitals.heart_rate_bpm (2)/above"
WORDS = "Resting heart rate is below 50 or above 100: the prescriber looks at it first."


@pytest.fixture
def director(staff):
    return staff("medical-director", name="Dr. Ines Moreau")


def propose(director, *, version="", given=None, reason="Our older patients.", read=False, path=RULE):
    with acting_as(director):
        return propose_policy(
            by=director, version=version, name=FILE, path=path, reason=reason, read=read,
            given={UPPER: 100, "message": WORDS} if given is None else given,
        )  # fmt: skip


def sign(director, version, number=1):
    with acting_as(director):
        return adopt(by=director, version=version, number=number, name="Ines Moreau", policies_seen=True)


def test_every_local_policy_stands_on_the_page_with_value_mark_and_source(director, client_as):
    page = client_as(director).get(reverse("policies")).content.decode()
    with acting_as(director):
        every = [one for file in policies(base_of(director, "")) for one in file.policies]
    assert len(every) > 50
    assert page.count("?fact=") == len(every)
    assert "rules/predose.heart-rate" in page
    assert "<strong>110</strong>" in page
    assert "C: local policy" in page


def test_another_value_is_proposed_with_a_reason_signed_for_and_then_in_force(director, practice):
    row = propose(director)
    with acting_as(director):
        assert edition() is packaged()  # proposed is not in force
    sign(director, row.version)
    facts = {**READY, "vitals": [{**READY["vitals"][-1], "heart_rate_bpm": 105}]}
    with acting_as(director):
        (found,) = [one for one in gate.predose(facts)["findings"] if one["rule"] == "predose.heart-rate"]
        history = former(director, FILE, RULE)
    assert found["message"] == WORDS
    assert found["policy"] is True
    assert found["source"][0]["title"] == f"{practice.name}: local policy of its own"
    assert [(one.reason, one.adoption.number) for one in history] == [("Our older patients.", 1)]


def test_the_history_of_a_policy_names_only_the_signatures_that_changed_it(director):
    sign(director, packaged().version)
    sign(director, propose(director).version, number=2)
    other = "rules/predose.spo2"
    with acting_as(director):
        one = next(v for v in policy_of(edition(), FILE, other).values if v.value == 94)
    given = {one.key: 93}
    sign(director, propose(director, path=other, given=given, read=True).version, number=3)
    with acting_as(director):
        assert [one.adoption.number for one in former(director, FILE, RULE)] == [2, 1]
        assert [one.adoption.number for one in former(director, FILE, other)] == [3, 1]


def test_a_second_change_before_the_signature_is_based_on_the_first(director):
    first = propose(director)
    with acting_as(director):
        one = next(v for v in policy_of(edition(), FILE, "rules/predose.spo2").values if v.value == 94)
    second = propose(
        director, version=first.version, path="rules/predose.spo2", given={one.key: 93}, read=True
    )
    sign(director, second.version)
    with acting_as(director):
        assert next(v for v in policy_of(edition(), FILE, RULE).values if v.key == UPPER).value == 100
        assert "below = 93" in edition().texts[FILE]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 10_001}, "reason"),
        ({"given": {}}, None),
        ({"given": {UPPER: 100}}, "message"),  # the sentence still says 110
    ],
)
def test_what_says_nothing_or_two_things_is_refused(director, wrong, path):
    with pytest.raises(BadInput) as told:
        propose(director, **wrong)
    assert told.value.path == path
    assert not KnowledgeEdition.objects.filter(practice_id=director.practice_id).exists()


def test_a_value_that_its_schema_refuses_is_not_proposed(director):
    with pytest.raises(BadInput, match=r"predose\.toml:\d+"):
        propose(director, given={"severity": "grave"})


def test_only_the_director_changes_a_policy_and_only_a_policy_is_changed(director, staff):
    with pytest.raises(NotPermitted):
        propose(staff("admin"))
    with pytest.raises(NotFound):
        propose(director, path="rules/predose.bp.esketamine.us")  # from the label, no local policy


def test_the_page_takes_it_through_to_the_signature(director, client_as, staff):
    client = client_as(director)
    address = reverse("policy", args=[FILE]) + f"?fact={RULE}"
    page = client.get(address)
    names = {one.key: f"value_{n}" for n, one in enumerate(page.context["form"].values)}
    sent = {name: page.context["form"][name].initial for name in names.values()}
    refused = client.post(address, {**sent, names[UPPER]: "100", "reason": "Older patients."})
    assert refused.status_code == 422
    assert "still says the number as it was" in refused.content.decode()
    wrong = client.post(address, {**sent, names[UPPER]: "fast", "reason": "Older patients."})
    assert wrong.status_code == 422
    done = client.post(
        address, {**sent, names[UPPER]: "100", names["message"]: WORDS, "reason": "Older patients."}
    )
    assert done.status_code == 302
    shown = client.get(done["Location"]).content.decode()
    assert "Older patients." in shown
    assert "Sign, and put it in force" in shown
    assert client_as(staff("prescriber")).post(address, sent).status_code == 403
    assert client.get(reverse("policy", args=["gates/none.toml"]) + "?fact=x").status_code == 404


def test_a_version_that_waits_stands_on_the_directors_today_and_on_the_practices_page(
    director, client_as, staff, practice, monkeypatch
):
    def waits():
        with acting_as(director):
            return version_waiting(practice.id)

    def told(person):
        return client_as(person).get(reverse("today")).content.decode()

    assert "Sign for what rules run on" in told(director)
    assert "Sign for what rules run on" in told(staff("admin"))
    assert "Sign for what rules run on" not in told(staff("prescriber"))
    assert "Nobody has signed yet" in client_as(director).get(reverse("practice")).content.decode()
    sign(director, packaged().version)
    assert waits() is None
    assert "what rules run on" not in told(director)
    row = propose(director)
    assert "Look at the version that this practice proposes" in told(director)
    assert "Our older patients." in client_as(director).get(reverse("practice")).content.decode()
    sign(director, row.version, number=2)
    assert waits() is None  # what ships was there before, and was looked at
    newer = Edition({**packaged().texts, FILE: packaged().texts[FILE] + "# later\n"})
    with acting_as(system_actor("set-up")):
        keep_edition(newer)
    monkeypatch.setattr("upwell.people.editions.packaged", lambda: newer)
    assert (waits().version, waits().is_first, waits().is_own) == (newer.version, False, False)


# --- taken along into a newer release ---
@pytest.fixture
def former_release():
    """A release before this one: it said 93 of oxygen where this one says 94."""
    texts = {**packaged().texts, FILE: packaged().texts[FILE].replace("below = 94 }", "below = 93 }", 1)}
    with acting_as(system_actor("set-up")):
        keep_edition(Edition(texts))
        keep_edition(packaged())
    return Edition(texts)


@pytest.fixture
def own(director, practice, former_release):
    """That release with a policy of the practice's own in it."""
    return propose(director, version=former_release.version)


def test_own_policies_are_taken_along_into_a_newer_release_and_signed_for(director, own, client_as):
    sign(director, own.version)
    browser = client_as(director)
    for address in (reverse("knowledge"), reverse("knowledge_version", args=[packaged().version])):
        assert "This has none of your own policies" in browser.get(address).content.decode()
    page = browser.post(reverse("knowledge_take_along"), follow=True).content.decode()
    assert "Taken along: rules/predose.heart-rate." in page
    assert "<del>93</del>" in page
    assert "<ins>94</ins>" in page
    assert "<del>100</del>" not in page  # what is the practice's own has not changed
    with acting_as(director):
        row = KnowledgeEdition.objects.get(note__startswith="Taken along")
        assert edition().version == own.version  # nothing is in force by it
    assert sign(director, row.version, number=2).facts_changed
    facts = {**READY, "vitals": [{**READY["vitals"][-1], "heart_rate_bpm": 105, "spo2_percent": 93}]}
    with acting_as(director):
        found = {one["rule"]: one["source"][0]["title"] for one in gate.predose(facts)["findings"]}
        assert version_waiting(director.practice_id) is None
    assert "of its own" in found["predose.heart-rate"]
    assert "of its own" not in found["predose.spo2"]
    assert "none of your own policies" not in browser.get(reverse("knowledge")).content.decode()


def test_nothing_is_taken_along_where_there_is_nothing_or_by_anybody_else(director, staff, client_as):
    browser = client_as(director)
    assert browser.post(reverse("knowledge_take_along")).status_code == 409
    sign(director, propose(director).version)  # a policy of its own, in this very release
    assert "none of your own policies" not in browser.get(reverse("knowledge")).content.decode()
    assert browser.post(reverse("knowledge_take_along")).status_code == 409
    assert browser.get(reverse("knowledge_take_along")).status_code == 405
    assert client_as(staff("admin")).post(reverse("knowledge_take_along")).status_code == 403


def test_where_none_can_be_taken_along_that_is_said(director, practice, former_release, client_as):
    rebuilt = former_release.texts[FILE].replace("above = 110 }] }", 'above = 100, reading = "any" }] }', 1)
    with acting_as(system_actor("set-up", practice.id)):
        row = keep_edition(
            Edition({**former_release.texts, FILE: rebuilt}), practice_id=practice.id, note="Ours."
        )
    sign(director, row.version)
    page = client_as(director).post(reverse("knowledge_take_along"), follow=True).content.decode()
    assert "None of your own policies can be taken along" in page
    assert "rules/predose.heart-rate" in page
