from django.apps import AppConfig


class TodayConfig(AppConfig):
    """Today."""

    name = "upwell.pathway.today"
    label = "today"
