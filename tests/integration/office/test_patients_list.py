"""The list of patients and the search in it, on the real database with row security."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.integration.office.registered import register, register_many
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.audit.models import AuditEntry
from upwell.record.models import Alert, Assessment

pytestmark = pytest.mark.django_db


def names(response):
    return [line.entry.given_names for line in response.context["register"].lines]


def search(client, text):
    return client.get("/patients/", {"q": text})


@pytest.fixture
def therapist(client_as, staff):
    return client_as(staff("therapist"))


@pytest.fixture
def people(practice):
    born = date(1980, 5, 2)
    return {
        "john": register(
            practice, "Smith", "John", born, identifiers=[("ssn", "999-12-3456"), ("mr", "abc-77")]
        ),
        "kate": register(practice, "Brown", "Catherine", date(1980, 2, 5)),
        "jose": register(practice, "Núñez", "José", date(1991, 12, 31)),
        "wang": register(practice, "王", "小明", date(1975, 7, 1)),
        "sara": register(
            practice,
            "Jones",
            "Sarah",
            date(1962, 3, 3),
            other_names=[{"family": "Smithers", "given": ["Sarah"]}],
        ),
        "abbo": register(practice, "Abbott774", "Aaron697", date(2001, 1, 1)),
    }


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("John Smith", "John"),
        ("Jon Smyth", "John"),
        ("Smith John", "John"),
        ("smith, john", "John"),
        ("SMI", "John"),
        ("jonh smith", "John"),
        ("John Andrew Smith", "John"),
        ("Katherine", "Catherine"),
        ("Catherine", "Catherine"),
        ("cat", "Catherine"),
        ("jose nunez", "José"),
        ("NÚÑEZ", "José"),
        ("王", "小明"),
        ("小明 王", "小明"),
        ("Sarah Smithers", "Sarah"),
        ("Abbott774", "Aaron697"),
        ("abbott", "Aaron697"),
        ("1980-05-02", "John"),
        ("2 May 1980", "John"),
        ("May 2, 1980", "John"),
        ("1991", "José"),
        ("12/1991", "José"),
        ("31.12.1991", "José"),
        ("12/31/1991", "José"),
        ("smith 1980", "John"),
        ("john 1980-05-02", "John"),
        ("P-000003", "José"),
        ("p3", "José"),
        ("3", "José"),
        ("999-12-3456", "John"),
        ("999123456", "John"),
        ("ABC-77", "John"),
    ],
)
def test_a_search_finds(therapist, people, typed, first):
    assert names(search(therapist, typed))[:1] == [first]


def test_a_date_that_can_be_read_in_two_ways_is_read_in_both(therapist, people):
    response = search(therapist, "5/2/1980")
    assert sorted(names(response)) == ["Catherine", "John"]
    assert "Read as May 2, 1980 or Feb. 5, 1980." in response.content.decode()


@pytest.mark.parametrize(
    "typed", ["Smith 1991", "Peter", "31/02/1980", "\x00", "zzzz zzzz", "%", "' OR 1=1 --", "😀"]
)
def test_a_search_that_fits_nobody_says_so(therapist, people, typed):
    response = search(therapist, typed)
    assert response.status_code == 200
    assert names(response) == [] or not typed.strip("\x00")


def test_a_very_long_search_is_cut_not_refused(therapist, people):
    assert search(therapist, "john smith " * 500).status_code == 200


def test_merged_and_mistaken_charts_are_not_in_the_list_but_lead_to_the_kept_one(practice, therapist, people):
    old = register(practice, "Brownlow", "Kitty", date(1980, 2, 5), merged_into=people["kate"])
    register(practice, "Mistake", "Some", entered_in_error=True)
    assert "Kitty" not in names(therapist.get("/patients/"))
    for typed in ("Kitty Brownlow", old.record_number):
        response = search(therapist, typed)
        assert names(response) == ["Catherine"]
        assert (
            f"found by the joined chart of Kitty Brownlow ({old.record_number})" in response.content.decode()
        )
    assert names(search(therapist, "Mistake")) == []


def test_only_the_practices_own_patients(practice, other_practice, client_as, staff, people):
    register(other_practice, "Smith", "Otto", identifiers=[("ssn", "999-12-3456")])
    elsewhere = client_as(staff("therapist", at=other_practice))
    assert names(elsewhere.get("/patients/")) == ["Otto"]
    for typed in ("Smith", "1980-05-02", "999-12-3456", "P-000001"):
        assert names(search(elsewhere, typed)) == ["Otto"]
    assert names(search(elsewhere, "Catherine")) == []


def test_who_sees_the_list(client_as, staff, people, account_factory):
    for role in ("therapist", "prescriber", "monitor", "admin"):
        assert len(names(client_as(staff(role)).get("/patients/"))) == len(people)
    assert client_as(staff("researcher")).get("/patients/").status_code == 403
    assert client_as(account_factory()).get("/patients/").status_code == 403


@pytest.fixture
def scored(practice, people):
    def add(patient, total, day, **more):
        fields = {
            "practice": practice, "patient": patient, "instrument": "phq-9", "instrument_version": "1", "answers": {},
            "status": "complete", "total": total, "band": "severe" if total > 19 else "mild", "result": {},
            "effective_at": datetime(2026, 1, day, 12, tzinfo=UTC), "origin": "staff",
        }  # fmt: skip
        return Assessment.objects.create(**{**fields, **more})

    with acting_as(system_actor("set-up", practice.id)):
        add(people["john"], 22, 1)
        add(people["john"], 7, 20)
        add(people["john"], 3, 28, entered_in_error=True, error_reason="typed in twice")
        add(people["john"], 9, 29, instrument="gad-7")
        merged = register(practice, "Smith", "Johnny", merged_into=people["john"])
        add(merged, 21, 25)
        raised = add(people["kate"], 20, 2)
        alert = {"practice": practice, "patient": people["kate"], "kind": "suicide-item", "finding": {}}
        Alert.objects.create(**alert, assessment=raised)
    return people


def lines(response):
    return {line.entry.given_names: line for line in response.context["register"].lines}


def test_the_last_score_counts_the_merged_charts_in(client_as, staff, scored):
    shown = lines(client_as(staff("therapist")).get("/patients/"))
    assert (shown["John"].score.total, shown["John"].score.band, shown["John"].score.at.day) == (
        "21",
        "severe",
        25,
    )
    assert shown["Catherine"].score.level == 4
    assert shown["Catherine"].open_alerts == 1
    assert shown["John"].open_alerts == 0
    assert shown["José"].score is None


def test_who_may_not_read_charts_sees_no_score_and_no_alert(client_as, staff, scored):
    response = client_as(staff("admin")).get("/patients/")
    assert all(line.score is None and line.open_alerts == 0 for line in lines(response).values())
    text = response.content.decode()
    assert "PHQ-9" not in text
    assert "Open alert" not in text


def test_a_look_at_the_list_names_everybody_shown(client_as, staff, people, practice):
    client_as(staff("therapist")).get("/patients/")
    with acting_as(system_actor("set-up", practice.id)):
        entry = AuditEntry.objects.filter(object_type="patients").get()
    assert set(entry.detail["patients"]) == {str(patient.id) for patient in people.values()}


def test_while_typing_only_the_table_is_sent(therapist, people):
    live = {"HTTP_HX_REQUEST": "true", "HTTP_HX_REQUEST_TYPE": "partial"}
    response = therapist.get("/patients/", {"q": "smith"}, **live)
    text = response.content.decode()
    assert "<html" not in text
    assert 'id="register"' in text
    assert 'hx-swap-oob="true"' in text
    assert "HX-Request" in response["Vary"]
    assert "<html" in therapist.get("/patients/", {"q": "smith"}).content.decode()


def test_the_list_goes_on_page_by_page(practice, therapist):
    everybody = register_many(practice, "Zuniga", 120)
    seen, url = [], "/patients/"
    for _ in range(5):
        response = therapist.get(url)
        found = response.context["register"]
        seen += [line.entry.id for line in found.lines]
        if found.after is None:
            break
        url = f"/patients/?after={found.after}"
    assert len(seen) == 120
    assert set(seen) == {patient.id for patient in everybody}


def test_the_list_is_in_the_order_in_which_people_read(practice, therapist):
    read = ["Łacki", "Oakes", "Öberg", "OBrien", "O'Brien", "ogden", "Østby", "Zech", "王"]
    for number, family in enumerate(reversed(read)):
        register(practice, family, f"G{9 - number}")
    shown = [line.entry.family_name for line in therapist.get("/patients/").context["register"].lines]
    assert shown == read


def test_an_unknown_page_is_refused_in_words(therapist, practice, other_practice):
    assert therapist.get("/patients/?after=rubbish").status_code == 422
    elsewhere = register(other_practice, "A", "A")
    assert therapist.get(f"/patients/?after={elsewhere.id}").context["register"].lines == []


@pytest.mark.parametrize("typed", ["", "zuniga", "zu", "child aa zuniga", "1975", "P-000001"])
def test_the_number_of_queries_does_not_grow_with_the_patients(practice, therapist, typed):
    register_many(practice, "Zuniga", 40)
    therapist.get("/patients/", {"q": typed})  # the session notes that it was here
    with CaptureQueriesContext(connection) as few:
        therapist.get("/patients/", {"q": typed})
    register_many(practice, "Zuniga", 200)
    with CaptureQueriesContext(connection) as many:
        therapist.get("/patients/", {"q": typed})
    assert len(many) == len(few), [query["sql"][:120] for query in many.captured_queries]
    assert len(many) <= 16
