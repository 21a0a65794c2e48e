"""Addresses of the design system itself."""

from django.urls import path

from upwell.web import views

urlpatterns = [path("styleguide/", views.styleguide, name="styleguide")]
