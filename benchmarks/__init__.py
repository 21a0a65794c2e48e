"""Ours against peers, side by side in one run, ratios printed: ``make bench``."""
