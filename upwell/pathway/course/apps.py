from django.apps import AppConfig


class CourseConfig(AppConfig):
    """The course of care: the chart page."""

    name = "upwell.pathway.course"
    label = "course"
