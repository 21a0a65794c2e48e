from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Patients, staff, practices, chairs, accounts."""

    name = "upwell.people"
    label = "people"
