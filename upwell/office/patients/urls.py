"""Addresses of registration."""

from __future__ import annotations

from django.urls import path

from upwell.office.patients import views

urlpatterns = [
    path("patients/", views.patients, name="patients"),
    path("patients/new/", views.patient_new, name="patient_new"),
    path("patients/<uuid:patient_id>/edit/", views.patient_edit, name="patient_edit"),
    path("patients/<uuid:patient_id>/history/", views.patient_history, name="patient_history"),
    path("patients/<uuid:patient_id>/merge/", views.patient_merge, name="patient_merge"),
    path(
        "patients/<uuid:patient_id>/merge/<uuid:other_id>/",
        views.patient_merge_pair,
        name="patient_merge_pair",
    ),
    path(
        "patients/<uuid:patient_id>/merges/<uuid:merge_id>/undo/",
        views.patient_merge_undo,
        name="patient_merge_undo",
    ),
]
