from django.apps import AppConfig


class AftercareConfig(AppConfig):
    """After the dosing day."""

    name = "upwell.pathway.aftercare"
    label = "aftercare"
