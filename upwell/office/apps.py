from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The practice's own pages: registration, staff, chairs, log-in doors."""

    name = "upwell.office"
    label = "office"

    def ready(self) -> None:
        from upwell.office.doors.logbook import open_logbook

        open_logbook()
