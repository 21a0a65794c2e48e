"""A signed consent as a PDF: the whole text, the answers, the signature. Made anew each time, always the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typst
from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from upwell.audit.actions import record
from upwell.base.actor import Actor
from upwell.pathway.consent.models import Consent, How
from upwell.pathway.consent.queries import Answered, answers_of
from upwell.pathway.consent.words import treatment_words
from upwell.pathway.local_time import local_time

TEMPLATE = Path(__file__).parent / "paper" / "consent.typ"
NO_GLYPH = "could not be displayed with font"  # as typst says it
LONG_WORD = re.compile(r"\S{30}(?=\S)")
MARK_WORDS = {"C": "local policy", "M": "not certain", "L": "not certain", "NR": "not known"}


def pdf_response(*, by: Actor, consent: Consent) -> HttpResponse:
    """The file to download; that it was taken out is on record."""
    made = consent_pdf(consent, answers_of(consent))
    record(
        "consent.taken-out",
        by=replace(by, practice_id=consent.practice_id),
        patient_id=consent.patient_id,
        object_type="consent",
        object_id=consent.id,
    )
    response = HttpResponse(made, content_type="application/pdf")
    name = f"consent-{consent.signed_at:%Y-%m-%d}-{str(consent.id)[-6:]}.pdf"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "no-store"
    return response


def consent_pdf(consent: Consent, answers: list[Answered]) -> bytes:
    """The PDF of a consent that was signed, tagged for screen readers (PDF/UA-1).

    The fonts come with the wheel (Latin, Greek, Cyrillic, Hebrew, Arabic); what is installed on the machine is used
    for other scripts. Where a letter is in no font, the paper says so, and is made without the promise of PDF/UA.
    """
    with local_time(consent.time_zone):
        data = paper_data(consent, answers)
    try:
        return _compiled(data, consent, standard="ua-1")
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
    data["note"] = _(
        "Some letters on this page can't be printed, because no font for them is installed."
        " They are kept on record as they were typed."
    )
    return _compiled(data, consent, standard=None)


def _compiled(data: dict[str, Any], consent: Consent, *, standard: Literal["ua-1"] | None) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, sys_inputs=inputs)
    made = compiler.compile(format="pdf", timestamp=_seconds(consent.signed_at), pdf_standards=standard)
    if not isinstance(made, bytes):
        raise TypeError("One document makes one file.")
    return made


def paper_data(consent: Consent, answers: list[Answered]) -> dict[str, Any]:
    """Everything that stands on the paper, as plain text."""
    text, zone = consent.text, consent.time_zone
    return {
        "title": _("Consent: %(what)s") % {"what": text["title"]},
        "practice": consent.practice.name,
        "language": text["language"],
        "letter": consent.practice.jurisdiction == "US",
        "footer": f"{text['document']} {text['version']} · {consent.sha256[:16]}",
        "facts": [
            [_("Person"), _isolated(consent.patient.display_name)],
            [_("Record number"), consent.patient.record_number],
            [_("Practice"), _isolated(consent.practice.name)],
            [_("Treatment"), treatment_words(consent.substance, consent.route)],
            [_("Text"), f"{text['document']}, {_('version')} {text['version']}"],
        ],
        "note": "",
        "withdrawn": _withdrawn(consent, zone),
        "chapters": text["chapters"],
        "questions": [_question(one) for one in answers],
        "numbers": _numbers(text),
        "statement": text["statement"],
        "signature": {"name": _isolated(consent.signed_name), "facts": _signature(consent, zone)},
        "sha256": consent.sha256,
        "words": {
            "questions": _("Questions after reading"),
            "questions_note": _("Each was answered right before the signature."),
            "numbers": _("Where the numbers come from"),
            "signature": _("Signature"),
            "hash": _("Fingerprint of this text (SHA-256)"),
        },
    }


def _signature(consent: Consent, zone: str) -> list[list[str]]:
    if consent.signed_how == How.IN_PERSON:
        how = _("typed by the person at the practice, together with %(name)s") % {
            "name": _isolated(consent.explained_by_name)
        }
    else:
        how = _("typed by the person on their own device, with their own log-in")
    return [
        [_("Signed on"), zoned(consent.signed_at, zone)],
        [_("How"), how],
        [_("In force until"), zoned(consent.expires_at, zone)],
    ]


def _withdrawn(consent: Consent, zone: str) -> str:
    if consent.withdrawn_at is None:
        return ""
    return _("This consent was taken back on %(when)s. It is not in force.") % {
        "when": zoned(consent.withdrawn_at, zone)
    }


def _question(one: Answered) -> dict[str, str]:
    right = next(c["text"] for c in one.question["choices"] if c["id"] == one.question["right"])
    if not one.wrong:
        said = _("Right at the first try.")
    else:
        said = _("First answered: %(wrong)s. Then right.") % {"wrong": "; ".join(one.wrong)}
    return {"text": one.question["text"], "right": right, "said": said}


def _numbers(text: dict[str, Any]) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for chapter in text["chapters"]:
        for fact in chapter["facts"]:
            sources = "; ".join(fact["sources"])
            mark = MARK_WORDS.get(fact["mark"], "")
            source = f"{sources} ({mark})" if mark else sources
            found[fact["label"]] = {
                "label": fact["label"],
                "text": fact["text"] or "not known",
                "source": source,
            }
    return list(found.values())


def zoned(at: datetime | None, zone: str) -> str:
    """A moment with its zone, so that it can't be misread elsewhere."""
    if at is None:
        return ""
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local, zone = at.astimezone(ZoneInfo("UTC")), "UTC"
    offset = local.strftime("%z")
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M} ({zone}, UTC{offset[:3]}:{offset[3:]})"


def _isolated(name: str) -> str:
    """A name keeps its own direction, whatever stands around it; one without spaces may break over lines."""
    broken = LONG_WORD.sub(lambda found: f"{found.group()}\u200b", name)
    return f"\u2068{broken}\u2069"


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at is not None else 0
