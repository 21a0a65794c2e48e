from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The practice's own pages: registration, staff, chairs, log-in doors."""

    name = "upwell.office"
    label = "office"
