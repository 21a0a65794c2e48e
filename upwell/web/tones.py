"""Which tone, icon and word belong to a severity or a message; never colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Tone:
    """``name`` is the CSS modifier, ``icon`` the picture, ``word`` what is said."""

    name: str
    icon: str
    word: str | Promise = ""


MESSAGE_TONES: dict[str, Tone] = {
    "debug": Tone("", "info"),
    "info": Tone("", "info"),
    "success": Tone("good", "circle-check"),
    "warning": Tone("caution", "triangle-alert"),
    "error": Tone("danger", "octagon-alert"),
}

SEVERITY_TONES: dict[str, Tone] = {
    "information": Tone("information", "info", _("For information")),
    "caution": Tone("caution", "triangle-alert", _("Caution")),
    "relative": Tone("relative", "scale", _("Speaks against it")),
    "unknown": Tone("unknown", "circle-help", _("Not known")),
    "needs-decision": Tone("needs-decision", "user-check", _("Needs your decision")),
    "not-recommended": Tone("not-recommended", "octagon-alert", _("Not recommended")),
    "absolute": Tone("absolute", "octagon-alert", _("Must not go ahead")),
    "emergency": Tone("emergency", "siren", _("Emergency")),
}
