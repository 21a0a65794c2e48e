"""How every Django form looks: ``{{ form }}`` renders complete, with hints and errors tied to their fields."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class UpwellRenderer(TemplatesSetting):
    """Set as FORM_RENDERER. Widgets come from ``django.forms``, which must be in INSTALLED_APPS after this app."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
