"""Adding and changing patients: one record each, likely duplicates first, nothing overwritten, all of it on record."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.integration.office.registered import entered, register, register_many, seen_by
from tests.people import make_account
from upwell.access.acting import acting_as
from upwell.access.system import system_actor
from upwell.access.who import staff_actor
from upwell.audit.models import AuditEntry
from upwell.base.clock import now
from upwell.base.errors import BadInput, NotFound, NotPermitted
from upwell.base.ids import new_id
from upwell.office.patients.actions import Created, LooksLike, create_patient, edit_patient
from upwell.people.models import Membership, Patient, Practice
from upwell.record.models import Assessment


@pytest.fixture
def therapist(staff):
    return staff("therapist", name="Tess Therapist")


@pytest.fixture
def browser(client_as, therapist):
    return client_as(therapist)


def on_record(practice, **wanted):
    with acting_as(system_actor("set-up", practice.id)):
        return list(Patient.objects.filter(practice=practice, **wanted).order_by("record_number"))


def trail(practice, action):
    with acting_as(system_actor("set-up", practice.id)):
        return list(AuditEntry.objects.filter(practice_id=practice.id, action=action))


def new(browser, **fields):
    return browser.post("/patients/new/", entered(**fields))


def errors(response):
    return {name: list(said) for name, said in response.context["form"].errors.items()}


# ---------------------------------------------------------------------------------------------------- adding


def test_a_new_patient_is_on_record_and_found(browser, practice, therapist):
    response = new(browser, phone=" 312  555 0101 ", city="Chicago", language="Spanish")
    (patient,) = on_record(practice)
    assert response.status_code == 302
    assert response["Location"] == f"/patients/{patient.id}/"
    assert (patient.record_number, patient.phone, patient.version) == ("P-000001", "312 555 0101", 1)
    assert (patient.created_by_id, patient.compartment) == (therapist.account_id, "administrative")
    (entry,) = trail(practice, "patient.created")
    assert entry.patient_id == patient.id
    assert entry.detail["fields"] == [
        "family_name", "given_names", "birth_date", "birth_date_precision", "sex", "phone", "city", "language",
    ]  # fmt: skip
    assert "Rivera" not in str(entry.detail)
    found = browser.get("/patients/", {"q": "alex riviera"}).context["register"].lines
    assert [line.entry.id for line in found] == [patient.id]


def test_the_page_shows_a_fresh_form_each_time(browser):
    first, second = (
        browser.get("/patients/new/", follow=True).context["form"]["id"].value() for _ in range(2)
    )
    assert UUID(str(first))
    assert first != second


def test_sent_twice_it_is_one_record(browser, practice):
    form = entered()
    first, second = (browser.post("/patients/new/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(on_record(practice)) == 1
    assert Practice.objects.get(id=practice.id).next_record_number == 2


def test_the_back_button_and_another_name_make_nothing_and_say_so(browser, practice):
    form = entered()
    browser.post("/patients/new/", form)
    response = browser.post("/patients/new/", form | {"given_names": "Somebody", "family_name": "Else"})
    assert response.status_code == 422
    assert "made the record of Alex Rivera (P-000001)" in response.content.decode()
    assert len(on_record(practice)) == 1


def test_back_to_the_form_shows_the_record_that_it_made(browser, practice):
    form = browser.get("/patients/new/")["Location"]
    number = form.partition("?form=")[2]
    made = browser.post(form, entered(id=number))["Location"]
    back = browser.get(form, follow=True)
    assert back.redirect_chain == [(made, 302)]
    assert "This form was sent already" in back.content.decode()
    assert browser.get("/patients/new/")["Location"] != form
    assert browser.get("/patients/new/?form=abc")["Location"].count("?form=") == 1


def test_sent_again_after_somebody_edited_it_still_one_record(browser, practice):
    form = entered()
    first = browser.post("/patients/new/", form)
    edit = f"{first['Location']}edit/"
    browser.post(edit, entered(version=1, phone="312 555 0199"))
    assert browser.post("/patients/new/", form)["Location"] == first["Location"]
    assert on_record(practice)[0].phone == "312 555 0199"


def test_an_id_of_another_practice_makes_nothing(browser, practice, other_practice):
    theirs = register(other_practice, "Secret", "Person")
    response = new(browser, id=theirs.id)
    assert response.status_code == 422
    assert "Secret" not in response.content.decode()
    assert on_record(practice) == []
    assert Practice.objects.get(id=practice.id).next_record_number == 1


def test_minors_and_the_deceased_can_be_on_record(browser, practice):
    new(browser, birth_date=(now().date() - timedelta(days=400)).isoformat())
    new(browser, family_name="Late", given_names="Lou", deceased="on", deceased_on="2020-02-29")
    assert [p.deceased for p in on_record(practice)] == [False, True]
    late = on_record(practice, family_name="Late")[0]
    assert late.deceased_at.isoformat() == "2020-02-29T06:00:00+00:00"  # midnight in Chicago


def test_a_birth_date_known_to_the_year_is_kept_as_such(browser, practice):
    new(browser, birth_date="1980-07-14", birth_date_precision="year")
    (patient,) = on_record(practice)
    assert (patient.birth_date, patient.birth_date_precision) == (date(1980, 1, 1), "year")


# ------------------------------------------------------------------------------------------------- bad input

TOMORROW = (now().date() + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("fields", "where", "said"),
    [
        ({"family_name": ""}, "family_name", "required"),
        ({"family_name": "\u200b\u202e ", "given_names": ""}, "family_name", "needs a name"),
        ({"family_name": "x" * 121}, "family_name", "This has 121 characters; at most 120 fit."),
        ({"given_names": "x" * 100_000}, "given_names", "at most 120 fit"),
        ({"family_name": "A\x00B"}, "family_name", "Null characters are not allowed"),
        ({"birth_date": "1980-02-31"}, "birth_date", "There is no such day."),
        ({"birth_date": "02/05/1980"}, "birth_date", "Write it as year-month-day"),
        ({"birth_date": "1980-05-02\x00"}, "birth_date", "There is no such day."),
        ({"birth_date": TOMORROW}, "birth_date", "still to come"),
        ({"birth_date": "1889-12-31"}, "birth_date", "Nobody born before 1890 is alive"),
        ({"birth_date": "0001-01-01"}, "birth_date", "Nobody born before 1890 is alive"),
        ({"birth_date": "1980", "birth_date_precision": "year"}, "birth_date", "There is no such day."),
        ({"birth_date_precision": "hour"}, "birth_date_precision", "Select a valid choice"),
        ({"sex": "robot"}, "sex", "Select a valid choice"),
        ({"email": "nobody"}, "email", "does not look like an email address"),
        ({"deceased_on": "2020-01-01"}, "deceased", "Tick this box"),
        ({"deceased": "on", "deceased_on": "1970-01-01"}, "deceased_on", "before the birth date"),
        ({"deceased": "on", "deceased_on": TOMORROW}, "deceased_on", "still to come"),
        ({"id": "1234"}, "id", "valid UUID"),
        ({"id": ""}, "id", "required"),
    ],
)
def test_bad_input_is_refused_in_words_and_the_rest_is_kept(browser, practice, fields, where, said):
    response = new(browser, phone="312 555 0101", **fields)
    assert response.status_code == 422
    assert any(said in text for text in errors(response)[where]), errors(response)
    assert response.context["form"]["phone"].value() == "312 555 0101"
    assert on_record(practice) == []


@pytest.mark.parametrize(
    ("family", "given", "stored"),
    [
        ("عبد الرحمن", "مريم", ("عبد الرحمن", "مريم")),
        ("😀", "👩\u200d⚕️", ("😀", "👩\u200d⚕️")),
        ("  O’Brien  ", "Anna\t Maria ", ("O’Brien", "Anna Maria")),
        ("\u202eevil\u202c", "Ann", ("evil", "Ann")),
        ("Mu\u0308ller", "Eva", ("Müller", "Eva")),
        ("<script>alert(1)</script>", "Bobby", ("<script>alert(1)</script>", "Bobby")),
        ("'; DROP TABLE people_patient; --", "Bobby", ("'; DROP TABLE people_patient; --", "Bobby")),
    ],
)
def test_names_of_every_kind(browser, practice, family, given, stored):
    location = new(browser, family_name=family, given_names=given)["Location"]
    (patient,) = on_record(practice)
    assert (patient.family_name, patient.given_names) == stored
    page = browser.get("/patients/", {"q": family}).content.decode()
    assert f"{location}" in page
    assert "<script>alert" not in page


def test_nothing_sent_at_all(browser):
    assert browser.post("/patients/new/", {}).status_code == 422
    assert (
        browser.post("/patients/new/", b"\x00\xff", content_type="application/octet-stream").status_code
        == 422
    )
    assert browser.put("/patients/new/").status_code == 405


def test_an_action_checks_again_what_no_form_has_checked(therapist):
    with acting_as(therapist):
        for details, path in (
            ({"family_name": ""}, "family_name"),
            ({"family_name": "A", "sex": "x"}, "sex"),
            ({"family_name": "A", "birth_date": date(3000, 1, 1)}, "birth_date"),
            ({"family_name": "A", "shoe_size": 44}, None),
        ):
            with pytest.raises(BadInput) as refused:
                create_patient(by=therapist, patient_id=new_id(), details=details)
            assert refused.value.path == path


def test_who_may_add_and_change(client_as, staff, practice, account_factory):
    patient = register(practice, "Rivera", "Alex")
    for role, status in (("admin", 302), ("prescriber", 302), ("monitor", 403), ("researcher", 403)):
        browser = client_as(staff(role))
        assert new(browser, family_name=f"By {role}", birth_date=None).status_code == status
        assert (browser.get(f"/patients/{patient.id}/edit/").status_code == 200) is (status == 302)
    assert new(client_as(account_factory())).status_code == 403
    monitor = staff("monitor")
    with acting_as(monitor), pytest.raises(NotPermitted):
        create_patient(by=monitor, patient_id=new_id(), details={"family_name": "A"})


# ------------------------------------------------------------------------------------------------ duplicates


def test_a_likely_duplicate_is_shown_before_anything_is_made(browser, practice):
    there = register(practice, "Rivera", "Alexander", date(1980, 5, 2))
    form = entered()
    response = browser.post("/patients/new/", form)
    text = response.content.decode()
    assert response.status_code == 200
    assert [p.id for p in on_record(practice)] == [there.id]
    assert "This may be somebody who is on record already" in text
    assert f'href="/patients/{there.id}/"' in text
    assert "Same birth date" in text
    assert "This is a new person: create anyway" in text
    (look,) = [entry for entry in trail(practice, "page.POST") if entry.object_type == "patient_new"]
    assert look.detail["patients"] == [str(there.id)]

    again = dict(form, seen=response.context["form"]["seen"].value())
    assert browser.post("/patients/new/", again).status_code == 302
    assert len(on_record(practice)) == 2
    (made,) = trail(practice, "patient.created")
    assert made.detail["duplicates_shown"] == [str(there.id)]


def test_create_anyway_is_asked_again_for_a_duplicate_that_was_not_shown(browser, practice):
    register(practice, "Rivera", "Alexander")
    form = entered()
    seen = browser.post("/patients/new/", form).context["form"]["seen"].value()
    register(practice, "Rivera", "Alexa")  # meanwhile, by somebody else
    response = browser.post("/patients/new/", dict(form, seen=seen))
    assert len(response.context["duplicates"]) == 2
    assert len(on_record(practice)) == 2


def test_garbage_instead_of_what_was_seen_does_not_count(browser, practice):
    register(practice, "Rivera", "Alex")
    assert new(browser, seen="yes,\x00,1234").status_code == 422  # a NUL is refused
    assert new(browser, seen=f"yes, {new_id()}").status_code == 200
    assert len(on_record(practice)) == 1


def test_another_practices_patient_is_no_duplicate(browser, other_practice, practice):
    register(other_practice, "Rivera", "Alex")
    assert new(browser).status_code == 302


def test_a_duplicate_that_was_merged_leads_to_the_kept_chart(browser, practice):
    kept = register(practice, "Moreno", "Alexandra", date(1977, 1, 1))
    register(practice, "Rivera", "Alex", merged_into=kept)
    (duplicate,) = new(browser).context["duplicates"]
    assert duplicate.entry.id == kept.id
    assert duplicate.entry.also.startswith("Alex Rivera")


def test_queries_of_the_duplicate_check_do_not_grow(browser, practice):
    counts = []
    browser.get("/patients/new/")  # the session notes that it was here
    for family in ("Few", "Many"):
        register_many(practice, family, 2 if family == "Few" else 200)
        with CaptureQueriesContext(connection) as queries:
            new(browser, family_name=family, given_names="Child aa", birth_date="1970-01-01")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --------------------------------------------------------------------------------------------------- changing


@pytest.fixture
def patient(practice):
    return register(practice, "Rivera", "Alex", date(1980, 5, 2), phone="1", city="Chicago", sex="female")


def change(browser, patient, version=1, **fields):
    as_it_is = {"phone": patient.phone, "city": patient.city, "id": None}
    return browser.post(f"/patients/{patient.id}/edit/", entered(**{**as_it_is, **fields}, version=version))


def test_a_change_is_saved_and_the_former_state_is_kept(browser, practice, patient, therapist):
    shown = browser.get(f"/patients/{patient.id}/edit/").context["form"]
    assert (shown["family_name"].value(), shown["version"].value()) == ("Rivera", 1)
    assert change(browser, patient, family_name="Moreno", phone="2").status_code == 302
    current = seen_by(practice, patient.id)
    assert (current.family_name, current.phone, current.version) == ("Moreno", "2", 2)
    assert current.updated_by_id == therapist.account_id
    (entry,) = trail(practice, "patient.edited")
    assert entry.detail["fields"] == ["family_name", "phone"]
    for name, finds in (("Moreno", 1), ("Rivera", 0)):
        assert len(browser.get("/patients/", {"q": name}).context["register"].lines) == finds

    history = browser.get(f"/patients/{patient.id}/history/")
    (changed,) = history.context["history"].changes
    assert changed.who == "Tess Therapist"
    assert [(str(f.label), f.before, f.after) for f in changed.fields] == [
        ("Family name", "Rivera", "Moreno"),
        ("Phone", "1", "2"),
    ]
    assert "<del><bdi>Rivera</bdi></del>" in history.content.decode()


def test_saving_the_same_again_changes_nothing(browser, practice, patient):
    assert change(browser, patient).status_code == 302
    assert seen_by(practice, patient.id).version == 1
    assert trail(practice, "patient.edited") == []


def test_two_tabs_the_second_sees_what_changed_and_keeps_its_entries(
    browser, client_as, staff, practice, patient
):
    other = client_as(staff("admin", name="Ada Admin"))
    assert change(other, patient, phone="22", city="Boston").status_code == 302
    response = change(browser, patient, phone="33", given_names="Alexandra")
    text = response.content.decode()
    assert response.status_code == 409
    assert "Ada Admin changed these details while you had them open" in text
    assert [(str(c.label), c.before, c.now, c.entered) for c in response.context["conflicts"]] == [
        ("Phone", "1", "22", "33"),
        ("City", "Chicago", "Boston", ""),
    ]
    form = response.context["form"]
    kept = {name: form[name].value() for name in ("phone", "city", "given_names", "version")}
    assert kept == {"phone": "33", "city": "Boston", "given_names": "Alexandra", "version": "2"}
    current = seen_by(practice, patient.id)
    assert (current.phone, current.city, current.given_names) == ("22", "Boston", "Alex")

    assert browser.post(f"/patients/{patient.id}/edit/", form.data).status_code == 302
    current = seen_by(practice, patient.id)
    assert (current.phone, current.city, current.given_names) == ("33", "Boston", "Alexandra")


def test_a_change_elsewhere_in_the_chart_does_not_stand_in_the_way(
    browser, practice, patient, account_factory
):
    account = account_factory()
    with acting_as(system_actor("set-up", practice.id)):
        Patient.objects.filter(id=patient.id).update(account=account, version=2)
    assert change(browser, patient, phone="7").status_code == 302
    assert seen_by(practice, patient.id).version == 3


@pytest.mark.parametrize("version", ["0", "-1", "99999999999999999999", "x", ""])
def test_a_version_that_never_was(browser, practice, patient, version):
    assert change(browser, patient, version=version, phone="7").status_code in {409, 422}
    assert seen_by(practice, patient.id).phone == "1"


def test_the_time_of_an_imported_death_is_kept_while_its_day_is(browser, practice, patient):
    moment = now() - timedelta(days=30)
    with acting_as(system_actor("set-up", practice.id)):
        Patient.objects.filter(id=patient.id).update(deceased=True, deceased_at=moment)
    shown = browser.get(f"/patients/{patient.id}/edit/").context["form"]
    died = shown["deceased_on"].value()
    change(browser, patient, phone="7", deceased="on", deceased_on=died.isoformat())
    assert seen_by(practice, patient.id).deceased_at == moment
    change(browser, patient, version=2, phone="7", deceased="on", deceased_on="2020-01-01")
    assert seen_by(practice, patient.id).deceased_at.date() == date(2020, 1, 1)


def test_a_chart_with_given_names_alone_can_be_edited(browser, practice):
    only_given = register(practice, "", "Madonna")
    form = entered(family_name="", given_names="Madonna", version=1, phone="5", sex="unknown")
    assert browser.post(f"/patients/{only_given.id}/edit/", form).status_code == 302
    assert seen_by(practice, only_given.id).phone == "5"


def test_a_birth_date_after_answers_on_record_is_refused(browser, client_as, staff, practice, patient):
    with acting_as(system_actor("set-up", practice.id)):
        Assessment.objects.create(
            practice=practice, patient=patient, instrument="phq-9", instrument_version="1", answers={}, total=4,
            status="complete", result={}, effective_at=datetime(2020, 3, 1, 12, tzinfo=UTC), origin="staff",
        )  # fmt: skip
    response = change(browser, patient, birth_date="2020-03-02")
    assert response.status_code == 422
    assert "from March 1, 2020 are on record" in errors(response)["birth_date"][0]
    assert change(browser, patient, birth_date="2020-03-01").status_code == 302
    register_only = client_as(staff("admin"))
    response = change(register_only, patient, version=2, birth_date="2021-01-01")
    assert "questionnaire" not in response.content.decode()  # the front desk is told nothing clinical


def test_a_merged_chart_leads_on_and_is_not_changed(browser, practice, patient):
    kept = register(practice, "Kept", "Chart")
    with acting_as(system_actor("set-up", practice.id)):
        Patient.objects.filter(id=patient.id).update(merged_into=kept)
    assert browser.get(f"/patients/{patient.id}/edit/")["Location"] == f"/patients/{kept.id}/edit/"
    assert change(browser, patient, phone="9")["Location"] == f"/patients/{kept.id}/edit/"
    assert seen_by(practice, patient.id).phone == "1"


def test_another_practices_patient_does_not_exist_here(client_as, staff, other_practice, patient):
    elsewhere = staff("admin", at=other_practice)
    browser = client_as(elsewhere)
    for page in ("edit", "history", "merge"):
        assert browser.get(f"/patients/{patient.id}/{page}/").status_code == 404
    assert change(browser, patient, phone="9").status_code == 404
    with acting_as(elsewhere), pytest.raises(NotFound):
        edit_patient(by=elsewhere, patient_id=patient.id, version=1, details={"family_name": "A"})


def test_an_expired_log_in_keeps_what_was_entered_for_the_same_person_alone(
    client_as, staff, practice, therapist
):
    browser, form = (
        client_as(therapist),
        entered(family_name="Kept", owner=therapist.account_id, deceased="on"),
    )
    browser.cookies.pop("sessionid")
    assert "/accounts/login/" in browser.post("/patients/new/", form)["Location"]
    sealed = browser.cookies["upwell_kept"].value

    stranger = client_as(staff("admin"))
    stranger.cookies["upwell_kept"] = sealed
    assert "Kept" not in stranger.get("/patients/new/", follow=True).content.decode()

    back = client_as(therapist)
    back.cookies["upwell_kept"] = sealed
    response = back.get("/patients/new/", follow=True)
    shown = response.context["form"]
    assert (shown["family_name"].value(), str(shown["id"].value()), shown["deceased"].value()) == (
        "Kept", form["id"], True,
    )  # fmt: skip
    assert response.cookies["upwell_kept"].value == ""


# ---------------------------------------------------------------------------------------- at the same moment


class TestAtTheSameTime:
    """Two requests at one moment, as two taps or two receptionists make them."""

    def test_the_same_form_makes_one_record(self, committed_db):
        practice, actor = self.at_a_practice()
        patient_id, details = new_id(), {"family_name": "Rivera", "birth_date": date(1980, 5, 2)}
        outcomes = self.together(actor, (patient_id, details), (patient_id, details))
        assert sorted(outcome.was_there for outcome in outcomes) == [False, True]
        assert [p.record_number for p in on_record(practice)] == ["P-000001"]
        assert Practice.objects.get().next_record_number == 2

    def test_the_same_person_in_two_forms_is_noticed(self, committed_db):
        practice, actor = self.at_a_practice()
        details = {"family_name": "Rivera", "given_names": "Alex", "birth_date": date(1980, 5, 2)}
        outcomes = self.together(actor, (new_id(), details), (new_id(), details))
        assert {type(outcome) for outcome in outcomes} == {Created, LooksLike}
        assert len(on_record(practice)) == 1

    def at_a_practice(self):
        practice = Practice.objects.create(name="Harbor Clinic")
        account = make_account("t@example.org", "correct horse battery", name="T")
        membership = Membership.objects.create(account=account, practice=practice, roles=["therapist"])
        return practice, staff_actor(membership, "T")

    def together(self, actor, *forms):
        barrier, outcomes = threading.Barrier(len(forms), timeout=20), []

        def run(patient_id, details):
            try:
                with acting_as(actor):
                    barrier.wait()
                    outcomes.append(create_patient(by=actor, patient_id=patient_id, details=details))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=form) for form in forms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return outcomes


# ---------------------------------------------------------------------------------------------------- history


def test_queries_of_the_history_do_not_grow_with_it(browser, practice, patient):
    counts = []
    browser.get(f"/patients/{patient.id}/history/")  # the session notes that it was here
    for states in (2, 40):
        with acting_as(system_actor("set-up", practice.id)):
            for n in range(states):
                Patient.objects.filter(id=patient.id).update(phone=f"{states}-{n}")
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(f"/patients/{patient.id}/history/")
        counts.append(len(queries))
    assert len(response.context["history"].changes) == 42
    assert counts[0] == counts[1]


def test_a_former_state_changed_by_upwell_itself_says_so(browser, practice, patient):
    with acting_as(system_actor("set-up", practice.id)):
        Patient.objects.filter(id=patient.id).update(deceased=True)
    (changed,) = browser.get(f"/patients/{patient.id}/history/").context["history"].changes
    assert changed.who == "Upwell itself"
    assert [(str(f.label), f.before, f.after) for f in changed.fields] == [("Has died", "no", "yes")]
