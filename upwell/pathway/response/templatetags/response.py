"""Filters that call questionnaires by names that people use."""

from __future__ import annotations

from django import template

from upwell.pathway.response.words import for_patients, name_of

register = template.Library()
register.filter("for_patients", for_patients)
register.filter("instrument_title", name_of)
