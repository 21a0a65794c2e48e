from django.apps import AppConfig


class MaintenanceConfig(AppConfig):
    """Maintenance."""

    name = "upwell.pathway.maintenance"
    label = "maintenance"
