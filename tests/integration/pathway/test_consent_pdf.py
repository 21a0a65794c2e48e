"""The signed consent on paper: what stands on it, for whom, and names that are hard to print."""

from __future__ import annotations

import pytest

from tests.integration.pathway.consented import answer_all, course_in, offered, read_all, signed
from tests.pdf_reader import pages_of, says, says_letters
from upwell.access.acting import acting_as
from upwell.audit.models import AuditEntry
from upwell.pathway.consent.actions import sign_consent, withdraw_consent
from upwell.pathway.consent.models import Consent
from upwell.pathway.consent.pdf import consent_pdf, paper_data
from upwell.pathway.consent.queries import answers_of, consent_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def prescriber(staff):
    return staff("prescriber", name="Pat Prescribes")


@pytest.fixture
def course(prescriber, alex):
    return course_in(prescriber, alex)


def paper(actor, consent):
    with acting_as(actor):
        whole = consent_of(consent.id)
        return consent_pdf(whole, answers_of(whole))


def test_what_stands_on_it(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    made = paper(prescriber, consent)
    assert made.startswith(b"%PDF-")
    assert 4 <= pages_of(made) <= 7
    assert b"pdfuaid" in made  # tagged: PDF/UA
    for words in ("Consent: Ketamine into a vein", "Alex Rivera", "Signature", "Harbor Clinic", "off-label"):
        assert says(made, words), words
    assert says(made, "(America/Chicago, UTC")
    assert says(made, consent.sha256[:16])
    assert says(made, "Right at the first try.")


def test_the_same_consent_is_the_same_file(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    assert paper(prescriber, consent) == paper(prescriber, consent)


def test_one_that_was_taken_back_says_so(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(alex_acts):
        withdraw_consent(by=alex_acts, consent_id=consent.id)
    assert says(paper(prescriber, consent), "This consent was taken back on")


def test_in_person_it_names_the_witness(prescriber, course):
    consent = offered(prescriber, course)
    read_all(prescriber, consent)
    answer_all(prescriber, consent)
    with acting_as(prescriber):
        sign_consent(by=prescriber, consent_id=consent.id, name="Alex Rivera", agreed=True)
    assert says(paper(prescriber, consent), "together with")
    assert says(paper(prescriber, consent), "Pat Prescribes")


@pytest.mark.parametrize(
    "name",
    [
        "Wolfeschlegelsteinhausenbergerdorff " * 13,
        "Supercalifragilistic" * 25,
        '#panic("no") *bold* _x_ $y$ @ref <tag> \\ // /* `raw`',
        "\\u{0} #import sys: inputs",
    ],
)
def test_a_name_is_set_as_text_whatever_it_says(prescriber, course, alex_acts, name):
    consent = signed(prescriber, alex_acts, course, name=name)
    made = paper(prescriber, consent)
    assert says(made, name.split()[0][:20])
    assert b"pdfuaid" in made


@pytest.mark.parametrize("name", ["אלכס ריברה", "محمد الأمين", "Αλέξης Ρίβερα", "Алексей Ривера"])
def test_names_of_other_scripts_are_printed_with_the_fonts_that_come_along(
    prescriber, course, alex_acts, name
):
    consent = signed(prescriber, alex_acts, course, name=name)
    made = paper(prescriber, consent)
    assert b"pdfuaid" in made
    assert all(says_letters(made, word) or says(made, word) for word in name.split()[:1])


def test_a_letter_that_no_font_has_is_said_and_kept(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course, name="\U00012000 Rivera")
    made = paper(prescriber, consent)
    assert says(made, "Some letters on this page can't be printed")
    with acting_as(prescriber):
        assert Consent.objects.get(id=consent.id).signed_name == "\U00012000 Rivera"


def test_every_number_on_it_has_its_source(prescriber, course, alex_acts):
    consent = signed(prescriber, alex_acts, course)
    with acting_as(prescriber):
        whole = consent_of(consent.id)
        numbers = paper_data(whole, answers_of(whole))["numbers"]
    assert len(numbers) > 15
    assert all(one["source"] and one["text"] for one in numbers)
    stay = next(one for one in numbers if "shortest time" in one["label"])
    assert "local policy" in stay["source"]


# --- as a download ---
def test_the_download_is_for_those_who_may_and_on_record(
    prescriber, course, alex_acts, alex_browses, client_as, staff
):
    consent = signed(prescriber, alex_acts, course)
    response = alex_browses.get(f"/me/consent/{consent.id}/pdf/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith('attachment; filename="consent-20')
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"%PDF-")
    path = f"/courses/{course.id}/consent/{consent.id}/pdf/"
    assert client_as(prescriber).get(path).status_code == 200
    assert client_as(staff("admin")).get(path).status_code == 403
    with acting_as(prescriber):
        taken = AuditEntry.objects.filter(action="consent.taken-out")
        assert sorted(row.actor_kind for row in taken) == ["patient", "staff"]


def test_without_a_signature_there_is_no_file(prescriber, course, alex_browses, client_as):
    consent = offered(prescriber, course)
    assert alex_browses.get(f"/me/consent/{consent.id}/pdf/").status_code == 404
    path = f"/courses/{course.id}/consent/{consent.id}/pdf/"
    assert client_as(prescriber).get(path).status_code == 404


def test_nobody_takes_out_another_persons(
    prescriber, course, alex_acts, client_as, account_factory, patient_factory
):
    consent = signed(prescriber, alex_acts, course)
    account = account_factory("Bo Other")
    patient_factory("Other", "Bo", account=account)
    assert client_as(account).get(f"/me/consent/{consent.id}/pdf/").status_code == 404
