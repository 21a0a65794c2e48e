"""The pages of a chart."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.course import views

urlpatterns = [
    path("patients/<uuid:patient_id>/", views.chart, name="chart"),
    path("patients/<uuid:patient_id>/all/<slug:key>/", views.section, name="chart_section"),
    path("patients/<uuid:patient_id>/scores/<slug:instrument>/", views.scores, name="chart_scores"),
]
