"""The fields of the REMS form in words, for the page and the paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from upwell.pathway.papers.sheet import Section, isolated, sheet
from upwell.pathway.session.models import Session


def value_words(name: str, value: Any) -> str:
    """One field in words."""
    if value is None:
        return ""
    say = _pressure if name.startswith("bp-") else _SAYS.get(name)
    if say is not None:
        return say(value)
    return _yes(value) if isinstance(value, bool) else _moment(value)


def _dose(value: Any) -> str:
    dose = _("not known") if value["dose_mg"] is None else f"{value['dose_mg']:g} mg"
    return _("%(dose)s, %(n)d devices") % {"dose": dose, "n": value["devices"]}


def _sedation(value: Any) -> str:
    words = _("%(yes)s; lowest MOAA/S %(n)s")
    return words % {"yes": _yes(value["present"]), "n": f"{value['lowest_moaa_s']:g}"}


def _dissociation(value: Any) -> str:
    if "highest_cadss" not in value:
        return _yes(value["present"])
    words = _("%(yes)s; highest CADSS %(n)s")
    return words % {"yes": _yes(value["present"]), "n": f"{value['highest_cadss']:g}"}


def _concomitant(value: Any) -> str:
    return ", ".join(f"{key}: {_yes(one)}" for key, one in value.items())


def _minutes(value: Any) -> str:
    return _("%(n)d minutes") % {"n": value}


def _moment(value: str) -> str:
    return date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT")


def _yes(value: bool | None) -> str:
    return {True: _("yes"), False: _("no"), None: _("not answered")}[value]


def _pressure(value: dict[str, Any]) -> str:
    words = f"{value['bp_systolic_mmhg']:g}/{value['bp_diastolic_mmhg']:g} mmHg"
    minutes = value.get("minutes_after_first_dose")
    return (
        words
        if minutes is None
        else _("%(bp)s, %(n)d minutes after the first dose") % {"bp": words, "n": minutes}
    )


_SAYS: Mapping[str, Callable[[Any], str]] = {
    "dose": _dose,
    "sedation": _sedation,
    "dissociation": _dissociation,
    "concomitant": _concomitant,
    "total-minutes": _minutes,
}


def rems_sheet(session: Session, form: dict[str, Any], stands: str, at: datetime) -> dict[str, Any]:
    """The form as it stands on paper."""
    rows = [
        [one["title"], value_words(one["id"], one["value"]) or _("MISSING")]
        if one["status"] == "given"
        else [one["title"], _("MISSING")]
        for one in form["fields"]
    ]
    missing = [one["message"] for one in form["missing"]]
    due = form["due_at"]
    return sheet(
        title=form["title"],
        practice=session.practice,
        facts=[
            [_("Person"), isolated(session.patient.display_name)],
            [_("Record number"), session.patient.record_number],
            [_("Born"), str(session.patient.birth_date or "–")],
            [_("Practice"), isolated(session.practice.name)],
            [_("Day of the session"), date_format(localtime(session.opened_at), "DATE_FORMAT")],
            [
                _("Due"),
                date_format(localtime(datetime.fromisoformat(due)), "DATETIME_FORMAT") if due else "–",
            ],
            [_("Stands"), stands],
        ],
        sections=[Section(_("Monitoring"), facts=rows), Section(_("What is missing"), points=missing)],
        footer=f"{session.id} · {date_format(localtime(at), 'DATETIME_FORMAT')}",
        mark=_("This form is not complete.") if missing else "",
    )
