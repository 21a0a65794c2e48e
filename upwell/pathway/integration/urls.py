"""The pages of integration."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.integration import views

urlpatterns = [
    path("courses/<uuid:course_id>/integration/", views.integration, name="integration"),
    path("courses/<uuid:course_id>/integration/new/", views.integration_new, name="integration_new"),
    path(
        "courses/<uuid:course_id>/integration/<uuid:visit_id>/",
        views.integration_visit,
        name="integration_visit",
    ),
    path("me/course/visits/<uuid:visit_id>/", views.my_visit, name="my_visit"),
    path("me/practices/", views.my_practices, name="my_practices"),
    path("me/practices/new/", views.my_practice_new, name="my_practice_new"),
    path("me/practices/<uuid:habit_id>/", views.my_practice, name="my_practice"),
    path("me/practices/<uuid:habit_id>/tick/", views.my_practice_tick, name="my_practice_tick"),
    path("me/journal/", views.journal, name="journal"),
    path("me/journal/new/", views.journal_new, name="journal_new"),
    path("me/journal/<uuid:entry_id>/", views.journal_entry, name="journal_entry"),
]
