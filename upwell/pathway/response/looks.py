"""Who looked at my record: the audit rows about a person's own charts, in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.access.roles import rulebook
from upwell.audit.models import AuditEntry
from upwell.base.actor import Actor

MOST_READ = 300
PAGE = "page"  # the door's row for a page that was opened

OPENED: dict[str, Promise] = {
    "chart": gettext_lazy("opened your chart"),
    "chart_section": gettext_lazy("opened your chart"),
    "assess": gettext_lazy("opened a questionnaire to fill it in with you"),
    "assessment": gettext_lazy("looked at answers of yours"),
    "alert": gettext_lazy("looked at a safety alert about you"),
    "alerts": gettext_lazy("looked at a safety alert about you"),
    "task": gettext_lazy("looked at a task about you"),
    "chart_scores": gettext_lazy("looked at scores of yours"),
    "patients": gettext_lazy("saw you in the list of patients"),
    "patient_merge": gettext_lazy("compared your chart with others"),
    "patient_merge_pair": gettext_lazy("compared your chart with another"),
    "patient_invite": gettext_lazy("opened the page that invites you here"),
    "patient_edit": gettext_lazy("opened your name and address to change them"),
    "patient_history": gettext_lazy("looked at earlier versions of your name and address"),
    # course
    "course": gettext_lazy("opened your course of care"),
    "course_new": gettext_lazy("opened the form that starts a course of care"),
    "course_move": gettext_lazy("opened a step of your course of care"),
    # end of course
    # referral
    "referral_new": gettext_lazy("opened the form of a referral for you"),
    "referrals": gettext_lazy("saw you in the list of referrals"),
    "referral": gettext_lazy("read a referral of yours"),
    # end of referral
    # screening
    "screening": gettext_lazy("opened your screening"),
    "screening_history": gettext_lazy("opened your screening"),
    "screening_lists": gettext_lazy("opened your screening"),
    "screening_trials": gettext_lazy("opened your screening"),
    "screening_vitals": gettext_lazy("opened your screening"),
    "screening_vitals_error": gettext_lazy("opened a measurement of yours"),
    "screening_suicide": gettext_lazy("opened questions about you, to ask them"),
    "screening_plan": gettext_lazy("opened your screening"),
    "screening_opinion": gettext_lazy("opened your screening"),
    "screening_decide": gettext_lazy("opened your screening"),
    "screening_past": gettext_lazy("opened your screening"),
    # end of screening
    # consent
    "course_consent": gettext_lazy("opened your consent"),
    "consent_chapter": gettext_lazy("read with you what to expect"),
    "consent_question": gettext_lazy("asked with you what you had understood"),
    "consent_signature": gettext_lazy("opened the page on which you sign"),
    "consent_withdrawal": gettext_lazy("opened the page that takes your consent back"),
    "consent_pdf": gettext_lazy("opened your signed consent"),
    # end of consent
    # preparation
    "intentions": gettext_lazy("read what you hope for"),
    "intention_together": gettext_lazy("opened the form to write down with you what you hope for"),
    "wishes_together": gettext_lazy("opened the form to write down with you what you wish at a dose"),
    # end of preparation
    # calendar
    "calendar": gettext_lazy("saw you in the calendar"),
    "appointment": gettext_lazy("looked at an appointment of yours"),
    "appointment_new": gettext_lazy("opened the form that books an appointment for you"),
    "appointment_move": gettext_lazy("opened an appointment of yours to move it"),
    "appointment_cancel": gettext_lazy("opened an appointment of yours to cancel it"),
    # end of calendar
    # session
    "session": gettext_lazy("opened your dosing session"),
    "session_new": gettext_lazy("opened the form that opens your dosing session"),
    "session_watch": gettext_lazy("watched your dosing session on a second screen"),
    "session_part": gettext_lazy("watched your dosing session"),
    "session_order": gettext_lazy("opened the order of your dose"),
    "session_gate": gettext_lazy("opened the questions before your dose"),
    "session_leave": gettext_lazy("opened the page for your way home"),
    "session_instructions": gettext_lazy("opened what you take home"),
    "session_log": gettext_lazy("read the log of your dosing session"),
    "session_correct": gettext_lazy("opened an entry of your dosing session to correct it"),
    # end of session
    # response and relief
    "course_measures": gettext_lazy("looked at what you are asked, and when"),
    "measure_follow_up": gettext_lazy("looked at a check-in that you had not answered"),
    # end of response and relief
    # integration
    "integration": gettext_lazy("looked at your integration"),
    "integration_new": gettext_lazy("opened the form for an integration visit with you"),
    "integration_visit": gettext_lazy("opened the note of an integration visit with you"),
    # end of integration
    # maintenance
    "maintenance": gettext_lazy("looked at your further doses and how relief lasts"),
    "relapse_rule": gettext_lazy("opened the rule by which a relapse is told"),
    # end of maintenance
    # today
    "today": gettext_lazy("saw you on their page for today"),
    "today_list": gettext_lazy("saw you on their page for today"),
    # end of today
}
DONE: dict[str, Promise] = {
    "assessment.recorded": gettext_lazy("entered answers of yours"),
    "assessment.asked": gettext_lazy("asked you to answer a questionnaire"),
    "assessment.request-cancelled": gettext_lazy("took a question back"),
    "assessment.marked-in-error": gettext_lazy("marked answers as entered in error"),
    "alert.acknowledged": gettext_lazy("took on a safety alert about you"),
    "alert.closed": gettext_lazy("wrote down what was done about a safety alert"),
    "task.finished": gettext_lazy("finished a task about you"),
    "patient.created": gettext_lazy("made your chart"),
    "demo.person-added": gettext_lazy("set your part in the demo up"),
    "patient.edited": gettext_lazy("changed your name, address or other details"),
    "patient.merged": gettext_lazy("joined two charts of yours"),
    "patient.merge-undone": gettext_lazy("parted two charts that were joined"),
    "patient-invitation.made": gettext_lazy("invited you to these pages"),
    "import.fhir.chart": gettext_lazy("brought records about you here from elsewhere"),
    "import.scores.chart": gettext_lazy("brought scores of yours here from elsewhere"),
    # course
    "course.opened": gettext_lazy("opened a course of care for you"),
    "course.moved": gettext_lazy("moved your course of care"),
    "course.treatment-chosen": gettext_lazy("chose what you are given, and how"),
    # end of course
    # referral
    "referral.made": gettext_lazy("wrote a referral to another practice for you"),
    "referral.answer-noted": gettext_lazy("read the answer to a referral of yours"),
    "referral.moved": gettext_lazy("worked on a referral of yours"),
    "referral.chart-made": gettext_lazy("made your chart, because you were referred"),
    "patient.log-in-passed-on": gettext_lazy("let you see your second chart with your own log-in"),
    "release.opened": gettext_lazy("opened what you had agreed to open to another practice"),
    "release.ended": gettext_lazy("ended what was open to another practice"),
    "alert.raised-at-linked": gettext_lazy("told your other practice of a safety alert, too"),
    # end of referral
    # screening
    "screening.opened": gettext_lazy("opened a screening for you"),
    "screening.filled": gettext_lazy("filled in your screening"),
    "screening.second-opinion": gettext_lazy("gave a second opinion on your screening"),
    "screening.decided": gettext_lazy("decided on your screening"),
    "vitals.recorded": gettext_lazy("entered measurements of yours"),
    "vitals.marked-in-error": gettext_lazy("marked a measurement of yours as entered in error"),
    # end of screening
    # consent
    "consent.offered": gettext_lazy("gave you the text about your treatment"),
    "consent.read": gettext_lazy("read the text about your treatment with you"),
    "consent.understood": gettext_lazy("went through the questions with you"),
    "consent.signed": gettext_lazy("was with you when you signed"),
    "consent.superseded": gettext_lazy("put a newer consent in place of an older one"),
    "consent.withdrawn": gettext_lazy("wrote down that you take your consent back"),
    "consent.withdrawal-heard": gettext_lazy("read that you took your consent back"),
    "consent.taken-out": gettext_lazy("saved your signed consent as a file"),
    # end of consent
    # preparation
    "intention.written": gettext_lazy("wrote down with you what you hope for"),
    "wishes.written": gettext_lazy("wrote down with you what you wish at a dose"),
    # end of preparation
    # calendar
    "appointment.booked": gettext_lazy("booked an appointment for you"),
    "appointment.moved": gettext_lazy("moved an appointment of yours"),
    "appointment.arrive": gettext_lazy("noted that you came"),
    "appointment.finish": gettext_lazy("noted that your appointment is over"),
    "appointment.cancel": gettext_lazy("cancelled an appointment of yours"),
    "appointment.miss": gettext_lazy("noted that you did not come"),
    "appointment.take-back": gettext_lazy("corrected a note on an appointment of yours"),
    # end of calendar
    # session
    "session.opened": gettext_lazy("opened your dosing session"),
    "session.watched": gettext_lazy("watched your dosing session"),
    "session.recorded": gettext_lazy("wrote something down in your dosing session"),
    "session.consequences-failed": gettext_lazy("wrote something down in your dosing session"),
    "session.set-aside": gettext_lazy("wrote something down in your dosing session"),
    # end of session
    # response and relief
    "measures.planned": gettext_lazy("planned what you are asked, and when"),
    "measure.followed-up": gettext_lazy("asked after a check-in that you had not answered"),
    # end of response and relief
    # integration
    "integration.visit-saved": gettext_lazy("wrote about an integration visit with you"),
    "integration.visit-signed": gettext_lazy("signed the note of an integration visit with you"),
    "integration.visit-added-to": gettext_lazy("added to the note of an integration visit with you"),
    "integration.visit-marked-in-error": gettext_lazy(
        "marked the note of an integration visit as entered in error"
    ),
    "daily-practice.added": gettext_lazy("added a practice for daily life that you agreed on"),
    # end of integration
    # maintenance
    "relapse-rule.declared": gettext_lazy("declared what will count as a relapse"),
    "relapse.seen": gettext_lazy("saw that low mood has come back, by the rule declared beforehand"),
    # end of maintenance
    # today
    # end of today
}


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look: who, in which role, what, on which day, and how often that day."""

    name: str
    role: str
    what: str
    day: date
    times: int


def looks_at(actor: Actor) -> list[AuditEntry]:
    """The latest audit rows about the person's own charts, their own steps left out."""
    rows = AuditEntry.objects.filter(patient_id__in=actor.patient_ids).exclude(account_id=actor.account_id)
    return list(rows.exclude(action=f"{PAGE}.POST").order_by("-at")[:MOST_READ])


def look_lines(entries: Iterable[AuditEntry]) -> list[LookLine]:
    """The rows in words, the same look of one person on one day told once."""
    counted: dict[tuple[str, str, str, date], int] = {}
    for entry in entries:
        key = (_name(entry), _roles(entry), _what(entry), localdate(entry.at))
        counted[key] = counted.get(key, 0) + 1
    return [LookLine(*key, times) for key, times in counted.items()]


def _name(entry: AuditEntry) -> str:
    return _("Upwell itself") if entry.actor_kind == "system" else entry.actor_name


def _roles(entry: AuditEntry) -> str:
    known = rulebook().roles
    return ", ".join(known[role].title for role in entry.roles if role in known)


def _what(entry: AuditEntry) -> str:
    if entry.action == PAGE:
        return str(OPENED.get(entry.object_type, _("looked at your record")))
    return str(DONE.get(entry.action, _("worked on your record")))
