from django.apps import AppConfig


class SafetyConfig(AppConfig):
    """Alerts, tasks, and help in a crisis."""

    name = "upwell.pathway.safety"
    label = "safety"
