"""The web room as Django knows it."""

from functools import lru_cache
from typing import Any

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags that every page shares."""

    name = "upwell.web"
    label = "web"
    verbose_name = "Web"

    def ready(self) -> None:
        """A sentence is looked up in a language's catalogues once; a page says four hundred."""
        from django.conf import settings
        from django.utils.translation.trans_real import translation

        for language, _name in settings.LANGUAGES:
            catalogue: Any = translation(language)
            catalogue.gettext = lru_cache(maxsize=8192)(catalogue.gettext)
