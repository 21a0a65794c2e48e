"""Who the chart is about, and what stands against starting a course of care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.base.finding import Finding
from upwell.knowledge.loader import load_age_rule
from upwell.pathway.course.lines import day_words, moment_words
from upwell.pathway.course.rules import may_start_course
from upwell.people.models import Patient
from upwell.people.rules import possible_ages
from upwell.web.dates import date_words


@dataclass(frozen=True, slots=True)
class Identity:
    """What stands in the head of a chart."""

    born: str
    age: str
    sex: str
    died: str
    is_minor: bool
    address: str
    origin: str
    against_course: tuple[Finding, ...]


def identity_of(patient: Patient, at: date) -> Identity:
    """The head of a chart, on the day ``at``."""
    rule = load_age_rule()
    against = may_start_course(patient.birth_date, patient.birth_date_precision, patient.deceased, at, rule)
    return Identity(
        born=_born(patient),
        age=_age(patient, at),
        sex=patient.get_sex_display(),
        died=_died(patient),
        is_minor=any(finding.rule == rule.rule for finding in against) and not patient.deceased,
        address=_address(patient),
        origin=_("from %(source)s") % {"source": patient.source} if patient.source else "",
        against_course=tuple(against),
    )


def _born(patient: Patient) -> str:
    if patient.birth_date is None:
        return ""
    shapes = {"year": f"{patient.birth_date:%Y}", "month": day_words(f"{patient.birth_date:%Y-%m}")}
    return shapes.get(patient.birth_date_precision) or date_words(patient.birth_date, "DATE_FORMAT")


def _age(patient: Patient, at: date) -> str:
    """The age on a day (of death, where there was one); two ages where the birth date is not known to the day."""
    if patient.birth_date is None:
        return ""
    if patient.deceased and patient.deceased_at is None:
        return ""
    day = patient.deceased_at.date() if patient.deceased_at is not None else at
    youngest, oldest = possible_ages(patient.birth_date, patient.birth_date_precision, day)
    if youngest == oldest:
        return ngettext("%(n)d year", "%(n)d years", oldest) % {"n": oldest}
    return _("%(youngest)d or %(oldest)d years") % {"youngest": youngest, "oldest": oldest}


def _died(patient: Patient) -> str:
    if not patient.deceased:
        return ""
    day = moment_words(patient.deceased_at, "")
    return _("died %(day)s") % {"day": day} if day else _("has died")


def _address(patient: Patient) -> str:
    place = " ".join(filter(None, [patient.postal_code, patient.city]))
    return ", ".join(filter(None, [patient.address_line, place, patient.state, patient.country]))
