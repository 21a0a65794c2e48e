from django.apps import AppConfig


class ResponseConfig(AppConfig):
    """Measurement: questionnaires asked, answered, shown."""

    name = "upwell.pathway.response"
    label = "response"
