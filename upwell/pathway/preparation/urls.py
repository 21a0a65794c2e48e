"""The pages of preparation."""

from __future__ import annotations

from django.urls import path

from upwell.pathway.preparation import views

urlpatterns = [
    path("me/intentions/", views.my_intentions, name="my_intentions"),
    path("me/intentions/<uuid:course_id>/", views.my_intention, name="my_intention"),
    path("me/wishes/<uuid:course_id>/", views.my_wishes, name="my_wishes"),
    path("courses/<uuid:course_id>/intentions/", views.intentions, name="intentions"),
    path("courses/<uuid:course_id>/intentions/write/", views.intention_together, name="intention_together"),
    path("courses/<uuid:course_id>/wishes/write/", views.wishes_together, name="wishes_together"),
]
