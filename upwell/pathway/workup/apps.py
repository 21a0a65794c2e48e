from django.apps import AppConfig


class WorkUpConfig(AppConfig):
    """The work-up before the first dose."""

    name = "upwell.pathway.workup"
    label = "workup"
