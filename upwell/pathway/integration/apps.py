from django.apps import AppConfig


class IntegrationConfig(AppConfig):
    """Integration."""

    name = "upwell.pathway.integration"
    label = "integration"
