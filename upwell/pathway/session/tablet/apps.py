from django.apps import AppConfig


class TabletConfig(AppConfig):
    """The tablet at the chair."""

    name = "upwell.pathway.session.tablet"
    label = "tablet"
