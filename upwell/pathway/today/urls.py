"""The pages of today."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.today import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("me/", views.me, name="me"),
    path("today/list/", views.today_list, name="today_list"),
]
