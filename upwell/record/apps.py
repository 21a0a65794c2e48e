from django.apps import AppConfig


class RecordConfig(AppConfig):
    """The chart."""

    name = "upwell.record"
    label = "record"
