"""Moments as people say them, in templates."""

from __future__ import annotations

from django import template

from upwell.base.clock import now
from upwell.pathway.when_words import day_words, when_words

register = template.Library()
register.filter("when_words", when_words)
register.filter("in_words", lambda moment: when_words(moment, now()))
register.filter("day_words", day_words)
