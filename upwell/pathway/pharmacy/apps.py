from django.apps import AppConfig


class PharmacyConfig(AppConfig):
    """The drug book."""

    name = "upwell.pathway.pharmacy"
    label = "pharmacy"
