"""The calendar: appointments, chairs, no double booking."""
