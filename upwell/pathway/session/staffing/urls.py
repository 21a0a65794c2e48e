"""The pages about who is there."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.session.staffing import views

urlpatterns = [
    path("practice/staffing/", views.staffing_rule, name="staffing_rule"),
    path("sessions/watching/", views.who_watches, name="who_watches"),
    path("sessions/<uuid:session_id>/group/", views.session_group, name="session_group"),
    path("groups/<uuid:group_id>/", views.group, name="group"),
    path("groups/<uuid:group_id>/tell/", views.group_tell, name="group_tell"),
]
