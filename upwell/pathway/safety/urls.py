"""The pages of safety."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.safety import views

urlpatterns = [
    path("help/", views.help_now, name="help_now"),
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/banner/", views.banner, name="alert_banner"),
    path("alerts/<uuid:alert_id>/", views.alert, name="alert"),
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/<uuid:task_id>/", views.task, name="task"),
]
