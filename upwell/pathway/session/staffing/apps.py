from django.apps import AppConfig


class StaffingConfig(AppConfig):
    """Who is there in a dosing session."""

    name = "upwell.pathway.session.staffing"
    label = "staffing"

    def ready(self) -> None:
        """Its forms stand at the bedside with the others."""
        from upwell.pathway.session.forms import FORMS
        from upwell.pathway.session.staffing.forms import TEAM_FORMS

        FORMS |= TEAM_FORMS
