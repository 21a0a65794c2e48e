"""Who is there: one monitor for several chairs, groups, the practice's own limits."""
