"""The statuses of FHIR in people's words, and in which tone they are shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.base.codes import NOT_TO_BE_GIVEN

ACTIVE = ("active", "recurrence", "relapse")  # clinical statuses of a problem that is there now
CURRENT = ("active", "on-hold", "draft", "intended", "unknown", "")  # of a medicine that may be taken now

_WORDS: dict[str, tuple[Promise, str]] = {
    "active": (_("active"), "water"),
    "recurrence": (_("come back"), "water"),
    "relapse": (_("relapse"), "water"),
    "inactive": (_("inactive"), ""),
    "remission": (_("in remission"), "good"),
    "resolved": (_("resolved"), ""),
    "unconfirmed": (_("unconfirmed"), "caution"),
    "provisional": (_("provisional"), "caution"),
    "differential": (_("differential"), "caution"),
    "confirmed": (_("confirmed"), ""),
    "refuted": (_("ruled out"), "caution"),
    "entered-in-error": (_("entered in error"), "danger"),
    "on-hold": (_("on hold"), "caution"),
    "cancelled": (_("cancelled"), ""),
    "completed": (_("completed"), ""),
    "stopped": (_("stopped"), ""),
    "draft": (_("draft"), "caution"),
    "unknown": (_("not known"), ""),
    "intended": (_("intended"), ""),
    "not-taken": (_("not taken"), "caution"),
    "planned": (_("planned"), ""),
    "arrived": (_("arrived"), "water"),
    "triaged": (_("triaged"), "water"),
    "in-progress": (_("under way"), "water"),
    "onleave": (_("on leave"), ""),
    "finished": (_("finished"), ""),
    "registered": (_("registered"), ""),
    "preliminary": (_("preliminary"), "caution"),
    "final": (_("final"), ""),
    "amended": (_("amended"), "caution"),
    "corrected": (_("corrected"), "caution"),
    "high": (_("high risk"), "danger"),
    "low": (_("low risk"), ""),
    "unable-to-assess": (_("risk not assessed"), "caution"),
    "allergy": (_("allergy"), ""),
    "intolerance": (_("intolerance"), ""),
    "order": (_("order"), ""),
    "plan": (_("plan"), ""),
    "proposal": (_("proposal"), "caution"),
    NOT_TO_BE_GIVEN: (_("not to be given"), "danger"),
}


def status_badge(status: str) -> tuple[str, str]:
    """A status in words, and its tone; one that is not known is shown as it stands."""
    words, tone = _WORDS.get(status, (status, ""))
    return str(words), tone
