from django.apps import AppConfig


class CalendarConfig(AppConfig):
    """The calendar."""

    name = "upwell.pathway.calendar"
    label = "calendar"
