from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consent."""

    name = "upwell.pathway.consent"
    label = "consent"
