"""How further doses and the relapse watch are put into words."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from upwell.pathway.maintenance.queries import Maintenance, Standing
from upwell.science.measures.dosing import NOT_PRINTED, SERIES_OVER
from upwell.science.measures.relapse import BEFORE, KEPT, NO_BASELINE, NOT_REACHED


def next_dose_words(shown: Maintenance) -> str:
    """When the next dose falls, and why; "not known" where the protocol prints nothing."""
    window = shown.window
    if window is None:
        return _("Not known: no protocol was chosen for this course of care.")
    if window.earliest is None or window.latest is None:
        words = {
            NOT_PRINTED: _("Not known: this protocol prints no frequency here. The prescriber decides."),
            SERIES_OVER: _(
                "The series that this protocol prints is over. The prescriber decides what follows."
            ),
        }
        return words.get(window.why_not, _("Not known."))
    first, last = date_format(window.earliest, "DATE_FORMAT"), date_format(window.latest, "DATE_FORMAT")
    if not shown.doses:
        return _("The first dose can be given.")
    if first == last:
        return _("On %(first)s.") % {"first": first}
    return _("Between %(first)s and %(last)s.") % {"first": first, "last": last}


def weeks_words(weeks: int | None) -> str:
    """Whole weeks since the last dose."""
    if weeks is None:
        return _("no dose yet")
    if weeks == 0:
        return _("less than a week ago")
    return ngettext("%(n)d week ago", "%(n)d weeks ago", weeks) % {"n": weeks}


def watch_words(stands: Standing | None) -> str:
    """How the declared rule stands, in a sentence."""
    if stands is None:
        return _("No rule is declared: nothing is watched.")
    if stands.watch is None:
        return _("It is watched from the first dose on.")
    if stands.watch.relapse is not None:
        return _("The rule is met: this counts as a relapse.")
    if stands.watch.why_not == BEFORE:
        return _(
            "The scores so far would meet it, but they are from before the rule counts. The next one counts."
        )
    if stands.watch.run:
        count = len(stands.watch.run)
        words = ngettext(
            "%(n)d of %(all)d scores in a row meets it.", "%(n)d of %(all)d scores in a row meet it.", count
        )
        return words % {"n": count, "all": stands.rule.consecutive}
    words_by = {
        NO_BASELINE: _("It can't be met: there is no score from before the first dose to compare with."),
        NOT_REACHED: _("It can't be met yet. Before that, it needs %(needs)s.")
        % {"needs": stands.rule.needs},
        KEPT: _("Not met: what was gained is kept."),
    }
    return words_by.get(stands.watch.why_not, _("Not met."))
