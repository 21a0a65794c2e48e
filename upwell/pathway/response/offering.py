"""Which questionnaires have a form: by staff on one page, or by patients on their phone."""

from __future__ import annotations

from django.utils.translation import gettext as _

from upwell.base.errors import RefusedByRule
from upwell.knowledge.edition import kept
from upwell.knowledge.instrument import Instrument, Item
from upwell.knowledge.loader import known_instruments, load_instrument
from upwell.knowledge.triage import load_triage

FIRST = ("phq-9", "gad-7")  # what every course of care is measured by: one click away on the chart
GIVEN_FROM_OUTSIDE = "context."


def why_no_form(instrument: Instrument) -> str:
    """Why answers can't be entered here yet, in words; empty where they can."""
    if instrument.id in load_triage().readings:  # what its answers do is known: see upwell/record/triage.py
        return ""
    if instrument.level is not None:
        return _(
            "%(name)s decides what must be done for somebody's safety, and Upwell has no form yet that acts on its"
            " answers. Ask it from the printed instrument, act on it, and write down what was done when you close the"
            " alert or in your own notes."
        ) % {"name": instrument.name}
    if not _is_plain(instrument):
        return _(
            "%(name)s has questions that this page can't ask yet, such as ones that depend on other answers, or a"
            " line to mark. Use the printed instrument for now. Nothing was stored."
        ) % {"name": instrument.name}
    return ""


def why_not_asked(instrument: Instrument) -> str:
    """Why a patient can't be asked on their phone, in words; empty where they can."""
    if why := why_no_form(instrument):
        return why
    if instrument.respondent != "patient":
        return _("%(name)s is rated by staff, so that a patient can't be asked for it.") % {
            "name": instrument.name
        }
    if not instrument.has_wording:
        return _(
            "The questions of %(name)s may not be shown here: its text is licensed. A patient would see numbers"
            " without questions. Let them fill it in on paper, and enter the answers."
        ) % {"name": instrument.name}
    return ""


def refuse_without_form(instrument: Instrument) -> None:
    """Stop before a form that would work by halves."""
    if why := why_no_form(instrument):
        raise RefusedByRule(why)


def refuse_to_ask(instrument: Instrument) -> None:
    """Stop before a patient is asked what their phone can't show."""
    if any(one is instrument for one in asked_of_patients()):
        return
    if why := why_not_asked(instrument):
        raise RefusedByRule(why)


@kept
def entered_by_staff() -> tuple[Instrument, ...]:
    """What staff can enter, the ones of every course of care first."""
    return tuple(one for one in _in_order() if not why_no_form(one))


@kept
def asked_of_patients() -> tuple[Instrument, ...]:
    """What patients can be asked for, in the same order."""
    return tuple(one for one in _in_order() if not why_not_asked(one))


def _in_order() -> list[Instrument]:
    others = sorted((load_instrument(one) for one in known_instruments() if one not in FIRST), key=_title)
    return [*map(load_instrument, FIRST), *others]


def _title(instrument: Instrument) -> str:
    return instrument.name.casefold()


def _is_plain(instrument: Instrument) -> bool:
    """Every question is asked, and each has a list of numbers to choose from."""
    conditions = [row.when for step in instrument.steps for row in step.rows]
    conditions += [flag.when for flag in instrument.flags]
    from_outside = any(name.startswith(GIVEN_FROM_OUTSIDE) for one in conditions for name in one.names())
    return not (from_outside or instrument.one_of) and all(map(_is_a_list_of_numbers, instrument.items))


def _is_a_list_of_numbers(item: Item) -> bool:
    return (
        item.asked_when is None
        and item.scale is None
        and bool(item.responses)
        and all(
            isinstance(one.value, int | float)
            and not isinstance(one.value, bool)
            and not (one.no_answer or one.not_applicable)
            for one in item.responses
        )
    )
