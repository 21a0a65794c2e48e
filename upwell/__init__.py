"""Upwell: a care platform for ketamine-assisted psychotherapy for depression."""

__version__ = "0.1.0"
