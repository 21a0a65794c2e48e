"""What speaks for it: the indication, how severe it is, what was tried, and what is known not to be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from upwell.knowledge.gates.loader import load_fact_book
from upwell.knowledge.screening import load_asked
from upwell.pathway.screening.told import NO, answered
from upwell.pathway.screening.weighing import DEPRESSION, Weighed, has
from upwell.record.facts.measures import OnRecord
from upwell.science.rules.reading import read_facts

RULES_OUT = "rules-out"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that speaks for it, with where that is known from."""

    words: str
    detail: str = ""


def points_for(weighed: Weighed, phq9: OnRecord | None, told: Mapping[str, Any]) -> list[Point]:
    """What speaks for it; empty where nothing on record does."""
    case = read_facts(weighed.facts, load_fact_book())
    found: list[Point] = []
    if depression := has(DEPRESSION, case):
        found.append(Point(_("Depression is on record."), depression.display))
    if phq9 is not None and phq9.total is not None:
        words = _("PHQ-9 %(total)s: %(band)s.") % {"total": f"{phq9.total:g}", "band": phq9.band_label}
        found.append(Point(words, _("answered %(day)s") % {"day": date_format(phq9.at, "DATE_FORMAT")}))
    found += _tried(weighed.result)
    questions = load_asked().questions
    denied = [
        questions[name].short
        for name, yes in answered(told).items()
        if questions[name].group == RULES_OUT and not yes and questions[name].good == NO
    ]
    if denied:
        found.append(Point(_("Asked, and not there."), "; ".join(denied)))
    return found


def _tried(result: Mapping[str, Any]) -> list[Point]:
    staging = result["staging"]
    failed = [one["drug"] for one in result["trials"] if one["failed"] is True]
    found = []
    if staging["regulatory_trd"] is True:
        words = _(
            "Treatment-resistant by the regulators' rule: two or more adequate trials failed in this episode."
        )
        found.append(Point(words, ", ".join(failed)))
    elif failed:
        found.append(
            Point(_("A treatment at an adequate dose and time did not help enough."), ", ".join(failed))
        )
    maudsley = staging["maudsley"]
    if maudsley["score"] is not None:
        found.append(
            Point(
                _("Maudsley staging: %(score)s, %(band)s resistance.")
                % {"score": maudsley["score"], "band": maudsley["band"]}
            )
        )
    return found
