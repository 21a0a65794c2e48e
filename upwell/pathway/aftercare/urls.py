"""The pages after a dosing day."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.aftercare import views

urlpatterns = [path("sessions/<uuid:session_id>/call/", views.session_call, name="session_call")]
