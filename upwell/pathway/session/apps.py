from django.apps import AppConfig


class SessionConfig(AppConfig):
    """The dosing day."""

    name = "upwell.pathway.session"
    label = "session"
