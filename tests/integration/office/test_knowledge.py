"""A practice adopts what rules run on: seen, signed, in force; and every number says where it comes from."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from tests.spec.facts import READY
from upwell.access.acting import acting_as
from upwell.access.in_force import is_signed
from upwell.access.system import system_actor
from upwell.access.who import patient_actor
from upwell.base.errors import BadInput, NotFound, NotPermitted, StaleState
from upwell.knowledge.edition import Edition, edition, packaged
from upwell.knowledge.gates.loader import knowledge_version, load_rule_set
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.office.knowledge.actions import adopt, load_text, propose
from upwell.office.knowledge.queries import explained, standing
from upwell.pathway.response.offering import why_not_asked
from upwell.people.editions import keep_edition
from upwell.people.models import Adoption, ItemText, KnowledgeEdition, KnowledgeText
from upwell.platform.schema import unreadable_knowledge
from upwell.science.rules import gate

pytestmark = pytest.mark.django_db
FILE = "gates/predose.toml"
STRICTER = packaged().texts[FILE].replace("above = 110 }] }", "above = 100 }] }", 1)


def pulse(bpm: int) -> set[str]:
    """What the gate says to a pulse."""
    facts = {**READY, "vitals": [{**READY["vitals"][-1], "heart_rate_bpm": bpm}]}
    return {one["rule"] for one in gate.predose(facts)["findings"]}


@pytest.fixture
def director(staff):
    return staff("medical-director", name="Dr. Ines Moreau")


def proposed(practice, text=STRICTER):
    with acting_as(system_actor("set-up", practice.id)) as by:
        return propose(by=by, wanted=Edition({FILE: text}), note="A slower heart before a dose.")


def sign(director, version, number=1, **more):
    with acting_as(director):
        return adopt(
            by=director,
            version=version,
            number=number,
            **{"name": "Ines Moreau", "policies_seen": True, **more},
        )


def test_until_somebody_signs_rules_run_on_what_comes_with_the_product(director):
    with acting_as(director):
        assert not is_signed()
        assert edition() is packaged()
        found = standing(director)
    assert found.adoption is None
    assert [one.version for one in found.candidates] == [packaged().version]
    assert found.candidates[0].policies > 50


def test_what_was_signed_is_in_force_from_the_next_transaction_on(director, practice, staff):
    row = proposed(practice)
    with acting_as(director):
        assert "predose.heart-rate" not in pulse(105)  # proposed is not in force
    signed = sign(director, row.version)
    assert signed.statement.startswith("I have seen what changed")
    assert {"file": FILE, "fact": "rules/predose.heart-rate"} in signed.policies
    with acting_as(staff("prescriber")):
        assert is_signed()
        assert knowledge_version() == row.version
        assert "predose.heart-rate" in pulse(105)
    assert "predose.heart-rate" not in pulse(105)  # outside of any practice


def test_it_is_in_force_at_that_practice_alone_and_for_its_patients(
    director, practice, other_practice, staff, patient_factory, account_factory
):
    version = proposed(practice).version
    sign(director, version)
    with acting_as(staff("prescriber", at=other_practice)):
        assert edition() is packaged()
    account = account_factory("Alex")
    own = patient_factory(account=account)
    with acting_as(patient_actor(account.id, "Alex", (own.id,))):
        assert knowledge_version() == version
        with acting_as(system_actor("job", practice.id)):
            assert knowledge_version() == version
        with acting_as(system_actor("shared-care")):  # at no practice: what is in force outside
            assert knowledge_version() == version
        with acting_as(system_actor("job", other_practice.id)):
            assert knowledge_version() == packaged().version
        assert knowledge_version() == version


def test_adopting_what_ships_is_a_signature_and_changes_no_rule(director):
    sign(director, packaged().version)
    with acting_as(director):
        assert is_signed()
        assert edition() is packaged()
        assert standing(director).candidates == ()


def test_the_changes_are_told_fact_by_fact(director, practice):
    sign(director, packaged().version)
    row = proposed(practice)
    with acting_as(director):
        (candidate,) = standing(director).candidates
    assert candidate.version == row.version
    (fact,) = candidate.changes.policies
    assert (fact.file, fact.path) == (FILE, "rules/predose.heart-rate")
    assert [(line.before, line.after) for line in fact.lines] == [(110, 100)]


def test_only_a_medical_director_signs_with_a_name_and_the_policies_read(director, staff):
    for role in ("prescriber", "admin", "therapist"):
        with pytest.raises(NotPermitted):
            sign(staff(role), packaged().version)
    for wrong in ({"name": "  "}, {"name": "x" * 900}, {"policies_seen": False}):
        with pytest.raises(BadInput):
            sign(director, packaged().version, **wrong)
    with pytest.raises(NotFound):
        sign(director, "0" * 64)
    assert not Adoption.objects.exists()


def test_who_signs_second_is_told_so(director, practice):
    sign(director, packaged().version)
    row = proposed(practice)
    with pytest.raises(StaleState):
        sign(director, row.version, number=1)
    with pytest.raises(StaleState):
        sign(director, packaged().version, number=2)  # it is in force already
    assert sign(director, row.version, number=2).number == 2


def test_what_is_broken_is_neither_proposed_nor_signed_for(practice):
    for wrong in (STRICTER.replace("above = 100", 'above = "fast"'), "kind = 1", STRICTER + "\nx = ["):
        with pytest.raises(BadInput, match=r"predose\.toml:\d+"):
            proposed(practice, wrong)


def test_a_finding_is_explained_by_the_version_that_made_it(director, practice):
    old = proposed(practice)
    sign(director, old.version)
    sign(director, packaged().version, number=2)
    with acting_as(director):
        then = explained(director, "predose.heart-rate", old.version)
        now = explained(director, "predose.heart-rate", "")
        assert not then.in_force
        assert now.in_force
        assert then.adoption is not None
        assert then.adoption.number == 1
        (_, before), (_, after) = then.facts[0], now.facts[0]
        assert before.says["when"]["any"][1]["above"] == 100
        assert after.says["when"]["any"][1]["above"] == 110
        assert load_rule_set("predose") is load_rule_set("predose")
        with pytest.raises(NotFound):
            explained(director, "predose.heart-rate", "1" * 64)


def test_a_score_is_explained_by_its_file_as_it_was(director, practice):
    """Its file was changed since; the score carries the hash of what the file said."""
    changed = (
        packaged()
        .texts["instruments/phq-9.toml"]
        .replace('severity = "needs-decision"', 'severity = "caution"', 1)
    )
    with acting_as(system_actor("set-up", practice.id)) as by:
        row = propose(by=by, wanted=Edition({"instruments/phq-9.toml": changed}), note="Invented.")
    sign(director, packaged().version)
    with acting_as(director):
        said = load_instrument("phq-9").version
    sign(director, row.version, number=2)
    with acting_as(director):
        assert load_instrument("phq-9").version != said
        then = explained(director, "phq-9.item-9", "", said)
        now = explained(director, "phq-9.item-9", "")
    assert (then.version, then.in_force, then.adoption.number) == (said, False, 1)
    assert then.facts[0][1].says["severity"] == "needs-decision"
    assert now.facts[0][1].says["severity"] == "caution"


def test_nothing_that_was_kept_can_be_changed_or_lost(director, practice):
    proposed(practice)
    sign(director, packaged().version)
    for table in ("people_adoption", "people_knowledgeedition", "people_knowledgetext"):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):  # noqa: S608
            with acting_as(director), pytest.raises(DatabaseError), transaction.atomic():
                connection.cursor().execute(change)


def test_a_practice_sees_neither_proposals_nor_signatures_of_another(
    director, practice, other_practice, staff
):
    row = proposed(practice)
    sign(director, row.version)
    with acting_as(staff("medical-director", at=other_practice)) as other:
        assert not Adoption.objects.exists()
        assert not KnowledgeEdition.objects.filter(practice_id=practice.id).exists()
        assert not KnowledgeText.objects.filter(practice_id=practice.id).exists()
        assert KnowledgeText.objects.filter(practice_id__isnull=True).count() == len(packaged().texts)
        with pytest.raises(NotFound):
            adopt(by=other, version=row.version, number=1, name="Somebody", policies_seen=True)


def test_text_that_was_tampered_with_is_not_used(director, practice):
    from upwell.access import in_force

    row = proposed(practice)
    sign(director, row.version)
    in_force._kept.clear()
    KEEP = in_force.Edition
    try:
        in_force.Edition = lambda texts, *more, **words: KEEP({**texts, FILE: "kind = 1"}, *more, **words)
        with pytest.raises(Exception, match="its hash is another"), acting_as(director):
            pass
    finally:
        in_force.Edition = KEEP
        in_force._kept.clear()


def test_what_this_version_cannot_read_is_named_by_the_doctor_and_can_be_replaced(
    director, practice, client_as
):
    sign(director, proposed(practice).version)
    assert unreadable_knowledge() == []
    broken = Edition(
        {**packaged().texts, FILE: STRICTER.replace('kind = "rule-set"', 'kind = "rule-set"\nold = 1')}
    )
    with acting_as(system_actor("set-up", practice.id)):
        row = keep_edition(broken, practice_id=practice.id, note="Of a former version of Upwell.")
        Adoption.objects.create(
            practice=practice, number=2, edition=row, version=row.version, facts_changed=0, policies=[],
            statement="Signed then.", signed_by_id=director.account_id, signed_name="Ines Moreau",
        )  # fmt: skip
    (said,) = unreadable_knowledge()
    assert said.startswith("Harbor Clinic: gates/predose.toml:")
    browser = client_as(director)
    assert browser.get("/knowledge/").status_code == 200
    assert browser.get(f"/knowledge/version/{packaged().version}/").status_code == 200
    done = browser.post(
        f"/knowledge/version/{packaged().version}/", {"number": 3, "name": "Ines", "policies_seen": "on"}
    )
    assert done.status_code == 302
    assert unreadable_knowledge() == []


# --- licensed wording ---
ISI = {"stem": "Invented wording.", "items": {str(n): f"Invented question {n}" for n in range(1, 8)}}


def load(practice, document=None, instrument="isi", licence="Letter of 2 March 2026, invented."):
    with acting_as(system_actor("set-up", practice.id)) as by:
        return load_text(by=by, instrument_id=instrument, document=document or ISI, licence=licence)


def test_loaded_wording_stands_on_the_forms_of_that_practice_alone(
    practice, other_practice, staff, client_as
):
    anchors = {"0": "Invented none", "7": {"4": "Invented very"}}
    with acting_as(staff("prescriber")) as by:
        assert not load_instrument("isi").has_wording
        before = load_instrument("isi").version
    row = load(practice, {**ISI, "anchors": anchors})
    assert row.number == 1
    with acting_as(by):
        isi = load_instrument("isi")
        assert isi.has_wording
        assert isi.version == before
        assert isi.item("3").text == "Invented question 3"
        assert isi.item("7").responses[4].text == "Invented very"
        assert isi.item("1").responses[0].text == "Invented none"
        assert not why_not_asked(isi)
        assert knowledge_version() == packaged().version
    with acting_as(staff("prescriber", at=other_practice)):
        assert not load_instrument("isi").has_wording
    page = client_as(by).get("/knowledge/instruments/isi/").content.decode()
    assert "Invented question 3" in page
    assert "Letter of 2 March 2026" in page


def test_the_latest_wording_counts(practice, staff):
    load(practice)
    assert load(practice, {"items": {str(n): f"Other {n}" for n in range(1, 8)}}).number == 2
    with acting_as(staff("therapist")):
        assert load_instrument("isi").item("1").text == "Other 1"


@pytest.mark.parametrize(
    ("document", "instrument", "licence", "path"),
    [
        ({"items": {"1": "One"}}, "isi", "Letter.", "items"),
        ({"items": {**ISI["items"], "8": "Eight"}}, "isi", "Letter.", "items.8"),
        ({"items": {**ISI["items"], "1": ""}}, "isi", "Letter.", "items.1"),
        ({**ISI, "anchors": {"9": "Nine"}}, "isi", "Letter.", "anchors.9"),
        ({**ISI, "anchors": {"7": {"9": "Nine"}}}, "isi", "Letter.", "anchors.7"),
        ({**ISI, "words": 1}, "isi", "Letter.", "words"),
        ([], "isi", "Letter.", None),
        (ISI, "isi", "  ", "licence"),
        ({"items": {"1": "One"}}, "phq-9", "Letter.", "ID"),
    ],
)
def test_wording_that_does_not_fit_is_refused_and_nothing_is_kept(
    practice, document, instrument, licence, path
):
    with acting_as(system_actor("set-up", practice.id)) as by, pytest.raises(BadInput) as refused:
        load_text(by=by, instrument_id=instrument, document=document, licence=licence)
    assert refused.value.path == path
    with acting_as(by):
        assert not ItemText.objects.exists()


# --- pages ---
def test_the_director_reads_signs_and_it_is_in_force(director, practice, client_as, staff):
    row = proposed(practice)
    browser = client_as(director)
    page = browser.get("/knowledge/").content.decode()
    assert "Not yet signed by a medical director" in page
    assert "A slower heart before a dose." in page
    address = f"/knowledge/version/{row.version}/"
    refused = browser.post(address, {"number": 1, "name": " ", "policies_seen": "on"})
    assert refused.status_code == 200
    assert "Write your name" in refused.content.decode()
    done = browser.post(address, {"number": 1, "name": "Ines Moreau", "policies_seen": "on"}, follow=True)
    assert "Signed by" in done.content.decode()
    stale = browser.post(address, {"number": 1, "name": "Ines Moreau", "policies_seen": "on"})
    assert stale.status_code == 409
    assert client_as(staff("prescriber")).post(address, {"number": 2, "name": "x"}).status_code == 403
    why = browser.get("/knowledge/why/predose.heart-rate/").content.decode()
    assert "100" in why
    assert "local policy" in why
    assert "Ines Moreau" in why


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/knowledge/files/", 200),
        ("/knowledge/files/gates/predose.toml", 200),
        ("/knowledge/files/gates/nothing.toml", 404),
        ("/knowledge/files/../../../etc/passwd", 404),
        ("/knowledge/why/screen.not-assessed/", 200),
        ("/knowledge/why/phq-9.item-9/", 200),
        ("/knowledge/why/relapse.response-lost/?version=nonsense", 404),
        ("/knowledge/why/relapse.response-lost/?version=%00", 404),
        (f"/knowledge/why/relapse.response-lost/?version={'a%2B' * 1000}", 404),
        ("/knowledge/why/relapse.response-lost/?said=%00", 404),
        ("/knowledge/version/nonsense/", 404),
        ("/knowledge/instruments/", 200),
        ("/knowledge/instruments/nothing/", 404),
        ("/knowledge/why/phq-9.item-9/?said=nonsense", 404),
    ],
)
def test_pages_answer_what_is_asked_and_refuse_what_is_not_there(director, client_as, address, status):
    assert client_as(director).get(address).status_code == status


@pytest.mark.parametrize("name", known_instruments())
def test_every_instrument_has_its_preview(director, client_as, name):
    page = client_as(director).get(f"/knowledge/instruments/{name}/")
    assert page.status_code == 200
    assert "How it is scored" in page.content.decode()
