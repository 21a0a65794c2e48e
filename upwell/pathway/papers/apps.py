from django.apps import AppConfig


class PapersConfig(AppConfig):
    """Papers of a dosing session."""

    name = "upwell.pathway.papers"
    label = "papers"
