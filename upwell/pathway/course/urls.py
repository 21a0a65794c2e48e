"""The pages of a chart and of a course of care."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.course import views

urlpatterns = [
    path("patients/<uuid:patient_id>/", views.chart, name="chart"),
    path("patients/<uuid:patient_id>/all/<slug:key>/", views.section, name="chart_section"),
    path("patients/<uuid:patient_id>/scores/<slug:instrument>/", views.scores, name="chart_scores"),
    path("patients/<uuid:patient_id>/course/new/", views.course_new, name="course_new"),
    path("courses/<uuid:course_id>/", views.course, name="course"),
    path("me/course/", views.my_course, name="my_course"),
    path("me/courses/<uuid:course_id>/end/", views.my_course_end, name="my_course_end"),
    path("courses/<uuid:course_id>/move/<slug:event>/", views.course_move, name="course_move"),
]
