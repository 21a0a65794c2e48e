from django.apps import AppConfig


class RemoteConfig(AppConfig):
    """Sessions at a distance."""

    name = "upwell.pathway.remote"
    label = "remote"
