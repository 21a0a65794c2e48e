"""The practice's own pages."""

from __future__ import annotations

from django.urls import path

from upwell.office.practice import views

urlpatterns = [
    path("practice/", views.overview, name="practice"),
    path("practice/details/", views.details, name="practice_details"),
    path("practice/watch/", views.watch, name="practice_watch"),
    path("practice/closed-days/", views.closed_days, name="closed_days"),
    path("practice/two-persons/", views.two_persons, name="two_persons"),
    path("practice/staff/", views.staff, name="staff"),
    path("practice/staff/invite/", views.staff_invite, name="staff_invite"),
    path("practice/staff/<uuid:membership_id>/", views.staff_member, name="staff_member"),
    path("practice/staff/<uuid:membership_id>/end/", views.staff_end, name="staff_end"),
    path("practice/staff/<uuid:membership_id>/restore/", views.staff_restore, name="staff_restore"),
    path(
        "practice/invitations/<uuid:invitation_id>/revoke/", views.invitation_revoke, name="invitation_revoke"
    ),
    path("practice/chairs/", views.chairs, name="chairs"),
    path("practice/chairs/new/", views.chair_new, name="chair_new"),
    path("practice/chairs/<uuid:chair_id>/", views.chair, name="chair"),
    path("practice/chairs/<uuid:chair_id>/retire/", views.chair_retire, name="chair_retire"),
    path("practice/chairs/<uuid:chair_id>/restore/", views.chair_restore, name="chair_restore"),
    path("practice/audit/", views.audit_trail, name="audit_trail"),
    path("patients/<uuid:patient_id>/invite/", views.patient_invite, name="patient_invite"),
    path(
        "patients/<uuid:patient_id>/invite/<uuid:invitation_id>/revoke/",
        views.patient_invite_revoke,
        name="patient_invite_revoke",
    ),
]
