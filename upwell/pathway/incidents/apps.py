from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Unwanted events and their reports."""

    name = "upwell.pathway.incidents"
    label = "incidents"
