"""The pages of the work-up."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.workup import views

urlpatterns = [
    path("courses/<uuid:course_id>/work-up/", views.workup, name="workup"),
    path("courses/<uuid:course_id>/work-up/<slug:item>/", views.workup_item, name="workup_item"),
]
