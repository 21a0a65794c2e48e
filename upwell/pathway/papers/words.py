"""Where a REMS form stands, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.pathway.papers.rules import State

STATES: Mapping[State, str | Promise] = {
    State.DUE: _("something is missing"),
    State.COMPLETE: _("complete, to be submitted"),
    State.SUBMITTED: _("submitted"),
}
