from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """Screening."""

    name = "upwell.pathway.screening"
    label = "screening"
