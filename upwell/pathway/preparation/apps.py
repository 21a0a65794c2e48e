from django.apps import AppConfig


class PreparationConfig(AppConfig):
    """Preparation."""

    name = "upwell.pathway.preparation"
    label = "preparation"
