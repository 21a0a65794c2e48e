"""Filters that call alerts and tasks by their names."""

from __future__ import annotations

from django import template

from upwell.pathway.safety import words
from upwell.pathway.safety.crisis import telephone
from upwell.pathway.safety.words import QUIETER, alert_title, task_title
from upwell.record.models import Task

register = template.Library()
register.filter("alert_title", alert_title)
register.filter("task_title", task_title)
register.filter("telephone", telephone)


@register.filter
def is_quieter(kind: str) -> bool:
    """Whether an alert is shown in the tone of a review."""
    return kind in QUIETER


@register.filter
def task_sentence(task: Task) -> str:
    """What a task is about, where its title does not say it all."""
    return words.task_sentence(task.kind, task.detail)
