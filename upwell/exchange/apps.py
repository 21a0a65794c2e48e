from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """What came from files and other systems."""

    name = "upwell.exchange"
    label = "exchange"
