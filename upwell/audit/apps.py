from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who looked at and changed what."""

    name = "upwell.audit"
    label = "audit"
