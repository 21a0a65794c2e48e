"""What alerts and tasks are called, for people."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from upwell.record.rules import SUICIDE_ITEM, SUICIDE_ITEM_UNANSWERED

ALERT_TITLES: dict[str, Promise] = {
    SUICIDE_ITEM: _("Thoughts of being better off dead or of self-harm"),
    SUICIDE_ITEM_UNANSWERED: _("Suicide question not answered: ask the same day"),
}
QUIETER = frozenset({SUICIDE_ITEM_UNANSWERED})  # shown in the tone of a review, not of an alarm

TASK_TITLES: dict[str, Promise] = {
    "review-imported-item-9": _("Look at imported answers to the suicide question"),
}


def alert_title(kind: str) -> str:
    """What an alert is about."""
    return str(ALERT_TITLES.get(kind, _("Safety alert")))


def task_title(kind: str) -> str:
    """What is to be done."""
    return str(TASK_TITLES.get(kind, _("Task")))
