"""Plain words for roles and for the rows of the audit trail."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.access.roles import Role, rulebook

Words = str | Promise

ACTIONS: dict[str, Words] = {
    "page": _("Looked at"),
    "page.POST": _("Sent from"),
    "refused": _("Was refused"),
    "not-found": _("Looked for what is not there"),
    "log-in": _("Signed in"),
    "log-in.failed": _("Failed to sign in"),
    "log-in.second-step-failed": _("Failed the second step of signing in"),
    "log-out": _("Signed out"),
    "password.changed": _("Changed their password"),
    "password.changed-first": _("Set their first password"),
    "password.reset": _("Set a new password after forgetting it"),
    "second-step.added": _("Added a passkey or app for signing in"),
    "second-step.removed": _("Removed a passkey or app for signing in"),
    "second-step.renewed": _("Made new recovery codes"),
    "account.changed": _("Changed their own details"),
    "practice.entered": _("Began to work at this practice's pages"),
    "practice.created": _("Made the practice"),
    "practice.changed": _("Changed the practice's details"),
    "practice.closed-days-changed": _("Changed the practice's closed days"),
    "practice.watch-changed": _("Changed who watches over alerts, and when"),
    "two-persons.signed": _("Signed for how second checks and witnesses are handled"),
    "invitation.made": _("Invited somebody to the staff"),
    "invitation.revoked": _("Took an invitation back"),
    "invitation.accepted": _("Accepted an invitation"),
    "patient-invitation.made": _("Invited a patient to their own pages"),
    "patient-invitation.revoked": _("Took a patient's invitation back"),
    "membership.roles-changed": _("Changed somebody's roles"),
    "membership.ended": _("Ended somebody's work here"),
    "membership.restored": _("Took somebody back on the staff"),
    "chair.added": _("Added a chair"),
    "chair.changed": _("Changed a chair"),
    "chair.retired": _("Retired a chair"),
    "chair.restored": _("Put a chair back into use"),
    "patient.created": _("Added a patient"),
    "patient.edited": _("Changed who a patient is"),
    "patient.merged": _("Joined two charts"),
    "patient.merge-undone": _("Parted two charts again"),
    "assessment.recorded": _("Stored the answers to a questionnaire"),
    "assessment.marked-in-error": _("Marked answers as entered in error"),
    "assessment.asked": _("Asked a patient to answer a questionnaire"),
    "assessment.request-cancelled": _("Took a question to a patient back"),
    "alert.raised": _("Raised a safety alert"),
    "alert.escalated": _("Nobody had taken a safety alert on in time: everybody is shown it"),
    "alert.acknowledged": _("Took a safety alert on"),
    "alert.closed": _("Closed a safety alert"),
    "task.finished": _("Finished a task"),
    "numbers.counted": _("Counted over many patients"),
    "import.fhir": _("Imported records"),
    "import.fhir.chart": _("Imported records into a chart"),
    "import.scores": _("Imported scores"),
    "import.scores.chart": _("Imported scores into a chart"),
    "password.link-made": _("Made a link for a new password"),
    "demo.person-added": _("Added one of the demo people"),
    # course
    "course.opened": _("Opened a course of care"),
    "course.moved": _("Moved a course of care"),
    "course.treatment-chosen": _("Chose what is given, and by which route"),
    # end of course
    # referral
    "referral.made": _("Wrote a referral"),
    "referral.answer-noted": _("Noted the answer to a referral"),
    "referral.moved": _("Moved a referral on"),
    "referral.chart-made": _("Made a chart for a person who was referred here"),
    "patient.log-in-passed-on": _("Put a person's log-in on the chart that a referral made for them"),
    "release.opened": _("Opened a chart to another practice, as the person agreed"),
    "release.ended": _("Ended what was open to another practice"),
    "alert.raised-at-linked": _("Raised the safety alert of another practice here, too"),
    # end of referral
    # screening
    "screening.opened": _("Opened a screening"),
    "treatments.kept": _("Changed a treatment history"),
    "screening.filled": _("Filled in a screening"),
    "screening.second-opinion": _("Gave a second opinion on a screening"),
    "screening.exception": _("Gave the medical director's word on absolute findings"),
    "screening.decided": _("Decided on a screening"),
    "vitals.recorded": _("Stored vital signs"),
    "vitals.marked-in-error": _("Marked a measurement as entered in error"),
    # end of screening
    # consent
    "consent.offered": _("Offered a consent"),
    "consent.read": _("Read the text of a consent to its end"),
    "consent.understood": _("Answered the questions about a consent right"),
    "consent.signed": _("Signed a consent"),
    "consent.superseded": _("Put a newer consent in place of an older one"),
    "consent.withdrawn": _("Took a consent back"),
    "consent.withdrawal-heard": _("Took on that a consent was taken back"),
    "consent.taken-out": _("Took a signed consent out as a file"),
    # end of consent
    # preparation
    "intention.written": _("Wrote down what a person hopes for"),
    "wishes.written": _("Wrote down what a person wishes at a dose"),
    # end of preparation
    # work-up
    "workup.done": _("Noted that an item of a work-up is done"),
    "workup.waived": _("Left an item of a work-up out"),
    "workup.reopened": _("Opened an item of a work-up again"),
    # end of work-up
    # calendar
    "appointment.booked": _("Booked an appointment"),
    "appointment.moved": _("Moved an appointment"),
    "appointment.arrive": _("Noted that somebody came"),
    "appointment.finish": _("Noted that an appointment is over"),
    "appointment.cancel": _("Cancelled an appointment"),
    "appointment.miss": _("Noted that somebody did not come"),
    "appointment.take-back": _("Took a note on an appointment back"),
    # end of calendar
    # session
    "session.opened": _("Opened a dosing session"),
    "staffing.set": _("Set the practice's limits for the staffing of sessions"),
    "group.made": _("Made a group of sessions"),
    "group.joined": _("Put a dosing session into a group"),
    "group.told": _("Wrote into the log of everybody of a group"),
    "session.watched": _("Watched a dosing session live"),
    "session.recorded": _("Recorded something in a dosing session"),
    "session.consequences-failed": _("Recorded something in a dosing session; what follows from it failed"),
    "session.steps-failed": _("Recorded something in a dosing session; the drug book could not follow"),
    "session.alert-failed": _("Recorded something in a dosing session; the alert that it calls for failed"),
    "session.set-aside": _("Recorded something that could not be read; it was set aside"),
    "session.pass-given": _("Let a device write into a dosing session"),
    "session.pass-withdrawn": _("Took a device the right to write into a dosing session"),
    "incident-report.opened": _("A serious event opened a report"),
    "incident-report.drafted": _("Wrote on the report of a serious event"),
    "incident-report.sent": _("Noted that the report of a serious event was sent"),
    "incident-report.dropped": _("Said that the report of a serious event is not needed"),
    "incident-report.reopened": _("Opened the report of a serious event again"),
    "rems.answered": _("Answered a REMS form"),
    "rems.submitted": _("Noted that a REMS form was submitted"),
    "rems.reopened": _("Opened a REMS form again"),
    "rems.taken-out": _("Took out a REMS form"),
    "summary.made": _("Made the summary of a dosing session"),
    "summary.taken-out": _("Took out the summary of a dosing session"),
    "coding.taken-out": _("Took out times and units of a dosing session"),
    "drug-code.entered": _("Entered the practice's own code of a drug"),
    "call.recorded": _("Wrote down a call on the day after a dose"),
    "incidents.taken-out": _("Took out the list of unwanted events"),
    "remote.signed": _("Signed for whether people are dosed at home"),
    "chaperone.invited": _("Made a link for a chaperone"),
    "chaperone.withdrawn": _("Took a chaperone's link back"),
    "chaperone.opened": _("A chaperone opened their link"),
    "chaperone.attested": _("A chaperone confirmed what is asked of them"),
    "chaperone.well": _("A chaperone looked: all is well"),
    "chaperone.alarm": _("A chaperone raised the alarm"),
    # end of session
    # pharmacy
    "ledger.opening": _("Entered what was in stock when the drug book began"),
    "ledger.receipt": _("Entered a receipt in the drug book"),
    "ledger.given": _("Drew a dose from the drug book"),
    "ledger.given-changed": _("Changed what a corrected dose draws from the drug book"),
    "ledger.said": _("Entered something in the drug book that waits for its witness"),
    "ledger.waste": _("Entered waste in the drug book"),
    "ledger.off": _("Took back what waited for its witness in the drug book"),
    "ledger.return": _("Entered a return in the drug book"),
    "ledger.count": _("Counted a lot of the drug book"),
    "ledger.inventory": _("Took inventory of the drug book"),
    "ledger.discrepancy": _("Found a discrepancy in the drug book"),
    "ledger.explained": _("Explained a discrepancy in the drug book"),
    "ledger.loss": _("Entered theft or loss in the drug book"),
    "ledger.reported": _("Noted that a report of theft or loss was sent"),
    "ledger.set-aside": _("Set stock aside for a dose"),
    "ledger.put-back": _("Put back stock that was set aside"),
    "ledger.reversed": _("Took back an entry of the drug book that was wrong"),
    "ledger.witness-refused": _("Tried to witness in the drug book with a wrong password or code"),
    "ledger.exported": _("Took the drug book out as a file"),
    # end of pharmacy
    # response and relief
    "measures.planned": _("Brought the measures of a course up to date"),
    "measure.followed-up": _("Followed up a measure that was missed"),
    # end of response and relief
    # integration
    "integration.visit-saved": _("Saved the draft of an integration visit's note"),
    "integration.visit-signed": _("Signed the note of an integration visit"),
    "integration.visit-added-to": _("Added to the note of an integration visit"),
    "integration.visit-marked-in-error": _("Marked the note of an integration visit as entered in error"),
    "daily-practice.added": _("Added a practice for daily life"),
    "daily-practice.changed": _("Changed a practice for daily life"),
    "daily-practice.shared": _("Showed a practice for daily life to the team"),
    "daily-practice.taken-back": _("Took a practice for daily life back from the team"),
    "journal.shared": _("Shared a page of the journal"),
    "journal.taken-back": _("Took a page of the journal back"),
    # end of integration
    # maintenance
    "relapse-rule.declared": _("Declared what will count as a relapse"),
    "relapse.seen": _("Saw a relapse, by the rule declared beforehand"),
    # end of maintenance
    # knowledge
    "knowledge.adopted": _("Signed for a version of what rules run on"),
    "knowledge.proposed": _("Proposed a version of what rules run on"),
    "knowledge.text-loaded": _("Loaded the licensed wording of a questionnaire"),
    # end of knowledge
    # today
    # end of today
}

PAGES: dict[str, Words] = {
    "patients": _("the list of patients"),
    "patient_new": _("the form for a new patient"),
    "patient_edit": _("a patient's details"),
    "patient_history": _("the history of a patient's details"),
    "patient_merge": _("joining two charts"),
    "patient_merge_pair": _("two charts side by side"),
    "patient_merge_undo": _("parting two charts"),
    "patient_invite": _("a patient's invitation"),
    "patient_invite_revoke": _("a patient's invitation"),
    "chart": _("a chart"),
    "chart_section": _("a part of a chart"),
    "chart_scores": _("the scores in a chart"),
    "looks": _("who looked at a chart"),
    "assess": _("a questionnaire"),
    "assessment": _("the answers to a questionnaire"),
    "assessment_error": _("marking answers as entered in error"),
    "ask": _("asking for a questionnaire"),
    "ask_cancel": _("taking a question back"),
    "me": _("their own page"),
    "answer": _("a questionnaire about themselves"),
    "answered": _("their answers"),
    "alerts": _("the safety alerts"),
    "alert": _("a safety alert"),
    "alert_banner": _("the number of safety alerts"),
    "tasks": _("the tasks"),
    "task": _("a task"),
    "numbers": _("the numbers"),
    "exposure": _("curves of doses, by published models"),
    "exposure_models": _("models held against what was published"),
    "how_it_works": _("how the treatment may work"),
    "course_exposure": _("curves of doses for a person"),
    "my_timing": _("when a dose starts, peaks and passes"),
    "practice": _("the practice's page"),
    "practice_details": _("the practice's details"),
    "closed_days": _("the practice's closed days"),
    "practice_watch": _("who watches over alerts"),
    "two_persons": _("second checks and witnesses"),
    "staff": _("the staff list"),
    "staff_invite": _("inviting somebody"),
    "invitation_revoke": _("taking an invitation back"),
    "staff_member": _("a member of staff"),
    "staff_end": _("ending somebody's work here"),
    "staff_restore": _("taking somebody back"),
    "chairs": _("the chairs"),
    "chair_new": _("adding a chair"),
    "chair": _("a chair"),
    "chair_retire": _("retiring a chair"),
    "chair_restore": _("putting a chair back into use"),
    "audit_trail": _("this trail"),
    "knowledge": _("what rules run on"),
    "knowledge_version": _("a version of what rules run on"),
    "knowledge_take_along": _("own policies, taken along into a newer release"),
    "policies": _("the local policies"),
    "policy": _("a local policy"),
    "knowledge_files": _("what rules run on"),
    "knowledge_file": _("a file of what rules run on"),
    "why": _("where a number comes from"),
    "instruments": _("the library of questionnaires"),
    "instrument": _("a questionnaire in the library"),
    "demo_enter": _("the door of the demo"),
    # course
    "my_course": _("their own course of care"),
    "course": _("a course of care"),
    "course_new": _("opening a course of care"),
    "course_move": _("moving a course of care"),
    "my_course_end": _("ending their own course of care"),
    # end of course
    # referral
    "referral_new": _("writing a referral"),
    "referrals": _("the list of referrals"),
    "referral": _("a referral"),
    "referral_decide": _("deciding on a referral"),
    "referral_withdraw": _("taking a referral back"),
    "referral_agreed": _("sending a referral"),
    "referral_noted": _("noting the answer to a referral"),
    "my_referral": _("their own referral"),
    "sharing": _("what they share"),
    "sharing_end": _("ending what they share"),
    "sharing_open": _("sharing again"),
    # end of referral
    # screening
    "screening": _("a screening"),
    "screening_begin": _("opening a screening"),
    "screening_history": _("what is asked at a screening"),
    "screening_lists": _("what is told at a screening"),
    "screening_trials": _("earlier treatments"),
    "treatments": _("the treatment history"),
    "treatments_edit": _("filling in the treatment history"),
    "screening_vitals": _("entering vital signs"),
    "screening_vitals_error": _("marking a measurement as entered in error"),
    "screening_suicide": _("the questions about suicide"),
    "screening_plan": _("what is planned at a screening"),
    "screening_opinion": _("a second opinion on a screening"),
    "screening_decide": _("deciding on a screening"),
    "screening_exception": _("the medical director's word on a screening"),
    "screening_past": _("a screening that was decided"),
    # end of screening
    # consent
    "my_consents": _("their consents"),
    "my_consent": _("their consent"),
    "my_consent_chapter": _("what to expect"),
    "my_consent_question": _("a question about what to expect"),
    "my_consent_signature": _("signing their consent"),
    "my_consent_withdrawal": _("taking their consent back"),
    "my_consent_pdf": _("their signed consent"),
    "course_consent": _("the consent of a course of care"),
    "consent_offer": _("offering a consent"),
    "consent_chapter": _("what to expect, together"),
    "consent_question": _("a question about what to expect, together"),
    "consent_signature": _("a person's signature, in person"),
    "consent_withdrawal": _("a consent that is taken back"),
    "consent_heard": _("taking on that a consent was taken back"),
    "consent_pdf": _("a signed consent"),
    # end of consent
    # preparation
    "my_intentions": _("what they hope for"),
    "my_intention": _("what they hope for"),
    "my_wishes": _("what they wish at a dose"),
    "intentions": _("what a person hopes for"),
    "intention_together": _("writing down what a person hopes for"),
    "wishes_together": _("writing down what a person wishes at a dose"),
    # end of preparation
    # work-up
    "workup": _("the work-up before the first dose"),
    "workup_item": _("an item of the work-up"),
    # end of work-up
    # calendar
    "calendar": _("the calendar"),
    "appointment": _("an appointment"),
    "appointment_new": _("booking an appointment"),
    "appointment_move": _("moving an appointment"),
    "appointment_cancel": _("cancelling an appointment"),
    "appointment_change": _("an appointment"),
    "own_appointments": _("their own appointments"),
    # end of calendar
    # session
    "session": _("a dosing session"),
    "staffing_rule": _("the practice's limits for the staffing of sessions"),
    "who_watches": _("who watches whom in dosing sessions"),
    "session_group": _("which group a dosing session is of"),
    "group": _("a group of dosing sessions"),
    "group_tell": _("an entry for everybody of a group"),
    "session_new": _("opening a dosing session"),
    "session_watch": _("a dosing session, on a second screen"),
    "chair_board": _("the chair board"),
    "chair_board_part": _("the chair board, live"),
    "session_part": _("a dosing session, live"),
    "session_record": _("an entry in a dosing session"),
    "session_order": _("the order of a dose"),
    "session_check": _("the second check of an order"),
    "session_gate": _("the gate before the dose"),
    "session_second_word": _("the word of a second clinician"),
    "session_leave": _("going home after a dosing session"),
    "session_end": _("how a dosing session ended other than by a discharge"),
    "session_instructions": _("what a person takes home after a dose"),
    "session_log": _("the log of a dosing session"),
    "session_correct": _("correcting an entry in a dosing session"),
    "service_worker": _("what a device keeps to work without a network"),
    "bedside_offline": _("the page of the bedside without a network"),
    "session_deliver": _("what a device had kept of a dosing session"),
    "session_pass": _("the right of a device to write into a dosing session"),
    "session_tablets": _("the devices that may write into a dosing session"),
    "session_papers": _("the papers of a dosing session"),
    "session_summary_file": _("the summary of a dosing session, as a file"),
    "session_rems": _("the REMS form of a dosing session"),
    "session_rems_file": _("the REMS form of a dosing session, as a file"),
    "session_coding": _("times and units of a dosing session"),
    "session_coding_file": _("times and units of a dosing session, as a file"),
    "drug_codes": _("the practice's own codes of drugs"),
    "session_call": _("the call on the day after a dose"),
    "incidents": _("the list of unwanted events"),
    "remote_switch": _("whether people are dosed at home"),
    "session_chaperone": _("the chaperone of a session at a distance"),
    "chaperone": _("the page of a chaperone"),
    "chaperone_link": _("the link of a chaperone"),
    "incidents_file": _("the list of unwanted events, as a file"),
    "incident": _("an unwanted event"),
    "incident_report": _("the report of a serious event"),
    "own_summary_file": _("their own summary of a dosing session, as a file"),
    "own_session": _("what to do after their own dosing session"),
    # end of session
    # pharmacy
    "drug_book": _("the drug book"),
    "drug_book_register": _("the register of the drug book"),
    "drug_book_csv": _("the register of the drug book, as a file"),
    "drug_book_enter": _("an entry for the drug book"),
    "drug_book_entry": _("an entry of the drug book"),
    "drug_book_witness": _("witnessing in the drug book"),
    "session_supply": _("where the drug of a dosing session comes from"),
    # end of pharmacy
    # response and relief
    "course_measures": _("what is asked when in a course of care"),
    "measure_follow_up": _("following up a measure that was missed"),
    # end of response and relief
    # integration
    "integration": _("integration in a course of care"),
    "integration_new": _("the form for an integration visit"),
    "integration_visit": _("the note of an integration visit"),
    "my_practices": _("their practices for daily life"),
    "my_practice_new": _("a new practice for daily life"),
    "my_practice": _("one of their practices for daily life"),
    "my_practice_tick": _("ticking a practice for daily life"),
    "journal": _("their own journal"),
    "journal_new": _("a new page of their journal"),
    "journal_entry": _("a page of their journal"),
    "my_visit": _("the note of an integration visit about them"),
    # end of integration
    # maintenance
    "maintenance": _("further doses and relapse watch"),
    "relapse_rule": _("declaring what counts as a relapse"),
    # end of maintenance
    # today
    "today": _("Today"),
    "today_list": _("Today"),
    # end of today
}


def action_words(action: str, page: str = "") -> str:
    """What was done, as a person would say it; an action without words is shown by its name, spelt out."""
    if action.startswith("page.") and action not in ACTIONS:
        action = "page"
    words = str(ACTIONS.get(action, _spelt_out(action)))
    if page and (action.startswith("page") or action in {"refused", "not-found"}):
        return f"{words}: {PAGES.get(page, _spelt_out(page))}"
    return words


def _spelt_out(name: str) -> str:
    return re.sub(r"[._-]+", " ", name)


def invitable_roles() -> list[Role]:
    """The roles that a practice can give."""
    return [role for role in rulebook().roles.values() if role.invitable]
