from django.apps import AppConfig


class BaseConfig(AppConfig):
    """Holds one migration: the functions by which row security knows who acts."""

    name = "upwell.base"
    label = "base"
