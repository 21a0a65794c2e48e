"""Going home, as the page shows it: each criterion with what stands against it, both clocks, and one verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from upwell.base.minutes import first_full_minute
from upwell.knowledge.edition import kept
from upwell.knowledge.gates.loader import load_gates, load_monitoring, load_rule_set
from upwell.pathway.session.late import KIND_OF
from upwell.pathway.session.words import CRITERIA

MET, NOT_MET, NOT_ASSESSED = "met", "not-met", "not-assessed"
STATUS: Mapping[str, tuple[str | Promise, str, str]] = {
    MET: (gettext_lazy("met"), "good", "circle-check"),
    NOT_MET: (gettext_lazy("not met"), "danger", "octagon-alert"),
    NOT_ASSESSED: (gettext_lazy("not yet assessed"), "caution", "circle-help"),
}
TIME_RULES = "discharge.time."


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion: what it is, where it stands, and why."""

    id: str
    words: str
    status: str
    status_words: str
    tone: str
    icon: str
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """All that the page says about going home. ``ready``: the gate says go, now."""

    ready: bool
    verdict: str
    criteria: tuple[CriterionLine, ...]
    first_at: datetime | None
    last_at: datetime | None
    since_first: int | None
    since_last: int | None
    minimum: float | None
    earliest_at: datetime | None
    late: tuple[str, ...]  # what the rules ask for because it takes so long
    wants_escort: bool


@kept
def _criterion_of() -> Mapping[str, str]:
    """Which criterion a rule of the gate is about."""
    rules = (rule for name in load_gates()["discharge"].rule_sets for rule in load_rule_set(name).rules)
    return {rule.id: rule.criterion for rule in rules if rule.criterion}


def leaving_of(says: Mapping[str, Any], *, to_ward: bool = False) -> Leaving:
    """What the gate says, in words."""
    clock = says["clock"]
    lines = tuple(_line(one, says) for one in says["criteria"])
    ready = says["outcome"] == "go" and clock["from_last_dose_at"] is not None
    return Leaving(
        ready=ready,
        verdict=_verdict(lines, ready=ready, dosed=clock["from_last_dose_at"] is not None, to_ward=to_ward),
        criteria=lines,
        first_at=_moment(clock["from_first_dose_at"]),
        last_at=_moment(clock["from_last_dose_at"]),
        since_first=_begun(clock["minutes_since_first_dose"]),
        since_last=_begun(clock["minutes_since_last_dose"]),
        minimum=clock["minimum_minutes"],
        earliest_at=earliest_of(says),
        late=tuple(
            one["message"] for one in says["findings"] if one["rule"] in KIND_OF and one["overridden"] is None
        ),
        wants_escort=any(one.id == "escort" for one in lines),
    )


def _begun(minutes: float | None) -> int | None:
    """Whole minutes that are over: a second before two hours is not two hours."""
    return None if minutes is None else floor(minutes)


def _line(one: Mapping[str, str], says: Mapping[str, Any]) -> CriterionLine:
    words, tone, icon = STATUS[one["status"]]
    why = [
        finding["message"]
        for finding in says["findings"]
        if finding["overridden"] is None and _about(finding["rule"]) == one["id"]
    ]
    return CriterionLine(
        id=one["id"],
        words=str(CRITERIA.get(one["id"], one["id"])),
        status=one["status"],
        status_words=str(words),
        tone=tone,
        icon=icon,
        why=tuple(dict.fromkeys(why)) if one["status"] in (NOT_MET, NOT_ASSESSED) else (),
    )


def _about(rule: str) -> str | None:
    return load_monitoring().criterion if rule.startswith(TIME_RULES) else _criterion_of().get(rule)


def _verdict(lines: tuple[CriterionLine, ...], *, ready: bool, dosed: bool, to_ward: bool) -> str:
    if not dosed:
        return _("Nothing was given so far.")
    if ready:
        return _("Everything that is asked for is met.")
    unmet = sum(one.status == NOT_MET for one in lines)
    unknown = sum(one.status == NOT_ASSESSED for one in lines)
    said = []
    if unmet:
        said.append(ngettext("%(n)d is not met", "%(n)d are not met", unmet) % {"n": unmet})
    if unknown:
        said.append(
            ngettext("%(n)d is not yet assessed", "%(n)d are not yet assessed", unknown) % {"n": unknown}
        )
    words = _("Not ready for the ward: %(what)s.") if to_ward else _("Not ready to go home: %(what)s.")
    return words % {"what": ", ".join(said) or _("a finding stands")}


def earliest_of(says: Mapping[str, Any]) -> datetime | None:
    """From when on the person may go, as a time of day that holds when the clock shows it."""
    moment = _moment(says.get("earliest_at"))
    return None if moment is None else first_full_minute(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
