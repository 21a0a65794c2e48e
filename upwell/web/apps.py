"""The web room as Django knows it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags that every page shares."""

    name = "upwell.web"
    label = "web"
    verbose_name = "Web"
