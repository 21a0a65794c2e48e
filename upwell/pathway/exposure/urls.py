"""The pages of exposure."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.exposure import views

urlpatterns = [
    path("exposure/", views.exposure, name="exposure"),
    path("exposure/models/", views.exposure_models, name="exposure_models"),
    path("how-it-works/", views.how_it_works, name="how_it_works"),
    path("courses/<uuid:course_id>/exposure/", views.course_exposure, name="course_exposure"),
    path("me/courses/<uuid:course_id>/timing/", views.my_timing, name="my_timing"),
]
