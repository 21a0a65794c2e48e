"""Who may open which page: the whole table, and every address is in it.

``x`` opens, ``.`` is refused. Columns: a Stranger, a patient (own), therapist, prescriber, monitor, admin,
researcher (numbers). A new page fails here until somebody has decided who may open it.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLResolver, get_resolver, path

from tests.people import accounts
from upwell.access.declare import check_every_url, requires, undeclared
from upwell.access.system import system_actor
from upwell.office.practice.words import PAGES
from upwell.people.models import Chair, Membership

pytestmark = pytest.mark.django_db
SOME = UUID("01890a5d-ac96-774b-bcce-b302099a8057")  # an id that nothing has
PEOPLE = ("stranger", "patient", "therapist", "prescriber", "monitor", "admin", "researcher")

TABLE = """
                                          S o t p m a n
account_login                             x x x x x x x  /accounts/login/
account_logout                            x x x x x x x  /accounts/logout/
account_inactive                          x x x x x x x  /accounts/inactive/
account_reset_password                    x x x x x x x  /accounts/password/reset/
account_reset_password_done               x x x x x x x  /accounts/password/reset/done/
account_reset_password_from_key           x x x x x x x  /accounts/password/reset/key/1-2/
account_reset_password_from_key_done      x x x x x x x  /accounts/password/reset/key/done/
mfa_authenticate                          x x x x x x x  /accounts/2fa/authenticate/
mfa_login_webauthn                        x x x x x x x  /accounts/2fa/webauthn/login/
invitation                                x x x x x x x  /invitation/none/
chaperone                                 x x x x x x x  /chaperone/
chaperone_link                            x x x x x x x  /chaperone/none/
help_now                                  x x x x x x x  /help/
styleguide                                x x x x x x x  /styleguide/
demo_enter                                x x x x x x x  /demo/enter/

home                                      . x x x x x x  /
practice_switch                           . x x x x x x  /practice/switch/
account                                   . x x x x x x  /account/
account_reauthenticate                    . x x x x x x  /accounts/reauthenticate/
account_change_password                   . x x x x x x  /accounts/password/change/
mfa_index                                 . x x x x x x  /accounts/2fa/
mfa_reauthenticate                        . x x x x x x  /accounts/2fa/reauthenticate/
mfa_reauthenticate_webauthn               . x x x x x x  /accounts/2fa/webauthn/reauthenticate/
mfa_activate_totp                         . x x x x x x  /accounts/2fa/totp/activate/
mfa_deactivate_totp                       . x x x x x x  /accounts/2fa/totp/deactivate/
mfa_view_recovery_codes                   . x x x x x x  /accounts/2fa/recovery-codes/
mfa_generate_recovery_codes               . x x x x x x  /accounts/2fa/recovery-codes/generate/
mfa_download_recovery_codes               . x x x x x x  /accounts/2fa/recovery-codes/download/
mfa_list_webauthn                         . x x x x x x  /accounts/2fa/webauthn/
mfa_add_webauthn                          . x x x x x x  /accounts/2fa/webauthn/add/
mfa_edit_webauthn                         . x x x x x x  /accounts/2fa/webauthn/keys/1/edit/
mfa_remove_webauthn                       . x x x x x x  /accounts/2fa/webauthn/keys/1/remove/
alert_banner                              . x x x x x x  /alerts/banner/

me                                        . x . . . . .  /me/
looks                                     . x . . . . .  /me/looks/
answer                                    . x . . . . .  /me/answer/{some}/
answered                                  . x . . . . .  /me/answered/{some}/

patients                                  . . x x x x .  /patients/
patient_new                               . . x x . x .  /patients/new/
patient_edit                              . . x x . x .  /patients/{patient}/edit/
patient_history                           . . x x x x .  /patients/{patient}/history/
patient_invite                            . . x x . x .  /patients/{patient}/invite/
patient_invite_revoke                     . . x x . x .  /patients/{patient}/invite/{some}/revoke/
patient_merge                             . . . x . x .  /patients/{patient}/merge/
patient_merge_pair                        . . . x . x .  /patients/{patient}/merge/{some}/
patient_merge_undo                        . . . x . x .  /patients/{patient}/merges/{some}/undo/

chart                                     . . x x x x .  /patients/{patient}/
chart_section                             . . x x x . .  /patients/{patient}/all/problems/
chart_scores                              . . x x x . .  /patients/{patient}/scores/phq-9/
assess                                    . . x x x . .  /patients/{patient}/assess/phq-9/
assessment                                . . x x x . .  /patients/{patient}/assessments/{some}/
assessment_error                          . . x x x . .  /patients/{patient}/assessments/{some}/error/
ask                                       . . x x x . .  /patients/{patient}/ask/phq-9/
ask_cancel                                . . x x x . .  /patients/{patient}/requests/{some}/cancel/

alerts                                    . . x x x . .  /alerts/
alert                                     . . x x x . .  /alerts/{some}/
tasks                                     . . x x x . .  /tasks/
task                                      . . x x x . .  /tasks/{some}/

practice                                  . . x x x x .  /practice/
staff                                     . . x x x x .  /practice/staff/
chairs                                    . . x x x x .  /practice/chairs/
practice_details                          . . . . . x .  /practice/details/
closed_days                               . . . . . x .  /practice/closed-days/
practice_watch                            . . . . . x .  /practice/watch/
two_persons                               . . x x x x .  /practice/two-persons/
remote_switch                             . . x x x x .  /practice/remote/
staff_invite                              . . . . . x .  /practice/staff/invite/
invitation_revoke                         . . . . . x .  /practice/invitations/{some}/revoke/
staff_member                              . . . . . x .  /practice/staff/{member}/
staff_end                                 . . . . . x .  /practice/staff/{member}/end/
staff_restore                             . . . . . x .  /practice/staff/{member}/restore/
chair_new                                 . . . . . x .  /practice/chairs/new/
chair                                     . . . . . x .  /practice/chairs/{chair}/
chair_retire                              . . . . . x .  /practice/chairs/{chair}/retire/
chair_restore                             . . . . . x .  /practice/chairs/{chair}/restore/
audit_trail                               . . . . . x .  /practice/audit/

numbers                                   . . . . . . x  /numbers/

# course
my_course                                 . x . . . . .  /me/course/
course                                    . . x x x . .  /courses/{some}/
course_new                                . . x x . . .  /patients/{patient}/course/new/
course_move                               . . x x . . .  /courses/{some}/move/withdraw/
my_course_end                             . x . . . . .  /me/courses/{some}/end/
# end of course
# referral
referral_new                              . . x x . . .  /patients/{patient}/refer/
referrals                                 . . x x x . .  /referrals/
referral                                  . . x x x . .  /referrals/{some}/
referral_decide                           . . . x . . .  /referrals/{some}/decide/
referral_withdraw                         . . x x . . .  /referrals/{some}/withdraw/
referral_agreed                           . . x x . . .  /referrals/{some}/agreed/
referral_noted                            . . x x . . .  /referrals/{some}/noted/
my_referral                               . x . . . . .  /me/referrals/{some}/
sharing                                   . x . . . . .  /me/sharing/
sharing_end                               . x . . . . .  /me/sharing/end/
sharing_open                              . x . . . . .  /me/sharing/open/
# end of referral
# screening
screening                                 . . x x x . .  /courses/{some}/screening/
screening_begin                           . . x x x . .  /courses/{some}/screening/begin/
screening_history                         . . x x x . .  /courses/{some}/screening/history/
screening_lists                           . . x x x . .  /courses/{some}/screening/lists/
screening_trials                          . . x x x . .  /courses/{some}/screening/treatments/
treatments                                . . x x x . .  /patients/{patient}/treatments/
treatments_edit                           . . x x x . .  /patients/{patient}/treatments/edit/
screening_vitals                          . . x x x . .  /courses/{some}/screening/vitals/
screening_vitals_error                    . . x x x . .  /courses/{some}/screening/vitals/{some}/
screening_suicide                         . . x x x . .  /courses/{some}/screening/suicide/
screening_plan                            . . . x . . .  /courses/{some}/screening/plan/
screening_opinion                         . . x x x . .  /courses/{some}/screening/opinion/
screening_decide                          . . . x . . .  /courses/{some}/screening/decide/
screening_exception                       . . . . . . .  /courses/{some}/screening/exception/
screening_past                            . . x x x . .  /courses/{some}/screening/past/{some}/
# end of screening
# consent
my_consents                               . x . . . . .  /me/consent/
my_consent                                . x . . . . .  /me/consent/{some}/
my_consent_chapter                        . x . . . . .  /me/consent/{some}/read/1/
my_consent_question                       . x . . . . .  /me/consent/{some}/question/1/
my_consent_signature                      . x . . . . .  /me/consent/{some}/sign/
my_consent_withdrawal                     . x . . . . .  /me/consent/{some}/take-back/
my_consent_pdf                            . x . . . . .  /me/consent/{some}/pdf/
course_consent                            . . x x x . .  /courses/{some}/consent/
consent_offer                             . . x x x . .  /courses/{some}/consent/offer/
consent_chapter                           . . x x x . .  /courses/{some}/consent/{some}/read/1/
consent_question                          . . x x x . .  /courses/{some}/consent/{some}/question/1/
consent_signature                         . . x x x . .  /courses/{some}/consent/{some}/sign/
consent_withdrawal                        . . x x x . .  /courses/{some}/consent/{some}/take-back/
consent_heard                             . . x x x . .  /courses/{some}/consent/{some}/heard/
consent_pdf                               . . x x x . .  /courses/{some}/consent/{some}/pdf/
# end of consent
# preparation
my_intentions                             . x . . . . .  /me/intentions/
my_intention                              . x . . . . .  /me/intentions/{some}/
my_wishes                                 . x . . . . .  /me/wishes/{some}/
intentions                                . . x x x . .  /courses/{some}/intentions/
intention_together                        . . x x x . .  /courses/{some}/intentions/write/
wishes_together                           . . x x x . .  /courses/{some}/wishes/write/
# end of preparation
# work-up
workup                                    . . x x x . .  /courses/{some}/work-up/
workup_item                               . . x x x . .  /courses/{some}/work-up/ecg/
# end of work-up
# calendar
calendar                                  . . x x x x .  /calendar/
appointment                               . . x x x x .  /appointments/{some}/
appointment_new                           . . x x x x .  /patients/{patient}/appointments/new/
appointment_move                          . . x x x x .  /appointments/{some}/move/
appointment_cancel                        . . x x x x .  /appointments/{some}/cancel/
appointment_change                        . . x x x x .  /appointments/{some}/arrive/
own_appointments                          . x . . . . .  /me/appointments/
# end of calendar
# session
session_new                               . . x x x . .  /courses/{some}/sessions/new/
session                                   . . x x x . .  /sessions/{some}/
staffing_rule                             . . . . . x .  /practice/staffing/
who_watches                               . . x x x . .  /sessions/watching/
session_group                             . . x x x . .  /sessions/{some}/group/
group                                     . . x x x . .  /groups/{some}/
group_tell                                . . x x x . .  /groups/{some}/tell/
session_watch                             . . x x x . .  /sessions/{some}/watch/
session_part                              . . x x x . .  /sessions/{some}/part/
chair_board                               . . x x x . .  /chairs/board/
chair_board_part                          . . x x x . .  /chairs/board/part/
session_record                            . . x x x . .  /sessions/{some}/record/vitals/
session_order                             . . . x . . .  /sessions/{some}/order/
session_check                             . . x x x . .  /sessions/{some}/order/check/
session_gate                              . . x x x . .  /sessions/{some}/gate/
session_second_word                       . . x x x . .  /sessions/{some}/gate/second/
session_leave                             . . x x x . .  /sessions/{some}/leave/
session_end                               . . x x x . .  /sessions/{some}/end/
session_papers                            . . x x x . .  /sessions/{some}/papers/
session_summary_file                      . . x x x . .  /sessions/{some}/papers/1/
session_rems                              . . x x x . .  /sessions/{some}/rems/
session_rems_file                         . . x x x . .  /sessions/{some}/rems/file/
session_coding                            . . x x x . .  /sessions/{some}/coding/
session_coding_file                       . . x x x . .  /sessions/{some}/coding/file/
drug_codes                                . . . . . x .  /practice/drug-codes/
session_chaperone                         . . x x x . .  /sessions/{some}/chaperone/
session_call                              . . x x x . .  /sessions/{some}/call/
incidents                                 . . x x x . .  /incidents/
incidents_file                            . . x x x . .  /incidents/file/
incident                                  . . x x x . .  /incidents/{some}/
incident_report                           . . x x x . .  /incidents/reports/{some}/
session_instructions                      . . x x x . .  /sessions/{some}/instructions/
session_log                               . . x x x . .  /sessions/{some}/log/
session_correct                           . . x x x . .  /sessions/{some}/log/{some}/correct/
service_worker                            x x x x x x x  /sw.js
bedside_offline                           . . x x x . .  /bedside/offline/
session_deliver                           x x x x x x x  /sessions/deliver/
session_pass                              . . x x x . .  /sessions/{some}/pass/
session_tablets                           . . x x x . .  /sessions/{some}/tablets/
own_session                               . x . . . . .  /me/sessions/{some}/
own_summary_file                          . x . . . . .  /me/sessions/{some}/summary/1/
# end of session
# pharmacy
drug_book                                 . . . x x . .  /drug-book/
drug_book_register                        . . . x x . .  /drug-book/register/
drug_book_csv                             . . . x x . .  /drug-book/register.csv
drug_book_enter                           . . . x x . .  /drug-book/enter/count/
drug_book_entry                           . . . x x . .  /drug-book/entries/{some}/
drug_book_witness                         . . x x x . .  /drug-book/witness/{some}/
session_supply                            . . x x x . .  /sessions/{some}/supply/
# end of pharmacy
# exposure
exposure                                  . . x x x . x  /exposure/
exposure_models                           . . x x x . x  /exposure/models/
how_it_works                              . x x x x x x  /how-it-works/
course_exposure                           . . x x x . .  /courses/{some}/exposure/
my_timing                                 . x . . . . .  /me/courses/{some}/timing/
# end of exposure
# response and relief
course_measures                           . . x x x . .  /courses/{some}/measures/
measure_follow_up                         . . x x x . .  /measures/{some}/follow-up/
# end of response and relief
# integration
integration                               . . x x x . .  /courses/{some}/integration/
integration_new                           . . x x . . .  /courses/{some}/integration/new/
integration_visit                         . . x x x . .  /courses/{some}/integration/{some}/
my_visit                                  . x . . . . .  /me/course/visits/{some}/
my_practices                              . x . . . . .  /me/practices/
my_practice_new                           . x . . . . .  /me/practices/new/
my_practice                               . x . . . . .  /me/practices/{some}/
my_practice_tick                          . x . . . . .  /me/practices/{some}/tick/
journal                                   . x . . . . .  /me/journal/
journal_new                               . x . . . . .  /me/journal/new/
journal_entry                             . x . . . . .  /me/journal/{some}/
# end of integration
# maintenance
maintenance                               . . x x x . .  /courses/{some}/maintenance/
relapse_rule                              . . . x . . .  /courses/{some}/relapse-rule/
# end of maintenance
# knowledge
knowledge                                 . . x x x x x  /knowledge/
knowledge_version                         . . x x x x x  /knowledge/version/none/
knowledge_take_along                      . . . . . . .  /knowledge/take-along/
policies                                  . . x x x x x  /knowledge/policies/
policy                                    . . x x x x x  /knowledge/policies/gates/predose.toml?fact=rules/predose.spo2
why                                       . . x x x x x  /knowledge/why/predose.spo2/
knowledge_files                           . . x x x x x  /knowledge/files/
knowledge_file                            . . x x x x x  /knowledge/files/gates/predose.toml
instruments                               . . x x x x x  /knowledge/instruments/
instrument                                . . x x x x x  /knowledge/instruments/phq-9/
# end of knowledge
# today
today                                     . . x x x x .  /today/
today_list                                . . x x x x .  /today/list/
# end of today
"""
# What a medical director opens besides what is open to everybody who is signed in: reading, and signing.
DIRECTOR = {
    "patients",
    "session_papers",
    "session_summary_file",
    "session_rems",
    "session_rems_file",
    "session_coding",
    "session_coding_file",
    "incidents",
    "incidents_file",
    "incident",
    "incident_report",
    "patient_history",
    "chart",
    "chart_section",
    "chart_scores",
    "assessment",
    "alerts",
    "alert",
    "tasks",
    "task",
    "practice",
    "staff",
    "chairs",
    "two_persons",
    "remote_switch",
    "knowledge",
    "knowledge_version",
    "knowledge_take_along",
    "policies",
    "policy",
    "why",
    "knowledge_files",
    "knowledge_file",
    "instruments",
    "instrument",
    "course",
    "referrals",
    "referral",
    "screening",
    "screening_past",
    "screening_exception",
    "treatments",
    "workup",
    "intentions",
    "calendar",
    "appointment",
    "session",
    "session_watch",
    "who_watches",
    "group",
    "session_part",
    "chair_board",
    "chair_board_part",
    "session_gate",
    "session_instructions",
    "session_log",
    "drug_book",
    "drug_book_register",
    "drug_book_csv",
    "drug_book_entry",
    "drug_book_witness",
    "exposure",
    "exposure_models",
    "course_exposure",
    "course_measures",
    "integration",
    "integration_visit",
    "maintenance",
    "today",
    "today_list",
}
ROWS = [line.split() for line in TABLE.splitlines()[2:] if line.strip() and not line.startswith("#")]


def names(patterns=None):
    """The name of every address there is."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from names(entry.url_patterns)
        else:
            yield entry.name


def test_every_address_is_in_the_table():
    assert sorted(row[0] for row in ROWS) == sorted(names())


@pytest.mark.parametrize("person", [*PEOPLE, "medical-director"])
def test_who_may_open_what(person, client_as, staff, patient_factory, account_factory, practice):
    cache.clear()
    patient, other = patient_factory(), staff("monitor")
    ids = {
        "some": SOME,
        "patient": patient.id,
        "member": Membership.objects.get(account_id=other.account_id).id,
        "chair": Chair.objects.create(practice=practice, name="Window").id,
    }
    if person == "stranger":
        client = Client()
    elif person == "patient":
        account = account_factory()
        patient_factory("Own", account=account)
        client = client_as(account)
    else:
        client = client_as(staff(person))
    wrong = []
    for name, *marks, address in ROWS:
        response = client.get(address.format(**ids))
        asked_in = response.status_code == 302 and response["Location"].startswith("/accounts/login/?next=")
        opened = not asked_in and response.status_code not in {403, 500}
        if opened is not _may_open(person, name, marks):
            wrong.append(f"{name}: {response.status_code}")
    assert wrong == []


def _may_open(person: str, name: str, marks: list[str]) -> bool:
    if person in PEOPLE:
        return marks[PEOPLE.index(person)] == "x"
    return name in DIRECTOR or "." not in marks[1:]


@pytest.mark.parametrize("person", [*PEOPLE[2:], "medical-director"])
def test_another_practices_pages_are_not_there(
    person, client_as, staff, patient_factory, practice, other_practice
):
    """Whatever a role opens at home, the same address with another practice's id shows nothing."""
    patient, other = patient_factory(at=other_practice), staff("monitor", at=other_practice)
    ids = {
        "some": SOME,
        "patient": patient.id,
        "member": Membership.objects.get(account_id=other.account_id).id,
        "chair": Chair.objects.create(practice=other_practice, name="Window").id,
    }
    client = client_as(staff(person))
    shown = []
    for name, *_marks, address in ROWS:
        if any(f"{{{kind}}}" in address for kind in ("patient", "member", "chair")):
            response = client.get(address.format(**ids))
            if response.status_code not in {403, 404, 405}:
                shown.append(f"{name}: {response.status_code}")
    assert shown == []


def test_every_page_that_is_noted_in_the_trail_has_words():
    noted = {row[0] for row in ROWS if row[1] == "." and not row[0].startswith(("account", "mfa_"))}
    assert noted - set(PAGES) - {"home", "practice_switch"} == set()


def test_an_address_that_declares_nothing_stops_the_start(monkeypatch):
    @requires("practice.read")
    def declared(request):
        """A page that says who may open it."""

    def silent(request):
        """A page that does not."""

    check_every_url()
    good, bad = path("good/", declared, name="good"), path("bad/<int:number>/", silent, name="bad")
    assert list(undeclared([good])) == []
    assert list(undeclared([good, bad])) == ["/bad/<int:number>/"]
    monkeypatch.setattr(get_resolver(), "url_patterns", [good, bad])
    with pytest.raises(ImproperlyConfigured, match="/bad/<int:number>/"):
        check_every_url()


def test_a_permission_that_does_not_exist_can_not_be_declared():
    with pytest.raises(ImproperlyConfigured):
        requires("everything.always")


def test_the_system_has_no_log_in(db):
    assert not accounts()
    assert system_actor("log-in").account_id is None
