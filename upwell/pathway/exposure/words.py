"""Routes, substances and states of knowledge in people's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.knowledge.mechanism import ClaimState

SUBSTANCES: dict[str, Promise] = {"esketamine": _("Esketamine"), "racemic-ketamine": _("Racemic ketamine")}
OWN_SUBSTANCES: dict[str, Promise] = {"esketamine": _("Esketamine"), "racemic-ketamine": _("Ketamine")}
ROUTES: dict[str, Promise] = {
    "iv": _("into a vein"),
    "im": _("into a muscle"),
    "sc": _("under the skin"),
    "sublingual": _("under the tongue"),
    "oral": _("by mouth"),
    "intranasal": _("by nose"),
    "rectal": _("by rectum"),
}
ANCESTRIES: dict[str, Promise] = {
    "non-asian": _("not Asian"),
    "asian": _("Asian, other than Japanese"),
    "japanese": _("Japanese"),
}
ANALYTES: dict[str, Promise] = {
    "ketamine": _("ketamine"),
    "norketamine": _("norketamine"),
    "hydroxynorketamine": _("hydroxynorketamine"),
}
SITES: dict[str, Promise] = {
    "venous": _("blood from a vein"),
    "arterial": _("blood from an artery"),
    "not-reported": _("place of sampling not known"),
}
CLAIMS: dict[ClaimState, tuple[Promise, str, str]] = {
    ClaimState.KNOWN: (_("known"), "good", "circle-check"),
    ClaimState.LIKELY: (_("likely"), "water", "circle-dot"),
    ClaimState.CONTESTED: (_("contested"), "caution", "scale"),
    ClaimState.UNKNOWN: (_("not known"), "decision", "circle-help"),
}
