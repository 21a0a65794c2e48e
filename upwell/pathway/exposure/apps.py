from django.apps import AppConfig


class ExposureConfig(AppConfig):
    """Exposure: curves by published models, on pages."""

    name = "upwell.pathway.exposure"
    label = "exposure"
