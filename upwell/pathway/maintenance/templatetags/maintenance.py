"""Filters that put further doses into words."""

from __future__ import annotations

from django import template

from upwell.pathway.maintenance.words import weeks_words

register = template.Library()
register.filter("weeks_words", weeks_words)
