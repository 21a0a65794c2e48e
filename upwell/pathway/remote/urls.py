"""The pages of sessions at a distance."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.remote import views

urlpatterns = [
    path("practice/remote/", views.remote_switch, name="remote_switch"),
    path("sessions/<uuid:session_id>/chaperone/", views.session_chaperone, name="session_chaperone"),
    path("chaperone/", views.chaperone, name="chaperone"),
    path("chaperone/<str:token>/", views.chaperone_link, name="chaperone_link"),
]
