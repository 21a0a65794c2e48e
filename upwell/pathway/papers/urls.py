"""The papers of a session."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.papers import views

urlpatterns = [
    path("sessions/<uuid:session_id>/papers/", views.session_papers, name="session_papers"),
    path(
        "sessions/<uuid:session_id>/papers/<int:number>/",
        views.session_summary_file,
        name="session_summary_file",
    ),
    path(
        "me/sessions/<uuid:session_id>/summary/<int:number>/", views.own_summary_file, name="own_summary_file"
    ),
    path("sessions/<uuid:session_id>/rems/", views.session_rems, name="session_rems"),
    path("sessions/<uuid:session_id>/rems/file/", views.session_rems_file, name="session_rems_file"),
    path("sessions/<uuid:session_id>/coding/", views.session_coding, name="session_coding"),
    path("sessions/<uuid:session_id>/coding/file/", views.session_coding_file, name="session_coding_file"),
    path("practice/drug-codes/", views.drug_codes, name="drug_codes"),
]
