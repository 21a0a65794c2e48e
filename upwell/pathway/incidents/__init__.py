"""Unwanted events, near misses and deviations: a list to learn from, and the reports that a serious event opens."""
