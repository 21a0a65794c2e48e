"""The pages of screening."""

from __future__ import annotations

from django.urls import URLPattern, path

from upwell.pathway.screening import views

urlpatterns: list[URLPattern] = [
    path("patients/<uuid:patient_id>/treatments/", views.treatments, name="treatments"),
    path("patients/<uuid:patient_id>/treatments/edit/", views.treatments_edit, name="treatments_edit"),
    path("courses/<uuid:course_id>/screening/", views.screening, name="screening"),
    path("courses/<uuid:course_id>/screening/begin/", views.begin, name="screening_begin"),
    path("courses/<uuid:course_id>/screening/history/", views.history, name="screening_history"),
    path("courses/<uuid:course_id>/screening/lists/", views.lists, name="screening_lists"),
    path("courses/<uuid:course_id>/screening/treatments/", views.trials, name="screening_trials"),
    path("courses/<uuid:course_id>/screening/vitals/", views.vitals, name="screening_vitals"),
    path(
        "courses/<uuid:course_id>/screening/vitals/<uuid:observation_id>/",
        views.vitals_error,
        name="screening_vitals_error",
    ),
    path("courses/<uuid:course_id>/screening/suicide/", views.suicide, name="screening_suicide"),
    path("courses/<uuid:course_id>/screening/plan/", views.plan, name="screening_plan"),
    path("courses/<uuid:course_id>/screening/opinion/", views.opinion, name="screening_opinion"),
    path("courses/<uuid:course_id>/screening/exception/", views.exception, name="screening_exception"),
    path("courses/<uuid:course_id>/screening/decide/", views.decide_page, name="screening_decide"),
    path("courses/<uuid:course_id>/screening/past/<uuid:screening_id>/", views.past, name="screening_past"),
]
