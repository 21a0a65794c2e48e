"""Preparation: intentions in one's own words."""
