"""The pages of the tablet at the chair."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.session.tablet import offline, views

urlpatterns = [
    path("sw.js", offline.service_worker, name="service_worker"),
    path("bedside/offline/", offline.bedside_offline, name="bedside_offline"),
    path("sessions/deliver/", views.deliver, name="session_deliver"),
    path("sessions/<uuid:session_id>/pass/", views.session_pass, name="session_pass"),
    path("sessions/<uuid:session_id>/tablets/", views.session_tablets, name="session_tablets"),
]
