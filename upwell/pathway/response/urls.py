"""The pages of questionnaires."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.response import views

urlpatterns = [
    path("patients/<uuid:patient_id>/assess/<slug:instrument>/", views.assess, name="assess"),
    path("patients/<uuid:patient_id>/ask/<slug:instrument>/", views.ask, name="ask"),
    path("patients/<uuid:patient_id>/requests/<uuid:request_id>/cancel/", views.cancel, name="ask_cancel"),
    path("patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/", views.assessment, name="assessment"),
    path(
        "patients/<uuid:patient_id>/assessments/<uuid:assessment_id>/error/",
        views.mark_in_error,
        name="assessment_error",
    ),
    path("courses/<uuid:course_id>/measures/", views.course_measures, name="course_measures"),
    path("measures/<uuid:request_id>/follow-up/", views.measure_follow_up, name="measure_follow_up"),
    path("me/looks/", views.looks, name="looks"),
    path("me/answer/<uuid:request_id>/", views.answer, name="answer"),
    path("me/answered/<uuid:assessment_id>/", views.answered, name="answered"),
]
