"""The pages of maintenance."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.maintenance import views

urlpatterns = [
    path("courses/<uuid:course_id>/maintenance/", views.maintenance, name="maintenance"),
    path("courses/<uuid:course_id>/relapse-rule/", views.relapse_rule_page, name="relapse_rule"),
]
