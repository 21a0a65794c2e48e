"""The pages of unwanted events."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.incidents import views

urlpatterns = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/file/", views.incidents_file, name="incidents_file"),
    path("incidents/<uuid:incident_id>/", views.incident, name="incident"),
    path("incidents/reports/<uuid:report_id>/", views.incident_report, name="incident_report"),
]
