"""The chart: conditions, medicines, allergies, observations, assessments, tasks and alerts."""
