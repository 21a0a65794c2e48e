"""The course of care itself: its states, its page, and the chart."""
