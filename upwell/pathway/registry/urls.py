"""The pages of numbers."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.registry import views

urlpatterns = [path("numbers/", views.numbers, name="numbers")]
