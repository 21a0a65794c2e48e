"""The pages of the calendar."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.calendar import views

urlpatterns = [
    path("calendar/", views.calendar, name="calendar"),
    path("patients/<uuid:patient_id>/appointments/new/", views.appointment_new, name="appointment_new"),
    path("appointments/<uuid:appointment_id>/", views.appointment, name="appointment"),
    path("appointments/<uuid:appointment_id>/move/", views.appointment_move, name="appointment_move"),
    path("appointments/<uuid:appointment_id>/cancel/", views.appointment_cancel, name="appointment_cancel"),
    path(
        "appointments/<uuid:appointment_id>/<slug:event>/",
        views.appointment_change,
        name="appointment_change",
    ),
    path("me/appointments/", views.own_appointments, name="own_appointments"),
]
