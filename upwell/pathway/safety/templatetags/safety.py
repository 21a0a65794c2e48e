"""Filters that call alerts and tasks by their names."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from upwell.base.clock import now
from upwell.knowledge.triage import load_triage
from upwell.pathway.safety import words
from upwell.pathway.safety.crisis import telephone
from upwell.pathway.safety.words import QUIETER, level_title, task_title, title_of
from upwell.record.models import Alert, AssessmentRequest, Task
from upwell.science.rules.suicide import read_screen

register = template.Library()
register.filter("alert_title", title_of)
register.filter("level_title", level_title)
register.filter("task_title", task_title)
register.filter("telephone", telephone)


@register.filter
def is_quieter(kind: str) -> bool:
    """Whether an alert is shown in the tone of a review."""
    return kind in QUIETER


@register.filter
def is_unheard(alert: Alert) -> bool:
    """Whether nobody has taken an alert on by its time."""
    return alert.is_unheard(now())


@register.filter
def is_late(alert: Alert) -> bool:
    """Whether somebody took an alert on, and it is still open past the time for that."""
    return alert.is_late(now())


@register.filter
def screen_says(screen: AssessmentRequest | None) -> str:
    """What came of the screen that an alert asked for."""
    if screen is None:
        return ""
    if screen.assessment is None:
        return _("Asked on the person's own page, not answered yet.")
    if screen.assessment.entered_in_error:
        return _("Answered, and marked as entered in error.")
    read = read_screen(screen.assessment.instrument, screen.assessment.result, load_triage())
    if read is None or read.level is None:
        return _("Answered in part: no level is proven.")
    level = level_title(read.level.id)
    if not read.is_complete:
        return _("Answered in part: at least %(level)s.") % {"level": level}
    return _("Answered: %(level)s.") % {"level": level}


@register.filter
def task_sentence(task: Task) -> str:
    """What a task is about, where its title does not say it all."""
    return words.task_sentence(task.kind, task.detail)
