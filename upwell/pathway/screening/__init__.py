"""Screening: is this treatment right for this person, now? Findings with reasons; the prescriber decides."""
