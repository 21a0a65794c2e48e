from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Numbers over many patients."""

    name = "upwell.pathway.registry"
    label = "registry"
