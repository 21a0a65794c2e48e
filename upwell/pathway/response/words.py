"""How scores and their change are put into words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from upwell.base.errors import NotFound
from upwell.knowledge.instrument import Instrument, Limit
from upwell.knowledge.loader import load_instrument
from upwell.pathway.response.scored import Scored
from upwell.science.scoring import Point
from upwell.science.scoring.change import (
    BASELINE_ZERO,
    IMPROVED,
    INSIDE_RECALL_WINDOW,
    UNCHANGED,
    WORSENED,
)
from upwell.web.charts import number

RESPONSE = gettext_lazy("Response")
REMISSION = gettext_lazy("Remission")
RELIABLE = gettext_lazy("Reliable change")
NOTICEABLE = gettext_lazy("Change that people notice")

_WAYS: dict[str, tuple[Promise, str]] = {
    IMPROVED: (gettext_lazy("better"), "good"),
    WORSENED: (gettext_lazy("worse"), "danger"),
    UNCHANGED: (gettext_lazy("no"), ""),
}


BY_CONSTRUCT: dict[str, Promise] = {
    "depression": gettext_lazy("Mood"),
    "anxiety": gettext_lazy("Worry"),
    "right-now": gettext_lazy("How you are right now"),
    "suicide-risk": gettext_lazy("Your safety"),
}


def for_patients(instrument_id: str) -> str:
    """What a questionnaire is about, in one everyday word."""
    try:
        known = load_instrument(instrument_id)
    except NotFound:
        return instrument_id
    return str(BY_CONSTRUCT.get(known.construct, known.title))


ASKED_OF_PATIENTS: dict[str, Promise] = {
    "depression": gettext_lazy("Tell us how your mood has been"),
    "anxiety": gettext_lazy("Tell us how much worry you have had"),
    "right-now": gettext_lazy("Tell us how you are right now"),
    "suicide-risk": gettext_lazy("Answer a few questions about your safety"),
}


def asked_words(instrument_id: str) -> str:
    """What a person is asked to do, as a sentence."""
    try:
        construct = load_instrument(instrument_id).construct
    except NotFound:
        construct = ""
    return str(
        ASKED_OF_PATIENTS.get(construct, _("Answer: %(what)s") % {"what": for_patients(instrument_id)})
    )


def name_of(instrument_id: str) -> str:
    """What clinicians call it; what is not known here any more keeps its id."""
    try:
        return load_instrument(instrument_id).name
    except NotFound:
        return instrument_id


def limit(rule: Limit) -> str:
    """A published number in words; where none was recovered, that is said."""
    if rule.percent_fall_at_least is not None:
        return _("a change of %(n)s %% or more for the better") % {"n": number(rule.percent_fall_at_least)}
    if rule.at_least is not None:
        return _("%(n)s points or more") % {"n": number(rule.at_least)}
    if rule.below is not None:
        return _("below %(n)s") % {"n": number(rule.below)}
    if rule.at_most is not None:
        return _("%(n)s or less") % {"n": number(rule.at_most)}
    return _("no published number")


def remission_line(rule: Limit) -> str:
    """The name of the line to reach."""
    return _("Remission: %(limit)s") % {"limit": limit(rule)}


def yes_no(judged: bool | None, rule: Limit, unclear: str | None) -> tuple[str, str]:
    """Whether a rule is met, and in which tone that is shown; "not computed" is never "no"."""
    if judged is None:
        return _not_computed(rule, unclear), ""
    return (_("yes"), "good") if judged else (_("not reached"), "")


def way(judged: str | None, rule: Limit, unclear: str | None) -> tuple[str, str]:
    """Which way a change goes beyond the limit."""
    if judged is None:
        return _not_computed(rule, unclear), ""
    said, tone = _WAYS[judged]
    return str(said), tone


def _not_computed(rule: Limit, unclear: str | None) -> str:
    if limit(rule) == _("no published number"):
        return _("not known")
    if unclear == INSIDE_RECALL_WINDOW:
        return _("too soon to say")
    return _("not computed")


def why_not(instrument: Instrument, last: Point | None) -> str:
    """Why the change was not judged, or not in full; empty where it was."""
    if last is None:
        return _("Nothing could be scored yet.")
    if last.is_baseline:
        return _("The first score: there is nothing to compare it with yet.")
    if last.why_not == INSIDE_RECALL_WINDOW:
        words = _(
            "The questions look back %(days)d days: a score sooner than that after the first is not judged."
        )
        return words % {"days": instrument.recall_days}
    if last.why_not == BASELINE_ZERO:
        return _("The first score was 0, so no share of it can be computed.")
    return ""


def change(point: Point | None) -> str:
    """The change since the first score: points, and per cent of it."""
    if point is None or point.is_baseline or point.change is None:
        return ""
    points = _signed(point.change)
    if not point.percent_change:
        return points
    return f"{points} ({_signed(round(point.percent_change))}\u00a0%)"  # a line may break after the points


def _signed(value: float) -> str:
    if value == 0:
        return "±0"
    return f"{'+' if value > 0 else '−'}{number(abs(value))}"


def reached(point: Point | None) -> tuple[str, ...]:
    """What a later score has reached, to be marked on its point of the line."""
    if point is None or point.is_baseline:
        return ()
    said = [
        _("response") if point.response else "",
        _("remission") if point.remission and point.change is not None and point.why_not is None else "",
        _("reliably better") if point.reliable_change == IMPROVED else "",
        _("reliably worse") if point.reliable_change == WORSENED else "",
    ]
    return tuple(filter(None, said))


def marks(one: Scored, point: Point | None, place: str = "") -> tuple[str, ...]:
    """What must be said beside a score: what it rests on, and where it comes from if not from here."""
    said = [
        _("at %(place)s") % {"place": place} if place else "",
        _("first score") if point is not None and point.is_baseline else "",
        _("prorated") if one.status == "imputed" else "",
        _("no score: items missing") if one.total is None else "",
        _origin(one),
        _("date assumed") if one.date_assumed else "",
        _("overlaps") if point is not None and point.overlaps_previous else "",
    ]
    return tuple(filter(None, said))


def _origin(one: Scored) -> str:
    if one.origin == "history":
        return _("history from %(source)s") % {"source": one.source} if one.source else _("history")
    return ""
